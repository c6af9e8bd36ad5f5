"""What is wrong with the rows: every fault becomes a line of `intake_problem`, and never quotes a cell."""

from collections.abc import Iterator
from dataclasses import dataclass

from tsunagu.catalog.feeds import Check, CheckKind
from tsunagu.intake.mapping import DATE_TYPES, Plan, Reading
from tsunagu.intake.normalise import clean_text
from tsunagu.intake.problems import PROBLEM_TEXTS
from tsunagu.intake.rows import write_key
from tsunagu.intake.sql_text import first_given, hold_all, list_texts, quote, quote_value
from tsunagu.japanese.dates import ERAS
from tsunagu.store.engine import Engine


@dataclass(frozen=True, slots=True)
class RowCounts:
    """What the rows of one file came to."""

    rows: int
    dropped: int
    assumed: int


@dataclass(frozen=True, slots=True)
class _Fault:
    """One thing that can be wrong: `condition` over `intake_row`; `code` and `message` are SQL."""

    header: str
    condition: str
    code: str
    message: str


def make_problem_tables(engine: Engine) -> None:
    """Make `intake_message` (what each code says), once per session."""
    rows = ", ".join(f"({quote(code)}, {quote(text.message)})" for code, text in PROBLEM_TEXTS.items())
    engine.run(
        "CREATE OR REPLACE TEMP TABLE intake_message AS SELECT * "  # noqa: S608 - our own texts
        f"FROM (VALUES {rows}) AS t (code, message)"
    )


def clear_problems(engine: Engine) -> None:
    """Begin a file with no problem."""
    engine.run(
        "CREATE OR REPLACE TEMP TABLE intake_problem "
        "(row BIGINT, column_name VARCHAR, code VARCHAR, message VARCHAR, is_row_dropped INTEGER)"
    )


def list_cell_problems(engine: Engine, plan: Plan) -> RowCounts:
    """Put every fault of `intake_row` into `intake_problem`; one scan when there is none."""
    faults = list(_list_faults(plan))
    counts = [f"coalesce(sum(CASE WHEN {fault.condition} THEN 1 ELSE 0 END), 0)" for fault in faults]
    assumed = [
        f"CASE WHEN a{r.index} THEN 1 ELSE 0 END" for r in plan.readings if r.column.type in DATE_TYPES
    ]
    rows, dropped, assumed_cells, *found = engine.get_row(
        "SELECT count(*), coalesce(sum(CASE WHEN is_dropped THEN 1 ELSE 0 END), 0), "  # noqa: S608 - definitions
        f"coalesce(sum({' + '.join(assumed) or '0'}), 0){''.join(', ' + count for count in counts)} FROM intake_row"
    )
    selects = [
        f"SELECT row, {quote(fault.header)}, {fault.code}, {fault.message}, CAST(is_dropped AS INTEGER) "  # noqa: S608
        f"FROM intake_row WHERE {fault.condition}"
        for fault, count in zip(faults, found, strict=True)
        if count
    ]
    if selects:
        _insert(engine, " UNION ALL ".join(selects))
    return RowCounts(int(rows), int(dropped), int(assumed_cells))


def list_suspect_problems(engine: Engine, plan: Plan, first_row: int) -> None:
    """The cells of `intake_suspect` that looked like My Number, by their headers."""
    headers = {position: header for header, position in plan.layout.positions.items()}
    cases = " ".join(f"WHEN {position} THEN {quote(header)}" for position, header in headers.items())
    _insert(
        engine,
        f"SELECT row_id + {first_row}, CASE position {cases} END, 'my_number', NULL, 0 FROM intake_suspect",  # noqa: S608
    )


def list_row_problems(engine: Engine, code: str, rows_table: str, *, is_row_dropped: bool) -> None:
    """The rows named in a temporary table (duplicates, superseded rows)."""
    _insert(
        engine,
        f"SELECT row, CAST(NULL AS VARCHAR), {quote(code)}, NULL, {int(is_row_dropped)} FROM {rows_table}",  # noqa: S608
    )


def _insert(engine: Engine, select: str) -> None:
    engine.run(
        "INSERT INTO intake_problem SELECT DISTINCT f.row, f.header, f.code, coalesce(f.message, m.message), "  # noqa: S608
        f"f.dropped FROM ({select}) AS f (row, header, code, message, dropped) "
        "LEFT JOIN intake_message AS m ON m.code = f.code "
        # A cell blanked because it may be a My Number is not reported as blank as well.
        "WHERE NOT (f.code = 'missing' AND EXISTS (SELECT 1 FROM intake_problem AS p "
        "WHERE p.row = f.row AND p.column_name = f.header AND p.code = 'my_number'))"
    )


def _list_faults(plan: Plan) -> Iterator[_Fault]:
    for reading in plan.readings:
        yield _Fault(reading.column.header, f"p{reading.index} IS NOT NULL", f"p{reading.index}", "NULL")
    for header in plan.key_headers:
        if header in plan.layout.positions:
            cell = f"x{plan.layout.positions[header]}"
            condition = f"{cell} IS NULL AND ({write_key(plan, header)}) IS NULL"
            yield _Fault(header, condition, "'missing'", "NULL")
    for check in plan.feed.checks:
        condition_or_none = _write_check(plan, check)
        if condition_or_none is not None:
            yield _Fault(check.column, condition_or_none, quote(check.code), quote(check.message))


def _write_check(plan: Plan, check: Check) -> str | None:
    """Where the check fails; None when a column is not in the file."""
    left, right = _write_side(plan, check.column), _write_side(plan, check.other)
    if check.kind is CheckKind.ERA:
        right = _write_text(plan, check.other)
        return _write_era_fault(left, right) if left and right else None
    if left is None or right is None:
        return None
    fault = {
        CheckKind.NOT_BEFORE: f"{left} < {right}",
        CheckKind.NOT_AFTER: f"{left} > {right}",
        CheckKind.AT_MOST: f"{left} > {right}",
        CheckKind.SAME_MONTH: f"date_trunc('month', {left}) <> date_trunc('month', {right})",
    }[check.kind]
    return f"coalesce({fault}, false)"


def _write_side(plan: Plan, header: str) -> str | None:
    if header.startswith("@"):
        return quote_value(plan.occasion.get_word(header))
    cells = [_write_known(reading) for reading in plan.list_readings_of(header) if reading.kind is not None]
    return first_given(cells, "") if cells else None


def _write_known(reading: Reading) -> str:
    """The value as written (a last day not yet made exclusive), without dates that are only assumed."""
    value = f"v{reading.index}"
    if reading.column.type not in DATE_TYPES:
        return value
    return f"CASE WHEN NOT a{reading.index} THEN {value}{' - 1' if reading.column.is_last_day else ''} END"


def _write_text(plan: Plan, header: str) -> str | None:
    position = plan.layout.positions.get(header)
    return None if position is None else f"k{position}"


def _write_era_fault(day: str, era: str) -> str:
    cases = " ".join(
        f"WHEN {era} IN ({list_texts([str(e.code), clean_text(e.name), e.name[0], e.letter])}) THEN NOT "
        f"{hold_all([f'{day} BETWEEN {quote_value(e.start)} AND {quote_value(e.end)}'])}"
        for e in ERAS
    )
    return f"coalesce(CASE {cases} END, false)"
