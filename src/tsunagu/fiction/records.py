"""What a department's writer is given: everything true about the city, read only, and the ways to look it up."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tsunagu.fiction.almanac import Month
from tsunagu.fiction.arrays import NEVER, NOBODY, Bools, Floats, Ints, Rng, draw_by_key, open_stream
from tsunagu.fiction.benefits import Benefits, decide_benefits
from tsunagu.fiction.circumstances import Circumstances
from tsunagu.fiction.names import Names
from tsunagu.fiction.people import RESIDENT, City, History
from tsunagu.fiction.schooling import Nurseries, Schooling

PERSONS_A_BLOCK, EXPECTED_FROM = 4_000_000, 2_000_000


@dataclass(frozen=True)
class Records:
    """The finished city."""

    city: City
    history: History
    names: Names
    circumstances: Circumstances
    schooling: Schooling
    nurseries: Nurseries
    months: list[Month]
    seed: int
    block: int = 0

    def stream(self, *words: str) -> Rng:
        """A random stream for one use, the same in every build with this seed."""
        return open_stream(self.seed, *words)

    @cached_property
    def benefits(self) -> Benefits:
        """What every child's family is entitled to and receives, month by month."""
        return decide_benefits(self)

    def chance(self, word: str, *keys: Ints) -> Floats:
        """Uniform numbers of rows that are named by keys and not only appended (a spell and a person)."""
        return draw_by_key(self.seed, word, *keys)

    def is_resident(self, persons: Ints, day: int | Ints) -> Bools:
        """Registered as resident on a day (and registered here at all)."""
        rows = self.history.row_at(persons, day)
        safe = np.maximum(rows, 0)
        entries = self.history.entries
        registered = self.city.people.is_registered[persons] == 1
        current = (rows != NOBODY) & (entries.status[safe] == RESIDENT) & (entries.day[safe] <= day)
        resident: Bools = current & registered
        return resident

    def is_reachable(self, persons: Ints, day: int | Ints) -> Bools:
        """Registered as resident and really here."""
        return self.is_resident(persons, day) & (self.city.people.away_from[persons] > day)

    def expected_rows(self, pregnancies: Ints) -> Ints:
        """Stand-ins for rows of people: the child a pregnancy leads to, born already or not."""
        return EXPECTED_FROM + pregnancies

    def person_ids(self, rows: Ints) -> Ints:
        """The ids of the truth for rows of people or of children expected; a child keeps its id when it is born."""
        child = self.city.pregnancies.child
        expected = np.flatnonzero(child != NOBODY)
        ids = np.arange(len(self.city.people))
        ids[child[expected]] = EXPECTED_FROM + expected
        known = np.where(rows < EXPECTED_FROM, rows, 0)
        own = np.where(rows < EXPECTED_FROM, ids[known], rows)
        return np.where(rows == NOBODY, NOBODY, own + self.number_from(PERSONS_A_BLOCK))

    def household_at(self, persons: Ints, day: int | Ints) -> Ints:
        """Household on a day."""
        return self.history.entries.household[np.maximum(self.history.row_at(persons, day), 0)]

    def guardian_at(self, children: Ints, day: int | Ints) -> Ints:
        """The parent a department deals with: the father or mother under the child's roof, else the head."""
        table, people = self.city.families, self.city.people
        family = people.family[children]
        home = self.household_at(children, day)
        guardian = self.history.entries.head[np.maximum(self.history.row_at(children, day), 0)]
        guardian = np.where(guardian == children, people.mother[children], guardian)
        guardian = np.where(guardian == NOBODY, children, guardian)
        inside = np.maximum(family, 0)
        for parents in (table.mother[inside], self.father_at(inside, day)):
            parent = np.where(family >= 0, parents, NOBODY)
            known = np.maximum(parent, 0)
            at_home = (parent != NOBODY) & (self.household_at(known, day) == home)
            guardian = np.where(at_home & self._lives(known, day), parent, guardian)
        return guardian

    def father_at(self, families: Ints, day: int | Ints) -> Ints:
        """The man of a family on a day (the children's father, or the one who came after him), or -1."""
        table = self.city.families
        later = table.united_on[families] <= day
        never = table.united_on[families] == NEVER
        return np.where(later | never, table.father[families], table.former[families])

    def role_at(self, persons: Ints, day: int | Ints) -> Ints:
        """What people are to the core person of their household on a day (CHILD, STEPCHILD, LODGER …)."""
        return self.history.entries.role[np.maximum(self.history.row_at(persons, day), 0)]

    def is_in_care(self, children: Ints, day: int, kind: int | None = None) -> Bools:
        """Placed outside the family on a day, with foster parents (FOSTER) or in a home (HOME)."""
        care = self.city.care
        active = (care.start <= day) & (care.end > day)
        if kind is not None:
            active &= care.kind == kind
        placed: Bools = np.isin(children, care.person[active])
        return placed

    def number_from(self, stride: int) -> int:
        """Where this block of the city begins to count, for running numbers of which it needs at most `stride`."""
        return self.block * stride

    def is_lone_parent_child(self, children: Ints, day: int) -> Bools:
        """Only one of the parents lives under the child's roof, without a new partner."""
        table, people = self.city.families, self.city.people
        family = np.maximum(people.family[children], 0)
        home = self.household_at(children, day)
        present = np.zeros(len(children), dtype=np.int64)
        for parent in (table.mother[family], self.father_at(family, day)):
            known = np.maximum(parent, 0)
            present += (parent != NOBODY) & (self.household_at(known, day) == home) & self._lives(known, day)
        lone: Bools = (present == 1) & (people.family[children] >= 0)
        return lone

    def _lives(self, persons: Ints, day: int | Ints) -> Bools:
        rows = np.maximum(self.history.row_at(persons, day), 0)
        lives: Bools = self.history.entries.status[rows] == RESIDENT
        return lives
