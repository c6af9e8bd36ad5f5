"""What weighs on families and children, from when to when: the causes behind everything the departments record.

Nobody in the city writes these down as such. Here are the words, the log a life keeps of them while it is lived, and
the ways to look them up afterwards; how they come about is in `burdens`.
"""

from dataclasses import dataclass, field

import numpy as np

from tsunagu.fiction.arrays import NEVER, NOBODY, Bools, Ints, concatenate_tables, empty, take_rows

HARDSHIP, ISOLATION, NEGLECT, VIOLENCE = "economic_hardship", "isolation", "neglect", "violence"
PARENT_ILLNESS, YOUNG_CARER, NON_ATTENDANCE = "parent_illness", "young_carer", "non_attendance"
PERINATAL, DEVELOPMENT, ILLNESS = "perinatal_depression", "developmental_need", "illness"
BULLYING = "bullying"
FAMILY_KINDS = (HARDSHIP, ISOLATION, PARENT_ILLNESS, NEGLECT, VIOLENCE)
KINDS = (
    HARDSHIP, ISOLATION, NEGLECT, VIOLENCE, PARENT_ILLNESS, YOUNG_CARER, NON_ATTENDANCE, PERINATAL, DEVELOPMENT, ILLNESS,
    BULLYING,
)  # fmt: skip

# Why a spell began. The kinds themselves are causes, too.
NO_CAUSE, PARTING, LONE_PARENT, NEW_CHILD, FOREIGN, MOVED, MANY_SIBLINGS = (
    "none", "parting", "lone_parent", "new_child", "foreign_family", "moved_in", "many_siblings",
)  # fmt: skip
CAUSES = (NO_CAUSE, PARTING, LONE_PARENT, NEW_CHILD, FOREIGN, MOVED, MANY_SIBLINGS, *KINDS)
# How a spell ended; a stretch that only changed its severity is followed by another of the same spell.
CHANGED, FADED, HELPED, GROWN_UP, PARTED, LEFT = range(6)
ENDINGS = ("changed", "faded", "helped", "grown_up", "parted", "left")

# What happened next, in the order of the truth's words.
HAPPENINGS = (
    "help_started", "worsened", "eased", "recovered", "temporary_custody", "emergency_treatment", "home_lost",
    "long_absence", "back_at_school", "placed_in_care", "returned_home",
)  # fmt: skip


@dataclass
class Stretches:
    """Time under one circumstance at one severity (1 to 3), one row each; several make up a spell.

    `unit` is the row of a family for the FAMILY_KINDS, of a person for the others. `spell` counts the spells of the
    kind in the order in which they came to be; `since` is the first day of the spell, `end` exclusive.
    """

    unit: Ints
    spell: Ints
    start: Ints
    end: Ints
    severity: Ints
    since: Ints
    cause: Ints
    ending: Ints


@dataclass
class Happenings:
    """What came of circumstances, one row each: row of HAPPENINGS, row of KINDS, person, day."""

    person: Ints
    happening: Ints
    kind: Ints
    day: Ints


@dataclass
class Ongoing:
    """The spell each unit is in now: severity 0 and NEVER where there is none."""

    spell: Ints
    since: Ints
    changed: Ints
    severity: Ints
    cause: Ints
    helped_on: Ints

    def grow(self, size: int) -> None:
        """Give new units a row without a spell."""
        more = size - len(self.severity)
        if more > 0:
            none = Ongoing(*(np.full(more, value) for value in (NOBODY, NEVER, NEVER, 0, 0, NEVER)))
            for name in vars(none):
                setattr(self, name, np.concatenate([getattr(self, name), getattr(none, name)]))


@dataclass
class Burden:
    """One kind of circumstance while the city lives: what is ongoing, and the log of what is over."""

    now: Ongoing = field(default_factory=lambda: empty(Ongoing))
    past: list[Stretches] = field(default_factory=list)
    spells: int = 0

    def begin(self, units: Ints, day: Ints, severity: Ints, cause: Ints) -> None:
        """Units enter a spell."""
        now = self.now
        now.spell[units] = self.spells + np.arange(len(units))
        self.spells += len(units)
        now.since[units] = now.changed[units] = day
        now.severity[units], now.cause[units], now.helped_on[units] = severity, cause, NEVER

    def change(self, units: Ints, day: Ints, severity: Ints) -> None:
        """A spell goes on at another severity."""
        day = np.maximum(day, self.now.changed[units] + 1)
        self._log(units, day, np.full(len(units), CHANGED))
        self.now.changed[units], self.now.severity[units] = day, severity

    def end(self, units: Ints, day: Ints, ending: Ints) -> None:
        """Spells are over."""
        self._log(units, np.maximum(day, self.now.changed[units] + 1), ending)
        now = self.now
        now.since[units] = now.changed[units] = now.helped_on[units] = NEVER
        now.severity[units], now.spell[units] = 0, NOBODY

    def _log(self, units: Ints, day: Ints, ending: Ints) -> None:
        now = self.now
        self.past.append(
            Stretches(
                unit=units,
                spell=now.spell[units],
                start=now.changed[units],
                end=day,
                severity=now.severity[units],
                since=now.since[units],
                cause=now.cause[units],
                ending=ending,
            )
        )

    def close(self) -> Stretches:
        """All stretches by unit and day; those still going on end NEVER."""
        open_ones = np.flatnonzero(self.now.severity > 0)
        self._log(open_ones, np.full(len(open_ones), NEVER), np.full(len(open_ones), CHANGED))
        table = concatenate_tables(self.past)
        self.past.pop()
        return take_rows(table, np.lexsort((table.start, table.unit)))


