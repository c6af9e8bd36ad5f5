"""How a municipality's own files and the definitions are written: every field of the models that read them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from reference import markdown, source
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
from tsunagu.database.logins import Login
from tsunagu.database.outside import ADDRESSES
from tsunagu.web.installation import HOME_VARIABLE, HOSTS_VARIABLE

SETTINGS: dict[str, type[BaseModel]] = {
    "municipality.yaml": Municipality,
    "places.yaml": PlaceNames,
    "identity_provider.yaml": IdentityProvider,
    "definitions/adoptions.yaml（一行）": LocalAdoption,
    "definitions/narrowings.yaml（一行）": Narrowing,
}
DEFINITION_FILES: dict[str, type[BaseModel]] = {
    "purposes.yaml（一件）": Purpose,
    "items/*.yaml（一件）": Item,
    "codes/*.yaml": CodeList,
    "feeds/<部署>/<名前>/manifest.yaml と columns.yaml": Feed,
    "indicators/*.yaml（一件）": Indicator,
    "packs/*.yaml": Pack,
    "silence.yaml": SilenceWatch,
    "roles.yaml（一件）": RoleRights,
}
# What may stand in the environment of a process, beside the files.
ENVIRONMENT = {
    HOME_VARIABLE: "市町村の設定フォルダー。",
    HOSTS_VARIABLE: "職員の画面を開くときの名前（コンマ区切り）。書かなければ、その機械からだけ開けます。",
    ADDRESSES[Login.OWNER]: "外の PostgreSQL（15 以上）の、表の持ち主の接続先。画面の処理には渡しません。"
    "三つともなければ、設定フォルダーの中の自前の PostgreSQL を使います。",
    ADDRESSES[
        Login.APP
    ]: "同じく、画面とその裏の処理の接続先。表は作れず、行ごとの閲覧制限が必ず効く利用者にします。",
    ADDRESSES[Login.CHECKPOINTER]: "同じく、監査の記録に封をする処理の接続先。",
    "TSUNAGU_AUDIT_FOLDER": "監査の控えに署名する鍵のフォルダー。省略すると設定フォルダーの var/audit。本番では別の OS アカウントのものにします。",
}


def write_settings() -> str:
    """A municipality's own files, and the environment."""
    rows = [[f"`{name}`", words] for name, words in ENVIRONMENT.items()]
    return f"{_write_models(SETTINGS)}\n## 環境変数\n\n{markdown.write_table(['名前', '意味'], rows)}"


def write_definition_files() -> str:
    """What may stand in each file of `definitions/`."""
    return _write_models(DEFINITION_FILES)


def _write_models(tops: dict[str, type[BaseModel]]) -> str:
    written: dict[type[BaseModel], None] = {}
    parts = [_write_model(f"## `{name}`", model) for name, model in tops.items()]
    for model in tops.values():
        _collect_inner(model, written)
    inner = [model for model in written if model not in tops.values()]
    return "\n".join([*parts, *(_write_model(f"### {model.__name__}", model) for model in inner)])


def _collect_inner(kind: Any, written: dict[type[BaseModel], None]) -> None:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        if kind not in written:
            written[kind] = None
            for field in kind.model_fields.values():
                _collect_inner(field.annotation, written)
    else:
        for part in getattr(kind, "__args__", ()):
            _collect_inner(part, written)


def _write_model(heading: str, model: type[BaseModel]) -> str:
    words = source.list_field_words(model)
    rows = [
        [
            f"`{name}`",
            _show_type(field.annotation),
            "○" if field.is_required() else "",
            _show_default(field),
            words.get(name, ""),
        ]
        for name, field in model.model_fields.items()
    ]
    table = markdown.write_table(["見出し", "型", "必須", "既定", "意味"], rows)
    return f"{heading}\n\n{source.get_first_line(model)}\n\n{table}"


def _show_type(kind: Any) -> str:
    if isinstance(kind, type) and not getattr(kind, "__args__", None):
        members = getattr(kind, "__members__", None)
        return markdown.quote_code(members.values()) if members else kind.__name__
    parts = [part for part in getattr(kind, "__args__", ()) if part not in (type(None), Ellipsis)]
    origin = getattr(kind, "__origin__", None)
    between = " → " if origin is dict else " / "
    shown = between.join(part if isinstance(part, str) else _show_type(part) for part in parts)
    return f"{shown} の並び" if origin in (tuple, list) else shown


def _show_default(field: Any) -> str:
    default = field.get_default(call_default_factory=True) if not field.is_required() else None
    if default in (None, "", (), {}, []) or isinstance(default, BaseModel):
        return ""
    return markdown.quote_code(default if isinstance(default, tuple) else [str(default)])
