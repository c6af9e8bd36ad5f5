"""Typed rows to statements: what the file says of each source record, as `intake_incoming` of one target.

Columns: subject_id, record_id, row, then the target's own content columns, and `_place`, `_time` (the scope) and
`_states` (false = the row names the record but says nothing of it any more). No definition can have a name that
begins with an underscore.
"""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from tsunagu.catalog.items import ItemKind, get_fact_table
from tsunagu.catalog.words import ValueType
from tsunagu.intake.columns import (
    PART_SEPARATOR,
    fill,
    first_given,
    hold_all,
    hold_any,
    join_given,
    join_parts,
    keep_where,
)
from tsunagu.intake.mapping import ItemPlan, Plan
from tsunagu.intake.normalise import TextReader
from tsunagu.intake.rows import Rows, get_key, get_place, get_subject_key, get_time, trim_in_house_key
from tsunagu.store.identity import RECORD
from tsunagu.vocabulary.tables import ColumnType, Table

IDENTITY = "identity"
BOOKKEEPING = ("subject_id", "record_id", "known_from", "feed", "file_id", "row")
_FOLDS = {
    "name": "name",
    "kana": "kana",
    "other_name": "name",
    "address": "address",
    "phone": "phone",
    "guardian_name": "name",
}
"""Identity fields with a comparable form, and how they are folded."""
_TYPES = {
    ColumnType.BIGINT: pa.int64(),
    ColumnType.INTEGER: pa.int32(),
    ColumnType.DOUBLE: pa.float64(),
    ColumnType.VARCHAR: pa.string(),
    ColumnType.BOOLEAN: pa.bool_(),
    ColumnType.DATE: pa.date32(),
}


@dataclass(frozen=True, slots=True)
class Target:
    """A table that a file's rows are stated in. `content` are its columns but the bookkeeping ones."""

    name: str
    table: Table
    plan: Plan
    item: ItemPlan | None = None

    @property
    def content(self) -> tuple[str, ...]:
        """What two versions are compared by, beside the subject."""
        return tuple(name for name in self.table.column_names if name not in BOOKKEEPING)


def list_targets(plan: Plan) -> list[Target]:
    """Identity first, then the items, as far as the file states them."""
    identity = [Target(IDENTITY, RECORD, plan)] if plan.states_identity else []
    return identity + [Target(item.item.id, get_fact_table(item.item), plan, item) for item in plan.items]


def make_statements(target: Target, rows: Rows, texts: TextReader, subject_ids: pa.Array) -> pa.Table:
    """What the usable rows say of one target: subject_id, `_record_text`, row, scope, content."""
    if target.item is None:
        columns = _make_identity(target, rows, texts)
        keep = pc.invert(rows.is_dropped)
    else:
        columns = _make_facts(target, target.item, rows)
        masks = [
            pc.invert(rows.is_dropped),
            rows.match(target.item.only_when),
            _find_later(target.item.only_after, rows),
            pc.is_valid(columns["_record_text"]),
        ]
        keep = hold_all(masks, len(rows))
    columns |= {
        "subject_id": subject_ids,
        "row": rows.numbers,
        "_place": get_place(rows),
        "_time": get_time(rows),
    }
    table = pa.table(columns)
    return table if pc.all(keep).as_py() else table.filter(keep)


def _find_later(dates: tuple[str, str] | None, rows: Rows) -> pa.Array:
    """Rows whose first date is later than the second; a date that is blank or a placeholder is neither."""
    if dates is None:
        return fill(True, pa.bool_(), len(rows))
    later, earlier = (_get_certain_date(rows, header) for header in dates)
    return pc.fill_null(pc.greater(later, earlier), False)


def _get_certain_date(rows: Rows, header: str) -> pa.Array:
    readings = [r for r in rows.plan.list_readings_of(header) if r.index in rows.assumed]
    cells = [keep_where(pc.invert(rows.assumed[r.index]), rows.values[r.index]) for r in readings]
    return first_given(cells, pa.date32(), len(rows))


def _make_facts(target: Target, item: ItemPlan, rows: Rows) -> dict[str, pa.Array]:
    types = {column.name: _TYPES[column.type] for column in target.table.columns}
    columns = {name: rows.get_target(f"{target.name}.{name}", types[name]) for name in target.content}
    birth_date = _get_birth_date(rows)
    columns |= {
        name: _round_birthday(column, birth_date)
        for name, column in columns.items()
        if types[name] == pa.date32()
    }
    given = [cell for name in target.content for cell in rows.get_given(f"{target.name}.{name}")]
    essential = [hold_any([pc.is_valid(cell) for cell in given], len(rows))] if given else []
    if item.item.kind is ItemKind.EVENT:
        essential.append(pc.is_valid(columns["occurred_on"]))
    # Records of different times are different records: only the delivered time is ever compared.
    prefix = [
        fill(f"{target.plan.feed.id}{PART_SEPARATOR}{target.name}", pa.string(), len(rows)),
        get_time(rows),
    ]
    columns["_record_text"] = join_parts(
        prefix + [get_key(rows, key) for key in item.record_key], PART_SEPARATOR
    )
    columns["_states"] = hold_all(essential, len(rows))
    return columns


