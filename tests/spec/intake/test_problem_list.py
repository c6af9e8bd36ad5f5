"""The list of problems as a workbook: what is wrong, and columns in which the department answers."""

import zipfile

import pytest
from python_calamine import CalamineWorkbook

from tsunagu.intake import write_problems

STAY = "番号,氏名,カナ,生年月日,性別,園,開始日,終了日,特別,料金"


@pytest.fixture
def out(town, tmp_path):
    """The problems of two rows with a date that is none."""
    rows = "".join(f"{number},=甲,,2020-13-40,,い,2024-04-01,,,\n" for number in (1, 2))
    town.hand_over("x_20240605.csv", f"{STAY}\n{rows}")
    path = tmp_path / "問題.xlsx"
    assert write_problems(town.home, town.catalog, path) == 2
    return path


def test_the_workbook_has_room_for_answers(out):
    rows = CalamineWorkbook.from_path(str(out)).get_sheet_by_name("問題一覧").to_python()
    assert rows[1][-3:] == ["対応", "直した内容・このままでよい訳", "対応した日"]
    assert [row[3] for row in rows[2:]] == ["2", "3"]
    assert {row[4] for row in rows[2:]} == {"生年月日"}
    assert all(cell == "" for row in rows[2:] for cell in row[-3:])


def test_it_says_no_value_and_carries_nothing_out(out):
    with zipfile.ZipFile(out) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist()).decode("utf-8", "replace")
    assert "<f>" not in content
    assert "2020-13-40" not in content
    assert "甲" not in content