@dataclass
class Burdens:
    """Everything that weighs on the city while it lives: one Burden a kind, and what came of them."""

    of: dict[str, Burden] = field(default_factory=lambda: {kind: Burden() for kind in KINDS})
    happenings: list[Happenings] = field(default_factory=list)

    def now(self, kind: str) -> Ints:
        """(unit,) present severity of a kind, 0 for none; a unit newer than the last month has no row yet."""
        return self.of[kind].now.severity

    def is_under(self, kind: str, units: Ints) -> Bools:
        """Whether units are in a spell now."""
        severity = self.now(kind)
        if not len(severity):
            return np.zeros(len(units), dtype=bool)
        known = (units >= 0) & (units < len(severity))
        under: Bools = known & (severity[np.where(known, units, 0)] > 0)
        return under

    def note(self, happening: str, kind: str, persons: Ints, day: Ints) -> None:
        """Write down what came of a circumstance."""
        size = len(persons)
        if size:
            rows = np.full(size, HAPPENINGS.index(happening)), np.full(size, KINDS.index(kind))
            self.happenings.append(Happenings(persons, *rows, day))


@dataclass(frozen=True)
class PersonSpells:
    """Spells person by person: one row a person and spell, in the order in which the spells came to be.

    `spell` and `person` together name a row for ever; rows of a spell appear later for children born into it.
    `start` is the spell's first day for this person; `end` is exclusive, NEVER while it goes on; `severity` is the
    one it began with.
    """

    spell: Ints
    person: Ints
    start: Ints
    end: Ints
    severity: Ints


@dataclass(frozen=True)
class Circumstances:
    """The circumstances of everybody over the whole period, for looking them up by person and day."""

    stretches: dict[str, Stretches]
    family_of: Ints
    birth: Ints
    happenings: Happenings

    def level(self, kind: str, persons: Ints, day: int | Ints) -> Ints:
        """Severity (1 to 3) of a kind for people on a day, 0 for none."""
        return np.append(self.stretches[kind].severity, 0)[self._row_at(kind, persons, day)]

    def since(self, kind: str, persons: Ints, day: int | Ints) -> Ints:
        """First day of the spell people are in on a day; NEVER where they are in none."""
        return np.append(self.stretches[kind].since, NEVER)[self._row_at(kind, persons, day)]

    def list_spells(self, kind: str) -> PersonSpells:
        """Everybody's spells of a kind; a family's spell counts for its children and their parents."""
        table = self.stretches[kind]
        order = np.lexsort((table.start, table.spell))
        spell, first = np.unique(table.spell[order], return_index=True)
        begun = order[first]
        ended = order[np.append(first[1:], len(order)) - 1] if len(order) else order
        rows, persons = self._expand(kind, table.unit[begun])
        start = np.maximum(table.since[begun][rows], self.birth[persons])
        end = table.end[ended][rows]
        kept = end > start
        spells = PersonSpells(spell[rows], persons, start, end, table.severity[begun][rows])
        return take_rows(spells, kept)

    def expand_stretches(self, kind: str) -> tuple[Ints, Ints]:
        """Rows of a kind's stretches and the people they concern."""
        table = self.stretches[kind]
        rows, persons = self._expand(kind, table.unit)
        kept = table.end[rows] > self.birth[persons]
        return rows[kept], persons[kept]

    def _expand(self, kind: str, units: Ints) -> tuple[Ints, Ints]:
        """Every unit's people: (place in `units`, person), the people of a family in the order of their rows."""
        if kind not in FAMILY_KINDS:
            return np.arange(len(units)), units
        members = np.flatnonzero(self.family_of >= 0)
        members = members[np.argsort(self.family_of[members], kind="stable")]
        families = self.family_of[members]
        low, high = np.searchsorted(families, units), np.searchsorted(families, units, side="right")
        rows = np.repeat(np.arange(len(units)), high - low)
        offset = np.arange(len(rows)) - np.repeat(np.cumsum(high - low) - (high - low), high - low)
        return rows, members[np.repeat(low, high - low) + offset]

    def _row_at(self, kind: str, persons: Ints, day: int | Ints) -> Ints:
        """Row of the stretch people are in on a day; NOBODY, the last row, where there is none."""
        table = self.stretches[kind]
        if not len(table.unit):
            return np.full(len(persons), NOBODY)
        units = self.family_of[persons] if kind in FAMILY_KINDS else persons
        days = np.broadcast_to(np.asarray(day, dtype=np.int64), persons.shape)
        found = np.searchsorted(_key(table.unit, table.start), _key(units, days), side="right") - 1
        safe = np.maximum(found, 0)
        inside = (found >= 0) & (table.unit[safe] == units) & (table.end[safe] > days) & (units >= 0)
        return np.where(inside, safe, NOBODY)


def _key(units: Ints, days: Ints) -> Ints:
    """Sortable key of a unit and a day; days outside the calendar (NEVER) count as its ends."""
    return (units << 20) + (np.clip(days, -39_999, 900_000) + 40_000)


def close_circumstances(burdens: Burdens, family_of: Ints, birth: Ints) -> Circumstances:
    """Put the finished log in order."""
    happenings = concatenate_tables([empty(Happenings), *burdens.happenings])
    stretches = {kind: burdens.of[kind].close() for kind in KINDS}
    return Circumstances(stretches, family_of, birth, happenings)
