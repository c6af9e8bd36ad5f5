"""Many addresses folded: each distinct *shape* is parsed once, the numbers of an address are put into the result.

Three hundred thousand addresses of a city have a few thousand shapes (桜井三丁目00番0号), so a town, a building and
the way of writing numbers are read once instead of once a home.
"""

from __future__ import annotations

import re

from tsunagu.japanese.addresses import fold_address

_RUN = re.compile(r"\d+", re.ASCII)
_NUMBERS = re.compile(r"(\d+)", re.ASCII)
_DIGIT = re.compile(r"\d", re.ASCII)
_LEADING_ZERO = re.compile(r"(?<!\d)0", re.ASCII)
_NARROW = str.maketrans("０１２３４５６７８９", "0123456789")
_MOST_RUNS = 8
# What the numbers of a shape are replaced by when it is parsed, twice: a number of the result that differs in the
# same way came from that place, one that stays was in the words.
_STAND_INS = (("123456789", "3"), ("234567891", "7"))


class AddressFolder:
    """`fold_address` for many addresses: the same results, remembered by shape.

    A shape is the address with every digit as 0: the length of a number counts, its value does not. What does not
    come apart so cleanly (leading zeros, numbers that run together) is parsed each time.
    """

    def __init__(self) -> None:
        """No shape is known yet."""
        self._templates: dict[str, str | None] = {}

    def fold(self, text: str) -> str | None:
        """Fold one address to its comparable key; None when nothing of an address is left."""
        plain = text.translate(_NARROW)
        runs = _RUN.findall(plain)
        if not runs or len(runs) > _MOST_RUNS or _LEADING_ZERO.search(plain):
            return fold_address(text)
        shape = _DIGIT.sub("0", plain)
        if shape not in self._templates:
            self._templates[shape] = _make_template(shape)
        template = self._templates[shape]
        return fold_address(text) if template is None else template.format(*runs)


def _make_template(shape: str) -> str | None:
    """The key of an address of this shape with `{n}` for its n-th number; None when the numbers do not come apart."""
    numbers, key = _fold_with(shape, *_STAND_INS[0])
    other_numbers, other_key = _fold_with(shape, *_STAND_INS[1])
    if key is None or other_key is None:
        return None
    places = {pair: f"{{{place}}}" for place, pair in enumerate(zip(numbers, other_numbers, strict=True))}
    parts, other_parts = _NUMBERS.split(key), _NUMBERS.split(other_key)
    if len(parts) != len(other_parts):
        return None
    template = []
    for part, other in zip(parts, other_parts, strict=True):
        found = part.replace("{", "{{").replace("}", "}}") if part == other else places.get((part, other))
        if found is None:
            return None
        template.append(found)
    return "".join(template)


def _fold_with(shape: str, firsts: str, rest: str) -> tuple[list[str], str | None]:
    """The shape with its n-th number written as the n-th of `firsts` and then `rest`: those numbers, and the key."""
    first = iter(firsts)
    written = _RUN.sub(lambda run: next(first) + rest * (len(run[0]) - 1), shape)
    return _RUN.findall(written), fold_address(written)
