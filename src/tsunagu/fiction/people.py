"""The tables the city lives in while it is being simulated: people, households, families, and the register's log."""

from dataclasses import dataclass, field

import numpy as np

from tsunagu.fiction.arrays import NOBODY, Bools, Ints, concatenate_tables, empty, take_rows, whole_numbers
from tsunagu.fiction.circumstances import Burdens
from tsunagu.fiction.places import Houses, Places

RESIDENT, MOVED_OUT, DECEASED, REMOVED = 1, 2, 3, 9

# What a person is to the household's core person; the register words it relative to the head instead.
CORE, SPOUSE, CHILD, FATHER, MOTHER, SPOUSE_FATHER, SPOUSE_MOTHER = range(7)
SIBLING, LODGER, STEPCHILD, GRANDCHILD, PARTNER, ROLE_COUNT = range(7, 13)

# How people without a resident record come to be in the files: fled here from elsewhere; only at school here.
EVACUEE, COMMUTER = 1, 2
# Where a child in care lives.
FOSTER, HOME = range(2)

# In-house person keys begin here; a block of the city has as many to itself as it may ever need.
FIRST_NUMBER, NUMBERS_A_BLOCK = 10_000_000, 3_000_000

MOVE_IN, BIRTH, MOVE_WITHIN, HOUSEHOLD_CHANGE, NAME_CHANGE, MOVE_OUT, DEATH, REMOVAL, FIRST_ENTRY = (
    1, 2, 3, 4, 5, 6, 7, 8, 99,
)  # fmt: skip


@dataclass
class People:
    """One row a person, born or moved in at some time; row number = person id of the truth.

    `surname`, `household`, `role`, `status` are the present ones; `alias` is a 通称 surname (-1: none).
    `family` is the one a child grew up in, `own_family` also the one a parent made; `mother` and `father` are the
    true parents, wherever they live (-1: nobody the city knows).
    `is_registered` is 0 for those without a resident record here; `stay` says why (EVACUEE, COMMUTER, 0: registered).
    `hidden_from` is the day from which no department but the register may know the address; from `away_from` on
    a person is not really here, whatever the register says.
    """

    number: Ints
    birth: Ints
    sex: Ints
    surname: Ints
    maiden: Ints
    alias: Ints
    given: Ints
    nation: Ints
    role: Ints
    household: Ints
    family: Ints
    own_family: Ints
    mother: Ints
    father: Ints
    is_registered: Ints
    stay: Ints
    status: Ints
    since: Ints
    settled: Ints
    hidden_from: Ints
    away_from: Ints

    def __len__(self) -> int:
        """Number of people."""
        return len(self.birth)


@dataclass
class Households:
    """One row a household. `is_fixed`: left out of the monthly events (evacuees, people nobody can find)."""

    house: Ints
    head: Ints
    busy_until: Ints
    is_fixed: Ints

    def __len__(self) -> int:
        """Number of households."""
        return len(self.house)


@dataclass
class Families:
    """One row a couple or lone parent with their children; it outlives separations. People rows or -1.

    `father` is the man of the couple now, or the last one; from `united_on` on he is another than `former`.
    `earning` is how much the family earns beside others of its kind, in thousandths of a standard deviation.
    """

    mother: Ints
    father: Ints
    former: Ints
    united_on: Ints
    strain: Ints
    earning: Ints
    is_together: Ints
    parted_on: Ints
    made_on: Ints
    last_birth: Ints

    def __len__(self) -> int:
        """Number of families."""
        return len(self.mother)


@dataclass
class Entries:
    """Register entries: a person's situation after each event. `known` is the day it was notified."""

    person: Ints
    day: Ints
    known: Ints
    event: Ints
    status: Ints
    household: Ints
    role: Ints
    head: Ints
    relation: Ints
    surname: Ints
    house: Ints
    since: Ints
    settled: Ints
    outside: Ints


@dataclass(frozen=True)
class History:
    """All entries sorted by person and day, for looking up anybody's situation on any day.

    `first` is the first entry row of every person, NOBODY for people without any; its last element is NOBODY.
    """

    entries: Entries
    keys: Ints
    first: Ints

    def row_at(self, persons: Ints, days: Ints | int) -> Ints:
        """Entry row valid on a day; a person's first row for days before it; -1 for people without any."""
        days_of = np.broadcast_to(np.asarray(days, dtype=np.int64), persons.shape)
        found = np.searchsorted(self.keys, _key(persons, days_of), side="right") - 1
        first = self.first[np.minimum(persons, len(self.first) - 1)]
        return np.where(first == NOBODY, NOBODY, np.maximum(found, first))


@dataclass
class Protection:
    """Address protection granted, one row a person. `target` 0 the applicant, 1 a person protected along."""

    application: Ints
    person: Ints
    target: Ints
    kind: Ints
    start: Ints
    end: Ints


@dataclass
class Care:
    """Children placed outside their family, one row a placement: FOSTER or HOME, and the household left behind."""

    person: Ints
    kind: Ints
    start: Ints
    end: Ints
    household: Ints


