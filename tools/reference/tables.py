"""Every table that a stage declares, in the order the data travels."""

from __future__ import annotations

from reference import markdown, source
from tsunagu.catalog.items import Item, get_fact_table
from tsunagu.vocabulary.tables import Table, Zone

ZONE_TITLES = {
    Zone.LANDING: "受領庫 landing",
    Zone.IDENTITY: "識別情報 identity（分析側は開けない）",
    Zone.FACTS: "事実 facts（名前はない）",
    Zone.RUNS: "実行 runs",
}


def write_tables() -> str:
    """Every declared table, by zone."""
    return "\n".join(_write_zone(zone, tables) for zone, tables in _group_tables().items())


def _group_tables() -> dict[Zone, list[Table]]:
    from reference.definitions import list_definitions

    declared = [table for module in source.list_modules() for table in vars(module).values()]
    facts = [get_fact_table(item) for item in list_definitions(Item)]
    tables = {table.full_name: table for table in [*declared, *facts] if isinstance(table, Table)}
    return {zone: [table for table in tables.values() if table.zone is zone] for zone in Zone}


def _write_zone(zone: Zone, tables: list[Table]) -> str:
    return f"## {ZONE_TITLES[zone]}\n\n" + "\n".join(map(_write_table, tables))


def _write_table(table: Table) -> str:
    rows = [
        [f"`{column.name}`", column.type, column.meaning, column.unit, column.null]
        for column in table.columns
    ]
    key = f"　鍵: {markdown.quote_code(table.key)}" if table.key else ""
    columns = markdown.write_table(["列", "型", "意味", "単位", "空の意味"], rows)
    return f"### `{table.full_name}`\n\n一行: {table.grain}{key}\n\n{columns}"
