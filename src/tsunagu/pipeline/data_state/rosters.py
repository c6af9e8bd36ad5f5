"""From 1 April until a school's new list of pupils has come, who is a pupil there is not known."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tsunagu.catalog.feeds import Feed
from tsunagu.pipeline.data_state.parts import WHOLE
from tsunagu.store.commit import Reader
from tsunagu.store.engine import read_sql
from tsunagu.store.facts import COVERAGE
from tsunagu.vocabulary.dates import get_school_year

_PACKAGE = "tsunagu.pipeline"
ROSTER_ITEM = "school_enrolment"


@dataclass(frozen=True, slots=True)
class Rosters:
    """The schools whose lists are known, by school year; `WHOLE` stands for all of them."""

    schools_by_year: Mapping[int, frozenset[str]]

    def list_schools(self, school_year: int) -> frozenset[str]:
        """The schools named for that year; empty when no list is known, or only one of the whole city."""
        return self.schools_by_year.get(school_year, frozenset()) - {WHOLE}

    def list_awaited(self, *, as_of: date) -> tuple[str, ...]:
        """Schools with a list of last school year and none of this one; the whole city's list stands for all."""
        year = get_school_year(as_of)
        known = self.schools_by_year.get(year, frozenset())
        before = self.schools_by_year.get(year - 1, frozenset())
        return () if WHOLE in known else tuple(sorted(before - known))


def load_rosters(reader: Reader, *, as_of: date) -> Rosters:
    """The lists known by that day."""
    reader.attach(COVERAGE)
    found: dict[int, set[str]] = defaultdict(set)
    rows = reader.engine.list_rows(read_sql(_PACKAGE, "roster_spans"), item=ROSTER_ITEM, as_of=as_of)
    for scope_id, first_day, last_day in rows:
        for year in range(get_school_year(first_day), get_school_year(last_day) + 1):
            found[year].add(scope_id)
    return Rosters({year: frozenset(schools) for year, schools in found.items()})


def is_roster(feed: Feed) -> bool:
    """Whether the feed says who is a pupil where."""
    return ROSTER_ITEM in feed.stated_items