@dataclass
class City:
    """Everything that is true in the fictional city at the present moment of the simulation, and its log."""

    places: Places
    houses: Houses
    people: People
    households: Households
    families: Families
    first_number: int = FIRST_NUMBER
    log: list[Entries] = field(default_factory=list)
    protection: "Protection" = field(default_factory=lambda: empty(Protection))
    pregnancies: "Pregnancies" = field(default_factory=lambda: empty(Pregnancies))
    care: Care = field(default_factory=lambda: empty(Care))
    care_homes: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    burdens: Burdens = field(default_factory=Burdens)
    seen_families: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    seen_children: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    renames: list[tuple[int, int, int]] = field(default_factory=list)

    def members(self, households: Ints) -> Ints:
        """People now resident in the given households."""
        flags = np.zeros(len(self.households) + 1, dtype=bool)
        flags[households] = True
        return np.flatnonzero(flags[self.people.household] & (self.people.status == RESIDENT))

    def members_per_household(self) -> Ints:
        """(household,) number of residents."""
        living = self.people.household[self.people.status == RESIDENT]
        return np.bincount(living, minlength=len(self.households)).astype(np.int64)

    def is_free(self, day: int) -> Bools:
        """(household,) whose members may have an event on a day: no earlier one is still to be notified."""
        free: Bools = (self.households.busy_until < day) & (self.households.is_fixed == 0)
        return free


@dataclass
class Pregnancies:
    """Pregnancies notified, one row each: `born` is the coming birthday (NEVER: none), `child` set at birth."""

    mother: Ints
    family: Ints
    notified: Ints
    weeks: Ints
    due: Ints
    born: Ints
    is_twin: Ints
    child: Ints


def write_log(
    city: City, persons: Ints, event: int, day: Ints | int, known: Ints | int, outside: Ints | int = -1
) -> None:
    """Append one register entry for each person: the present state after an event."""
    if not len(persons):
        return
    people, size = city.people, len(persons)
    household = people.household[persons]
    head = city.households.head[household]
    city.log.append(
        Entries(
            person=persons,
            day=_spread(day, size),
            known=_spread(known, size),
            event=_spread(event, size),
            status=people.status[persons],
            household=household,
            role=people.role[persons],
            head=head,
            relation=find_relations(city, persons, head),
            surname=people.surname[persons],
            house=city.households.house[household],
            since=people.since[persons],
            settled=people.settled[persons],
            outside=_spread(outside, size),
        )
    )


def close_log(log: list[Entries]) -> History:
    """Sort the log by person and day (entries of one day keep their order)."""
    entries = concatenate_tables(log)
    order = np.lexsort((np.arange(len(entries.person)), entries.day, entries.person))
    entries = take_rows(entries, order)
    first = np.full(int(entries.person.max(initial=NOBODY)) + 2, NOBODY)
    first[entries.person[::-1]] = np.arange(len(entries.person))[::-1]
    return History(entries, _key(entries.person, entries.day), first)


def find_relations(city: City, persons: Ints, head: Ints) -> Ints:
    """The relation code of people to the head of their household, chains as code numbers (2020, 2012)."""
    people = city.people
    same = persons == head
    relation = _RELATIONS[people.role[head], people.role[persons], people.sex[persons]]
    return np.where(same, 2, relation)


def list_relation_steps(relation: int) -> list[int]:
    """The single steps of a relation code: 2012 is a child's (20) wife (12)."""
    digits = str(relation)
    digits = digits if len(digits) % 2 == 0 else "0" + digits
    return [int(digits[at : at + 2]) for at in range(0, len(digits), 2)]


def _spread(values: Ints | int, size: int) -> Ints:
    return whole_numbers(np.broadcast_to(np.asarray(values, dtype=np.int64), (size,)))


def _key(persons: Ints, days: Ints) -> Ints:
    return (persons << 20) + (days + 40_000)


def _build_relations() -> Ints:
    """(head's role, role, sex) -> relation code. Sex 1 is male, 2 female; 96 where nothing better is known."""
    table = np.full((ROLE_COUNT, ROLE_COUNT, 3), 96, dtype=np.int64)
    for head, role, male, female in _RELATION_ROWS:
        table[head, role, 1], table[head, role, 2] = male, female
    table[:, LODGER, :] = 99
    return table


_RELATION_ROWS = (
    (CORE, SPOUSE, 11, 12),
    (CORE, PARTNER, 13, 14),
    (CORE, CHILD, 20, 20),
    (CORE, FATHER, 51, 51),
    (CORE, MOTHER, 52, 52),
    (CORE, SPOUSE_FATHER, 1251, 1251),
    (CORE, SPOUSE_MOTHER, 1252, 1252),
    (CORE, SIBLING, 74, 84),
    (CORE, STEPCHILD, 1220, 1220),
    (CORE, GRANDCHILD, 2020, 2020),
    (SPOUSE, CORE, 11, 12),
    (SPOUSE, CHILD, 20, 20),
    (SPOUSE, STEPCHILD, 20, 20),
    (FATHER, MOTHER, 12, 12),
    (FATHER, CORE, 20, 20),
    (FATHER, SPOUSE, 2011, 2012),
    (FATHER, PARTNER, 2013, 2014),
    (FATHER, CHILD, 2020, 2020),
    (FATHER, STEPCHILD, 201220, 201220),
    (FATHER, SIBLING, 20, 20),
    (MOTHER, FATHER, 11, 11),
    (MOTHER, CORE, 20, 20),
    (MOTHER, SPOUSE, 2011, 2012),
    (MOTHER, PARTNER, 2013, 2014),
    (MOTHER, CHILD, 2020, 2020),
    (MOTHER, STEPCHILD, 201220, 201220),
    (MOTHER, SIBLING, 20, 20),
    (CHILD, CHILD, 74, 84),
    (CHILD, FATHER, 5151, 5151),
    (CHILD, MOTHER, 5152, 5152),
    (GRANDCHILD, GRANDCHILD, 74, 84),
)
_RELATIONS = _build_relations()
