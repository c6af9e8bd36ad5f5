"""`tsunagu staff`: the first administrator of a home, and its list of staff, at the server's terminal."""

import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook


def run(home: Path, *words: str, code: int = 0) -> str:
    command = [sys.executable, "-m", "tsunagu.cli", "staff", *words, "--home", str(home)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


@pytest.mark.slow
def test_a_city_begins_with_one_administrator(home, tmp_path):
    said = run(home.path, "appoint", "K0001", "架空 鍵")
    password = re.search(r"[a-z2-8]{4}(-[a-z2-8]{4}){3}", said)[0]
    out, edited = tmp_path / "staff.xlsx", tmp_path / "edited.xlsx"
    assert password not in run(home.path, "export", str(out), "--by", "K0001")
    book = load_workbook(BytesIO(out.read_bytes()))
    book["職員"].append(["S0001", "架空 一", "課", "caseworker", "team", "1", "", "2037-04-01", ""])
    book.save(edited)
    given = ("import", str(edited), "--by", "K0001", "--on", "2037-04-01")
    assert "まだ何も" in run(home.path, *given)
    assert "取り込みました" in run(home.path, *given, "--write")
    out.unlink()
    run(home.path, "export", str(out), "--by", "K0001")
    rows = list(load_workbook(BytesIO(out.read_bytes()))["職員"].iter_rows(min_row=3, values_only=True))
    assert [row[0] for row in rows] == ["K0001", "S0001"]
    assert "その職員番号の人はいません" in run(home.path, *given[:3], "X", *given[4:], code=7)
    book["職員"].append(["S0002", "架空 二", "課", "王様", "", "", "", "2037-04-01", ""])
    book.save(edited)
    assert "職員!D" in run(home.path, *given, "--write", code=2)
