"""The state of the data for the desk: what each department handed over, how fresh it is, on which legal basis."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from tsunagu.catalog.feeds import Cadence, Feed
from tsunagu.judgement.phrases import Phrase
from tsunagu.pipeline.data_state.calendar import Mark
from tsunagu.pipeline.data_state.findings import MARKS, say_freshness
from tsunagu.pipeline.data_state.timing import Freshness
from tsunagu.pipeline.disclosure import Figure
from tsunagu.pipeline.manifest import find_latest_run_id, get_manifest
from tsunagu.pipeline.seam.opening import Seam
from tsunagu.pipeline.status import DataState, FeedState, MatchCount, describe_data
from tsunagu.pipeline.wording import show_figure, show_month, show_place
from tsunagu.store import journal
from tsunagu.store.commit import Reader, open_reader
from tsunagu.store.home import Home

_COMMAND = "seam data state"
_CADENCES = {
    Cadence.DAILY: Phrase("毎日", "daily"),
    Cadence.MONTHLY: Phrase("毎月", "monthly"),
    Cadence.QUARTERLY: Phrase("三か月ごと", "every three months"),
    Cadence.TERMLY: Phrase("学期ごと", "every school term"),
    Cadence.YEARLY: Phrase("毎年", "yearly"),
}


@dataclass(frozen=True, slots=True)
class Basis:
    """One permitted use of what a feed states. `fault`: why it is not in force on the day; empty when it is."""

    item: Phrase
    purpose: Phrase
    legal_basis: str
    review_on: date
    fault: str


@dataclass(frozen=True, slots=True)
class MonthMark:
    """One month: its sign and what it means; the schools or facilities it has not come from."""

    month: Phrase
    mark: Mark
    sign: str
    meaning: Phrase
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MatchShare:
    """Whose records the feed's system holds: subjects, joined to a resident by number or by name and birth date, and new."""

    subjects: Phrase
    by_number: Phrase
    by_keys: Phrase
    opened: Phrase
    percent: int
    """Joined of all, in whole steps of what may be shown; 0 when there are none."""


@dataclass(frozen=True, slots=True)
class FeedProblem:
    """One kind of problem in one column; counts as they may be shown."""

    code: str
    title: Phrase
    column: str
    problems: Phrase
    dropped_rows: Phrase
    has_dropped: bool


@dataclass(frozen=True, slots=True)
class FeedOverview:
    """One feed on one day. Dates None: nothing came yet."""

    feed: str
    title: Phrase
    department: str
    owner: str
    cadence: Phrase
    is_received: bool
    freshness: Freshness
    freshness_words: Phrase
    reference_date: date | None
    received_on: date | None
    due_on: date | None
    awaited_schools: tuple[str, ...]
    files: int
    rows: Phrase
    latest_rows: Phrase
    problem_rows: Phrase
    has_problems: bool
    months: tuple[MonthMark, ...]
    findings: tuple[Phrase, ...]
    problems: tuple[FeedProblem, ...]
    bases: tuple[Basis, ...]
    match: MatchShare | None


