"""My Number (個人番号) stays out: a file that carries it is refused, a lone suspect is blanked.

The check digit is the one of 行政手続における特定の個人を識別するための番号の利用等に関する法律施行令 and its
ministerial order: eleven digits with the weights 6 5 4 3 2 7 6 5 4 3 2, 11 minus the remainder by 11, and 0 when
the remainder is 0 or 1. One random twelve-digit number in about ten passes it.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from tsunagu.catalog.feed_checks import looks_like_my_number
from tsunagu.intake.digit_runs import DIGITS, LONGEST_BYTES, SEPARATORS
from tsunagu.intake.match import fold_header
from tsunagu.intake.read_csv import RAW_FILE, RAW_TABLE
from tsunagu.intake.refusals import FileRefusedError
from tsunagu.store.engine import Engine

LEAST_DISTINCT_VALUES = 20
VALID_SHARE_REFUSED = 0.9
_WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
# Kana and kanji stand between the blank or hyphen and the full-width digit a number can begin with.
_IS_CANDIDATE = (
    f"strlen({{cell}}) BETWEEN {DIGITS} AND {LONGEST_BYTES} AND ({{cell}} < '、' OR {{cell}} >= '－') "
    f"AND regexp_full_match({{cell}}, '[{SEPARATORS}]*(?:[0-9０-９][{SEPARATORS}]*){{{{{DIGITS}}}}}')"
)
_ROWS_IN_ONE_COLUMN = 25_000
"""From here on the conditions of all columns are planned faster than their cells are put below one another."""
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


@dataclass(slots=True)
class NumberSearch:
    """The search of one file, part by part. `distinct` and `valid` numbers so far, by column."""

    distinct: Counter[int] = field(default_factory=Counter)
    valid: Counter[int] = field(default_factory=Counter)

    def search(self, engine: Engine, kept: Collection[int], unread: Collection[int] = ()) -> list[int]:
        """Look in the part that is in `intake_raw` and `intake_raw_file` for values that are individual numbers.

        Returns:
            The kept columns that hold a few suspects.

        Raises:
            FileRefusedError: a column is mostly valid numbers.
        """
        rows = engine.get_value(f"SELECT count(*) FROM {RAW_TABLE}")  # noqa: S608 - a constant
        found = {}
        for table, positions in ((RAW_TABLE, kept), (RAW_FILE, unread)):
            for position in find_candidate_columns(engine, table, positions, rows):
                distinct, found[position] = _count_numbers(engine, table, position)
                self.distinct[position] += distinct
                self.valid[position] += found[position]
                _check_share(self.distinct[position], self.valid[position])
        return sorted(position for position in kept if found.get(position))


def write_candidate_condition(positions: Collection[int]) -> str:
    """SQL: whether any of these columns holds twelve digits."""
    return " OR ".join(_IS_CANDIDATE.format(cell=f"c{position}") for position in positions) or "false"


def find_candidate_columns(engine: Engine, table: str, positions: Collection[int], rows: int) -> list[int]:
    """Those of these columns with any cell of twelve digits. Most cells are ruled out by length or first letter."""
    if not positions:
        return []
    find = _find_by_column if rows > _ROWS_IN_ONE_COLUMN else _find_in_one_column
    return sorted(find(engine, table, positions))


def _find_by_column(engine: Engine, table: str, positions: Collection[int]) -> Iterator[int]:
    """One condition a column: planned slowly, carried out fast."""
    conditions = (
        f"max(CASE WHEN {_IS_CANDIDATE.format(cell=f'c{position}')} THEN 1 END)" for position in positions
    )
    found = engine.get_row(f"SELECT {', '.join(conditions)} FROM {table}")  # noqa: S608 - declared names
    return (position for position, is_found in zip(positions, found, strict=True) if is_found)


def _find_in_one_column(engine: Engine, table: str, positions: Collection[int]) -> Iterator[int]:
    """All columns below one another, one condition: planned at once, carried out in twice the time."""
    cells = ", ".join(f"c{position}" for position in positions)
    found = engine.list_rows(
        f"SELECT DISTINCT position FROM (SELECT unnest([{cells}]) AS cell, unnest($positions) AS position "  # noqa: S608 - declared names
        f"FROM {table}) WHERE {_IS_CANDIDATE.format(cell='cell')}",
        positions=list(positions),
    )
    return (int(position) for (position,) in found)


def _count_numbers(engine: Engine, table: str, position: int) -> tuple[int, int]:
    """The distinct values of twelve digits in a column, and how many of them are valid."""
    distinct, valid = engine.get_row(
        "SELECT count(*), coalesce(sum(CASE WHEN is_valid THEN 1 ELSE 0 END), 0) FROM ("  # noqa: S608 - declared names
        f"SELECT DISTINCT digits, {_write_check('digits')} AS is_valid FROM ("
        f"SELECT {_write_digits(f'c{position}')} AS digits FROM {table}) "
        "WHERE regexp_full_match(digits, '[0-9]{12}'))"
    )
    return int(distinct), int(valid)


def check_numbers(numbers: Collection[str]) -> None:
    """As `NumberSearch`, for distinct numbers of twelve digits that are in no column of the engine.

    Raises:
        FileRefusedError: most of them are individual numbers.
    """
    _check_share(len(numbers), sum(map(_is_valid, numbers)))


def _check_share(distinct: int, valid: int) -> None:
    if distinct >= LEAST_DISTINCT_VALUES and valid >= VALID_SHARE_REFUSED * distinct:
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
    return f"translate({cell}, '０１２３４５６７８９{SEPARATORS}', '0123456789')"


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
