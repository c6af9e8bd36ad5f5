"""Headings as words: a declared table binds spellings of one meaning, and headings are compared by meaning."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import jaconv

from tsunagu.catalog.yaml_text import parse_yaml

Tokens = tuple[str, ...]

UNKNOWN = "?"
"""Begins the token of letters that no word of the table covers."""
_PARTICLES = "等" + "".join(map(chr, range(0x3041, 0x3097)))
"""Letters that join words and say nothing themselves: any hiragana that is no word."""
_LONGEST_PARTICLE = 2
_FIRST = "1"
"""The first of several is the one that is meant."""
_WEIGHTS = {"who": 0.5, "what": 1.0, "tail": 0.35}
_UNKNOWN_WEIGHT = 0.7
_SLIGHT_WEIGHTS = {"unit": 0.0, "title": 0.15}
_OTHER_PERSON = 0.35
"""What is left of a likeness when one heading speaks of another person than the other."""
_PERSON_LEFT_OUT = 0.74
_OF_THE_ROW = frozenset({"child", "member"})
_SHARED_WITH = frozenset({"guardian", "applicant", "recipient"})
_SHARED = 0.9
_OTHER_SIDE = 0.5
"""What is left of a likeness when one heading speaks of a beginning and the other of an end."""
_OTHER_TURN = 0.5
"""What is left when only one of two headings speaks of the first, the last or the next time, or of a plan."""
_UNDER_GROUP = 0.74
"""What the heading under another one says by itself: enough to propose, never enough to be sure."""
_ROMAJI = (
    *(("shi", "si"), ("sh", "sy"), ("chi", "ti"), ("ch", "ty"), ("tsu", "tu"), ("fu", "hu")),
    *(("ji", "zi"), ("j", "zy"), ("yy", "y"), ("ou", "o"), ("oo", "o"), ("uu", "u"), ("nn", "n")),
    *(("mb", "nb"), ("mp", "np"), ("mm", "nm")),
)
"""Spellings of one sound: shimei and simei, jusho and juusyo."""
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LATIN = re.compile(r"[a-z]+")
_KANA = re.compile(r"[ァ-ヺー]+")
_SIGNS = re.compile(r"[\s()（）【】\[\]「」『』<>＜＞・/／_＿\-－:：*※,、.．]+")
# Of a child nobody needs to be told; the others must be named to be meant.
_USUAL_PERSON = "child"


@dataclass(frozen=True, slots=True)
class WordTable:
    """Words by spelling, what kind each is, which are nearly the same, and which are of no use anywhere."""

    names: dict[str, str]
    latin: dict[str, str]
    kinds: dict[str, str]
    alike: dict[frozenset[str], float]
    not_used: frozenset[str]
    starts: frozenset[str]
    ends: frozenset[str]
    shared: frozenset[str]
    places: frozenset[str]
    turns: frozenset[str]
    near: dict[str, frozenset[str]]
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
    return WordTable(
        names=names,
        latin={
            _fold_romaji(spelling): name for spelling, name in names.items() if _LATIN.fullmatch(spelling)
        },
        kinds=kinds,
        alike=alike,
        not_used=frozenset(data["not_used"]),
        starts=frozenset(data["sides"]["start"]),
        ends=frozenset(data["sides"]["end"]),
        shared=frozenset(data["shared"]),
        places=frozenset(data["places"]),
        turns=frozenset(data["turns"]),
        near=_gather_near(kinds, alike),
        longest=max(map(len, names)),
    )


def _gather_near(kinds: Iterable[str], alike: Iterable[frozenset[str]]) -> dict[str, frozenset[str]]:
    near: dict[str, set[str]] = {name: {name} for name in kinds}
    for pair in alike:
        for name in pair:
            near[name] |= pair
    return {name: frozenset(words) for name, words in near.items()}


@lru_cache(maxsize=20_000)
def split_heading(heading: str) -> Tokens:
    """The words of a heading, longest first from the left; letters of no known word stay together."""
    table = load_words()
    tokens: list[str] = []
    plain = _CAMEL.sub(" ", unicodedata.normalize("NFKC", heading)).lower()
    for part in _SIGNS.split(plain):
        tokens += _name_times(_split_part(part, table), is_first=not tokens)
    if len(tokens) > 1:
        tokens = [token for token in tokens if token != UNKNOWN + _FIRST]
    return _name_people(list(dict.fromkeys(tokens)), table)


@lru_cache(maxsize=20_000)
def list_readings(heading: str) -> tuple[tuple[Tokens, float], ...]:
    """A heading as words, and how much each reading counts: under another heading it may say enough by itself."""
    whole = split_heading(heading)
    group, _, inner = heading.partition("_")
    if not inner:
        return ((whole, 1.0),)
    people = [token for token in split_heading(group) if load_words().is_person(token)]
    alone = tuple(dict.fromkeys([*people, *split_heading(inner)]))
    return ((whole, 1.0), (alone, _UNDER_GROUP)) if alone else ((whole, 1.0),)


def _name_times(tokens: list[str], *, is_first: bool) -> list[str]:
    """回 counts what stands before it, or what the table is about; alone behind a sign (上体起こし（回）) it is a unit."""
    if tokens == ["times"] and not is_first:
        return ["unit"]
    return ["dose" if word == "times" else word for word in tokens]


def _name_people(tokens: list[str], table: WordTable) -> Tokens:
    """A person's 名 is the name, and so is a person alone; a school's or a vaccine's is only what it is called."""
    if tokens in (["title"], ["title", "kana"]):
        return ("given_name",) if len(tokens) == 1 else ("given_kana",)
    people = [token for token in tokens if table.is_person(token)]
    others = [token for token in tokens if not table.is_person(token)]
    if people and others in ([], ["title"]):
        return (*people, "name")
    if "kana" not in others:
        return tuple(tokens)
    # The reading of a name says "name" only once more.
    silent = {"name", "title"} if people else {"name"}
    return tuple(word for word in tokens if word not in silent)


