"""One small city for all unit tests, and readers of its files that know nothing of the product."""

import csv
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from tsunagu.fiction import CitySummary, build_city

WITH_BOM = ("住民記録", "予防接種", "体力運動能力調査", "転入児健診歴", "児童手当受給者", "保育所出欠")
ENCODINGS = dict.fromkeys(WITH_BOM, "utf-8-sig") | {"学力生活状況調査": "utf-8", "児童生徒就学状況": "utf-8"}
HEADER_ROWS = {
    "給食費未納一覧": 3,
    "要対協台帳": 2,
    "学校諸費未納一覧": 2,
    "家庭児童相談受付簿": 2,
    "居住実態把握一覧": 2,
}

Rows = list[dict[str, object]]


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> CitySummary:
    return build_city(tmp_path_factory.mktemp("fiction") / "city", children=1500, seed=7, feeds="all")


@pytest.fixture(scope="session")
def read_rows(city: CitySummary) -> Callable[[str], Rows]:
    """All rows of all files of a layout, in the order they were handed over; `_file` is the file's name.

    The row 合計 below a workbook's table is none of them. Rows that slipped by a column (their first cell is empty) are left out: every other cell has another's meaning.
    """
    cache: dict[str, Rows] = {}

    def read(layout: str) -> Rows:
        if layout not in cache:
            paths = sorted(city.deliveries.rglob(f"{layout}_*"))
            cache[layout] = [
                row | {"_file": path.name}
                for path in paths
                for row in read_file(path)
                if next(iter(row.values())) not in ("", "合計")
            ]
        return cache[layout]

    return read


@pytest.fixture(scope="session")
def read_truth(city: CitySummary) -> Callable[[str], Rows]:
    def read(name: str) -> Rows:
        return pq.read_table(city.truth / f"{name}.parquet").to_pylist()

    return read


def read_file(path: Path) -> Rows:
    layout = path.name.split("_")[0]
    if path.suffix == ".xlsx":
        table = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(skip_empty_area=False)
        headers = table[HEADER_ROWS[layout]]
        return [dict(zip(headers, row, strict=True)) for row in table[HEADER_ROWS[layout] + 1 :]]
    with path.open(encoding=ENCODINGS.get(layout, "cp932"), errors="strict", newline="") as file:
        return list(csv.DictReader(file))
