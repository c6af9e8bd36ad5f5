"""データの状態: what each department has handed over, how fresh it is, what was wrong, who was matched."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.feeds import Cadence, Feed
from tsunagu.intake.problems import PROBLEM_TEXTS
from tsunagu.linkage.rules import ATENA_NUMBER, OPENED, REGISTER
from tsunagu.pipeline.disclosure import Disclosure, Figure, open_disclosure
from tsunagu.pipeline.linking import LinkState, describe_links
from tsunagu.pipeline.manifest import list_run_ids
from tsunagu.pipeline.wording import Words, describe_system
from tsunagu.store.commit import Reader
from tsunagu.store.engine import read_sql
from tsunagu.store.facts import COVERAGE
from tsunagu.store.identity import LINK
from tsunagu.store.landing import FILE, PROBLEM

_PACKAGE = "tsunagu.pipeline"


class Freshness(StrEnum):
    """How old the last delivery is against what the feed promises."""

    FRESH = "fresh"
    LATE = "late"
    NOT_RECEIVED = "not_received"


# Days between two deliveries, with the slack a department needs; past that the file is overdue.
_DUE_DAYS = {
    Cadence.DAILY: 3,
    Cadence.MONTHLY: 45,
    Cadence.QUARTERLY: 110,
    Cadence.TERMLY: 170,
    Cadence.YEARLY: 400,
}
FRESHNESS_TITLES = {Freshness.FRESH: "最新", Freshness.LATE: "遅れ", Freshness.NOT_RECEIVED: "未受領"}


@dataclass(frozen=True, slots=True)
class FeedState:
    """One feed on one day. `scopes_behind`: codes of schools or facilities delivered less far than others."""

    feed: str
    title: str
    title_en: str
    department: str
    owner: str
    files: int
    rows: Figure
    problem_rows: Figure
    latest_known_from: date | None
    freshness: Freshness
    scopes_behind: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProblemCount:
    """One kind of problem in one feed."""

    feed: str
    title: str
    title_en: str
    department: str
    code: str
    code_title: str
    code_title_en: str
    column: str
    problems: Figure
    dropped_rows: Figure


@dataclass(frozen=True, slots=True)
class MatchCount:
    """One source system: subjects linked by in-house number, by other keys, and those that opened a person."""

    system: str
    title: str
    title_en: str
    subjects: Figure
    by_number: Figure
    by_keys: Figure
    opened: Figure


@dataclass(frozen=True, slots=True)
class DataState:
    """Everything an officer asks about the data before trusting a list."""

    as_of: date
    feeds: tuple[FeedState, ...]
    problems: tuple[ProblemCount, ...]
    matches: tuple[MatchCount, ...]
    links: LinkState | None
    run_ids: tuple[str, ...]


def describe_data(reader: Reader, catalog: Catalog, *, as_of: date, run_id: str | None = None) -> DataState:
    """The data state on one day; match counts are those of the given run (none without one)."""
    for table in (FILE, PROBLEM, COVERAGE):
        reader.attach(table)
    disclosure = open_disclosure(catalog)
    return DataState(
        as_of,
        _list_feed_states(reader, catalog, as_of, disclosure),
        _list_problem_counts(reader, catalog, as_of, disclosure),
        _list_match_counts(reader, catalog, run_id, disclosure) if run_id else (),
        describe_links(reader, run_id, disclosure) if run_id else None,
        tuple(list_run_ids(reader)),
    )


def _list_feed_states(
    reader: Reader, catalog: Catalog, as_of: date, disclosure: Disclosure
) -> tuple[FeedState, ...]:
    received = {
        row[0]: row[1:] for row in reader.engine.list_rows(read_sql(_PACKAGE, "feed_states"), as_of=as_of)
    }
    behind: dict[str, list[str]] = {}
    for feed, scope, _ in reader.engine.list_rows(read_sql(_PACKAGE, "scopes_behind"), as_of=as_of):
        behind.setdefault(feed, []).append(scope)
    states = []
    for feed in catalog.feeds.values():
        files, latest, rows, problem_rows = received.get(feed.id, (0, None, 0, 0))
        states.append(
            FeedState(
                feed.id,
                feed.title.ja,
                feed.title.en or feed.title.ja,
                feed.department.value,
                feed.owner,
                files,
                disclosure.show_rows(int(rows or 0)),
                disclosure.show_rows(int(problem_rows or 0)),
                latest,
                _judge_freshness(feed, latest, as_of),
                tuple(behind.get(feed.id, ())),
            )
        )
    return tuple(sorted(states, key=lambda state: (state.department, state.feed)))


def _judge_freshness(feed: Feed, latest: date | None, as_of: date) -> Freshness:
    if latest is None:
        return Freshness.NOT_RECEIVED
    is_late = as_of - latest > timedelta(days=_DUE_DAYS[feed.cadence])
    return Freshness.LATE if is_late else Freshness.FRESH


def _list_problem_counts(
    reader: Reader, catalog: Catalog, as_of: date, disclosure: Disclosure
) -> tuple[ProblemCount, ...]:
    rows = reader.engine.list_rows(read_sql(_PACKAGE, "problem_counts"), as_of=as_of)
    return tuple(_describe_problem(catalog.feeds.get(row[0]), row, disclosure) for row in rows)


def _describe_problem(
    feed: Feed | None, row: tuple[str, str, str | None, str, int, int], disclosure: Disclosure
) -> ProblemCount:
    feed_id, code, column, message, problems, dropped = row
    return ProblemCount(
        feed=feed_id,
        title=feed.title.ja if feed else feed_id,
        title_en=(feed.title.en or feed_id) if feed else feed_id,
        department=feed.department.value if feed else "",
        code=code,
        code_title=message.split("\n")[0],
        code_title_en=PROBLEM_TEXTS[code].english if code in PROBLEM_TEXTS else code.replace("_", " "),
        column=column or "",
        problems=disclosure.show_rows(problems),
        dropped_rows=disclosure.show_rows(int(dropped or 0)),
    )


def _list_match_counts(
    reader: Reader, catalog: Catalog, run_id: str, disclosure: Disclosure
) -> tuple[MatchCount, ...]:
    reader.attach(LINK, run=run_id)
    by_system: dict[str, dict[str, int]] = {}
    for system, rule, subjects in reader.engine.list_rows(read_sql(_PACKAGE, "match_counts")):
        by_system.setdefault(system, {})[rule] = subjects
    titles = _name_systems(catalog)
    return tuple(
        _sum_rules(system, describe_system(system, titles), rules, disclosure)
        for system, rules in by_system.items()
    )


def _name_systems(catalog: Catalog) -> dict[str, Words]:
    """Each source system by the title of its feed that says most about who somebody is."""
    by_detail = sorted(catalog.feeds.values(), key=_count_identity_columns)
    return {feed.subject.system: (feed.title.ja, feed.title.en or feed.title.ja) for feed in by_detail}


def _count_identity_columns(feed: Feed) -> int:
    return sum(target.startswith("identity.") for column in feed.columns for target in column.to)


def _sum_rules(system: str, title: Words, rules: dict[str, int], disclosure: Disclosure) -> MatchCount:
    subjects, opened = sum(rules.values()), rules.get(OPENED, 0)
    by_number = rules.get(ATENA_NUMBER, 0) + rules.get(REGISTER, 0)
    counts = (subjects, by_number, subjects - by_number - opened, opened)
    return MatchCount(system, *title, *map(disclosure.show, counts))
