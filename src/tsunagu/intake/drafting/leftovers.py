"""The one thing a feed cannot do without, and the one column left that can be it: proposed by its values alone.

A heading nobody knows is no reason to lose the day a row is about. What is found so always asks.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from tsunagu.catalog.words import ValueType
from tsunagu.intake.drafting.families import DAYS, Candidate, Concept, Family, judge_concept, list_concepts
from tsunagu.intake.drafting.fit import Surroundings
from tsunagu.intake.drafting.values import ColumnFacts
from tsunagu.intake.drafting.words import find_side, is_of_no_use, load_words, split_heading

LEFTOVER_LIKENESS = 0.5
_LEAST_FIT = 0.95
_ENDS = "valid_to"
_SINGLE = (ValueType.DATE, ValueType.YEAR_MONTH)


def add_leftovers(family: Family, columns: Sequence[ColumnFacts], around: Surroundings) -> Family:
    """The family with what can be told by values alone."""
    concepts = list_concepts(family.feed, around.catalog)
    found = {one.position: one for one in match_leftovers(columns, concepts, family.chosen, around)}
    return replace(family, chosen={**family.chosen, **found})


def match_leftovers(
    columns: Sequence[ColumnFacts],
    concepts: Sequence[Concept],
    chosen: Mapping[int, Candidate],
    around: Surroundings,
) -> Iterator[Candidate]:
    """Concepts without a column and columns without a meaning, where each has only the other.

    Args:
        columns: the columns of the file.
        concepts: the columns of the feed it is like.
        chosen: what is matched already, by the column's position.
        around: what values are judged against.
    """
    left = [position for position in range(len(columns)) if position not in chosen]
    found = [
        (position, concept)
        for concept in _list_open(concepts, chosen)
        for position in left
        if _may_say(columns[position].heading, concept) and _can_be(columns[position], concept, around)
    ]
    for position, concept in found:
        rivals = [pair for pair in found if position == pair[0] or concept is pair[1]]
        if len(rivals) == 1:
            yield Candidate(
                position, concept, LEFTOVER_LIKENESS, judge_concept(columns[position], concept, around)
            )


def list_not_to_lose(family: Family, columns: Sequence[ColumnFacts], around: Surroundings) -> set[int]:
    """Columns whose values can be what the family needs and has not found, whatever their headings say."""
    concepts = _list_open(list_concepts(family.feed, around.catalog), family.chosen)
    return {
        position
        for position, facts in enumerate(columns)
        for concept in concepts
        if not _is_end(concept)
        and not concept.is_part
        and (_can_be(facts, concept, around) or judge_concept(facts, concept, around).is_foreign)
    }


def _list_open(concepts: Sequence[Concept], chosen: Mapping[int, Candidate]) -> list[Concept]:
    taken = {candidate.concept.header for candidate in chosen.values()}
    return [one for one in concepts if one.header not in taken and _is_needed(one)]


def _is_needed(concept: Concept) -> bool:
    """Days and months of facts, and codes of a list of their own; yes or no may be anything."""
    fields = {target.partition(".")[2] for target in concept.targets}
    if _get_type(concept) in _SINGLE:
        return "scope.month" in concept.targets or bool(fields & DAYS)
    return _get_type(concept) is ValueType.CODE and not concept.targets <= {"nothing", "identity.sex"}


def _can_be(facts: ColumnFacts, concept: Concept, around: Surroundings) -> bool:
    if not facts.heading or facts.is_running_number:
        return False
    fit = judge_concept(facts, concept, around)
    return (fit.share or 0.0) >= _LEAST_FIT and (fit.is_telling or _get_type(concept) in _SINGLE)


def _may_say(heading: str, concept: Concept) -> bool:
    """Whether nothing in the heading speaks against it: another person, another time, a birth, the other end."""
    table = load_words()
    tokens = set(split_heading(heading))
    if "scope.month" in concept.targets:
        return True
    if _get_type(concept) is ValueType.CODE:
        return not is_of_no_use(heading)
    strangers = {token for token in tokens if table.is_person(token)} - {"child"}
    if strangers or tokens & {"birth", "due", *table.turns} or is_of_no_use(heading):
        return False
    return find_side(tokens, table) in (("end",) if _is_end(concept) else ("", "start"))


def _is_end(concept: Concept) -> bool:
    return any(target.endswith(_ENDS) for target in concept.targets)


def _get_type(concept: Concept) -> ValueType | None:
    return next((entry.type for entry in concept.entries if entry.to), None)
