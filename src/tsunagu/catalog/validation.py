"""Text to models: pydantic types the text, and every error becomes a Japanese sentence with its line.

Pydantic is lenient about text (`1_0` is a number to it, `yes` is true). A definition is not: a number, a date or
a true/false is accepted only when it is written the one plain way.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from enum import Enum
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tsunagu.catalog.problems import Fault, list_words, suggest
from tsunagu.catalog.yaml_text import Document, Place, Text

Model = TypeVar("Model", bound=BaseModel)

_WRITTEN_PLAINLY: tuple[tuple[type, str, str], ...] = (
    (bool, r"true|false", "true か false と書いてください。"),
    (int, r"-?(0|[1-9][0-9]*)", "半角の整数で、頭に0を付けずに書いてください。"),
    (float, r"-?(0|[1-9][0-9]*)(\.[0-9]+)?", "半角の数字で書いてください（例: 1.5）。"),
    (date, r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "日付は 2026-04-01 のように書いてください。"),
)

_SENTENCES = {
    "string_pattern_mismatch": ("書き方が決まりと違います", "決まった形（{pattern}）で書いてください。"),
    "string_too_short": ("空のままです", "内容を書いてください。"),
    "too_short": ("足りません", "一つ以上書いてください。"),
    "greater_than": ("値が小さすぎます", "{gt}より大きい値を書いてください。"),
    "greater_than_equal": ("値が小さすぎます", "{ge}以上の値を書いてください。"),
    "less_than": ("値が大きすぎます", "{lt}より小さい値を書いてください。"),
    "less_than_equal": ("値が大きすぎます", "{le}以下の値を書いてください。"),
    "string_type": ("一つの語や文ではありません", "一行で書いてください。"),
    "tuple_type": ("並びではありません", "[…] か「- 」の並びで書いてください。"),
    "list_type": ("並びではありません", "[…] か「- 」の並びで書いてください。"),
    "dict_type": ("見出しと値の組ではありません", "「見出し: 値」の形で書いてください。"),
    "model_type": ("見出しと値の組ではありません", "「見出し: 値」の形で書いてください。"),
    "model_attributes_type": ("見出しと値の組ではありません", "「見出し: 値」の形で書いてください。"),
    "union_tag_not_found": ("種類が書かれていません", "{discriminator} を書いてください。"),
}
_CODES_BY_NAME = {"evidence": "empty_evidence", "ja": "missing_title"}


def build_model(model: type[Model], data: Text, document: Document, place: Place) -> Model | None:
    """Type `data` (found at `place` of `document`) as `model`; problems go to the document.

    Returns:
        The frozen model, or None when there is any problem.
    """
    try:
        built = model.model_validate(data)
    except ValidationError as error:
        for details in error.errors(include_url=False):
            _add_problem(details, model, document, place)
        return None
    oddities = list(_find_oddly_written(built, data, place))
    for odd_place, todo in oddities:
        what = f"「{_show_place(odd_place)}」の値の書き方が決まりと違います。"
        document.add_problem("bad_value", document.get_spot(odd_place), what, todo)
    return None if oddities else built


def list_field_names(model: type[BaseModel]) -> frozenset[str]:
    """Every word that may stand before a colon somewhere in this kind of definition."""
    names: set[str] = set()
    waiting: list[Any] = [model]
    seen: set[Any] = set()
    while waiting:
        kind = waiting.pop()
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            if kind not in seen:
                seen.add(kind)
                names.update(kind.model_fields)
                waiting.extend(field.annotation for field in kind.model_fields.values())
        else:
            waiting.extend(get_args(kind))
    return frozenset(names)


def _add_problem(details: ErrorDetails, model: type[BaseModel], document: Document, place: Place) -> None:
    inner = _find_place(details["loc"], document, place)
    kind = details["type"]
    if kind == "missing":
        fault = _describe_missing(inner, str(details["loc"][-1]))
    elif kind == "extra_forbidden":
        fault = _describe_stranger(inner, str(details["loc"][-1]), model)
    elif kind in ("enum", "literal_error", "union_tag_invalid"):
        fault = _describe_word(inner, details)
    else:
        fault = _describe_value(inner, details)
    document.add_problem(fault.code, document.get_spot(fault.place), fault.what, fault.todo)


def _describe_missing(place: Place, key: str) -> Fault:
    what = f"「{_show_place(place)}」に「{key}」がありません。" if place else f"「{key}」がありません。"
    if key in ("title", "ja"):
        return Fault(place, "missing_title", what, "日本語の見出し（title の ja）を書いてください。")
    return Fault(place, "missing_key", what, "書き足してください。")


def _describe_stranger(place: Place, key: str, model: type[BaseModel]) -> Fault:
    hint = suggest(key, list_field_names(model) - {key})
    todo = hint or "消すか、正しい見出しに直してください。"
    return Fault(place, "unknown_key", f"「{key}」という見出しはここでは使えません。", todo)


def _describe_word(place: Place, details: ErrorDetails) -> Fault:
    context = details.get("ctx", {})
    known = re.findall(r"'([^']*)'", str(context.get("expected") or context.get("expected_tags") or ""))
    word = str(context.get("tag", details["input"]))
    todo = suggest(word, known) or f"次のどれかを書いてください: {list_words(known)}。"
    return Fault(place, "unknown_word", f"「{_show_place(place)}」の「{word}」は知らない語です。", todo)


def _describe_value(place: Place, details: ErrorDetails) -> Fault:
    kind, context, name = details["type"], details.get("ctx", {}), _show_place(place)
    if kind in _SENTENCES:
        fault, todo = _SENTENCES[kind]
        code = _CODES_BY_NAME.get(str(place[-1]) if place else "", "bad_value")
        return Fault(place, code, f"「{name}」は{fault}。", todo.format(**context))
    for type_, _, todo in _WRITTEN_PLAINLY:
        if kind.startswith(type_.__name__):
            return Fault(place, "bad_value", f"「{name}」の値が読めません。", todo)
    # A model's own check speaks for itself.
    error = context.get("error", details["msg"])
    what = f"「{name}」: {error}" if name else str(error)
    return Fault(
        place, getattr(error, "code", "bad_value"), what, getattr(error, "todo", "この値を直してください。")
    )


def _find_place(location: tuple[str | int, ...], document: Document, place: Place) -> Place:
    # Pydantic puts the names of union branches into its location; the document has no such step.
    for step in location:
        if (*place, step) in document.spots:
            place = (*place, step)
    return place


def _show_place(place: Place) -> str:
    return "の".join(f"{step + 1}件目" if isinstance(step, int) else step for step in place)


def _find_oddly_written(value: object, data: object, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(data, str):
        todo = _find_writing_fault(value, data)
        if todo:
            yield place, todo
    for step, inner, written in _list_parts(value, data):
        yield from _find_oddly_written(inner, written, (*place, step))


def _list_parts(value: object, data: object) -> Iterator[tuple[str | int, object, object]]:
    if isinstance(value, BaseModel) and isinstance(data, dict):
        yield from (
            (name, getattr(value, name), data[name]) for name in type(value).model_fields if name in data
        )
    elif isinstance(value, Mapping) and isinstance(data, dict):
        yield from ((key, value.get(key), data[key]) for key in data)
    elif isinstance(value, list | tuple) and isinstance(data, list):
        yield from ((position, *pair) for position, pair in enumerate(zip(value, data, strict=False)))


def _find_writing_fault(value: object, written: str) -> str:
    # bool stands before int in the list: True is an int to Python.
    for type_, pattern, todo in _WRITTEN_PLAINLY:
        if isinstance(value, type_) and not isinstance(value, Enum):
            return "" if re.fullmatch(pattern, written) else todo
    return ""