@dataclass(frozen=True, slots=True)
class DataOverview:
    """All feeds, those that came before those that never did. `run_as_of` None: nothing was judged up to the day.

    `for_review`: records about which people have to decide; `conflicts`: decisions that contradict each other.
    """

    as_of: date
    feeds: tuple[FeedOverview, ...]
    run_id: str | None
    run_as_of: date | None
    for_review: Phrase | None
    conflicts: Phrase | None
    expected_wrong: Phrase | None

    def find_feed(self, feed: str) -> FeedOverview | None:
        """One feed by its id."""
        return next((one for one in self.feeds if one.feed == feed), None)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Everything an overview depends on."""

    seam: Seam = field(compare=False)
    definitions: int
    """The catalogue by itself, not by what it says: `open_seam` gives the same one until a definition changes."""
    head: tuple[int, ...]
    as_of: date


def describe_data_state(seam: Seam, *, as_of: date) -> DataOverview:
    """The state of the data as it was known on a day, with the match rates of the last run up to it.

    Computed again only when something was loaded or run, or a definition has changed. Journalled each time.
    """
    asked = _Asked(seam, id(seam.catalog), _stamp_head(seam.home), as_of)
    journal.start_entry(seam.home, _COMMAND, details={"as_of": as_of.isoformat()})
    return _describe_once(asked)


@lru_cache(maxsize=8)
def _describe_once(asked: _Asked) -> DataOverview:
    seam, details = asked.seam, {"as_of": asked.as_of.isoformat()}
    with open_reader(seam.home, f"{_COMMAND} anew", details=details) as reader:
        run_id = find_latest_run_id(reader, as_of=asked.as_of)
        state = describe_data(reader, seam.catalog, as_of=asked.as_of, run_id=run_id)
        return _describe(reader, seam, state, run_id)


def _stamp_head(home: Home) -> tuple[int, ...]:
    """What changes with every commit."""
    if not home.head_file.exists():
        return ()
    found = home.head_file.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _describe(reader: Reader, seam: Seam, state: DataState, run_id: str | None) -> DataOverview:
    matches = {match.system: match for match in state.matches}
    links = state.links
    wrong = [rule.expected_wrong for rule in links.rules if rule.expected_wrong] if links else []
    return DataOverview(
        as_of=state.as_of,
        feeds=tuple(_describe_feed(seam, state, one, matches) for one in state.feeds),
        run_id=run_id,
        run_as_of=get_manifest(reader, run_id).as_of if run_id else None,
        for_review=_say(links.for_review) if links else None,
        conflicts=_say(links.conflicts) if links and links.conflicts.most else None,
        expected_wrong=_say(_add(wrong)) if wrong else None,
    )


def _describe_feed(
    seam: Seam, state: DataState, one: FeedState, matches: dict[str, MatchCount]
) -> FeedOverview:
    feed = seam.catalog.get_feed(one.feed)
    match = matches.get(feed.subject.system)
    return FeedOverview(
        feed=one.feed,
        title=Phrase(one.title, one.title_en),
        department=one.department,
        owner=one.owner,
        cadence=_CADENCES[feed.cadence],
        is_received=one.is_received,
        freshness=one.timing.freshness,
        freshness_words=Phrase(*say_freshness(one.timing)),
        reference_date=one.timing.reference_date,
        received_on=one.timing.received_on,
        due_on=one.timing.due_on,
        awaited_schools=tuple(map(show_place, one.timing.awaited)),
        files=one.files,
        rows=_say(one.rows),
        latest_rows=_say(one.latest_rows),
        problem_rows=_say(one.problem_rows),
        has_problems=one.problem_rows.most > 0,
        months=tuple(_describe_months(one)),
        findings=tuple(Phrase(finding.ja, finding.en) for finding in one.findings),
        problems=tuple(_describe_problems(state, one.feed)),
        bases=tuple(_list_bases(seam, feed)),
        match=_describe_match(match) if match and one.is_received else None,
    )


def _describe_months(one: FeedState) -> Iterator[MonthMark]:
    for cell in one.cells:
        sign, ja, en = MARKS[cell.mark]
        places = tuple(map(show_place, cell.missing))
        yield MonthMark(Phrase(*show_month(cell.month)), cell.mark, sign, Phrase(ja, en), places)


def _describe_problems(state: DataState, feed: str) -> Iterator[FeedProblem]:
    for one in state.problems:
        if one.feed == feed:
            title = Phrase(one.code_title, one.code_title_en)
            dropped = one.dropped_rows.most > 0
            yield FeedProblem(
                one.code, title, one.column, _say(one.problems), _say(one.dropped_rows), has_dropped=dropped
            )


def _list_bases(seam: Seam, feed: Feed) -> Iterator[Basis]:
    """What the register says of everything the feed states, for the purposes in force here."""
    catalog = seam.catalog
    for name in feed.stated_items:
        item = catalog.get_item(name)
        for use in item.uses:
            if use.purpose in catalog.active_purposes:
                title = catalog.get_purpose(use.purpose).title
                permission = catalog.may_use(name, use.purpose, on=seam.on)
                yield Basis(
                    Phrase(item.title.ja, item.title.en or name),
                    Phrase(title.ja, title.en or use.purpose),
                    use.legal_basis,
                    use.review_on,
                    "" if permission else permission.reason,
                )


def _describe_match(match: MatchCount) -> MatchShare:
    subjects, opened = match.subjects.least, match.opened.least
    percent = round(100 * (subjects - opened) / subjects) if subjects else 0
    return MatchShare(
        _say(match.subjects), _say(match.by_number), _say(match.by_keys), _say(match.opened), percent
    )


def _add(figures: list[Figure]) -> Figure:
    return Figure(sum(one.least for one in figures), sum(one.most for one in figures))


def _say(figure: Figure) -> Phrase:
    return Phrase(*show_figure(figure))
