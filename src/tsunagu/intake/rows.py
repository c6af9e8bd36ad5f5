"""Cells to typed rows: every declared column read, every problem marked, keys and scope made."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from tsunagu.catalog.feeds import WhenBad
from tsunagu.catalog.formats import Spellings
from tsunagu.catalog.words import ValueType
from tsunagu.intake.columns import (
    fill,
    first_given,
    has_any,
    hold_all,
    hold_any,
    join_parts,
    keep_where,
    match_spellings,
)
from tsunagu.intake.mapping import DATE_TYPES, IN_HOUSE_KEYS, PLACE_TARGETS, TIME_TARGETS, Plan, Reading
from tsunagu.intake.normalise import ParsedCells, TextReader
from tsunagu.intake.pieces import RawPiece

_NUMBER_TYPES = (ValueType.INTEGER, ValueType.NUMBER, ValueType.YEN)
_ARROW_TYPES = {
    ValueType.TEXT: pa.string(),
    ValueType.CODE: pa.string(),
    ValueType.INTEGER: pa.int64(),
    ValueType.NUMBER: pa.float64(),
    ValueType.FLAG: pa.bool_(),
    ValueType.DATE: pa.date32(),
    ValueType.YEAR_MONTH: pa.date32(),
    ValueType.YEN: pa.int64(),
}


@dataclass(slots=True)
class Rows:
    """Some rows of one file, by column.

    `cells` as written and `clean` texts by position; `values`, `problems` (codes) and `assumed` by reading.
    """

    plan: Plan
    numbers: pa.Array
    cells: dict[int, pa.Array]
    clean: dict[int, pa.Array] = field(default_factory=dict)
    values: dict[int, pa.Array] = field(default_factory=dict)
    problems: dict[int, pa.Array] = field(default_factory=dict)
    assumed: dict[int, pa.Array] = field(default_factory=dict)
    is_dropped: pa.Array | None = None

    def __len__(self) -> int:
        return len(self.numbers)

    def match(self, spellings: Spellings) -> pa.Array:
        """Rows whose clean texts have these spellings."""
        positions = self.plan.layout.positions
        cells = {h: self.clean[positions[h]] for h in spellings if h in positions}
        return match_spellings(spellings, cells, len(self))

    def get_target(self, target: str, value_type: pa.DataType) -> pa.Array:
        """What the readings of a target gave, the first one that gave anything; then the constant."""
        given = [self.values[reading.index] for reading in self.plan.list_readings(target)]
        constant = _make_constant(self.plan, target, value_type, len(self))
        return first_given([*given, *([] if constant is None else [constant])], value_type, len(self))

    def get_given(self, target: str) -> list[pa.Array]:
        """The readings of a target, without the constant."""
        return [self.values[reading.index] for reading in self.plan.list_readings(target)]


def list_read_positions(plan: Plan) -> list[int]:
    """Columns that are read at all."""
    return sorted({reading.position for reading in plan.readings} | set(plan.clean_positions))


def read_piece(plan: Plan, texts: TextReader, piece: RawPiece, first_row: int) -> Rows:
    """One piece as typed rows, wholly blank rows left out. `first_row` numbers the file's first data row."""
    return read_rows(plan, texts, *_leave_out_blank(pc.add(piece.row_ids, first_row), piece.columns))


def _leave_out_blank(numbers: pa.Array, cells: dict[int, pa.Array]) -> tuple[pa.Array, dict[int, pa.Array]]:
    if any(cell.null_count == 0 for cell in cells.values()):
        return numbers, cells
    is_filled = hold_any([pc.is_valid(cell) for cell in cells.values()], len(numbers))
    return numbers.filter(is_filled), {position: cell.filter(is_filled) for position, cell in cells.items()}


def read_rows(plan: Plan, texts: TextReader, numbers: pa.Array, cells: dict[int, pa.Array]) -> Rows:
    """Read every column once, then mark the rows that say nothing usable."""
    rows = Rows(plan, numbers, cells)
    for position in plan.clean_positions:
        rows.clean[position] = texts.read("text", cells[position]).values
    parsed: dict[tuple[int, str], ParsedCells] = {}
    for reading in plan.readings:
        if reading.kind is not None and (reading.position, reading.kind) not in parsed:
            parsed[reading.position, reading.kind] = texts.read(reading.kind, cells[reading.position])
        _read_column(rows, reading, parsed.get((reading.position, reading.kind or "")))
    required = [
        rows.problems[r.index]
        for r in plan.readings
        if (r.column.required or r.column.when_bad is WhenBad.DROP) and r.index in rows.problems
    ]
    keys = [get_key(rows, header) for header in plan.key_headers]
    unusable = [pc.is_valid(problem) for problem in required] + [pc.is_null(key) for key in keys]
    rows.is_dropped = hold_any(unusable, len(rows))
    return rows


def _read_column(rows: Rows, reading: Reading, parsed: ParsedCells | None) -> None:
    column = reading.column
    counts = rows.match(column.when) if column.when else None
    values = _make_values(rows, reading, parsed)
    problem = _find_problems(rows, reading, parsed, values)
    if problem is not None and counts is not None:
        problem = keep_where(counts, problem)
    if problem is not None and problem.null_count < len(problem):
        rows.problems[reading.index] = problem
        values = keep_where(pc.is_null(problem), values)
    rows.values[reading.index] = values if counts is None else keep_where(counts, values)
    if column.type in DATE_TYPES:
        rows.assumed[reading.index] = _find_assumed(rows, reading, parsed)


