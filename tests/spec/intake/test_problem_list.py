"""The list of problems as a workbook: what is wrong, and columns in which the department answers."""

import zipfile

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from tsunagu.catalog.workbooks.sheets import WorkbookFaultsError
from tsunagu.intake import read_answers, write_problems

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


def answer(path, *rows):
    """The department writes into the columns for answers, from the first problem on."""
    book = openpyxl.load_workbook(path)
    page = book["問題一覧"]
    for number, cells in enumerate(rows, start=3):
        for column, text in cells.items():
            page[f"{column}{number}"] = text
    book.save(path)


def test_answers_are_counted_and_what_was_written_is_not_kept(town, out):
    answer(out, {"I": "元のままで正しい", "J": "丙さんに確かめた", "K": "R8.4.1"})
    answers = read_answers(town.home, town.catalog, out)
    assert list(answers.counts.values()) == [1]
    assert next(iter(answers.counts))[1:] == ("生年月日", "元のままで正しい")
    assert answers.unanswered == 1
    kept = "".join(path.read_text("utf-8") for path in town.home.journal.glob("*"))
    assert '"answered": 1' in kept.replace('":1', '": 1')
    assert "丙さん" not in kept


def test_a_list_nobody_answered_says_so(town, out):
    assert read_answers(town.home, town.catalog, out).unanswered == 2


@pytest.mark.parametrize(
    ("cells", "place", "word"),
    [
        ({"I": "わからない"}, "問題一覧!I3", "選択肢"),
        ({"I": "元のままで正しい"}, "問題一覧!J3", "訳"),
        ({"J": "電話した"}, "問題一覧!I3", "選ばれていません"),
        ({"I": "調べている", "K": "あとで"}, "問題一覧!K3", "日付"),
        ({"D": "99"}, "問題一覧!A3", "いまはありません"),
    ],
)
def test_a_mistake_names_its_cell(town, out, cells, place, word):
    answer(out, cells)
    with pytest.raises(WorkbookFaultsError) as refusal:
        read_answers(town.home, town.catalog, out)
    (fault,) = refusal.value.faults
    assert fault.place == place
    assert word in fault.what
