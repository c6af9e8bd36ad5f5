"""The new address of people under address protection stands in the register and nowhere else."""

import re
import unicodedata
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from tsunagu.fiction import CitySummary, build_city, partings
from tsunagu.fiction.arrays import NEVER
from tsunagu.fiction.handwriting import Handwriting

SIZES = {"children": 700, "seed": 5, "start": date(2023, 4, 1), "months": 10}
KANJI = dict(zip("一二三四五六七八九", "123456789", strict=True))


def fold(text: str) -> str:
    """`ひばり台一丁目３番５号` and `ひばり台1-3-5` become the same."""
    text = unicodedata.normalize("NFKC", text)
    text = re.sub("([一二三四五六七八九])丁目", lambda found: KANJI[found[1]] + "-", text)
    return re.sub("丁目|番地|番|号|-", "-", text).replace("--", "-")


def read_cells(path: Path) -> list[str]:
    if path.suffix == ".xlsx":
        table = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
        return [str(cell) for row in table for cell in row]
    raw = path.read_bytes()
    encoding = "utf-8" if raw.startswith(b"\xef\xbb\xbf") or "学力" in path.name else "cp932"
    return [cell for line in raw.decode(encoding).splitlines() for cell in line.split(",")]


def list_hidden_addresses(city: CitySummary) -> set[str]:
    """Addresses in the register of people who hide, from the day they settled there in hiding."""
    people = pq.read_table(city.truth / "person.parquet", columns=["atena_number", "hidden_from"]).to_pylist()
    hiding = {
        str(row["atena_number"]): row["hidden_from"].isoformat() for row in people if row["hidden_from"]
    }
    hidden = set()
    for path in city.deliveries.rglob("住民記録_*.csv"):
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        place = {header: number for number, header in enumerate(lines[0].split(","))}
        for line in lines[1:]:
            cells = line.split(",")
            start = hiding.get(cells[place["宛名番号"]])
            if start and cells[place["住所を定めた年月日"]] >= start:
                hidden.add(fold(cells[place["住所_町字"]] + cells[place["住所_番地号表記"]]).strip("-"))
    return hidden


def find_leaks(city: CitySummary) -> set[str]:
    hidden = list_hidden_addresses(city)
    assert len(hidden) >= 4
    pattern = re.compile("|".join(rf"{re.escape(address)}(?!\d)" for address in sorted(hidden)))
    leaks = set()
    for path in city.deliveries.rglob("*"):
        if path.is_file() and path.parent.name != "resident":
            leaks |= {found[0] for cell in read_cells(path) if (found := pattern.search(fold(cell)))}
    return leaks


@pytest.fixture(autouse=True)
def violent_city(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many more flights than in an ordinary city, so that a small one has every kind."""
    monkeypatch.setattr(partings, "_FLIGHT_A_MONTH", 0.5)


def test_no_other_department_learns_the_new_address(tmp_path: Path) -> None:
    city = build_city(tmp_path / "city", **SIZES)
    assert find_leaks(city) == set()


def test_the_check_notices_a_department_that_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Handwriting, "hidden_from", lambda self, persons: np.full(len(persons), NEVER))
    city = build_city(tmp_path / "city", **SIZES)
    assert find_leaks(city) != set()


def test_who_hides_is_on_the_protection_list(tmp_path: Path) -> None:
    city = build_city(tmp_path / "city", **SIZES)
    people = pq.read_table(city.truth / "person.parquet", columns=["atena_number", "hidden_from"]).to_pylist()
    early = {
        str(row["atena_number"])
        for row in people
        if row["hidden_from"] and row["atena_number"] and row["hidden_from"] < date(2023, 12, 1)
    }
    listed = set()
    for path in city.deliveries.rglob("支援措置対象者_*.csv"):
        listed |= {line.split(",")[1] for line in path.read_text(encoding="cp932").splitlines()[1:]}
    born_later = early - listed
    assert len(early & listed) > 10
    assert len(born_later) <= 0.1 * len(early)