def _split_part(text: str, table: WordTable) -> list[str]:
    tokens = _split_letters(text, table)
    if _KANA.fullmatch(text) and any(token.startswith(UNKNOWN) for token in tokens):
        return _cover_latin(jaconv.kana2alphabet(jaconv.kata2hira(text)), table) or tokens
    return tokens


def _split_letters(text: str, table: WordTable) -> list[str]:
    tokens: list[str] = []
    unknown = ""
    start = 0
    while start < len(text):
        end = _find_word(text, start, table)
        found = [table.names[text[start:end]]] if end > start else []
        if not found and (latin := _LATIN.match(text, start)):
            end = latin.end()
            found = _cover_latin(latin[0], table)
        if not found:
            end = max(end, start + 1)
            unknown += text[start:end]
            start = end
            continue
        tokens += _name_unknown(unknown)
        unknown = ""
        tokens += found
        start = end
    return [*tokens, *_name_unknown(unknown)]


def _name_unknown(letters: str) -> list[str]:
    telling = letters.strip(_PARTICLES)
    if not telling and len(letters) <= _LONGEST_PARTICLE:
        return []
    return [UNKNOWN + (telling or letters)]


def _find_word(text: str, start: int, table: WordTable) -> int:
    for end in range(min(len(text), start + table.longest), start, -1):
        if text[start:end] in table.names and not _cuts_latin(text, start) and not _cuts_latin(text, end):
            return end
    return start


def _cuts_latin(text: str, place: int) -> bool:
    """Whether a word would begin or end in the middle of Latin letters: "no" is no word of "note"."""
    return bool(_LATIN.fullmatch(text[max(0, place - 1) : place + 1])) and 0 < place < len(text)


@lru_cache(maxsize=5_000)
def _cover_folded(text: str) -> tuple[str, ...]:
    """Words that cover the letters without a rest, long ones first; none when there are no such."""
    known = load_words().latin
    for end in range(len(text), 1, -1):
        if text[:end] not in known:
            continue
        rest = _cover_folded(text[end:]) if end < len(text) else ()
        if rest or end == len(text):
            return (known[text[:end]], *rest)
    return ()


def _cover_latin(letters: str, table: WordTable) -> list[str]:
    return list(_cover_folded(_fold_romaji(letters))) if table.latin else []


def _fold_romaji(text: str) -> str:
    for spelling, sound in _ROMAJI:
        text = text.replace(spelling, sound)
    return text


@lru_cache(maxsize=200_000)
def compare_headings(one: Tokens, other: Tokens) -> float:
    """How alike a file's heading is in meaning to a feed's, from 0 to 1; the same words in any order are 1."""
    table = load_words()
    people = [{token for token in tokens if table.is_person(token)} for tokens in (one, other)]
    mine, yours = ([token for token in tokens if not table.is_person(token)] for tokens in (one, other))
    total = sum(map(table.weigh, mine)) + sum(map(table.weigh, yours))
    if not total:
        return 1.0 if people[0] and people[0] == people[1] else 0.0
    likeness = min(1.0, 2 * _match(mine, yours, table) / total)
    if {find_side(mine, table), find_side(yours, table)} == {"start", "end"}:
        likeness *= _OTHER_SIDE
    if table.turns.intersection(mine) != table.turns.intersection(yours):
        likeness *= _OTHER_TURN
    if table.shared.issuperset({*mine, *yours}) and _are_one_household(people[0] ^ people[1]):
        return likeness * _SHARED
    return likeness * _compare_people(people[0], people[1], table)


def find_side(tokens: Iterable[str], table: WordTable) -> str:
    """Whether a heading speaks of a beginning or an end; "" when of neither."""
    found = set(tokens)
    return "end" if found & table.ends else "start" if found & table.starts else ""


def _are_one_household(different: set[str]) -> bool:
    """Whether it is all the same whose address it is."""
    return bool(different) and different <= {*_SHARED_WITH, _USUAL_PERSON}


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
    # One heading leaves out whose it is: a feed that does not say means the child, or whoever the row is about.
    if (mine or yours) == {_USUAL_PERSON}:
        return 0.97
    return _OTHER_PERSON if mine - _OF_THE_ROW else _PERSON_LEFT_OUT


def find_strange_words(heading: str) -> list[str]:
    """What the table does not know of a heading: it may turn the meaning round."""
    return [token.removeprefix(UNKNOWN) for token in split_heading(heading) if token.startswith(UNKNOWN)]


def list_places(headings: Iterable[str]) -> set[str]:
    """Whether the headings speak of schools, of facilities, of both or of neither."""
    return {token for heading in headings for token in split_heading(heading)} & load_words().places


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
