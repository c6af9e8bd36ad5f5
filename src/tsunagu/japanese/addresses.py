"""Addresses: five parts in a form in which two records of one home agree."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tsunagu.japanese.address_book import AddressBook
from tsunagu.japanese.address_heads import split_head
from tsunagu.japanese.address_letters import clean_address
from tsunagu.japanese.address_tails import split_tail

# A number at the end of a town that people also write with a hyphen: 拓北6条2丁目, つつじが丘北3番町.
_TOWN_NUMBER = re.compile(r"(?:(?<=\d)(?:丁目$|条(?=\d+丁目$)))|(?<=\D\d)番町$")


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of one address, folded for comparison and not for print; None is a part not written.

    `city` carries the ward of a ward city (京都市上京区) and not the county, which is often left out. `town`
    ends with its 丁目 when the text shows one. `block` is the numbers of lot or house joined by hyphens.
    `street` is the Kyoto street that leads to the town.
    """

    prefecture: str | None
    city: str | None
    town: str | None
    block: str | None
    building: str | None
    county: str | None = None
    street: str | None = None

    @property
    def site(self) -> str:
        """The place without the building: 箕面市桜井3-9-20, the same whether 丁目 was written or a hyphen."""
        town = self.town or ""
        if self.block and town.endswith(("丁目", "番町")):
            town = _TOWN_NUMBER.sub("-", town)
        return f"{self.prefecture or ''}{self.city or ''}{town}{self.block or ''}"

    @property
    def key(self) -> str:
        """The site and, after a space, the building and room."""
        return f"{self.site} {self.building}" if self.building else self.site


def parse_address(text: str, *, book: AddressBook | None = None) -> Address | None:
    """Parse an address in any spelling into comparable parts.

    Args:
        text: One line: post code, prefecture, municipality, town, numbers and building, of which any may be
            missing. A space before the building helps where its name begins with a number.
        book: The towns of one or more municipalities. With it 永田町1-4-1 is known to be 永田町1丁目, a missing
            prefecture is filled in, and 町 left out of a town's name is restored.

    Returns:
        The parts, or None when the text holds no letter or digit.
    """
    plain = clean_address(text)
    if not plain:
        return None
    head = book.find_head(plain) if book else split_head(plain)
    tail = split_tail(head.rest)
    if book:
        tail = book.settle_town(head, tail)
    if not any((head.prefecture, head.city, *tail)):
        return None
    return Address(
        prefecture=head.prefecture,
        city=head.city,
        town=tail.town or None,
        block=tail.block or None,
        building=tail.building or None,
        county=head.county,
        street=tail.street or None,
    )


def fold_address(text: str, *, book: AddressBook | None = None) -> str | None:
    """Fold an address to one comparable key: `Address.key`."""
    address = parse_address(text, book=book)
    return (address.key or None) if address else None
