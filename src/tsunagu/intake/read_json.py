"""JSON, strictly as RFC 8259 has it: refused with line and column, never with a value; objects become rows.

The library's own scanner does the work; what it lets through beyond the standard (NaN, half a surrogate pair) and what a
reader of data must not guess about (a name that stands twice) is looked for here.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from tsunagu.catalog.feeds import Feed
from tsunagu.catalog.formats import DocumentField, DocumentShape
from tsunagu.catalog.json_paths import JsonPath, Step, parse_json_path
from tsunagu.intake.detect import count_gaiji, refuse_nul
from tsunagu.intake.my_number import check_numbers
from tsunagu.intake.read_csv import RAW_TABLE
from tsunagu.intake.refusals import FileRefusedError
from tsunagu.store.engine import Engine

LARGEST_BYTES = 64 << 20
MOST_VALUES = 5_000_000
DEEPEST_LEVEL = 200
PART_MARK = "|"
FIRST_ROW = 1
_ARROW_NAME = "intake_document"

_BOM = b"\xef\xbb\xbf"
# An unclosed string reaches to the end, so that no text makes the search start over and over.
_STRING = r'"[^"\\]*(?:\\.?[^"\\]*)*(?:"|\Z)'
_STRINGS = re.compile(_STRING, re.DOTALL)
_TOKENS = re.compile(rf"{_STRING}|[\[\]{{}}:,]|NaN|-?Infinity", re.DOTALL)
_ESCAPES = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_TWELVE_DIGITS = re.compile(r'"([^"\\]*)"\s*:\s*"?([0-9]{12})"?\s*[,}\]]')
_HALF_PAIR = re.compile(r"\\u[dD][89a-fA-F]")


class _ConstantError(Exception):
    """NaN or an infinity."""


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed document. Numbers are the text that was written. `names`: every member name in it."""

    root: Any
    text: str
    names: frozenset[str]


