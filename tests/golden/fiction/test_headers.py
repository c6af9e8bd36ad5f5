"""Every file of the city has exactly the headers, the department and the encoding agreed for its layout."""

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tsunagu.fiction import ALL, build_city

LAYOUTS = json.loads((Path(__file__).parent / "headers.json").read_text(encoding="utf-8"))
# Row of the header in the workbooks (0-based), and the name of their sheet.
SHEETS = {
    "給食費未納一覧": (3, "未納一覧"),
    "要対協台帳": (2, "台帳"),
    "学校諸費未納一覧": (2, "諸費未納"),
    "家庭児童相談受付簿": (2, "受付簿"),
    "居住実態把握一覧": (2, "一覧"),
}


@pytest.fixture(scope="module")
def deliveries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # Ten months reach every layout: the last ones are the survey of December and the roster of January.
    city = build_city(
        tmp_path_factory.mktemp("golden") / "city", children=60, start=date(2023, 4, 1), months=10, feeds=ALL
    )
    return city.deliveries


def find_layout(path: Path) -> str:
    return next(name for name in LAYOUTS if path.name.startswith(name))


def read_headers(path: Path, layout: str) -> list[str]:
    if layout in SHEETS:
        row, sheet = SHEETS[layout]
        book = CalamineWorkbook.from_path(path)
        assert book.sheet_names == [sheet]
        return [str(cell) for cell in book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)[row]]
    text = path.read_bytes().decode(LAYOUTS[layout]["encoding"], errors="strict")
    return next(csv.reader(io.StringIO(text)))


def test_every_file_has_the_agreed_headers(deliveries: Path) -> None:
    files = [path for path in deliveries.rglob("*") if path.is_file()]
    seen = {find_layout(path) for path in files}
    assert seen == set(LAYOUTS)
    for path in files:
        layout = find_layout(path)
        assert path.parent.name == LAYOUTS[layout]["department"], path.name
        assert read_headers(path, layout) == LAYOUTS[layout]["headers"], path.name


def test_every_row_is_as_wide_as_its_header(deliveries: Path) -> None:
    for path in deliveries.rglob("*.csv"):
        text = path.read_bytes().decode(LAYOUTS[find_layout(path)]["encoding"], errors="strict")
        widths = {len(row) for row in csv.reader(io.StringIO(text))}
        assert widths == {len(LAYOUTS[find_layout(path)]["headers"])}, path.name


def test_byte_order_marks_and_line_ends(deliveries: Path) -> None:
    for path in deliveries.rglob("*.csv"):
        raw, layout = path.read_bytes(), find_layout(path)
        assert raw.startswith(b"\xef\xbb\xbf") == (LAYOUTS[layout]["encoding"] == "utf-8-sig"), path.name
        if LAYOUTS[layout]["encoding"] == "cp932":
            assert raw.count(b"\r\n") == raw.count(b"\n") > 0, path.name
        if layout.startswith("住民記録"):
            assert b"\r" not in raw


def test_the_register_has_122_columns() -> None:
    assert len(LAYOUTS["住民記録_全件"]["headers"]) == 122
    assert LAYOUTS["住民記録_全件"]["headers"] == LAYOUTS["住民記録_異動"]["headers"]


def test_the_register_has_the_columns_of_the_real_export(realdata: Path) -> None:
    with (realdata / "mado" / "resident_table.csv").open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.reader(file)) == LAYOUTS["住民記録_全件"]["headers"]
