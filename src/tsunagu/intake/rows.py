"""Cells to typed rows: the generated statements that make `intake_cell` and `intake_row`.

`intake_cell`: row, `c<position>` trimmed, for the columns that are read; wholly blank rows are left out.
`intake_row`: row, subject_key, place, time, is_dropped, and
`k<position>` clean text, `x<position>` as written, `v<reading>` value, `p<reading>` problem, `a<reading>` assumed.
"""

from collections.abc import Iterator

from tsunagu.catalog.feeds import Spellings
from tsunagu.catalog.words import ValueType
from tsunagu.intake.mapping import DATE_TYPES, IN_HOUSE_KEYS, PLACE_TARGETS, TIME_TARGETS, Plan, Reading
from tsunagu.intake.problems import NO_PROBLEM_NOTES
from tsunagu.intake.sql_text import (
    SQL_TYPES,
    hold_any,
    join_parts,
    list_texts,
    match_spellings,
    quote,
    quote_value,
)

_BLANKS = " \t\n　\u00a0\ufeff"
_NUMBER_TYPES = (ValueType.INTEGER, ValueType.NUMBER, ValueType.YEN)


def write_cells_sql(plan: Plan, first_row: int) -> str:
    """The statement that makes `intake_cell` of `intake_raw`."""
    cells = ", ".join(
        f"nullif(trim(c{position}, {quote(_BLANKS)}), '') AS c{position}"
        for position in list_read_positions(plan)
    )
    any_cell = ", ".join(f"c{position}" for position in range(plan.layout.width))
    return (
        f"CREATE OR REPLACE TEMP TABLE intake_cell AS SELECT rowid + {first_row} AS row, {cells} "  # noqa: S608
        f"FROM intake_raw WHERE coalesce({any_cell}) IS NOT NULL"
    )


def list_read_positions(plan: Plan) -> list[int]:
    """Columns that are read at all."""
    return sorted({reading.position for reading in plan.readings} | set(plan.clean_positions))


def list_value_sources(plan: Plan) -> dict[str, list[str]]:
    """By kind of text, the SELECTs that bring its cells (for `ValueMaps.fill`)."""
    sources: dict[str, set[int]] = {}
    for reading in plan.readings:
        if reading.kind is not None:
            sources.setdefault(reading.kind, set()).add(reading.position)
    if plan.clean_positions:
        sources["text"] = set(plan.clean_positions)
    return {
        kind: [f"SELECT c{position} AS v FROM intake_cell" for position in sorted(positions)]  # noqa: S608
        for kind, positions in sources.items()
    }


def write_rows_sql(plan: Plan) -> str:
    """The statement that makes `intake_row` of `intake_cell` and the maps of parsed texts."""
    kept = ", ".join([*_list_texts(plan), *(f"p{r.index}" for r in plan.readings)])
    values = ", ".join(
        f"CASE WHEN p{r.index} IS NULL THEN w{r.index} END AS v{r.index}" for r in plan.readings
    )
    assumed = "".join(f", a{r.index}" for r in plan.readings if r.column.type in DATE_TYPES)
    return (
        "CREATE OR REPLACE TEMP TABLE intake_row AS WITH "  # noqa: S608 - from checked definitions
        f"parsed AS ({_write_parsed(plan)}), judged AS ({_write_judged(plan)}), "
        f"valued AS (SELECT row, {kept}{assumed}, {values} FROM judged), "
        f"keyed AS (SELECT *, {write_subject_key(plan)} AS subject_key, {write_place(plan)} AS place, "
        f"{write_time(plan)} AS time FROM valued) "
        f"SELECT *, {_write_dropped(plan)} AS is_dropped FROM keyed"
    )


