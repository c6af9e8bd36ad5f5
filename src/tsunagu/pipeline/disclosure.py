"""The one door through which a count leaves: exact in a fictional city, in steps of ten elsewhere.

In a real city 317 is shown as "310 to 319", and 0 to 9 as "under 10". Parts and their total are shown the same
way, so no subtraction gives an exact number back, and neither does comparing two days. Bars are drawn from what
is shown, never from the count itself.
"""

from dataclasses import dataclass

from tsunagu.catalog.catalog import Catalog
from tsunagu.vocabulary.municipality import is_fictional

STEP = 10


@dataclass(frozen=True, slots=True)
class Figure:
    """A count as it may be seen: between `least` and `most`, both possible."""

    least: int
    most: int

    @property
    def is_exact(self) -> bool:
        """Whether it is one number."""
        return self.least == self.most

    def __str__(self) -> str:
        return str(self.least) if self.is_exact else f"{self.least}–{self.most}"


@dataclass(frozen=True, slots=True)
class Disclosure:
    """How counts are shown in this installation; `is_open` where nobody exists."""

    is_open: bool

    def show(self, count: int) -> Figure:
        """A count of children. Zero looks like any other small count.

        Whoever adds up the parts of a table can still take one child away from a part, or add one, without
        changing anything shown. Only where ten or more of the counts that make up a total all stand at the very
        end of their steps (…9) can the total tell them.
        """
        if self.is_open:
            return Figure(count, count)
        least = count - count % STEP
        return Figure(least, least + STEP - 1)

    def show_rows(self, count: int) -> Figure:
        """A count of rows or problems: as `show`, but none is told, for it says nothing of anybody."""
        return Figure(0, 0) if count == 0 else self.show(count)


def open_disclosure(catalog: Catalog) -> Disclosure:
    """Open only for a code that stands for a fictional city."""
    return Disclosure(catalog.municipality is not None and is_fictional(catalog.municipality.code))