def _make_values(rows: Rows, reading: Reading, parsed: ParsedCells | None) -> pa.Array:
    if parsed is None:
        return rows.cells[reading.position] if reading.is_as_written else rows.clean[reading.position]
    values = parsed.values
    if reading.column.is_last_day and reading.column.type in DATE_TYPES:
        latest = parsed.latest if parsed.latest is not None else pa.nulls(len(rows), pa.date32())
        return shift_days(latest, 1)
    if reading.blank_code is not None:
        values = pc.if_else(pc.is_null(rows.cells[reading.position]), reading.blank_code, values)
    return pc.equal(values, "yes") if reading.column.type is ValueType.FLAG else values


def _find_problems(
    rows: Rows, reading: Reading, parsed: ParsedCells | None, values: pa.Array
) -> pa.Array | None:
    """Why each cell cannot be used; None when every cell can."""
    column, cell = reading.column, rows.cells[reading.position]
    marks: list[tuple[pa.Array, pa.Array | str]] = []
    if column.required and reading.blank_code is None and cell.null_count:
        marks.append((pc.is_null(cell), "missing"))
    if parsed is not None and parsed.notes is not None:
        marks.append((pc.equal(parsed.notes, "unknown"), "missing" if column.required else ""))
        marks.append((pc.not_equal(parsed.notes, "assumed"), parsed.notes))
    if column.pattern is not None:
        clean = rows.clean[reading.position]
        marks.append((pc.invert(pc.match_substring_regex(clean, f"^(?:{column.pattern})$")), "bad_format"))
    if column.type in _NUMBER_TYPES:
        marks += [(mask, "out_of_range") for mask in _find_out_of_range(reading, values)]
    problem = None
    for mask, code in reversed(marks):
        if has_any(mask):
            before = pa.nulls(len(rows), pa.string()) if problem is None else problem
            problem = pc.if_else(pc.fill_null(mask, False), code, before)
    if problem is None:
        return None
    return keep_where(pc.not_equal(problem, ""), problem)


def _find_out_of_range(reading: Reading, values: pa.Array) -> Iterator[pa.Array]:
    if reading.column.minimum is not None:
        yield pc.less(values, reading.column.minimum)
    if reading.column.maximum is not None:
        yield pc.greater(values, reading.column.maximum)


def _find_assumed(rows: Rows, reading: Reading, parsed: ParsedCells | None) -> pa.Array:
    masks = []
    if parsed is not None and parsed.notes is not None:
        masks.append(pc.equal(parsed.notes, "assumed"))
    if reading.column.unknown_when:
        stated = pc.is_valid(rows.cells[reading.position])
        masks.append(hold_all([rows.match(reading.column.unknown_when), stated], len(rows)))
    return hold_any(masks, len(rows))


def get_key(rows: Rows, header: str) -> pa.Array:
    """One part of a key as text: an `@` word, the typed value of the column, or its clean text."""
    plan = rows.plan
    if header.startswith("@"):
        return fill(str(plan.occasion.get_word(header)), pa.string(), len(rows))
    readings = [reading for reading in plan.list_readings_of(header) if not reading.column.when]
    for reading in readings:
        if reading.kind is not None:
            return rows.values[reading.index].cast(pa.string())
    if header not in plan.layout.positions:
        return pa.nulls(len(rows), pa.string())
    cell = rows.clean[plan.layout.positions[header]]
    in_house = any(target in IN_HOUSE_KEYS for reading in readings for target in reading.column.to)
    return trim_in_house_key(cell) if in_house else cell


def trim_in_house_key(cells: pa.Array) -> pa.Array:
    """宛名番号 as it is compared: systems pad it with zeros to different lengths."""
    if not has_any(pc.starts_with(cells, "0")):
        return cells
    return pc.replace_substring_regex(cells, r"^0+([0-9]+)$", r"\1")


def get_subject_key(rows: Rows) -> pa.Array:
    """The subject's key within its system; null when a part is missing."""
    subject = rows.plan.feed.subject
    return join_parts([get_key(rows, header) for header in (subject.column, *subject.with_columns)], ":")


def get_place(rows: Rows) -> pa.Array:
    """The part of the city each row belongs to."""
    parts = _list_scope_parts(rows, PLACE_TARGETS)
    return join_parts(parts, "|") if parts else fill("*", pa.string(), len(rows))


def get_time(rows: Rows) -> pa.Array:
    """The time each row belongs to: scope columns, then the feed's `@` words; '' when unbounded."""
    parts = _list_scope_parts(rows, TIME_TARGETS)
    parts += [fill(word, pa.string(), len(rows)) for word in list_time_words(rows.plan)]
    return join_parts(parts, "|") if parts else fill("", pa.string(), len(rows))


def _list_scope_parts(rows: Rows, targets: tuple[str, ...]) -> list[pa.Array]:
    return [
        join_parts(
            [
                fill(target.partition(".")[2], pa.string(), len(rows)),
                rows.values[reading.index].cast(pa.string()),
            ],
            "=",
        )
        for target in targets
        for reading in rows.plan.list_readings(target)
    ]


def list_time_words(plan: Plan) -> list[str]:
    """The part of `time` that is the same in every row."""
    return [f"{word[1:]}={plan.occasion.get_word(word)}" for word in plan.feed.scope]


def _make_constant(plan: Plan, target: str, value_type: pa.DataType, length: int) -> pa.Array | None:
    text = plan.feed.constants.get(target)
    if text is None:
        return None
    value: date | int | str = plan.occasion.get_word(text) if text.startswith("@") else text
    return fill(value, pa.scalar(value).type, length).cast(value_type)


def shift_days(days: pa.Array, count: int) -> pa.Array:
    """Each date so many days later."""
    return pc.add(days.cast(pa.int32()), pa.scalar(count, pa.int32())).cast(pa.date32())
