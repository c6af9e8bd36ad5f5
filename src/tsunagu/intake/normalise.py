"""Reads each distinct cell text once per session: dates, numbers, codes, and the comparable forms of names.

A column is dictionary-encoded, its distinct texts are read in Python, and the results are taken back by index.
"""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from tsunagu.catalog.purposes import CodeList
from tsunagu.japanese.address_shapes import AddressFolder
from tsunagu.japanese.dates import is_unknown_date, parse_date
from tsunagu.japanese.kana import fold_kana
from tsunagu.japanese.names import fold_name
from tsunagu.japanese.phones import fold_phone

CODE_PREFIX = "code_"
SEVERAL_PREFIX = "several"
"""Then one separator, then the code list: a cell of several codes."""
MOST_REMEMBERED = 300_000
"""Texts of one kind kept in memory; beyond it the memory of that kind starts anew."""


class ParsedText(NamedTuple):
    """`latest`: the last day it can be (dates only). `note`: a problem code, `assumed` or `unknown`."""

    value: Any
    latest: date | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class ParsedCells:
    """One column read. `latest` and `notes` are None when no cell has any."""

    values: pa.Array
    latest: pa.Array | None
    notes: pa.Array | None


_INTEGER = re.compile(r"[-+]?\d{1,15}(\.0+)?")
_NUMBER = re.compile(r"[-+]?(\d{1,15}(\.\d*)?|\.\d+)")
_GROUPED = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_YEN_SIGNS = re.compile(r"^[¥\\]|円$")
_MINUS_SIGNS = str.maketrans("△▲−", "---")
_SPACE = re.compile(r"\s+")


def clean_text(text: str) -> str:
    """Text as it is compared and kept as a value: NFKC, runs of white space one space, trimmed."""
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", text)).strip()


def _parse_text(text: str) -> ParsedText:
    return ParsedText(text if text.isascii() else clean_text(text))


def _parse_date_text(text: str) -> ParsedText:
    parsed = parse_date(text)
    if parsed is None:
        return ParsedText(None, None, "unknown" if is_unknown_date(text) else "bad_date")
    is_exact = parsed.precision == "day" and parsed.note not in ("approximate", "lunar_calendar")
    return ParsedText(parsed.earliest, parsed.latest, None if is_exact else "assumed")


def _parse_month(text: str) -> ParsedText:
    parsed = parse_date(text)
    if parsed is None or parsed.month is None:
        return ParsedText(None, None, "unknown" if is_unknown_date(text) else "bad_month")
    last = monthrange(parsed.year, parsed.month)[1]
    return ParsedText(date(parsed.year, parsed.month, 1), date(parsed.year, parsed.month, last))


def _parse_integer(text: str) -> ParsedText:
    return _read_integer(_plain_number(text), "bad_integer")


def _parse_yen(text: str) -> ParsedText:
    return _read_integer(_YEN_SIGNS.sub("", _plain_number(text)).strip(), "bad_yen")


def _read_integer(plain: str, problem: str) -> ParsedText:
    if not _INTEGER.fullmatch(plain):
        return ParsedText(None, None, problem)
    return ParsedText(int(plain.partition(".")[0]))


def _parse_number(text: str) -> ParsedText:
    plain = _plain_number(text)
    return ParsedText(float(plain)) if _NUMBER.fullmatch(plain) else ParsedText(None, None, "bad_number")


def _plain_number(text: str) -> str:
    # A yen sign typed in Japan is a backslash in older files.
    return _GROUPED.sub("", clean_text(text).translate(_MINUS_SIGNS))


_PARSERS: Mapping[str, tuple[Callable[[str], ParsedText], pa.DataType]] = {
    "text": (_parse_text, pa.string()),
    "date": (_parse_date_text, pa.date32()),
    "year_month": (_parse_month, pa.date32()),
    "integer": (_parse_integer, pa.int64()),
    "number": (_parse_number, pa.float64()),
    "yen": (_parse_yen, pa.int64()),
}
_FOLDS: Mapping[str, Callable[[str], str | None]] = {
    "name": fold_name,
    "kana": fold_kana,
    "phone": fold_phone,
}