def _write_parsed(plan: Plan) -> str:
    columns = ["c.row"]
    joins = []
    for position in list_read_positions(plan):
        columns.append(f"c.c{position} AS x{position}")
    for position in plan.clean_positions:
        columns.append(f"coalesce(t{position}.value, c.c{position}) AS k{position}")
        joins.append(f"LEFT JOIN intake_map_text AS t{position} ON t{position}.raw = c.c{position}")
    for name, kind, position in _list_maps(plan):
        columns += [f"{name}.{part} AS {name}_{part}" for part in ("value", "latest", "note")]
        joins.append(f"LEFT JOIN intake_map_{kind} AS {name} ON {name}.raw = c.c{position}")
    return f"SELECT {', '.join(columns)} FROM intake_cell AS c {' '.join(joins)}"  # noqa: S608


def _list_maps(plan: Plan) -> Iterator[tuple[str, str, int]]:
    seen = set()
    for reading in plan.readings:
        if reading.kind is not None and _name_map(reading) not in seen:
            seen.add(_name_map(reading))
            yield _name_map(reading), reading.kind, reading.position


def _name_map(reading: Reading) -> str:
    return f"m{reading.position}_{reading.kind}"


def _list_texts(plan: Plan) -> list[str]:
    return [f"x{p}" for p in list_read_positions(plan)] + [f"k{p}" for p in plan.clean_positions]


def _write_judged(plan: Plan) -> str:
    columns = ["row", *_list_texts(plan)]
    for reading in plan.readings:
        columns.append(f"{_write_value(plan, reading)} AS w{reading.index}")
        columns.append(f"{_write_problem(plan, reading)} AS p{reading.index}")
        if reading.column.type in DATE_TYPES:
            columns.append(f"{_write_assumed(plan, reading)} AS a{reading.index}")
    return f"SELECT {', '.join(columns)} FROM parsed"  # noqa: S608


def match_cells(plan: Plan, spellings: Spellings) -> str:
    """The condition on a row's clean texts."""
    positions = plan.layout.positions
    return match_spellings(spellings, {h: f"k{positions[h]}" for h in spellings if h in positions})


def _write_value(plan: Plan, reading: Reading) -> str:
    value = _write_bare_value(reading)
    if not reading.column.when:
        return value
    return f"CASE WHEN {match_cells(plan, reading.column.when)} THEN {value} END"


def _write_bare_value(reading: Reading) -> str:
    column, name = reading.column, _name_map(reading)
    if reading.kind is None:
        return f"{'x' if reading.is_as_written else 'k'}{reading.position}"
    value = f"{name}_value"
    if reading.blank_code is not None:
        value = f"CASE WHEN x{reading.position} IS NULL THEN {quote(reading.blank_code)} ELSE {value} END"
    if column.type is ValueType.FLAG:
        return f"({value} = 'yes')"
    if column.is_last_day and column.type in DATE_TYPES:
        return f"CAST({name}_latest AS DATE) + 1"
    return f"CAST({value} AS {SQL_TYPES[column.type]})"


def _write_problem(plan: Plan, reading: Reading) -> str:
    """Why the cell cannot be used; null when it can."""
    column, cell = reading.column, f"x{reading.position}"
    branches = []
    if column.when:
        branches.append((f"NOT ({match_cells(plan, column.when)})", "NULL"))
    if reading.blank_code is None:
        branches.append((f"{cell} IS NULL", "'missing'" if column.required else "NULL"))
    if reading.kind is not None:
        note = f"{_name_map(reading)}_note"
        unknown = "'missing'" if column.required else "NULL"
        branches.append((f"{note} = 'unknown'", unknown))
        branches.append((f"{note} NOT IN ({list_texts(NO_PROBLEM_NOTES)})", note))
    if column.pattern is not None:
        matches = f"regexp_full_match(k{reading.position}, {quote(column.pattern)})"
        branches.append((f"NOT {matches}", "'bad_format'"))
    if column.type in _NUMBER_TYPES and (column.minimum is not None or column.maximum is not None):
        branches.append((_write_out_of_range(reading), "'out_of_range'"))
    cases = " ".join(f"WHEN {condition} THEN {result}" for condition, result in branches)
    return f"CAST(CASE {cases} END AS VARCHAR)" if cases else "CAST(NULL AS VARCHAR)"


