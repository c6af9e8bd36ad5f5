"""Excel: one sheet, cells as canonical text; readings beside names are never part of them."""

import zipfile
from datetime import date, datetime, time, timedelta
from io import BytesIO

import pytest
import xlsxwriter

from tsunagu.catalog.workbooks.cells import write_cell
from tsunagu.intake.read_excel import Workbook, load_sheets
from tsunagu.intake.refusals import FileRefusedError


def make_workbook(fill, *names):
    content = BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    for name in names or ("台帳",):
        sheet = book.add_worksheet(name)
        fill(book, sheet)
    book.close()
    return content.getvalue()


def fill_sheet(book, sheet):
    day = book.add_format({"num_format": "yyyy/mm/dd"})
    sheet.write_row(0, 0, ["一覧"])
    sheet.write_row(2, 0, ["番号", "額", "日", "式", "旗", ""])
    sheet.write(3, 0, "007")
    sheet.write(3, 1, 1234)
    sheet.write_datetime(3, 2, datetime(2024, 5, 1), day)  # noqa: DTZ001 - a cell has no zone
    sheet.write_formula(3, 3, "=1+1", value=2)
    sheet.write(3, 4, True)
    sheet.write(5, 0, "008")
    sheet.write(5, 1, 36.6)


def test_a_sheet_is_read_below_its_heading(engine):
    book = Workbook(make_workbook(fill_sheet, "表紙", "台帳"))
    assert book.read_header("台帳", 3) == ["番号", "額", "日", "式", "旗"]
    load_sheets(engine, book, sheets=["台帳"], first_row=4, width=5)
    rows = engine.list_rows("SELECT rowid, c0, c1, c2, c3, c4 FROM intake_raw ORDER BY rowid")
    # A blank row keeps its number: the fourth row of the sheet is row 4.
    assert rows == [
        (0, "007", "1234", "2024-05-01", "2", "1"),
        (1, None, None, None, None, None),
        (2, "008", "36.6", None, None, None),
    ]


def test_no_sheet_named_means_the_first_and_another_name_none():
    book = Workbook(make_workbook(fill_sheet, "台帳", "別"))
    assert book.read_header(None, 3) == book.read_header("台帳", 3)
    assert book.read_header("無い", 3) == []
    assert book.read_header("台帳", 99) == []


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("", None),
        (" 甲 ", " 甲 "),
        (3.0, "3"),
        (3, "3"),
        (0.1, "0.1"),
        (123456789012.0, "123456789012"),
        (1e20, "1e+20"),
        (True, "1"),
        (False, "0"),
        (date(2024, 4, 1), "2024-04-01"),
        (datetime(2024, 4, 1), "2024-04-01"),  # noqa: DTZ001 - a cell has no zone
        (datetime(2024, 4, 1, 9, 30), "2024-04-01 09:30:00"),  # noqa: DTZ001 - a cell has no zone
        (time(9, 30), "09:30:00"),
        (timedelta(hours=2), "2:00:00"),
    ],
)
def test_a_cell_has_one_spelling(cell, text):
    assert write_cell(cell) == text


@pytest.mark.parametrize("content", [b"PK\x03\x04no zip", b"\xd0\xcf\x11\xe0no ole"])
def test_what_only_looks_like_a_workbook_is_refused(content):
    with pytest.raises(FileRefusedError) as refused:
        Workbook(content)
    assert refused.value.code == "unreadable_workbook"


def test_readings_do_not_stick_to_names(realdata):
    book = Workbook((realdata / "oneroster" / "sis_poc_xlsx" / "initial-student-roster.xlsx").read_bytes())
    header = book.read_header("v2", 1)
    surname, reading = header.index("正式氏名（姓）"), header.index("フリガナ（姓）")
    rows = book.list_rows("v2")[1:]
    assert len(rows) == 12
    assert not any(str(row[reading]) in str(row[surname]) for row in rows)
    # Variation selectors that choose the shape of a kanji are kept as written.
    assert any("\U000e0100" <= letter <= "\U000e01ef" for row in rows for letter in str(row[surname]))


def fill_class(book, sheet):
    sheet.merge_range(2, 1, 2, 2, "児童")
    sheet.merge_range(2, 3, 3, 3, "学年")
    sheet.write_row(3, 0, ["番号", "氏名", "カナ"])
    sheet.write_row(4, 0, [f"{sheet.get_name()}-1", "甲", "コウ", 3])


def test_headings_of_two_rows_are_joined():
    book = Workbook(make_workbook(fill_class))
    assert book.read_header("台帳", 3, 2) == ["番号", "児童_氏名", "児童_カナ", "学年"]
    assert book.read_header("台帳", 4) == ["番号", "氏名", "カナ", "学年"]
    # A heading over two columns names both, the second by its number.
    assert book.read_header("台帳", 3) == ["", "児童", "児童_2", "学年"]


def test_several_sheets_are_one_table(engine):
    book = Workbook(make_workbook(fill_class, "1組", "表紙", "2組"))
    sheets = book.list_sheets(["*組"])
    assert sheets == ["1組", "2組"]
    book.check_alike(sheets, 3, 2)
    load_sheets(engine, book, sheets=sheets, first_row=5, width=5, is_named=True)
    assert engine.list_rows("SELECT rowid, c0, c3, c4 FROM intake_raw ORDER BY rowid") == [
        (0, "1組-1", "3", "1組"),
        (1, "2組-1", "3", "2組"),
    ]


def test_sheets_with_other_headings_are_refused():
    def fill(book, sheet):
        sheet.write_row(0, 0, ["番号", sheet.get_name()])

    book = Workbook(make_workbook(fill, "1組", "2組"))
    with pytest.raises(FileRefusedError) as refused:
        book.check_alike(["1組", "2組"], 1, 1)
    assert refused.value.code == "unlike_sheets"


def test_an_older_workbook_is_read(engine, make_xls):
    book = Workbook(make_xls("台帳", [["番号", "日", "額"], ["〇〇七", date(2024, 5, 1), 1234.0]]))
    assert book.read_header("台帳", 1) == ["番号", "日", "額"]
    load_sheets(engine, book, sheets=[None], first_row=2, width=3)
    assert engine.list_rows("SELECT c0, c1, c2 FROM intake_raw") == [("〇〇七", "2024-05-01", "1234")]


def test_an_older_workbook_can_do_no_harm(make_xls):
    """Its library would end the program: a slice too far, room for four thousand million cells."""
    content = make_xls("台帳", [["番号"], ["7"]])
    place = content.index(b"\x04\x02", 1024)
    far = content[: place + 4] + b"\xff\xff\xff\xff" + content[place + 8 :]
    for broken in (far, content[:527], content[:1030]):
        with pytest.raises(FileRefusedError) as refused:
            Workbook(broken)
        assert refused.value.code == "unreadable_workbook"


def test_a_sheet_that_breaks_off_is_refused_when_it_is_read():
    content = BytesIO(make_workbook(fill_sheet))
    with zipfile.ZipFile(content) as book:
        members = {name: book.read(name) for name in book.namelist()}
    with zipfile.ZipFile(content, "w") as book:
        for name, text in members.items():
            book.writestr(name, text[:-40] if name.endswith("sheet1.xml") else text)
    with pytest.raises(FileRefusedError) as refused:
        Workbook(content.getvalue()).list_rows(None)
    assert refused.value.code == "unreadable_workbook"
