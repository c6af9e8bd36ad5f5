"""What a department's writer is given: everything true about the city, read only, and the ways to look it up."""

from dataclasses import dataclass

import numpy as np

from tsunagu.fiction.almanac import Month
from tsunagu.fiction.arrays import NOBODY, Bools, Ints, Rng, open_stream
from tsunagu.fiction.circumstances import Circumstances
from tsunagu.fiction.names import Names
from tsunagu.fiction.people import RESIDENT, City, History
from tsunagu.fiction.schooling import Nurseries, Schooling


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

    def stream(self, *words: str) -> Rng:
        """A random stream for one use, the same in every build with this seed."""
        return open_stream(self.seed, *words)

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

    def unborn_persons(self, pregnancies: Ints) -> Ints:
        """Person ids of the children expected: the (first) child born, or an id of its own where none was."""
        child = self.city.pregnancies.child[pregnancies]
        return np.where(child != NOBODY, child, len(self.city.people) + pregnancies)

    def household_at(self, persons: Ints, day: int | Ints) -> Ints:
        """Household on a day."""
        return self.history.entries.household[np.maximum(self.history.row_at(persons, day), 0)]

    def guardian_at(self, children: Ints, day: int | Ints) -> Ints:
        """The parent a department deals with: the father or mother under the child's roof, else the head."""
        table, people = self.city.families, self.city.people
        family = people.family[children]
        home = self.household_at(children, day)
        guardian = self.history.entries.head[np.maximum(self.history.row_at(children, day), 0)]
        for parents in (table.mother, table.father):
            parent = np.where(family >= 0, parents[np.maximum(family, 0)], NOBODY)
            known = np.maximum(parent, 0)
            at_home = (parent != NOBODY) & (self.household_at(known, day) == home)
            guardian = np.where(at_home & self._lives(known, day), parent, guardian)
        return guardian

    def is_lone_parent_child(self, children: Ints, day: int) -> Bools:
        """Only one of the parents lives under the child's roof, without a new partner."""
        table, people = self.city.families, self.city.people
        family = np.maximum(people.family[children], 0)
        home = self.household_at(children, day)
        present = np.zeros(len(children), dtype=np.int64)
        for parents in (table.mother, table.father):
            parent = parents[family]
            known = np.maximum(parent, 0)
            present += (parent != NOBODY) & (self.household_at(known, day) == home) & self._lives(known, day)
        lone: Bools = (present == 1) & (people.family[children] >= 0)
        return lone

    def _lives(self, persons: Ints, day: int | Ints) -> Bools:
        rows = np.maximum(self.history.row_at(persons, day), 0)
        lives: Bools = self.history.entries.status[rows] == RESIDENT
        return lives
