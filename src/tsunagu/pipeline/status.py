"""データの状態: what each department has handed over, how fresh it is, what was wrong, who was matched."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.feeds import Feed
from tsunagu.intake.problems import PROBLEM_TEXTS
from tsunagu.linkage.rules import ATENA_NUMBER, OPENED, REGISTER
from tsunagu.pipeline.data_state.calendar import Cell, list_cells
from tsunagu.pipeline.data_state.drift import list_drifts
from tsunagu.pipeline.data_state.findings import Finding, list_findings
from tsunagu.pipeline.data_state.parts import list_parts
from tsunagu.pipeline.data_state.rosters import load_rosters
from tsunagu.pipeline.data_state.timing import Freshness, Timing, judge_timing
from tsunagu.pipeline.data_state.volume import judge_volume
from tsunagu.pipeline.disclosure import Disclosure, Figure, open_disclosure
from tsunagu.pipeline.linking import LinkState, describe_links
from tsunagu.pipeline.manifest import list_run_ids
from tsunagu.pipeline.wording import Words, describe_system
from tsunagu.store.commit import Reader
from tsunagu.store.engine import read_sql
from tsunagu.store.identity import LINK
from tsunagu.store.landing import FILE, PROBLEM

_PACKAGE = "tsunagu.pipeline"


@dataclass(frozen=True, slots=True)
class FeedState:
    """One feed on one day; counts over all its files, `latest_rows` those of its latest delivery."""

    feed: str
    title: str
    title_en: str
    department: str
    owner: str
    files: int
    rows: Figure
    problem_rows: Figure
    latest_rows: Figure
    timing: Timing
    cells: tuple[Cell, ...]
    findings: tuple[Finding, ...]

    @property
    def is_received(self) -> bool:
        """Whether anything ever came."""
        return self.timing.freshness is not Freshness.NOT_RECEIVED


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
    """The data state on one day, worked out anew; match counts are those of the given run (none without one)."""
    for table in (FILE, PROBLEM):
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
    parts = list_parts(reader, catalog.feeds.values(), as_of=as_of)
    rosters = load_rosters(reader, as_of=as_of)
    states = []
    for feed in catalog.feeds.values():
        mine = parts.get(feed.id, [])
        timing = judge_timing(feed, mine, rosters, as_of=as_of)
        cells = list_cells(feed, mine, rosters, as_of=as_of)
        volume = judge_volume(feed, mine)
        drifts = list_drifts(reader, catalog, feed, mine, as_of=as_of)
        files, rows, problem_rows = received.get(feed.id, (0, 0, 0))
        states.append(
            FeedState(
                feed=feed.id,
                title=feed.title.ja,
                title_en=feed.title.en or feed.id,
                department=feed.department.value,
                owner=feed.owner,
                files=files,
                rows=disclosure.show_rows(int(rows)),
                problem_rows=disclosure.show_rows(int(problem_rows)),
                latest_rows=disclosure.show_rows(volume.rows),
                timing=timing,
                cells=cells,
                findings=list_findings(timing, cells, volume, drifts, disclosure),
            )
        )
    return tuple(sorted(states, key=lambda state: (not state.is_received, state.department, state.feed)))


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
    received = {name for (name,) in reader.engine.list_rows("SELECT DISTINCT feed FROM landing.file")}
    by_system: dict[str, dict[str, int]] = {}
    for system, rule, subjects in reader.engine.list_rows(read_sql(_PACKAGE, "match_counts")):
        by_system.setdefault(system, {})[rule] = subjects
    titles = _name_systems([feed for feed in catalog.feeds.values() if feed.id in received])
    return tuple(
        _sum_rules(system, describe_system(system, titles), rules, disclosure)
        for system, rules in by_system.items()
    )


def _name_systems(feeds: Iterable[Feed]) -> dict[str, Words]:
    """Each source system by the title of its feed that says most about who somebody is."""
    by_detail = sorted(feeds, key=_count_identity_columns)
    return {feed.subject.system: (feed.title.ja, feed.title.en or feed.title.ja) for feed in by_detail}


def _count_identity_columns(feed: Feed) -> int:
    return sum(target.startswith("identity.") for column in feed.columns for target in column.to)


def _sum_rules(system: str, title: Words, rules: dict[str, int], disclosure: Disclosure) -> MatchCount:
    subjects, opened = sum(rules.values()), rules.get(OPENED, 0)
    by_number = rules.get(ATENA_NUMBER, 0) + rules.get(REGISTER, 0)
    counts = (subjects, by_number, subjects - by_number - opened, opened)
    return MatchCount(system, *title, *map(disclosure.show, counts))
