"""ZIP archives: what must not be unpacked is refused by its directory alone."""

import struct
import zipfile
from io import BytesIO

import pytest
import xlsxwriter

from tsunagu.intake import archives
from tsunagu.intake.archives import check_delivery, check_workbook, open_archive
from tsunagu.intake.refusals import FileRefusedError


def make_zip(members, **options):
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, **options) as file:
        for name, text in members.items():
            file.writestr(name, text)
    return content.getvalue()


def change_directory(content, offset, packed):
    """Overwrite a field of the first entry of the central directory."""
    place = content.index(b"PK\x01\x02") + offset
    return content[:place] + packed + content[place + len(packed) :]


def test_members_go_by_their_names():
    archive = open_archive(make_zip({"RO/users.csv": "a", "RO/orgs.csv": "b"}))
    check_delivery(archive)
    assert set(archive.members) == {"users.csv", "orgs.csv"}
    assert not archive.is_workbook
    with archive.open_member("orgs.csv") as file:
        assert file.read() == b"b"


REFUSED = {
    "broken": (b"PK\x03\x04 no zip", "unreadable_zip"),
    "cut": (make_zip({"users.csv": "a" * 100})[:-30], "unreadable_zip"),
    "many entries": (make_zip({f"{n}.csv": "" for n in range(1_001)}), "zip_bomb"),
    "dense": (make_zip({"users.csv": bytes(5 << 20)}), "zip_bomb"),
    "says four gigabytes": (
        change_directory(make_zip({"users.csv": "a"}), 24, struct.pack("<I", 0xFFFFFFF0)),
        "zip_bomb",
    ),
    "locked": (change_directory(make_zip({"users.csv": "a"}), 8, b"\x01\x00"), "locked_zip"),
    "another method": (change_directory(make_zip({"users.csv": "a"}), 10, b"\x0e\x00"), "unexpected_members"),
    "twice": (
        make_zip({"users.csv": "a", "userz.csv": "b"}).replace(b"userz", b"users"),
        "unexpected_members",
    ),
    "twice but for case": (make_zip({"users.csv": "a", "Users.csv": "b"}), "unexpected_members"),
    "above": (make_zip({"../users.csv": "a"}), "unexpected_members"),
    "from the root": (make_zip({"/etc/users.csv": "a"}), "unexpected_members"),
    "a drive": (make_zip({"c:users.csv": "a"}), "unexpected_members"),
    "a control letter": (make_zip({"us\x07ers.csv": "a"}), "unexpected_members"),
    "several folders": (make_zip({"a/users.csv": "a", "b/orgs.csv": "b"}), "unexpected_members"),
    "nested": (make_zip({"inner.zip": make_zip({"users.csv": "a"})}), "unexpected_members"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_must_not_be_unpacked_is_refused(name, monkeypatch):
    monkeypatch.setattr(zipfile.ZipFile, "open", None)
    content, code = REFUSED[name]
    with pytest.raises(FileRefusedError) as refused:
        check_delivery(open_archive(content))
    assert refused.value.code == code


def make_workbook(*cells):
    content = BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    sheet = book.add_worksheet()
    for row, column in cells:
        sheet.write(row, column, 1)
    book.close()
    return content.getvalue()


def test_a_workbook_is_measured():
    archive = open_archive(make_workbook((0, 0), (999, 9)))
    assert archive.is_workbook
    check_workbook(archive)


def test_a_lone_cell_far_away_is_refused():
    with pytest.raises(FileRefusedError) as refused:
        check_workbook(open_archive(make_workbook((0, 0), (1_048_575, 16_383))))
    assert refused.value.code == "sheet_too_large"


SHEET = "xl/worksheets/sheet1.xml"
FAR_SHEETS = {
    "single quotes": b"<row r='1048576'><c r='XFD1048576'/></row>",
    "small letters": b'<row><c r="xfd1048576"/></row>',
    "spaces and a bracket": b'<row><c t=">" r = "XFD1048576"/></row>',
    "ten digits": b'<row r="4294967295"><c r="A1"/><c/></row>',
    "cells without a place": b'<row r="1">' + b"<c/>" * 16_000 + b'</row><row r="1048576"/>',
    "rows without a place": b"<row/>" * 20_000 + b'<row><c r="XFD1"/></row>',
    "a prefix": b"<x:row/>" * 20_000 + b"<x:row>" + b"<x:c/>" * 16_000 + b"</x:row>",
}


def make_book(members):
    return make_zip({"[Content_Types].xml": "", "xl/workbook.xml": "", **members})


@pytest.mark.parametrize("piece_bytes", [1 << 20, 97])
@pytest.mark.parametrize("name", [SHEET, "xl/media/image1.png"])
@pytest.mark.parametrize("cells", FAR_SHEETS)
def test_cells_that_are_written_oddly_are_measured_as_well(cells, name, piece_bytes, monkeypatch):
    monkeypatch.setattr(archives, "_CHUNK_BYTES", piece_bytes)
    archive = open_archive(make_book({name: b"<worksheet><sheetData>" + FAR_SHEETS[cells] + b"</sheetData>"}))
    with pytest.raises(FileRefusedError) as refused:
        check_workbook(archive)
    assert refused.value.code == "sheet_too_large"


@pytest.mark.parametrize("members", [{"xl/workbook.bin": ""}, {"content.xml": ""}])
def test_other_kinds_of_workbook_are_not_for_us(members):
    with pytest.raises(FileRefusedError) as refused:
        check_workbook(open_archive(make_book(members)))
    assert refused.value.code == "unreadable_workbook"


def test_a_directory_that_lies_about_a_sheet_is_refused():
    honest = make_workbook(*((row, 0) for row in range(1_000)))
    name = b"xl/worksheets/sheet1.xml"
    place = honest.rindex(name) - 46
    lying = honest[: place + 24] + struct.pack("<I", 100) + honest[place + 28 :]
    with pytest.raises(FileRefusedError) as refused:
        check_workbook(open_archive(lying))
    assert refused.value.code == "zip_bomb"


def test_without_the_limits_all_of_it_would_pass(monkeypatch):
    monkeypatch.setattr(archives, "_check_size", lambda entries, packed_bytes: None)
    monkeypatch.setattr(archives, "_check_entry", lambda entry: None)
    assert open_archive(REFUSED["dense"][0])
    assert open_archive(REFUSED["locked"][0])
