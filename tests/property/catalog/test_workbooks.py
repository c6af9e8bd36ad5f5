"""Whatever text stands in a definition survives Excel, and nothing of it is carried out there."""

import tempfile
import zipfile
from datetime import date, datetime, time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tsunagu.catalog.purposes import Code, CodeList
from tsunagu.catalog.words import Title
from tsunagu.catalog.workbooks.cells import is_yes, label, neutralise, read_name, restore, write_cell
from tsunagu.catalog.workbooks.code_sheets import (
    CODE_FIELDS,
    CODE_SHEET,
    build_list,
    group_codes,
    lay_out_codes,
    write_code_list,
)
from tsunagu.catalog.workbooks.feed_sheets import read_spellings, write_spellings
from tsunagu.catalog.workbooks.sheets import Field, Sheet, read_workbook, write_workbook
from tsunagu.catalog.workbooks.yaml_lines import write_flow
from tsunagu.catalog.yaml_text import parse_yaml

LETTERS = st.characters(
    exclude_categories=("Cs", "Cc", "Cn", "Zl", "Zp"), exclude_characters="\ufeff\ufffe\uffff"
)
TEXTS = st.text(LETTERS, max_size=20)
HOSTILE = st.sampled_from(
    [
        "=1+1",
        "+81-3",
        "-5",
        "@SUM(A1)",
        "'01",
        "''",
        "＝cmd|' /C calc'!A0",
        "01",
        "1e5",
        "2024/04/01",
        "TRUE",
        "_x000D_",
        "{=1}",
    ]
)
FIELDS = (Field("見出し"), Field("値"))


def pass_through_excel(rows):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        write_workbook(path, [Sheet("表", FIELDS, tuple(rows), "説明")], {"印": ["○"]})
        with zipfile.ZipFile(path) as archive:
            assert b"<f>" not in b"".join(
                archive.read(name) for name in archive.namelist() if "sheet" in name
            )
        return [tuple(line.cells.values()) for line in read_workbook(path).list_lines("表", FIELDS)]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(TEXTS | HOSTILE, TEXTS | HOSTILE), max_size=8))
def test_every_text_comes_back(rows):
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    assert pass_through_excel(rows) == filled


@given(TEXTS | HOSTILE)
def test_no_text_is_carried_out(text):
    assert not neutralise(text).startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r"))
    assert restore(neutralise(text)) == text


def test_without_the_apostrophe_it_would_be():
    assert "=1+1".startswith("=")
    assert neutralise("=1+1") != "=1+1"


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        TEXTS | HOSTILE,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
        max_leaves=8,
    )
)
def test_every_text_is_yaml(value):
    document = parse_yaml(f"a: {write_flow(value)}\n", "x")
    assert not document.problems
    assert document.data == {"a": value}


@given(
    st.dictionaries(TEXTS.filter(str.strip), st.lists(TEXTS, min_size=1, max_size=3).map(tuple), max_size=3)
)
@example({"{": ("",)})
def test_conditions_come_back(condition):
    assert read_spellings(write_spellings(condition)) == condition


NAMES = st.from_regex(r"[a-z][a-z0-9_]{1,8}", fullmatch=True)
SPELLINGS = st.text(LETTERS, max_size=8).filter(lambda text: text == text.strip() and text != "（空欄）")


@st.composite
def code_lists(draw):
    codes = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    words = draw(st.lists(SPELLINGS, min_size=len(codes), max_size=12, unique=True))
    written = {code: [words[number]] for number, code in enumerate(codes)}
    for word in words[len(codes) :]:
        written[draw(st.sampled_from(codes))].append(word)
    title = Title(ja="名前", en=draw(st.sampled_from(["", "name"])))
    return CodeList(
        id=draw(NAMES),
        title=title,
        codes=tuple(Code(id=code, title=title, written=tuple(written[code])) for code in codes),
    )


@settings(max_examples=25, deadline=None)
@given(code_lists())
def test_code_lists_come_back(code_list):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "codes.xlsx"
        write_workbook(path, [lay_out_codes([code_list])], {})
        ((name, rows),) = group_codes(read_workbook(path).list_lines(CODE_SHEET, CODE_FIELDS)).items()
    assert build_list(name, rows) == code_list
    document = parse_yaml(write_code_list(code_list).text, "x")
    assert not document.problems
    assert CodeList.model_validate(document.data) == code_list


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (5.0, "5"),
        (5.5, "5.5"),
        (True, "1"),
        (date(2026, 4, 1), "2026-04-01"),
        (datetime.combine(date(2026, 4, 1), time()), "2026-04-01"),
        ("01", "01"),
        ("", None),
    ],
)
def test_what_excel_makes_of_a_value(cell, text):
    assert write_cell(cell) == text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("日付 [date]", "date"),
        ("ｄａｔｅ", "date"),
        ("あり [仮] [yes_no]", "yes_no"),
        (" date ", "date"),
        ("", ""),
    ],
)
def test_the_name_behind_a_title(text, name):
    assert read_name(text) == name
    assert read_name(label("題", name)) == name


@pytest.mark.parametrize(
    ("text", "is_marked"),
    [("○", True), ("◯", True), ("〇", True), ("o", True), ("", False), ("×", False), ("-", False)],
)
def test_marks(text, is_marked):
    assert is_yes(text) == is_marked
