"""Reads each distinct cell text once per session: dates, numbers, codes, and the comparable forms of names.

The results live in temporary tables `intake_map_<kind>` (raw, value, latest, note) that statements join.
`note` is a problem code, or one of `NO_PROBLEM_NOTES`.
"""

import re
import unicodedata
from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date

import pyarrow as pa

from tsunagu.catalog.purposes import CodeList
from tsunagu.japanese.addresses import fold_address
from tsunagu.japanese.dates import is_unknown_date, parse_date
from tsunagu.japanese.kana import fold_kana
from tsunagu.japanese.names import fold_name
from tsunagu.japanese.phones import fold_phone
from tsunagu.store.engine import Engine

CODE_PREFIX = "code_"
ParsedText = tuple[str | None, str | None, str | None]
"""Value, latest day it can be (dates only), note."""

_INTEGER = re.compile(r"[-+]?\d{1,15}(\.0+)?")
_NUMBER = re.compile(r"[-+]?(\d{1,15}(\.\d*)?|\.\d+)")
_GROUPED = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_YEN_SIGNS = re.compile(r"^[¥\\]|円$")
_MINUS_SIGNS = str.maketrans("△▲−", "---")
_SPACE = re.compile(r"\s+")
_NEW_VALUES = "intake_new_values"
_VALUE_COLUMNS = pa.schema([(name, pa.string()) for name in ("raw", "value", "latest", "note")])


def clean_text(text: str) -> str:
    """Text as it is compared and kept as a value: NFKC, runs of white space one space, trimmed."""
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", text)).strip()


def _parse_text(text: str) -> ParsedText:
    return clean_text(text), None, None


def _parse_date_text(text: str) -> ParsedText:
    parsed = parse_date(text)
    if parsed is None:
        return None, None, "unknown" if is_unknown_date(text) else "bad_date"
    is_exact = parsed.precision == "day" and parsed.note not in ("approximate", "lunar_calendar")
    return parsed.earliest.isoformat(), parsed.latest.isoformat(), None if is_exact else "assumed"


def _parse_month(text: str) -> ParsedText:
    parsed = parse_date(text)
    if parsed is None or parsed.month is None:
        return None, None, "unknown" if is_unknown_date(text) else "bad_month"
    last = monthrange(parsed.year, parsed.month)[1]
    first, latest = date(parsed.year, parsed.month, 1), date(parsed.year, parsed.month, last)
    return first.isoformat(), latest.isoformat(), None


def _parse_integer(text: str) -> ParsedText:
    plain = _plain_number(text)
    if not _INTEGER.fullmatch(plain):
        return None, None, "bad_integer"
    return str(int(plain.partition(".")[0])), None, None


def _parse_number(text: str) -> ParsedText:
    plain = _plain_number(text)
    return (repr(float(plain)), None, None) if _NUMBER.fullmatch(plain) else (None, None, "bad_number")


def _parse_yen(text: str) -> ParsedText:
    plain = _YEN_SIGNS.sub("", _plain_number(text)).strip()
    if not _INTEGER.fullmatch(plain):
        return None, None, "bad_yen"
    return str(int(plain.partition(".")[0])), None, None


def _plain_number(text: str) -> str:
    # A yen sign typed in Japan is a backslash in older files.
    return _GROUPED.sub("", clean_text(text).translate(_MINUS_SIGNS))


def _fold(fold: Callable[[str], str | None]) -> Callable[[str], ParsedText]:
    return lambda text: (fold(text), None, None)


_PARSERS: Mapping[str, Callable[[str], ParsedText]] = {
    "text": _parse_text,
    "date": _parse_date_text,
    "year_month": _parse_month,
    "integer": _parse_integer,
    "number": _parse_number,
    "yen": _parse_yen,
    "name": _fold(fold_name),
    "kana": _fold(fold_kana),
    "address": _fold(fold_address),
    "phone": _fold(fold_phone),
}


def get_blank_code(code_list: CodeList) -> str | None:
    """The code that a blank cell stands for, if the list writes one of its codes as nothing."""
    return next((code.id for code in code_list.codes if "" in code.written), None)


class ValueMaps:
    """The temporary tables of parsed texts of one session."""

    def __init__(self, engine: Engine, code_lists: Mapping[str, CodeList]) -> None:
        """No table exists yet; each is made when first asked for."""
        self._engine = engine
        self._code_lists = code_lists
        self._parsers = dict(_PARSERS)
        self._made: set[str] = set()

    def fill(self, sources: Mapping[str, Sequence[str]]) -> None:
        """Parse what has not been seen yet.

        Args:
            sources: by kind, the SELECTs of one column `v` of texts.
        """
        for kind in sources:
            self._make(kind)
        if not sources:
            return
        found: dict[str, list[str]] = defaultdict(list)
        for kind, text in self._engine.list_rows(
            " UNION ALL ".join(map(_select_new, sources, sources.values()))
        ):
            found[kind].append(text)
        for kind, texts in found.items():
            self._insert(kind, texts)

    def _make(self, kind: str) -> None:
        if kind in self._made:
            return
        if kind.startswith(CODE_PREFIX):
            self._parsers[kind] = _make_code_parser(self._code_lists[kind.removeprefix(CODE_PREFIX)])
        self._engine.run(
            f"CREATE TEMP TABLE intake_map_{kind} (raw VARCHAR, value VARCHAR, latest VARCHAR, note VARCHAR)"
        )
        self._made.add(kind)

    def _insert(self, kind: str, texts: Sequence[str]) -> None:
        parse = self._parsers[kind]
        values, latest, notes = zip(*map(parse, texts), strict=True)
        table = pa.table([texts, values, latest, notes], schema=_VALUE_COLUMNS)
        self._engine.register(_NEW_VALUES, table)
        self._engine.run(f"INSERT INTO intake_map_{kind} SELECT * FROM {_NEW_VALUES}")  # noqa: S608 - own names


def _select_new(kind: str, selects: Sequence[str]) -> str:
    # Text in plain ASCII is already as it is kept, and most keys are: only the rest is worth a look.
    condition = "v IS NOT NULL" if kind != "text" else "strlen(v) <> length(v)"
    return (
        f"SELECT '{kind}' AS kind, v FROM (SELECT DISTINCT v FROM ({' UNION ALL '.join(selects)}) "  # noqa: S608
        f"WHERE {condition}) AS seen WHERE NOT EXISTS (SELECT 1 FROM intake_map_{kind} AS m WHERE m.raw = seen.v)"
    )


def _make_code_parser(code_list: CodeList) -> Callable[[str], ParsedText]:
    written = {clean_text(spelling): code.id for code in code_list.codes for spelling in code.written}

    def parse_code(text: str) -> ParsedText:
        code = written.get(clean_text(text))
        return code, None, None if code else "unknown_code"

    return parse_code