def _write_out_of_range(reading: Reading) -> str:
    value, column = _write_bare_value(reading), reading.column
    bounds = [] if column.minimum is None else [f"{value} < {column.minimum!r}"]
    if column.maximum is not None:
        bounds.append(f"{value} > {column.maximum!r}")
    return hold_any(bounds)


def _write_assumed(plan: Plan, reading: Reading) -> str:
    conditions = [f"{_name_map(reading)}_note = 'assumed'"]
    if reading.column.unknown_when:
        conditions.append(match_cells(plan, reading.column.unknown_when))
    return f"coalesce({hold_any(conditions)}, false)"


def write_in_house_key(cell: str) -> str:
    """宛名番号 as it is compared: systems pad it with zeros to different lengths."""
    return (
        f"CASE WHEN regexp_full_match({cell}, '0*[0-9]+') THEN "
        f"coalesce(nullif(ltrim({cell}, '0'), ''), '0') ELSE {cell} END"
    )


def write_key(plan: Plan, header: str) -> str:
    """One part of a key: an `@` word, the typed value of the column, or its clean text."""
    if header.startswith("@"):
        return quote(str(plan.occasion.get_word(header)))
    readings = [reading for reading in plan.list_readings_of(header) if not reading.column.when]
    for reading in readings:
        if reading.kind is not None:
            return f"CAST(v{reading.index} AS VARCHAR)"
    if header not in plan.layout.positions:
        return "CAST(NULL AS VARCHAR)"
    cell = f"k{plan.layout.positions[header]}"
    in_house = any(target in IN_HOUSE_KEYS for reading in readings for target in reading.column.to)
    return f"({write_in_house_key(cell)})" if in_house else cell


def write_subject_key(plan: Plan) -> str:
    """The subject's key within its system; null when a part is missing."""
    subject = plan.feed.subject
    parts = [write_key(plan, header) for header in (subject.column, *subject.with_columns)]
    return " || ':' || ".join(parts)


def write_place(plan: Plan) -> str:
    """The part of the city the row belongs to; null when its column is blank."""
    parts = [
        f"{quote(target.partition('.')[2] + '=')} || CAST(v{reading.index} AS VARCHAR)"
        for target in PLACE_TARGETS
        for reading in plan.list_readings(target)
    ]
    return " || '|' || ".join(parts) or "'*'"


def write_time(plan: Plan) -> str:
    """The time the row belongs to: scope columns, then the feed's `@` words; '' when unbounded."""
    parts = [
        f"{quote(target.partition('.')[2] + '=')} || CAST(v{reading.index} AS VARCHAR)"
        for target in TIME_TARGETS
        for reading in plan.list_readings(target)
    ]
    parts += [quote(word) for word in list_time_words(plan)]
    return " || '|' || ".join(parts) or "''"


def list_time_words(plan: Plan) -> list[str]:
    """The part of `time` that is the same in every row."""
    return [f"{word[1:]}={plan.occasion.get_word(word)}" for word in plan.feed.scope]


def _write_dropped(plan: Plan) -> str:
    """Rows that say nothing usable: a key, the scope or a required value is missing or unreadable."""
    keys = [f"({write_key(plan, header)}) IS NULL" for header in plan.key_headers]
    required = [f"p{reading.index} IS NOT NULL" for reading in plan.readings if reading.column.required]
    return hold_any([*keys, "subject_key IS NULL", "place IS NULL", "time IS NULL", *required])


def write_record_key(plan: Plan, headers: tuple[str, ...]) -> str:
    """A record's key as one text; null when a part is missing."""
    return join_parts(write_key(plan, header) for header in headers)


def write_constant(plan: Plan, target: str, type_name: str) -> str | None:
    """The constant of a target, if the feed has one."""
    text = plan.feed.constants.get(target)
    if text is None:
        return None
    value = plan.occasion.get_word(text) if text.startswith("@") else text
    return f"CAST({quote_value(value)} AS {type_name})"
