"""Headings as words: a declared table binds spellings of one meaning, and headings are compared by meaning."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from tsunagu.catalog.yaml_text import parse_yaml

Tokens = tuple[str, ...]

UNKNOWN = "?"
"""Begins the token of letters that no word of the table covers."""
_PARTICLES = "のおご等"
"""Letters that join words and say nothing themselves."""
_WEIGHTS = {"who": 0.5, "what": 1.0, "tail": 0.35}
_UNKNOWN_WEIGHT = 0.7
_SLIGHT_WEIGHTS = {"unit": 0.0, "title": 0.15}
_OTHER_PERSON = 0.35
"""What is left of a likeness when one heading speaks of another person than the other."""
_PERSON_LEFT_OUT = 0.74
_SIGNS = re.compile(r"[\s()（）【】\[\]「」『』<>＜＞・/／_＿\-－:：*※,、.．]+")
# Of a child nobody needs to be told; the others must be named to be meant.
_USUAL_PERSON = "child"


@dataclass(frozen=True, slots=True)
class WordTable:
    """Words by spelling, what kind each is, which are nearly the same, and which are of no use anywhere."""

    names: dict[str, str]
    kinds: dict[str, str]
    alike: dict[frozenset[str], float]
    not_used: frozenset[str]
    longest: int

    def weigh(self, token: str) -> float:
        """How much a word says."""
        if token.startswith(UNKNOWN):
            return _UNKNOWN_WEIGHT
        return _SLIGHT_WEIGHTS.get(token, _WEIGHTS[self.kinds[token]])

    def is_person(self, token: str) -> bool:
        """Whether the word says whose."""
        return self.kinds.get(token) == "who"

    def compare(self, one: str, other: str) -> float:
        """1 for the same meaning, less for nearly the same, 0 else."""
        if one == other:
            return 1.0
        return self.alike.get(frozenset((one, other)), 0.0)


@lru_cache(maxsize=1)
def load_words() -> WordTable:
    """The declared table."""
    text = (resources.files("tsunagu.intake.drafting") / "words.yaml").read_text(encoding="utf-8")
    document = parse_yaml(text, "words.yaml")
    assert not document.problems, document.problems
    return _build_table(document.data)


def _build_table(data: Any) -> WordTable:
    names: dict[str, str] = {}
    kinds: dict[str, str] = {}
    for kind in _WEIGHTS:
        for name, spellings in data[kind].items():
            kinds[name] = kind
            for spelling in spellings:
                known = names.setdefault(_fold(spelling), name)
                assert known == name, f"{spelling}: {known} / {name}"
    alike = {frozenset(entry["words"]): float(entry["share"]) for entry in data["alike"]}
    return WordTable(names, kinds, alike, frozenset(data["not_used"]), max(map(len, names)))


@lru_cache(maxsize=20_000)
def split_heading(heading: str) -> Tokens:
    """The words of a heading, longest first from the left; letters of no known word stay together."""
    table = load_words()
    tokens: list[str] = []
    for part in _SIGNS.split(unicodedata.normalize("NFKC", heading).lower()):
        tokens += _split_part(part, table)
    return _name_people(tokens, table)


def _name_people(tokens: list[str], table: WordTable) -> Tokens:
    """A person's 名 is the name, and so is a person alone; a school's or a vaccine's is only what it is called."""
    if tokens in (["title"], ["title", "kana"]):
        return ("given_name",) if len(tokens) == 1 else ("given_kana",)
    people = [token for token in tokens if table.is_person(token)]
    others = [token for token in tokens if not table.is_person(token)]
    if people and others in ([], ["title"]):
        return (*people, "name")
    has_reading = bool(people) and "kana" in others
    return tuple(word for word in tokens if not (has_reading and word == "title"))


def _split_part(text: str, table: WordTable) -> list[str]:
    tokens: list[str] = []
    unknown = ""
    start = 0
    while start < len(text):
        end = _find_word(text, start, table)
        if end == start:
            unknown += "" if text[start] in _PARTICLES else text[start]
            start += 1
            continue
        if unknown:
            tokens.append(UNKNOWN + unknown)
            unknown = ""
        tokens.append(table.names[text[start:end]])
        start = end
    return [*tokens, UNKNOWN + unknown] if unknown else tokens


def _find_word(text: str, start: int, table: WordTable) -> int:
    for end in range(min(len(text), start + table.longest), start, -1):
        if text[start:end] in table.names:
            return end
    return start


@lru_cache(maxsize=200_000)
def compare_headings(one: Tokens, other: Tokens) -> float:
    """How alike two headings are in meaning, from 0 to 1; the same words in any order are 1."""
    table = load_words()
    people = [{token for token in tokens if table.is_person(token)} for tokens in (one, other)]
    mine, yours = ([token for token in tokens if not table.is_person(token)] for tokens in (one, other))
    total = sum(map(table.weigh, mine)) + sum(map(table.weigh, yours))
    if not total:
        return 1.0 if people[0] and people[0] == people[1] else 0.0
    likeness = 2 * _match(mine, yours, table) / total
    return min(1.0, likeness) * _compare_people(people[0], people[1], table)


def _match(mine: Sequence[str], yours: Sequence[str], table: WordTable) -> float:
    left = list(yours)
    matched = 0.0
    for token in sorted(mine, key=table.weigh, reverse=True):
        best = max(left, key=lambda other: table.compare(token, other), default=None)
        if best is None or not (share := table.compare(token, best)):
            continue
        matched += share * (table.weigh(token) + table.weigh(best)) / 2
        left.remove(best)
    return matched


def _compare_people(mine: set[str], yours: set[str], table: WordTable) -> float:
    if mine == yours:
        return 1.0
    if mine and yours:
        best = max(table.compare(one, other) for one in mine for other in yours)
        return max(_OTHER_PERSON, best)
    # One heading leaves out whose it is.
    return 0.97 if (mine or yours) == {_USUAL_PERSON} else _PERSON_LEFT_OUT


def is_of_no_use(heading: str) -> bool:
    """Whether everything a heading says is of no use to us (a remark, the day of printing, the teacher's name)."""
    table = load_words()
    tokens = [token for token in split_heading(heading) if table.weigh(token) > _WEIGHTS["tail"]]
    if any(token in table.not_used and table.is_person(token) for token in tokens):
        return not any(token.startswith(UNKNOWN) for token in tokens)
    return bool(tokens) and all(token in table.not_used for token in tokens)


def count_known(headings: Iterable[str]) -> float:
    """How much of these cells reads like headings: the share of known words, 1 for every cell that has only such."""
    table = load_words()
    total = 0.0
    for heading in headings:
        weights = [(token, table.weigh(token)) for token in split_heading(heading)]
        whole = sum(weight for _, weight in weights)
        known = sum(weight for token, weight in weights if not token.startswith(UNKNOWN))
        total += known / whole if whole else 0.0
    return total


def _fold(spelling: str) -> str:
    return _SIGNS.sub("", unicodedata.normalize("NFKC", spelling).lower())