def get_blank_code(code_list: CodeList) -> str | None:
    """The code that a blank cell stands for, if the list writes one of its codes as nothing."""
    return next((code.id for code in code_list.codes if "" in code.written), None)


class TextReader:
    """Reads columns of texts and remembers every text it has read."""

    def __init__(self, code_lists: Mapping[str, CodeList]) -> None:
        """Nothing has been read yet."""
        self._code_lists = code_lists
        self._parsers = dict(_PARSERS)
        self._folds = {**_FOLDS, "address": AddressFolder().fold}
        self._known: dict[str, dict[str, Any]] = {}

    def read(self, kind: str, cells: pa.Array) -> ParsedCells:
        """The column read as `kind`: a value type, or `code_<list>`. Blank (null) cells stay null."""
        if kind == "text" and _is_ascii(cells):
            return ParsedCells(cells, None, None)
        parse, value_type = self._get_parser(kind)
        encoded = cells.dictionary_encode()
        parsed = self._read_distinct(kind, parse, encoded.dictionary.to_pylist())
        values, latest, notes = zip(*parsed, strict=True) if parsed else ((), (), ())
        return ParsedCells(
            values=pa.array(values, value_type).take(encoded.indices),
            latest=pa.array(latest, pa.date32()).take(encoded.indices) if any(latest) else None,
            notes=pa.array(notes, pa.string()).take(encoded.indices) if any(notes) else None,
        )

    def fold(self, kind: str, cells: pa.Array) -> pa.Array:
        """The comparable forms of a column of names, readings, addresses or telephone numbers; null = nothing to compare."""
        encoded = cells.dictionary_encode()
        folded = self._read_distinct(kind, self._folds[kind], encoded.dictionary.to_pylist())
        return pa.array(folded, pa.string()).take(encoded.indices)

    def _read_distinct(self, kind: str, read: Callable[[str], Any], texts: list[str]) -> list[Any]:
        known = self._known.setdefault(kind, {})
        if len(known) > MOST_REMEMBERED:
            known.clear()
        known.update({text: read(text) for text in texts if text not in known})
        return [known[text] for text in texts]

    def _get_parser(self, kind: str) -> tuple[Callable[[str], ParsedText], pa.DataType]:
        if kind not in self._parsers:
            self._parsers[kind] = (self._make_code_parser(kind), pa.string())
        return self._parsers[kind]

    def _make_code_parser(self, kind: str) -> Callable[[str], ParsedText]:
        if not kind.startswith(SEVERAL_PREFIX):
            return _make_code_parser(self._code_lists[kind.removeprefix(CODE_PREFIX)])
        separator, name = kind[len(SEVERAL_PREFIX)], kind[len(SEVERAL_PREFIX) + 1 :]
        return _make_several_parser(_make_code_parser(self._code_lists[name]), separator)


def _is_ascii(cells: pa.Array) -> bool:
    """Text in plain ASCII is already as it is kept, and most keys are."""
    return bool(pc.sum(pc.binary_length(cells)).as_py() == pc.sum(pc.utf8_length(cells)).as_py())


def _make_code_parser(code_list: CodeList) -> Callable[[str], ParsedText]:
    written = {clean_text(spelling): code.id for code in code_list.codes for spelling in code.written}

    def parse_code(text: str) -> ParsedText:
        code = written.get(clean_text(text))
        return ParsedText(code) if code else ParsedText(None, None, "unknown_code")

    return parse_code


def _make_several_parser(
    parse_code: Callable[[str], ParsedText], separator: str
) -> Callable[[str], ParsedText]:
    def parse_several(text: str) -> ParsedText:
        found = {parse_code(part) for part in text.split(separator) if part.strip()}
        unknown = next((parsed for parsed in found if parsed.note), None)
        # More than one says nothing of which: no value, and nothing wrong.
        return unknown or (found.pop() if len(found) == 1 else ParsedText(None))

    return parse_several