@dataclass(slots=True)
class _Objects:
    """Makes objects, and remembers their names and whether one of them has a name twice."""

    names: set[str] = field(default_factory=set)
    has_repeated: bool = False

    def make(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        self.names.update(made)
        self.has_repeated = self.has_repeated or len(made) != len(pairs)
        return made


def open_document(content: bytes) -> Document:
    """Parse a file that is to be read as data.

    Raises:
        FileRefusedError: no JSON, too large or too deep, or an object has a name twice.
    """
    document, has_repeated = parse_document(content)
    if has_repeated:
        place = _find_repeated(document.text)
        raise FileRefusedError(
            "repeated_name",
            f"{_write_place(document.text, place)}で、一つのまとまりの中に同じ名前の項目が二つあります。",
            why="どちらの値が正しいのか決められません。",
            todo="送り元のシステムに、同じ名前の項目を二度書き出さないように頼んでください。",
        )
    return document


def parse_document(content: bytes) -> tuple[Document, bool]:
    """Parse JSON text; the flag says that some object has a name twice, which the standard allows.

    Raises:
        FileRefusedError: it is none, or beyond our limits.
    """
    if len(content) > LARGEST_BYTES:
        raise _refuse_size("大きさ")
    text = _decode(content)
    bare = _STRINGS.sub('""', text)
    if sum(map(bare.count, ",[{")) > MOST_VALUES:
        raise _refuse_size("値の数")
    if _measure_depth(bare) > DEEPEST_LEVEL:
        raise _refuse_syntax(text, _find_depth(text), "入れ子が深すぎる")
    objects = _Objects()
    decoder = json.JSONDecoder(
        object_pairs_hook=objects.make, parse_int=str, parse_float=str, parse_constant=_refuse_constant
    )
    try:
        root = decoder.decode(text)
    except json.JSONDecodeError as error:
        raise _refuse_syntax(text, error.pos, "決まりにない書き方") from None
    except _ConstantError:
        raise _refuse_syntax(text, _find_constant(text), "決まりにない書き方") from None
    if _HALF_PAIR.search(text) and (place := _find_half_pair(text)) is not None:
        raise _refuse_syntax(text, place, "文字の半分だけの符号")
    return Document(root, text, frozenset(objects.names)), objects.has_repeated


def list_row_objects(document: Document, path: str) -> list[dict[str, Any]] | None:
    """The objects that are the rows; None when nothing stands at the path."""
    found = list(_walk([document.root], parse_json_path(path).steps))
    if not found:
        return None
    return [node for node in _enter_lists(found) if isinstance(node, dict)]


def list_cells(rows: Sequence[dict[str, Any]], cell: DocumentField) -> list[str | None]:
    """One column: in every row the text at the field's path; nothing there = None."""
    path = parse_json_path(cell.path or cell.header)
    return [_join(list(_list_texts(row, path, cell.join)), cell.join) for row in rows]


def get_shape(feed: Feed) -> DocumentShape:
    """The declared shape; a feed of this kind always has one."""
    assert feed.format.document is not None
    return feed.format.document


def read_columns(document: Document, shape: DocumentShape) -> dict[str, list[str | None]]:
    """The declared columns that the document has, by heading; none when it has no place for such rows.

    A column without any value is left out, unless there are no rows at all.
    """
    rows = list_row_objects(document, shape.rows)
    if rows is None:
        return {}
    columns = {cell.header: list_cells(rows, cell) for cell in shape.fields}
    return {header: cells for header, cells in columns.items() if not rows or any(cells)}


def load_columns(engine: Engine, columns: Mapping[str, Sequence[str | None]]) -> None:
    """Fill `intake_raw` with these columns; blank cells are null.

    Raises:
        FileRefusedError: a cell holds NUL.
    """
    for cells in columns.values():
        row = next((number for number, cell in enumerate(cells, FIRST_ROW) if cell and "\0" in cell), None)
        if row is not None:
            raise refuse_nul(row)
    table = pa.table(
        {f"c{number}": pa.array(cells, pa.string()) for number, cells in enumerate(columns.values())}
    )
    engine.register(_ARROW_NAME, table)
    engine.run(f"CREATE OR REPLACE TEMP TABLE {RAW_TABLE} AS SELECT * FROM {_ARROW_NAME}")  # noqa: S608 - constants


def count_lost_letters(columns: Mapping[str, Sequence[str | None]]) -> int:
    """Letters that the sending system could not write."""
    return sum(count_gaiji("".join(cell or "" for cell in cells)) for cells in columns.values())


def check_my_numbers(document: Document) -> None:
    """No member anywhere in the document, declared or not, is mostly My Numbers.

    Raises:
        FileRefusedError: one is.
    """
    by_name: dict[str, set[str]] = {}
    for name, digits in _TWELVE_DIGITS.findall(document.text):
        by_name.setdefault(name, set()).add(digits)
    for digits in by_name.values():
        check_numbers(digits)


def _join(texts: list[str], separator: str) -> str | None:
    return separator.join(texts) if texts else None


def _list_texts(node: Any, path: JsonPath, separator: str) -> Iterator[str]:
    for found in _enter_lists(_walk([node], path.steps)):
        if path.parts:
            parts = (_join(list(_list_texts(found, part, separator)), separator) for part in path.parts)
            yield PART_MARK.join(part or "" for part in parts)
        elif found is not None and not isinstance(found, dict):
            yield _write_scalar(found)


def _write_scalar(value: str | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value


def _walk(nodes: list[Any], steps: Sequence[Step]) -> Iterator[Any]:
    """The nodes at the end of the steps. A list is entered before a step is taken from it."""
    for step in steps:
        inside = [node for node in _enter_lists(nodes) if isinstance(node, dict)]
        nodes = [node[step.name] for node in inside if step.name in node] if step.name else inside
        if step.tests:
            nodes = [node for node in _enter_lists(nodes) if _passes(node, step)]
    yield from nodes


def _passes(node: Any, step: Step) -> bool:
    for path, written in step.tests:
        if written:
            is_met = written in _list_texts(node, path, " ")
        else:
            is_met = any(found not in (None, "") for found in _enter_lists(_walk([node], path.steps)))
        if not is_met:
            return False
    return True


def _enter_lists(nodes: Any) -> Iterator[Any]:
    for node in nodes:
        if isinstance(node, list):
            yield from _enter_lists(node)
        else:
            yield node


def _decode(content: bytes) -> str:
    plain = content.removeprefix(_BOM)
    try:
        return plain.decode("utf-8")
    except UnicodeDecodeError as error:
        before = plain[: error.start].decode("utf-8")
        raise _refuse_syntax(before, len(before), "UTF-8 の文字ではない") from None


def _refuse_constant(_: str) -> None:
    raise _ConstantError


def _measure_depth(bare: str) -> int:
    """How deep lists and objects lie in each other; `bare` has no text inside strings."""
    deepest = depth = 0
    for mark in re.findall(r"[\[{]+|[\]}]+", bare):
        depth += len(mark) if mark[0] in "[{" else -len(mark)
        deepest = max(deepest, depth)
    return deepest


def _find_depth(text: str) -> int:
    depth = 0
    for token in _TOKENS.finditer(text):
        depth += (token.group() in "[{") - (token.group() in "]}")
        if depth > DEEPEST_LEVEL:
            return token.start()
    return len(text)


def _find_constant(text: str) -> int:
    return next(token.start() for token in _TOKENS.finditer(text) if token.group()[-1] in "Ny")


def _find_repeated(text: str) -> int:
    """Where a name stands for the second time in its object; the text is well-formed."""
    open_names: list[set[str]] = []
    last: re.Match[str] | None = None
    for token in _TOKENS.finditer(text):
        mark = token.group()
        if mark in "[{":
            open_names.append(set())
        elif mark in "]}":
            open_names.pop()
        elif mark == ":" and last is not None:
            name = json.loads(last.group())
            if name in open_names[-1]:
                return last.start()
            open_names[-1].add(name)
        last = token
    return len(text)


def _find_half_pair(text: str) -> int | None:
    """Where an escape stands for half of a surrogate pair without the other half."""
    for token in _STRINGS.finditer(text):
        is_open, place = False, 0
        for escape in _ESCAPES.finditer(token.group()):
            code = int(escape[1][1:], 16) if escape[1][0] == "u" and len(escape[1]) > 1 else 0
            is_next = is_open and escape.start() == place
            if is_open and not (is_next and 0xDC00 <= code <= 0xDFFF):
                return token.start() + place - 6
            if not is_open and 0xDC00 <= code <= 0xDFFF:
                return token.start() + escape.start()
            is_open, place = 0xD800 <= code <= 0xDBFF, escape.end()
        if is_open:
            return token.start() + place - 6
    return None


def _write_place(text: str, position: int) -> str:
    line = text.count("\n", 0, position) + 1
    column = position - (text.rfind("\n", 0, position) + 1) + 1
    return f"{line:,} 行目の {column:,} 文字目"


def _refuse_syntax(text: str, position: int, what: str) -> FileRefusedError:
    return FileRefusedError(
        "bad_json",
        f"{_write_place(text, position)}から、JSON の書き方に合いません（{what}）。",
        why="JSON の決まり（RFC 8259）に合わない所から先は、どの値がどの項目のものか決められません。",
        todo="この行と文字の位置を送り元のシステムの担当に伝え、もう一度出力してもらってください。",
    )


def _refuse_size(what: str) -> FileRefusedError:
    return FileRefusedError(
        "json_too_large",
        f"JSON の{what}が、一度に読める限りを超えています。",
        why="読み切れないほど大きな JSON は、この機械のメモリーを使い尽くします。",
        todo="学校ごと、月ごとなどに分けて出力してもらってください。",
    )
