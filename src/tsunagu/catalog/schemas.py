"""JSON Schemas of the definition files, for editors: completion and red lines while somebody types.

Written from the models (`python -m tsunagu.catalog.schemas <folder>`); the checker, not the schema, decides.
"""

import json
import sys
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from tsunagu.catalog.feeds import Feed
from tsunagu.catalog.identity_provider import IdentityProvider
from tsunagu.catalog.indicators import Indicator
from tsunagu.catalog.items import Item
from tsunagu.catalog.municipality import LocalAdoption, Municipality, Narrowing
from tsunagu.catalog.packs import Pack
from tsunagu.catalog.places import PlaceNames
from tsunagu.catalog.purposes import CodeList, Purpose
from tsunagu.catalog.roles import RoleRights
from tsunagu.catalog.silence import SilenceWatch

_ENTRIES: dict[str, type[BaseModel]] = {"codes": CodeList, "packs": Pack, "silence": SilenceWatch}
_LISTS: dict[str, type[BaseModel]] = {
    "purposes": Purpose,
    "items": Item,
    "indicators": Indicator,
    "roles": RoleRights,
}
_LOCAL_LISTS: dict[str, type[BaseModel]] = {"adoptions": LocalAdoption, "narrowings": Narrowing}
# The folder says these; the two files of a feed may share out the rest between them.
_SAID_BY_FOLDER = ("id", "department")


def build_schemas() -> dict[str, dict[str, Any]]:
    """File name → schema."""
    schemas = {name: _allow_replacing(model.model_json_schema()) for name, model in _ENTRIES.items()}
    schemas |= {
        name: _make_list(_allow_replacing(model.model_json_schema())) for name, model in _LISTS.items()
    }
    schemas |= {name: _make_list(model.model_json_schema()) for name, model in _LOCAL_LISTS.items()}
    schemas["municipality"] = Municipality.model_json_schema()
    schemas["places"] = PlaceNames.model_json_schema()
    schemas["identity_provider"] = IdentityProvider.model_json_schema()
    schemas["manifest"] = _make_feed_part(leave_out=(*_SAID_BY_FOLDER, "columns"))
    schemas["columns"] = _make_feed_part(leave_out=tuple(set(Feed.model_fields) - {"columns"}))
    return {f"{name}.json": schema for name, schema in sorted(schemas.items())}


def write_schemas(folder: Path) -> None:
    """Write every schema into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in build_schemas().items():
        (folder / name).write_text(show_schema(schema), encoding="utf-8")


def show_schema(schema: dict[str, Any]) -> str:
    """The schema as the text of its file."""
    return json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _allow_replacing(schema: dict[str, Any]) -> dict[str, Any]:
    replaces = {"const": "shipped", "description": "市の定義で、標準の同じ id を置き換えるときに書く"}
    return {**schema, "properties": {**schema["properties"], "replaces": replaces}}


def _make_list(schema: dict[str, Any]) -> dict[str, Any]:
    parts = schema.pop("$defs", {})
    return {"type": "array", "items": schema, "$defs": parts}


def _make_feed_part(leave_out: tuple[str, ...]) -> dict[str, Any]:
    schema = _allow_replacing(Feed.model_json_schema())
    return {**schema, "required": [name for name in schema["required"] if name not in leave_out]}


if __name__ == "__main__":
    write_schemas(Path(sys.argv[1]))
