"""The committed schemas are what the models say today."""

from tsunagu.catalog.loading import find_shipped_definitions
from tsunagu.catalog.schemas import build_schemas, show_schema, write_schemas

SCHEMAS = find_shipped_definitions() / "schemas"


def test_the_committed_schemas_are_current() -> None:
    """When this fails: python -m tsunagu.catalog.schemas definitions/schemas."""
    committed = {path.name: path.read_text(encoding="utf-8") for path in SCHEMAS.glob("*.json")}
    assert committed == {name: show_schema(schema) for name, schema in build_schemas().items()}


def test_a_stale_schema_is_seen(tmp_path) -> None:
    write_schemas(tmp_path)
    (tmp_path / "items.json").write_text("{}\n", encoding="utf-8")
    committed = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.glob("*.json")}
    assert committed != {name: show_schema(schema) for name, schema in build_schemas().items()}


def test_lists_are_lists_and_every_reference_leads_somewhere() -> None:
    schemas = build_schemas()
    assert {name for name, schema in schemas.items() if schema["type"] == "array"} == {
        "adoptions.json",
        "indicators.json",
        "items.json",
        "narrowings.json",
        "purposes.json",
        "roles.json",
    }
    for schema in schemas.values():
        for reference in list_references(schema):
            assert reference.removeprefix("#/$defs/") in schema["$defs"]


def list_references(part: object) -> list[str]:
    if isinstance(part, dict):
        own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
        return own + [found for value in part.values() for found in list_references(value)]
    if isinstance(part, list):
        return [found for value in part for found in list_references(value)]
    return []