def _make_identity(target: Target, rows: Rows, texts: TextReader) -> dict[str, pa.Array]:
    plan = target.plan
    written = {field: _join_as_written(rows, field) for field in _FOLDS}
    folded = {f"{field}_folded": texts.fold(kind, written[field]) for field, kind in _FOLDS.items()}
    types = {column.name: _TYPES[column.type] for column in RECORD.columns}
    plain = ("sex", "household_number", "district", "resident_status", "is_latest")
    days = ("due_on", "resident_from", "removed_on", "changed_on")
    columns = {name: rows.get_target(f"identity.{name}", types[name]) for name in (*plain, *days)}
    columns |= folded
    columns |= {field: written[field] for field in ("name", "kana", "address")}
    for field in ("atena_number", "mother_atena_number"):
        columns[field] = trim_in_house_key(rows.get_target(f"identity.{field}", pa.string()))
    subject_key = get_subject_key(rows)
    columns["system"] = fill(plan.feed.subject.system, pa.string(), len(rows))
    columns["source_key"] = subject_key
    columns["birth_date"] = _get_birth_date(rows)
    columns["birth_date_text"] = first_given(
        [rows.cells[reading.position] for reading in plan.list_readings("identity.birth_date")],
        pa.string(),
        len(rows),
    )
    columns["postal_code"] = _keep_digits(rows.get_target("identity.postal_code", pa.string()))
    columns["relationship_code"] = _pad_relationship(
        rows.get_target("identity.relationship_code", pa.string())
    )
    columns["history_number"] = _get_history(rows)
    columns["_states"] = fill(True, pa.bool_(), len(rows))
    history = pc.fill_null(columns["history_number"].cast(pa.string()), "")
    prefix = fill(f"{plan.feed.id}{PART_SEPARATOR}{IDENTITY}", pa.string(), len(rows))
    columns["_record_text"] = join_parts([prefix, subject_key, history], PART_SEPARATOR)
    return columns


def _join_as_written(rows: Rows, field: str) -> pa.Array:
    """Names and addresses as the department wrote them, parts joined in the order of the entries."""
    cells = []
    for reading in rows.plan.list_readings(f"identity.{field}"):
        cell = rows.cells[reading.position]
        cells.append(keep_where(rows.match(reading.column.when), cell) if reading.column.when else cell)
    if not cells:
        return pa.nulls(len(rows), pa.string())
    return join_given(cells, "" if field == "address" else "　")


def _get_birth_date(rows: Rows) -> pa.Array:
    """A birth date whose day is unknown is no date; its text stays."""
    cells = [
        keep_where(pc.invert(rows.assumed[reading.index]), rows.values[reading.index])
        for reading in rows.plan.list_readings("identity.birth_date")
        if reading.column.type is ValueType.DATE
    ]
    return first_given(cells, pa.date32(), len(rows))


def _round_birthday(days: pa.Array, birth_date: pa.Array) -> pa.Array:
    """A day that is the row's date of birth (a residence since birth, the birth itself) becomes its month's first."""
    is_birthday = pc.fill_null(pc.equal(days, birth_date), False)
    return pc.if_else(is_birthday, pc.floor_temporal(days, unit="month"), days)


def _keep_digits(cells: pa.Array) -> pa.Array:
    encoded = cells.dictionary_encode()
    digits = pc.replace_substring_regex(encoded.dictionary, "[^0-9]", "")
    return keep_where(pc.not_equal(digits, ""), digits).take(encoded.indices)


def _pad_relationship(cells: pa.Array) -> pa.Array:
    """Two digits a step: `2` is `02`; a chain of steps keeps its length."""
    digits = _keep_digits(cells)
    is_odd = pc.equal(pc.bit_wise_and(pc.utf8_length(digits), 1), 1)
    return pc.if_else(is_odd, join_parts([fill("0", pa.string(), len(cells)), digits], ""), digits)


def _get_history(rows: Rows) -> pa.Array:
    """The register's history number × 1000 + branch; null when the feed has none."""
    number = rows.get_target("identity.history_number", pa.int64())
    branch = rows.get_target("identity.history_branch", pa.int64())
    return pc.add(pc.multiply(number, 1000), pc.fill_null(branch, 0))
