"""Typed rows to statements: `intake_incoming`, one row per source record that the file speaks of.

Columns: subject_id, record_id, row, place, time, states (false = the row names the record but says nothing of it
any more), then the target's own content columns.
"""

from dataclasses import dataclass

from tsunagu.catalog.items import ItemKind, get_fact_table
from tsunagu.catalog.words import ValueType
from tsunagu.intake.mapping import AS_WRITTEN_FIELDS, ItemPlan, Plan, Reading
from tsunagu.intake.rows import (
    match_cells,
    write_constant,
    write_in_house_key,
    write_record_key,
    write_subject_key,
)
from tsunagu.intake.sql_text import PART_SEPARATOR, first_given, hold_all, hold_any, quote
from tsunagu.store.identity import RECORD
from tsunagu.vocabulary.tables import ColumnType, Table

IDENTITY = "identity"
_BOOKKEEPING = ("record_id", "known_from", "feed", "file_id", "row")
_FOLDS = {
    "name": "name",
    "kana": "kana",
    "other_name": "name",
    "address": "address",
    "phone": "phone",
    "guardian_name": "name",
}
"""Identity fields with a comparable form, and the map that folds them."""


@dataclass(frozen=True, slots=True)
class Target:
    """A table that a file's rows are stated in. `content` are its columns but the bookkeeping ones."""

    name: str
    table: Table
    plan: Plan
    item: ItemPlan | None = None

    @property
    def content(self) -> tuple[str, ...]:
        """What two versions are compared by."""
        return tuple(name for name in self.table.column_names if name not in _BOOKKEEPING)


def list_targets(plan: Plan) -> list[Target]:
    """Identity first, then the items, as far as the file states them."""
    identity = [Target(IDENTITY, RECORD, plan)] if plan.states_identity else []
    return identity + [Target(item.item.id, get_fact_table(item.item), plan, item) for item in plan.items]


def write_incoming_sql(target: Target) -> str:
    """The statement that makes `intake_incoming` for one target."""
    if target.item is None:
        return _write_identity_sql(target)
    return _write_item_sql(target, target.item)


def _write_item_sql(target: Target, item: ItemPlan) -> str:
    plan = target.plan
    columns = [f"{_write_fact_column(target, name)} AS {name}" for name in target.content[1:]]
    stated = [f"v{reading.index} IS NOT NULL" for reading in _list_item_readings(target)]
    essential = [hold_any(stated)] if stated else []
    if item.item.kind is ItemKind.EVENT:
        essential.append(f"{_write_fact_column(target, 'occurred_on')} IS NOT NULL")
    key = write_record_key(plan, item.record_key)
    # Records of different times are different records: only the delivered time is ever compared.
    identity = (
        f"{quote(plan.feed.id)} || {PART_SEPARATOR} || {quote(target.name)} || {PART_SEPARATOR} || time"
    )
    return (
        "CREATE OR REPLACE TEMP TABLE intake_incoming AS "  # noqa: S608 - from checked definitions
        f"SELECT s.subject_id, keyed_id('record', {identity} || {PART_SEPARATOR} || {key}) AS record_id, "
        f"r.row, r.place, r.time, {hold_all(essential)} AS states, {', '.join(columns)} "
        "FROM intake_row AS r JOIN intake_subject AS s "
        f"ON s.system = {quote(plan.feed.subject.system)} AND s.key = r.subject_key "
        f"WHERE NOT r.is_dropped AND {match_cells(plan, item.only_when)} AND ({key}) IS NOT NULL"
    )


def _list_item_readings(target: Target) -> list[Reading]:
    names = target.content[1:]
    return [reading for name in names for reading in target.plan.list_readings(f"{target.name}.{name}")]


def _write_fact_column(target: Target, name: str) -> str:
    type_name = next(column.type for column in target.table.columns if column.name == name)
    return _write_target(target.plan, f"{target.name}.{name}", type_name)


def _write_target(plan: Plan, target: str, type_name: ColumnType) -> str:
    given = [f"v{reading.index}" for reading in plan.list_readings(target)]
    constant = write_constant(plan, target, type_name)
    return first_given([*given, *([constant] if constant else [])], type_name)


def write_people_sql(plan: Plan) -> str:
    """The statement that makes `intake_person`: names and addresses as written, parts joined."""
    texts = ", ".join(f"{_write_as_written(plan, field)} AS {field}" for field in AS_WRITTEN_FIELDS)
    history = _write_history(plan) or "''"
    key = f"subject_key || {PART_SEPARATOR} || coalesce(CAST({history} AS VARCHAR), '')"
    return (
        "CREATE OR REPLACE TEMP TABLE intake_person AS "  # noqa: S608 - from checked definitions
        f"SELECT row, {key} AS person_key, {texts} FROM intake_row WHERE NOT is_dropped"
    )


def list_fold_sources(plan: Plan) -> dict[str, list[str]]:
    """By fold, the SELECTs of the texts that `intake_person` holds."""
    sources: dict[str, list[str]] = {}
    for field, kind in _list_folds(plan):
        sources.setdefault(kind, []).append(f"SELECT {field} AS v FROM intake_person")  # noqa: S608
    return sources


