"""An address book: the towns a caller knows, which settle what spelling alone cannot."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from tsunagu.japanese.address_heads import PREFECTURES, Head, split_head
from tsunagu.japanese.address_letters import clean_address
from tsunagu.japanese.address_tails import Tail, split_tail
from tsunagu.japanese.characters import GAIJI_MARK

_CHOME = re.compile(r"(?P<base>.*?)(?P<number>\d+)丁目")
_LONGEST_NAME = 12
_SHORTEST_NAME = 2


@dataclass(frozen=True, slots=True)
class AddressBook:
    """Municipalities and their towns, made by `build_address_book`.

    `home` is the municipality an address without one belongs to: in a department's own files the head is
    often left out.
    """

    home: Head | None
    heads: Mapping[str, tuple[Head, ...]]
    towns: Mapping[str, frozenset[str]] = field(repr=False)

    def find_head(self, text: str) -> Head:
        """Split the head of a cleaned address, preferring a municipality of this book to the rules.

        A name that two municipalities share (北区) is settled by the prefecture or by `home`, else not at all.
        """
        prefecture = next((name for name in PREFECTURES if text.startswith(name)), None)
        ruled = split_head(text)
        rest = text.removeprefix(prefecture or "")
        for length in range(min(_LONGEST_NAME, len(rest)), _SHORTEST_NAME - 1, -1):
            known = self._pick(self.heads.get(rest[:length], ()), prefecture)
            if known:
                return known._replace(rest=rest[length:])
        if GAIJI_MARK in rest[:_LONGEST_NAME] and (guessed := self._find_damaged(rest, prefecture)):
            return guessed
        if ruled.city and ruled.prefecture != prefecture and self._knows(ruled):
            return ruled
        is_foreign = prefecture or ruled.county or (ruled.city and ruled.city[-1] in "市区")
        return ruled if is_foreign or self.home is None else self.home._replace(rest=text)

    def settle_town(self, head: Head, tail: Tail) -> Tail:
        """Move a 丁目 between town and block, and restore 町, where only one reading is a town of the book."""
        towns = self.towns.get(f"{head.prefecture}{head.city}")
        if not towns:
            return tail
        return next((reading for reading in _list_readings(tail, towns) if reading.town in towns), tail)

    def _pick(self, heads: tuple[Head, ...], prefecture: str | None) -> Head | None:
        fitting = [head for head in heads if prefecture in (None, head.prefecture)]
        if len(fitting) > 1 and self.home:
            home_city = (self.home.city or "").partition("市")[0]
            fitting = [
                h
                for h in fitting
                if h.prefecture == self.home.prefecture and (h.city or "").startswith(home_city)
            ]
        return fitting[0] if len(fitting) == 1 else None

    def _knows(self, head: Head) -> bool:
        return f"{head.prefecture}{head.city}" in self.towns

    def _find_damaged(self, text: str, prefecture: str | None) -> Head | None:
        """Find the one municipality a name with lost characters can be; one letter may leave several marks."""
        found = {}
        for name, heads in self.heads.items():
            known = self._pick(heads, prefecture)
            if known and (match := _match_damaged(text, name)):
                found[f"{known.prefecture}{known.city}"] = known._replace(rest=text[match:])
        return next(iter(found.values())) if len(found) == 1 else None


def build_address_book(
    towns_by_municipality: Mapping[str, Iterable[str]], *, home: str | None = None
) -> AddressBook:
    """Build a book from full names (大阪府箕面市) and the towns of each (桜井三丁目, 大字粟生間谷).

    Args:
        towns_by_municipality: Towns by prefecture, county and municipality; a municipality may come without
            towns, and then only its name is used.
        home: The municipality, or the ward city without its ward, of addresses that name none.
    """
    heads: dict[str, list[Head]] = {}
    towns = {}
    for municipality, names in towns_by_municipality.items():
        head = split_head(clean_address(municipality))
        towns[f"{head.prefecture}{head.city}"] = frozenset(_fold_known_towns(names))
        for written in _list_spellings(head):
            heads.setdefault(written, []).append(head)
    return AddressBook(
        home=split_head(clean_address(home)) if home else None,
        heads={name: tuple(dict.fromkeys(known)) for name, known in heads.items()},
        towns=towns,
    )


def _fold_known_towns(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        # A number after it keeps a town such as 梶村一 from being read as 梶村 1番.
        yield split_tail(clean_address(f"{name}0")).town


def _list_spellings(head: Head) -> Iterator[str]:
    """List how a municipality is written: with its county or without, a ward with its city or without."""
    city = head.city or ""
    yield city
    if head.county:
        yield head.county + city
    ward_city, sign, ward = city.partition("市")
    if ward.endswith("区") and sign and ward_city:
        yield ward


def _match_damaged(text: str, name: str) -> int:
    pattern = "".join(
        f"(?:{re.escape(letter)}|{GAIJI_MARK}{{1,3}})" if index < len(name) - 1 else re.escape(letter)
        for index, letter in enumerate(name)
    )
    match = re.match(pattern, text)
    return match.end() if match else 0


def _list_readings(tail: Tail, towns: frozenset[str]) -> Iterator[Tail]:
    """List the readings of town and numbers from the likeliest down."""
    numbers = tail.block.split("-") if tail.block else []
    is_deep = len(numbers) >= 3
    for town in (tail.town, f"{tail.town}町", tail.town.removesuffix("町")):
        yield from _list_hidden_numbers(tail, town, numbers, needs_depth=town in towns and not is_deep)
        yield tail._replace(town=town)
        if match := _CHOME.fullmatch(town):
            block = "-".join((match["number"], *numbers))
            yield tail._replace(town=match["base"], block=block)


def _list_hidden_numbers(tail: Tail, town: str, numbers: list[str], *, needs_depth: bool) -> Iterator[Tail]:
    if not numbers or needs_depth or not town:
        return
    first, *others = numbers
    yield tail._replace(town=f"{town}{first}丁目", block="-".join(others))
    yield tail._replace(town=f"{town}{first}番町", block="-".join(others))
    if others:
        yield tail._replace(town=f"{town}{first}条{others[0]}丁目", block="-".join(others[1:]))
