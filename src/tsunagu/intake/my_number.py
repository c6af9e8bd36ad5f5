"""My Number (個人番号) stays out: a file that carries it is refused, a lone suspect is blanked.

The check digit is the one of 行政手続における特定の個人を識別するための番号の利用等に関する法律施行令 and its
ministerial order: eleven digits with the weights 6 5 4 3 2 7 6 5 4 3 2, 11 minus the remainder by 11, and 0 when
the remainder is 0 or 1. One random twelve-digit number in about ten passes it.
"""

import re
from collections.abc import Collection, Sequence
from typing import Any

from tsunagu.catalog.feed_checks import looks_like_my_number
from tsunagu.intake.match import fold_header
from tsunagu.intake.read_csv import RAW_TABLE
from tsunagu.intake.refusals import FileRefusedError
from tsunagu.store.engine import Engine

LEAST_DISTINCT_VALUES = 20
VALID_SHARE_REFUSED = 0.9
DIGITS = 12
_LONGEST_BYTES = 48
"""Twelve full-width digits with separators."""
_WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_SEPARATORS = "-－‐　 "
_TWELVE_DIGITS = f"[{_SEPARATORS}]*(?:[0-9０-９][{_SEPARATORS}]*){{{{12}}}}"
# A card's state (交付, 有効期限) is not the number.
_CARD = re.compile(r"(個人番号|マイナンバー)カード")


def check_headers(headers: Sequence[str]) -> None:
    """Refuse a file with a column named after the number.

    Raises:
        FileRefusedError: such a column.
    """
    for header in headers:
        if looks_like_my_number(_CARD.sub("", fold_header(header))):
            raise _refuse("個人番号（マイナンバー）の列があります。", "my_number_header")


def find_candidate_columns(engine: Engine, width: int) -> set[int]:
    """Columns of `intake_raw` (by position) with any cell of twelve digits. Most are ruled out by their length alone."""
    longest = _get_each(engine, range(width), "max(strlen({cell}))")
    long = [position for position, length in longest.items() if (length or 0) >= DIGITS]
    is_any = (
        f"max(CASE WHEN strlen({{cell}}) BETWEEN {DIGITS} AND {_LONGEST_BYTES} "
        f"THEN CAST(regexp_full_match({{cell}}, '{_TWELVE_DIGITS}') AS INTEGER) END)"
    )
    return {position for position, found in _get_each(engine, long, is_any).items() if found}


def _get_each(engine: Engine, positions: Collection[int], expression: str) -> dict[int, Any]:
    """One value of each of these columns, in one scan."""
    if not positions:
        return {}
    values = ", ".join(expression.format(cell=f"c{position}") for position in positions)
    return dict(zip(positions, engine.get_row(f"SELECT {values} FROM {RAW_TABLE}"), strict=True))  # noqa: S608 - declared names


def check_values(engine: Engine, positions: Collection[int]) -> list[int]:
    """Look in these columns of `intake_raw` for values that are individual numbers.

    Returns:
        The columns that hold a few suspects.

    Raises:
        FileRefusedError: a column is mostly valid numbers.
    """
    suspects = []
    for position in sorted(positions):
        distinct, valid = engine.get_row(
            "SELECT count(*), coalesce(sum(CASE WHEN is_valid THEN 1 ELSE 0 END), 0) FROM ("  # noqa: S608 - declared names
            f"SELECT DISTINCT digits, {_write_check('digits')} AS is_valid FROM ("
            f"SELECT {_write_digits(f'c{position}')} AS digits FROM {RAW_TABLE}) "
            "WHERE regexp_full_match(digits, '[0-9]{12}'))"
        )
        if distinct >= LEAST_DISTINCT_VALUES and valid >= VALID_SHARE_REFUSED * distinct:
            raise _refuse("個人番号（マイナンバー）と見られる値の並ぶ列があります。", "my_number_values")
        if valid:
            suspects.append(position)
    return suspects


def check_numbers(numbers: Collection[str]) -> None:
    """As `check_values`, for distinct numbers of twelve digits that are in no column of the engine.

    Raises:
        FileRefusedError: most of them are individual numbers.
    """
    valid = sum(map(_is_valid, numbers))
    if len(numbers) >= LEAST_DISTINCT_VALUES and valid >= VALID_SHARE_REFUSED * len(numbers):
        raise _refuse("個人番号（マイナンバー）と見られる値の並ぶ列があります。", "my_number_values")


def _is_valid(digits: str) -> bool:
    rest = sum(int(digit) * weight for digit, weight in zip(digits[:-1], _WEIGHTS, strict=True)) % 11
    return int(digits[-1]) == (0 if rest <= 1 else 11 - rest)


def blank_suspects(engine: Engine, positions: Collection[int]) -> list[tuple[int, int]]:
    """Blank the suspect cells of these columns in `intake_raw`.

    Returns:
        Row (from 0) and column of each blanked cell.
    """
    found = []
    for position in positions:
        suspects = f"FROM {RAW_TABLE} WHERE {_is_suspect(position)}"
        found += [(int(row), position) for (row,) in engine.list_rows(f"SELECT rowid {suspects} ORDER BY 1")]
        engine.run(f"UPDATE {RAW_TABLE} SET c{position} = NULL WHERE {_is_suspect(position)}")  # noqa: S608 - declared names
    return found


def _is_suspect(position: int) -> str:
    digits = _write_digits(f"c{position}")
    return f"coalesce(regexp_full_match({digits}, '[0-9]{{12}}') AND {_write_check(digits)}, false)"


def _write_digits(cell: str) -> str:
    return f"translate({cell}, '０１２３４５６７８９{_SEPARATORS}', '0123456789')"


def _write_check(digits: str) -> str:
    """SQL: whether twelve digits end in the right check digit."""
    places = enumerate(_WEIGHTS, start=1)
    total = " + ".join(
        f"{weight} * TRY_CAST(substr({digits}, {place}, 1) AS INTEGER)" for place, weight in places
    )
    check = f"(CASE WHEN ({total}) % 11 <= 1 THEN 0 ELSE 11 - ({total}) % 11 END)"
    return f"(TRY_CAST(substr({digits}, 12, 1) AS INTEGER) = {check})"


def _refuse(what: str, code: str) -> FileRefusedError:
    return FileRefusedError(
        code,
        what,
        why="この仕組みは個人番号を受け取りません。ファイルはどこにも保存していません。",
        todo="その列を除いて出力し直してもらい、受け取ったファイルは庁内の決まりに従って消去してください。",
    )
