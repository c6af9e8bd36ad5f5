"""What an officer changed in a sheet, in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tsunagu.catalog.workbooks.sheets import Line

_LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Difference:
    """One change: of which entry, in which cell, in words. `owner`: the first key, the entry it belongs to."""

    owner: str
    place: str
    words: str

    def __str__(self) -> str:
        return f"{self.place}: {self.words}"


def list_differences(
    before: Sequence[Line], after: Sequence[Line], keys: Sequence[str]
) -> Iterator[Difference]:
    """Changes of a sheet whose rows are named by the cells under `keys`; rows that are gone change nothing."""
    known = _index(before, keys)
    for key, line in _index(after, keys).items():
        name = "・".join(key)
        old = known.get(key)
        if old is None:
            yield Difference(key[0], line.get_place(keys[-1]), f"「{name}」を足します。")
            continue
        for title, text in line.cells.items():
            if title not in keys and old.get(title) != text.strip():
                words = f"「{name}」の{title}を {_show(old.get(title))} から {_show(text)} に変えます。"
                yield Difference(key[0], line.get_place(title), words)


def list_missing(before: Sequence[Line], after: Sequence[Line], keys: Sequence[str]) -> list[tuple[str, ...]]:
    """Rows that were there and are no more, by key."""
    return sorted(_index(before, keys).keys() - _index(after, keys).keys())


def _index(lines: Sequence[Line], keys: Sequence[str]) -> Mapping[tuple[str, ...], Line]:
    return {tuple(line.get(key) for key in keys): line for line in lines}


def _show(text: str) -> str:
    plain = " / ".join(text.split("\n"))
    return (
        f"「{plain[:_LONGEST_SHOWN]}{'…' if len(plain) > _LONGEST_SHOWN else ''}」" if plain else "（空欄）"
    )