def _list_folds(plan: Plan) -> list[tuple[str, str]]:
    return [(field, kind) for field, kind in _FOLDS.items() if plan.list_readings(f"identity.{field}")]


def _write_as_written(plan: Plan, field: str) -> str:
    cells = [
        f"CASE WHEN {match_cells(plan, reading.column.when)} THEN x{reading.position} END"
        if reading.column.when
        else f"x{reading.position}"
        for reading in plan.list_readings(f"identity.{field}")
    ]
    if not cells:
        return "CAST(NULL AS VARCHAR)"
    between = "''" if field == "address" else "'　'"
    return cells[0] if len(cells) == 1 else f"nullif(concat_ws({between}, {', '.join(cells)}), '')"


def _write_identity_sql(target: Target) -> str:
    plan = target.plan
    folds = dict(_list_folds(plan))
    joins = " ".join(
        f"LEFT JOIN intake_map_{kind} AS f_{field} ON f_{field}.raw = p.{field}"
        for field, kind in folds.items()
    )
    columns = _list_identity_columns(plan, folds)
    identity = f"{quote(plan.feed.id)} || {PART_SEPARATOR} || {quote(IDENTITY)} || {PART_SEPARATOR}"
    return (
        "CREATE OR REPLACE TEMP TABLE intake_incoming AS "  # noqa: S608 - from checked definitions
        f"SELECT s.subject_id, keyed_id('record', {identity} || p.person_key) AS record_id, "
        "r.row, r.place, r.time, true AS states, "
        f"{', '.join(f'{columns[name]} AS {name}' for name in target.content[1:])} "
        "FROM intake_row AS r JOIN intake_person AS p ON p.row = r.row JOIN intake_subject AS s "
        f"ON s.system = {quote(plan.feed.subject.system)} AND s.key = r.subject_key {joins}"
    )


def _list_identity_columns(plan: Plan, folds: dict[str, str]) -> dict[str, str]:
    written = {field: f"p.{field}" for field in ("name", "kana", "address")}
    folded = {
        f"{field}_folded": f"f_{field}.value" if field in folds else "CAST(NULL AS VARCHAR)"
        for field in _FOLDS
    }
    plain = {
        name: _write_target(plan, f"identity.{name}", ColumnType.VARCHAR)
        for name in ("sex", "household_number", "district", "resident_status")
    }
    days = {
        name: _write_target(plan, f"identity.{name}", ColumnType.DATE)
        for name in ("due_on", "resident_from", "removed_on", "changed_on")
    }
    return {
        **written,
        **folded,
        **plain,
        **days,
        "system": quote(plan.feed.subject.system),
        "source_key": write_subject_key(plan),
        "atena_number": _write_in_house_target(plan, "atena_number"),
        "mother_atena_number": _write_in_house_target(plan, "mother_atena_number"),
        "birth_date": _write_birth_date(plan),
        "birth_date_text": first_given(
            [f"x{reading.position}" for reading in plan.list_readings("identity.birth_date")], "VARCHAR"
        ),
        "postal_code": _write_digits(_write_target(plan, "identity.postal_code", ColumnType.VARCHAR)),
        "relationship_code": _write_relationship(plan),
        "history_number": _write_history(plan) or "CAST(NULL AS INTEGER)",
        "is_latest": _write_target(plan, "identity.is_latest", ColumnType.BOOLEAN),
    }


def _write_in_house_target(plan: Plan, field: str) -> str:
    return write_in_house_key(_write_target(plan, f"identity.{field}", ColumnType.VARCHAR))


def _write_birth_date(plan: Plan) -> str:
    """A birth date whose day is unknown is no date; its text stays."""
    cells = [
        f"CASE WHEN NOT a{reading.index} THEN v{reading.index} END"
        if reading.column.type is ValueType.DATE
        else "CAST(NULL AS DATE)"
        for reading in plan.list_readings("identity.birth_date")
    ]
    return first_given(cells, ColumnType.DATE)


def _write_digits(cell: str) -> str:
    return f"nullif(regexp_replace({cell}, '[^0-9]', '', 'g'), '')"


def _write_relationship(plan: Plan) -> str:
    """Two digits a step: `2` is `02`; a chain of steps keeps its length."""
    code = _write_digits(_write_target(plan, "identity.relationship_code", ColumnType.VARCHAR))
    return f"CASE WHEN length({code}) % 2 = 1 THEN '0' || {code} ELSE {code} END"


def _write_history(plan: Plan) -> str | None:
    """The register's history number × 1000 + branch; None when the feed has none."""
    if not plan.list_readings("identity.history_number"):
        return None
    number = _write_target(plan, "identity.history_number", ColumnType.BIGINT)
    branch = _write_target(plan, "identity.history_branch", ColumnType.BIGINT)
    return f"CAST({number} AS BIGINT) * 1000 + coalesce(CAST({branch} AS BIGINT), 0)"
