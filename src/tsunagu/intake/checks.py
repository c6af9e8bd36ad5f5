"""What is wrong with the rows: every fault becomes a row of `landing.problem`, and never quotes a cell."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from tsunagu.catalog.feeds import Check, CheckKind
from tsunagu.intake.columns import fill, first_given, has_any, hold_all, hold_any, keep_where
from tsunagu.intake.mapping import DATE_TYPES, Plan, Reading
from tsunagu.intake.normalise import clean_text
from tsunagu.intake.problems import PROBLEM_TEXTS
from tsunagu.intake.rows import Rows, get_key, shift_days
from tsunagu.japanese.dates import ERAS


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem of one row; `column` None = the row as a whole."""

    row: int
    column: str | None
    code: str
    message: str
    is_row_dropped: bool


@dataclass(slots=True)
class ProblemList:
    """The problems of one file, each (row, column, code) once."""

    _found: dict[tuple[int, str | None, str], Problem] = field(default_factory=dict)

    def add(
        self, row: int, column: str | None, code: str, *, is_dropped: bool, message: str | None = None
    ) -> None:
        """Note a problem; a cell blanked as a suspected My Number is not reported as blank too."""
        if code == "missing" and (row, column, "my_number") in self._found:
            return
        text = message or PROBLEM_TEXTS[code].message
        self._found.setdefault((row, column, code), Problem(row, column, code, text, is_dropped))

    def list_sorted(self) -> list[Problem]:
        """By row, column and code."""
        return [
            self._found[key] for key in sorted(self._found, key=lambda key: (key[0], key[1] or "", key[2]))
        ]

    def count_by_code(self) -> dict[str, int]:
        """Rows with each problem."""
        return dict(
            sorted(Counter(code for _, code in {(row, code) for row, _, code in self._found}).items())
        )

    @property
    def row_count(self) -> int:
        """Rows with any problem."""
        return len({row for row, _, _ in self._found})


def list_problems(rows: Rows, problems: ProblemList) -> None:
    """Note everything that is wrong with these rows."""
    plan = rows.plan
    for reading in plan.readings:
        if (codes := rows.problems.get(reading.index)) is not None:
            _add_codes(rows, problems, reading.column.header, codes)
    for header in plan.key_headers:
        if (position := plan.layout.positions.get(header)) is not None and rows.cells[position].null_count:
            is_blank = hold_all(
                [pc.is_null(rows.cells[position]), pc.is_null(get_key(rows, header))], len(rows)
            )
            _add_marked(rows, problems, header, "missing", is_blank)
    for check in plan.feed.checks:
        mask = _find_failures(rows, check)
        if mask is not None and has_any(mask):
            _add_marked(rows, problems, check.column, check.code, mask, check.message)


def count_assumed(rows: Rows) -> int:
    """Dates whose day had to be assumed."""
    return sum(int(pc.sum(mask).as_py() or 0) for mask in rows.assumed.values())


def _add_codes(rows: Rows, problems: ProblemList, header: str, codes: pa.Array) -> None:
    mask = pc.is_valid(codes)
    dropped = rows.is_dropped.filter(mask).to_pylist() if rows.is_dropped is not None else []
    for row, code, is_dropped in zip(
        rows.numbers.filter(mask).to_pylist(), codes.filter(mask).to_pylist(), dropped, strict=True
    ):
        problems.add(row, header, code, is_dropped=is_dropped)


def _add_marked(
    rows: Rows, problems: ProblemList, header: str, code: str, mask: pa.Array, message: str | None = None
) -> None:
    mask = pc.fill_null(mask, False)
    dropped = rows.is_dropped.filter(mask).to_pylist() if rows.is_dropped is not None else []
    for row, is_dropped in zip(rows.numbers.filter(mask).to_pylist(), dropped, strict=True):
        problems.add(row, header, code, is_dropped=is_dropped, message=message)


def _find_failures(rows: Rows, check: Check) -> pa.Array | None:
    """Rows in which the check fails; None when a column is not in the file."""
    left = _get_side(rows, check.column)
    if check.kind is CheckKind.ERA:
        position = rows.plan.layout.positions.get(check.other)
        return None if left is None or position is None else _find_wrong_eras(left, rows.clean[position])
    right = _get_side(rows, check.other)
    if left is None or right is None:
        return None
    if check.kind is CheckKind.NOT_BEFORE:
        return pc.less(left, right)
    if check.kind in (CheckKind.NOT_AFTER, CheckKind.AT_MOST):
        return pc.greater(left, right)
    return pc.not_equal(pc.floor_temporal(left, unit="month"), pc.floor_temporal(right, unit="month"))


def _get_side(rows: Rows, header: str) -> pa.Array | None:
    if header.startswith("@"):
        value = rows.plan.occasion.get_word(header)
        return fill(value, pa.scalar(value).type, len(rows))
    readings = [reading for reading in rows.plan.list_readings_of(header) if reading.kind is not None]
    if not readings:
        return None
    columns = [_get_known(rows, reading) for reading in readings]
    return first_given(columns, columns[0].type, len(rows))


def _get_known(rows: Rows, reading: Reading) -> pa.Array:
    """The value as written (a last day not yet made exclusive), without dates that are only assumed."""
    values = rows.values[reading.index]
    if reading.column.type not in DATE_TYPES:
        return values
    if reading.column.is_last_day:
        values = shift_days(values, -1)
    return keep_where(pc.invert(rows.assumed[reading.index]), values)


def _find_wrong_eras(days: pa.Array, eras: pa.Array) -> pa.Array:
    masks = []
    for era in ERAS:
        spellings = [str(era.code), clean_text(era.name), era.name[0], era.letter]
        named = pc.is_in(eras, value_set=pa.array(spellings))
        outside = hold_any(
            [pc.less(days, pa.scalar(era.start)), pc.greater(days, pa.scalar(era.end))], len(days)
        )
        masks.append(pc.and_(named, outside))
    return hold_any(masks, len(days))


def make_problem_table(plan: Plan, file_id: str, problems: ProblemList) -> pa.Table:
    """The problems as rows of `landing.problem`."""
    found = problems.list_sorted()
    columns: Mapping[str, list[object]] = {
        "feed": [plan.feed.id] * len(found),
        "file_id": [file_id] * len(found),
        "row": [problem.row for problem in found],
        "column_name": [problem.column for problem in found],
        "code": [problem.code for problem in found],
        "message": [problem.message for problem in found],
        "is_row_dropped": [int(problem.is_row_dropped) for problem in found],
    }
    return pa.table(columns)
