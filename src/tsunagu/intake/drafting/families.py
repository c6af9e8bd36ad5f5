"""Which known feed a file is most like, and which of its columns each heading means."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.feeds import Feed, FeedColumn
from tsunagu.catalog.formats import FileKind
from tsunagu.catalog.words import Department
from tsunagu.intake.drafting.fit import NO_EVIDENCE, Fit, Surroundings, judge_fit, judge_key
from tsunagu.intake.drafting.usual_headings import PART_SIGN, Names, list_usual_names
from tsunagu.intake.drafting.values import ColumnFacts
from tsunagu.intake.drafting.words import (
    compare_headings,
    is_of_no_use,
    list_places,
    list_readings,
    load_words,
    split_heading,
)

LEAST_LIKENESS = 0.5
"""Below this two headings are not compared any further, unless the values are telling."""
_LEAST_SCORE = 0.42
_TITLE_SHARE = 0.97
_FACT_WEIGHT, _KEY_WEIGHT, _IDENTITY_WEIGHT, _OTHER_WEIGHT = 2.0, 1.2, 0.8, 0.3
_LEAST_FAMILY = 0.3
_CLEAR_LEAD = 0.07
_LEAST_TITLE = 0.5
_SHARED_TARGETS = frozenset({"identity.phone", "identity.postal_code", "identity.address"})
DAYS = frozenset({"occurred_on", "valid_from", "valid_to"})
_OTHER_PLACE = 0.7
"""What is left of a score when file and feed speak of different kinds of place."""


@dataclass(frozen=True, slots=True)
class Concept:
    """One column of a known feed: its names in words, and how it is read."""

    header: str
    names: Names
    entries: tuple[FeedColumn, ...]
    weight: float
    is_number: bool = False
    """Whether the feed finds its records by it, and it says nothing else."""
    is_part: bool = False
    """Whether the feed reads it out of a column of several meanings, and a file may have it in a column of its own."""

    @property
    def targets(self) -> frozenset[str]:
        """Everything the column becomes."""
        return frozenset(target for entry in self.entries for target in entry.to)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A column of the file taken for a concept."""

    position: int
    concept: Concept
    likeness: float
    fit: Fit

    @property
    def score(self) -> float:
        """Heading and values together."""
        if self.fit.share is None:
            return 0.92 * self.likeness
        if self.fit.is_foreign:
            # Taken only where nothing else wants the column, and the heading is all but the same.
            return 0.45 * self.likeness
        return 0.6 * self.likeness + 0.4 * self.fit.share if self.fit.share >= 0.3 else 0.35 * self.likeness


@dataclass(frozen=True, slots=True)
class Family:
    """A known feed the file is like. `is_clear`: no other comes near it, and something only it says is there."""

    feed: Feed
    chosen: Mapping[int, Candidate]
    candidates: tuple[Candidate, ...]
    score: float
    is_clear: bool = False


def find_family(
    columns: Sequence[ColumnFacts], around: Surroundings, department: Department | None, words: str
) -> Family | None:
    """The feed the file is most like; None when it is like none.

    Args:
        columns: the columns of the file.
        around: what values are judged against.
        department: only feeds of this department.
        words: file name, sheet name and what stands above the table.
    """
    feeds = [
        feed
        for feed in around.catalog.feeds.values()
        if department in (None, feed.department) and feed.format.kind in (FileKind.CSV, FileKind.EXCEL)
    ]
    families = sorted(
        (_compare(feed, columns, around, words) for feed in feeds),
        key=lambda family: family.score,
        reverse=True,
    )
    if not families or families[0].score < _LEAST_FAMILY:
        return None
    best = families[0]
    lead = best.score - families[1].score if len(families) > 1 else 1.0
    is_own = _compare_titles(best.feed, words) > _LEAST_TITLE or any(map(_is_own, best.chosen.values()))
    return replace(best, is_clear=lead >= _CLEAR_LEAD and is_own)


def _is_own(candidate: Candidate) -> bool:
    """Whether it is a fact other than a day: days begin, end and happen in every feed."""
    facts = {
        target.partition(".")[2]
        for target in candidate.concept.targets
        if not target.startswith(("identity.", "scope.", "nothing"))
    }
    return bool(facts - DAYS) and candidate.likeness >= LEAST_LIKENESS


def list_concepts(feed: Feed, catalog: Catalog) -> list[Concept]:
    """The columns of a feed, each once however often it is read."""
    grouped: dict[str, list[FeedColumn]] = {}
    for column in feed.columns:
        grouped.setdefault(column.header, []).append(column)
    keys = {feed.subject.column, *feed.subject.with_columns, *feed.record_key}
    return [
        *(
            _make_concept(header, tuple(entries), catalog, keys, list_usual_names(feed.id, header))
            for header, entries in grouped.items()
        ),
        *_list_parts(feed),
    ]


def _list_parts(feed: Feed) -> Iterator[Concept]:
    """転入の日 and 転出の日, where the feed has one date that another column tells apart."""
    for entry in feed.columns:
        name = f"{entry.header}{PART_SIGN}{entry.to[0]}"
        if entry.when and (usual := list_usual_names(feed.id, name)):
            alone = entry.model_copy(update={"when": {}})
            yield Concept(name, usual, (alone,), _FACT_WEIGHT, is_part=True)


