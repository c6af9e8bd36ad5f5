"""JSON as RFC 8259 has it, with the place of every fault; then paths into it."""

import pytest

from tsunagu.catalog.formats import DocumentField, DocumentShape
from tsunagu.catalog.json_paths import parse_json_path
from tsunagu.catalog.words import WordError
from tsunagu.intake import read_json
from tsunagu.intake.read_json import list_cells, open_document, parse_document, read_columns
from tsunagu.intake.refusals import FileRefusedError

FAULTS = {
    "not a number": (b'{"a": 1,\n "b": NaN}', "2 行目の 7 文字目"),
    "minus infinity": (b'["Infinity", -Infinity]', "1 行目の 14 文字目"),
    "a bare word": (b'{\n  "a": $alias\n}', "2 行目の 8 文字目"),
    "a comma too many": (b"[1,]", "1 行目の 4 文字目"),
    "something behind": (b"{} {}", "1 行目の 4 文字目"),
    "a line end in a string": (b'["a\nb"]', "1 行目の 4 文字目"),
    "no text": (b'{"a": "\xff"}', "1 行目の 8 文字目"),
    "half a letter": (b'["ok", "\\ud83d"]', "1 行目の 9 文字目"),
    "half a letter, then another": (b'["\\ud83d\\u0041"]', "1 行目の 3 文字目"),
    "the second half alone": (b'["\\udc00"]', "1 行目の 3 文字目"),
    "halves apart": (b'["\\ud83d-\\ude00"]', "1 行目の 3 文字目"),
    "only a mark": (b"\xef\xbb\xbf", "1 行目の 1 文字目"),
    "too deep": (b"[" * 201 + b"]" * 201, "1 行目の 201 文字目"),
    "open and too deep": (b'[{"":' * 50_000, "1 行目の 501 文字目"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_refused_with_its_place(name):
    content, place = FAULTS[name]
    with pytest.raises(FileRefusedError) as refused:
        parse_document(content)
    assert refused.value.code == "bad_json"
    assert refused.value.what.startswith(place)


def test_a_name_that_stands_twice_is_json_but_no_data():
    content = b'{"a": {"b": 1},\n "c": [{"b": 2, "d": 3, "\\u0062": 4}]}'
    assert parse_document(content)[1]
    with pytest.raises(FileRefusedError) as refused:
        open_document(content)
    assert refused.value.code == "repeated_name"
    assert refused.value.what.startswith("2 行目の 25 文字目")


def test_a_reader_that_let_it_pass_would_be_seen(monkeypatch):
    monkeypatch.setattr(read_json._Objects, "make", lambda self, pairs: dict(pairs))
    assert open_document(b'{"a": 1, "a": 2}').root == {"a": "2"}


@pytest.mark.parametrize(("limit", "value"), [("LARGEST_BYTES", 10), ("MOST_VALUES", 3)])
def test_size_is_limited_before_anything_is_built(monkeypatch, limit, value):
    monkeypatch.setattr(read_json, limit, value)
    monkeypatch.setattr(read_json.json, "JSONDecoder", None)
    with pytest.raises(FileRefusedError) as refused:
        parse_document(b'{"a": [1, 2, 3]}')
    assert refused.value.code == "json_too_large"


@pytest.mark.parametrize("text", ['"' + '\\"' * 100_000, '"' * 100_001, "[" * 100_000, '{"a":' * 100_000])
def test_no_text_takes_long(text):
    """Unclosed strings and lists: found in one pass, not in one pass for each quote."""
    with pytest.raises(FileRefusedError):
        parse_document(text.encode())


def test_numbers_stay_as_written_and_a_mark_at_the_start_is_passed_over():
    document = open_document(b'\xef\xbb\xbf{"a": [1.50, 12345678901234567890, -0, 1E400, true, null, "x"]}')
    cells = list_cells([document.root], DocumentField(header="a", join=";"))
    assert cells == ["1.50;12345678901234567890;-0;1E400;true;x"]


ROWS = [
    {
        "id": "1",
        "name": {"family": "青葉", "given": ["空", "海"]},
        "tags": [{"k": "a", "v": 1}, {"k": "b", "v": 2}],
    },
    {"id": "2", "name": {"family": "若草"}, "tags": [], "flag": False},
]


@pytest.mark.parametrize(
    ("path", "cells"),
    [
        ("id", ["1", "2"]),
        ("name.given", ["空 海", None]),
        ("tags.v", ["1 2", None]),
        ("tags[k=b].v", ["2", None]),
        ("[id=2].name.family", [None, "若草"]),
        ("[tags].id", ["1", None]),
        ("tags{k,v}", ["a|1 b|2", None]),
        ("name{family,given}", ["青葉|空 海", "若草|"]),
        ("flag", [None, "false"]),
        ("name", [None, None]),
        ("name.given.none", [None, None]),
    ],
)
def test_a_path_leads_to_cells(path, cells):
    rows = [{**ROWS[0], "tags": [{"k": "a", "v": "1"}, {"k": "b", "v": "2"}]}, ROWS[1]]
    assert list_cells(rows, DocumentField(header="x", path=path)) == cells


@pytest.mark.parametrize("path", ["", "a..b", "a[b", "a]", "a{b", "{}", "a.", "a b", "a=b"])
def test_what_is_no_path_is_said(path):
    with pytest.raises(WordError):
        parse_json_path(path)


def test_columns_are_those_that_hold_anything():
    shape = DocumentShape.model_validate({"rows": "users", "fields": [{"header": "id"}, {"header": "phone"}]})
    assert read_columns(open_document(b'{"users": [{"id": "1"}, {"id": "2"}]}'), shape) == {"id": ["1", "2"]}
    assert read_columns(open_document(b'{"users": []}'), shape) == {"id": [], "phone": []}
    assert read_columns(open_document(b'{"orgs": [{"id": "1"}]}'), shape) == {}
    assert read_columns(open_document(b'["users"]'), shape) == {}


def test_the_json_suite(realdata):
    """188 of 188 refused, 95 of 95 accepted; the rest either way, but in our own words."""
    counts = {"y": [0, 0], "n": [0, 0], "i": [0, 0]}
    for path in sorted((realdata / "jsontestsuite" / "test_parsing").glob("*.json")):
        try:
            parse_document(path.read_bytes())
            counts[path.name[0]][0] += 1
        except FileRefusedError as error:
            assert error.code in ("bad_json", "json_too_large")
            counts[path.name[0]][1] += 1
    assert (counts["y"], counts["n"]) == ([95, 0], [0, 188])
    assert sum(counts["i"]) == 35


def test_a_parser_as_lax_as_the_library_would_fail_the_suite(realdata, monkeypatch):
    monkeypatch.setattr(read_json, "_refuse_constant", float)
    lax = realdata / "jsontestsuite" / "test_parsing" / "n_number_NaN.json"
    assert parse_document(lax.read_bytes())