def _make_concept(
    header: str, entries: tuple[FeedColumn, ...], catalog: Catalog, keys: set[str], usual: Names
) -> Concept:
    names = {split_heading(name): 1.0 for entry in entries for name in (header, *entry.aliases)}
    for entry in entries:
        for target in entry.to:
            owner, _, value = target.partition(".")
            if owner in catalog.items and value in catalog.items[owner].values:
                names.setdefault(split_heading(catalog.items[owner].values[value].title.ja), _TITLE_SHARE)
    for tokens, share in usual:
        names.setdefault(tokens, share)
    is_number = header in keys and all(entry == FeedColumn(header=header) for entry in map(_strip, entries))
    return Concept(header, tuple(names.items()), entries, _weigh(entries, header in keys), is_number)


def _strip(entry: FeedColumn) -> FeedColumn:
    return entry.model_copy(update={"aliases": (), "required": False, "may_be_absent": False})


def _weigh(entries: Sequence[FeedColumn], is_key: bool) -> float:
    zones = {target.partition(".")[0] for entry in entries for target in entry.to}
    if zones - {"identity", "scope", "nothing"}:
        return _FACT_WEIGHT
    if is_key or "scope" in zones:
        return _KEY_WEIGHT
    return _IDENTITY_WEIGHT if "identity" in zones else _OTHER_WEIGHT


def _compare(feed: Feed, columns: Sequence[ColumnFacts], around: Surroundings, words: str) -> Family:
    concepts = list_concepts(feed, around.catalog)
    candidates = tuple(_list_candidates(columns, concepts, around))
    chosen = choose(candidates)
    found = sum(candidate.score * candidate.concept.weight for candidate in chosen.values())
    taken = {candidate.concept.header for candidate in chosen.values()}
    # What a feed does not use need not be there; what no feed uses says nothing about which one it is.
    wanted = sum(one.weight for one in concepts if _is_wanted(one) or one.header in taken)
    strangers = sum(
        1
        for position, facts in enumerate(columns)
        if facts.heading and position not in chosen and not is_of_no_use(facts.heading)
    )
    score = found / (wanted + 0.4 * strangers) + 0.2 * _compare_titles(feed, words)
    return Family(feed, chosen, candidates, score * (_OTHER_PLACE if _is_elsewhere(feed, columns) else 1.0))


def _is_wanted(concept: Concept) -> bool:
    return not concept.is_part and bool(concept.targets - {"nothing"})


def _is_elsewhere(feed: Feed, columns: Sequence[ColumnFacts]) -> bool:
    """Whether the file speaks of schools alone and the feed of facilities alone, or the other way round."""
    here = list_places(facts.heading for facts in columns)
    there = list_places(column.header for column in feed.columns)
    return bool(here and there) and not here & there


def _list_candidates(
    columns: Sequence[ColumnFacts], concepts: Sequence[Concept], around: Surroundings
) -> Iterator[Candidate]:
    for position, facts in enumerate(columns):
        if not facts.heading:
            continue
        for concept in concepts:
            likeness = compare_with(facts.heading, concept)
            if likeness < LEAST_LIKENESS and not _may_tell(facts.heading, concept):
                continue
            fit = judge_concept(facts, concept, around)
            if likeness >= LEAST_LIKENESS or (fit.is_telling and (fit.share or 0) >= 0.9):
                yield Candidate(position, concept, likeness, fit)


def judge_concept(facts: ColumnFacts, concept: Concept, around: Surroundings) -> Fit:
    """The best fit among the readings of a column."""
    if concept.is_number:
        return judge_key(facts)
    fits = [judge_fit(facts, entry, around) for entry in concept.entries]
    known = [fit for fit in fits if fit.share is not None]
    return max(known, key=lambda fit: fit.share or 0.0, default=fits[0] if fits else NO_EVIDENCE)


def compare_with(heading: str, concept: Concept) -> float:
    """How alike a heading is to the names of a concept."""
    table = load_words()
    best = 0.0
    for tokens, weight in list_readings(heading):
        reach = frozenset().union(*(table.near.get(token, (token,)) for token in tokens))
        for name, share in concept.names:
            if share * weight > best and not reach.isdisjoint(name):
                best = max(best, compare_headings(tokens, name) * share * weight)
    return best


def _may_tell(heading: str, concept: Concept) -> bool:
    """Whether values may speak where the heading does not: never of another person than the heading does."""
    table = load_words()
    others = {token for token in split_heading(heading) if table.is_person(token)} - {"child"}
    named = {token for tokens, _ in concept.names for token in tokens}
    if others - named and not concept.targets & _SHARED_TARGETS:
        return False
    return any(
        entry.codes is not None
        or target in ("identity.kana", "identity.phone", "identity.postal_code", "identity.address")
        for entry in concept.entries
        for target in entry.to
    )


def choose(candidates: Sequence[Candidate]) -> dict[int, Candidate]:
    """One concept a column and one column a concept, the surest first."""
    chosen: dict[int, Candidate] = {}
    taken: set[str] = set()
    for candidate in sorted(candidates, key=lambda one: (-one.score, one.position)):
        if (
            candidate.score < _LEAST_SCORE
            or candidate.position in chosen
            or candidate.concept.header in taken
        ):
            continue
        chosen[candidate.position] = candidate
        taken.add(candidate.concept.header)
    return chosen


def _compare_titles(feed: Feed, words: str) -> float:
    """How much of the words of a feed's title and file names stand in the file's own."""
    mine = _list_telling(words)
    yours = [_list_telling(text) for text in (feed.title.ja, *feed.file_names)]
    return max((len(mine & one) / len(one) for one in yours if one), default=0.0)


@lru_cache(maxsize=1000)
def _list_telling(text: str) -> frozenset[str]:
    table = load_words()
    return frozenset(
        token
        for token in split_heading(
            "".join(letter for letter in text if not letter.isascii() or letter.isalpha())
        )
        if table.weigh(token) >= 1.0 or (token.startswith("?") and len(token) > 2)
    )
