"""An officer at work, with the command line and a spreadsheet: export, edit, look at what would change, take over."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from tsunagu.catalog.checking import open_catalog
from tsunagu.cli import app, registers
from tsunagu.cli.app import WorkbookExistsError
from tsunagu.store.home import open_home
from tsunagu.vocabulary.errors import TsunaguError

TODAY = date(2026, 4, 1)


@pytest.fixture
def tsunagu(tmp_path: Path, monkeypatch):
    """Runs a command in a new city's folder; gives what it said, raises what it refused."""
    (tmp_path / "municipality.yaml").write_text('code: "999999"\nname: サンプル市\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    # Opening the shipped definitions takes longest and changes only with the overlay.
    bare = open_catalog(tmp_path, on=TODAY)

    def open_here(path):
        is_bare = not (tmp_path / "definitions").exists()
        return open_home(path), bare if is_bare else open_catalog(tmp_path, on=TODAY)

    monkeypatch.setattr(registers, "open_installation", open_here)

    def run(*words: str) -> str:
        result = CliRunner().invoke(app, ["catalog", *words, "--home", "."])
        if isinstance(result.exception, TsunaguError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.stdout.replace("\n", "")

    return run


def edit(name: str, work: Callable[[openpyxl.Workbook], None]) -> None:
    """Open, change, save: all that Excel writes anew is written anew."""
    book = openpyxl.load_workbook(name)
    work(book)
    book.save(name)


def find_row(page, *texts: str) -> int:
    """The number of the row that begins with these texts (the id behind a title will do)."""
    return next(
        row[0].row
        for row in page.iter_rows(min_row=3)
        if all(text in str(cell.value) for text, cell in zip(texts, row, strict=False))
    )


def find_column(page, title: str) -> int:
    return next(cell.column for cell in page[2] if cell.value == title)


def change_use(**cells) -> Callable[[openpyxl.Workbook], None]:
    def work(book):
        page = book["使いみち"]
        row = find_row(page, "school_aid", "", "poverty_support")
        for title, value in cells.items():
            page.cell(row, find_column(page, title)).value = value

    return work


def test_saving_without_a_change_changes_nothing(tsunagu):
    for words in (["台帳.xlsx"], ["様式.xlsx", "--feed", "benefits/child_allowance"]):
        tsunagu("export", *words)
        edit(words[0], lambda book: None)
        assert "変わるところはありません" in tsunagu("import", words[0])


def test_numbers_and_dates_are_typed_as_excel_likes(tsunagu, tmp_path):
    tsunagu("export", "台帳.xlsx")
    edit(
        "台帳.xlsx",
        change_use(
            残す年数=3,
            狭める訳="審査会の意見",
            採用を決めた人="こども家庭課長",
            採用した日=date(2026, 4, 1),
            採用を見直す日=date(2027, 3, 31),
        ),
    )
    assert "まだ何も書き込んでいません" in tsunagu("import", "台帳.xlsx")
    assert not (tmp_path / "definitions").exists()
    assert "書き込みました" in tsunagu("import", "台帳.xlsx", "--write")
    use = open_catalog(tmp_path, on=TODAY).get_item("school_aid").find_use("poverty_support")
    assert use is not None
    assert (use.retain_years, use.adoption.adopted_by) == (3, "こども家庭課長")
    tsunagu("export", "後.xlsx")
    assert "変わるところはありません" in tsunagu("import", "後.xlsx")


def test_rows_may_be_moved_and_columns_inserted(tsunagu):
    tsunagu("export", "台帳.xlsx")

    def rearrange(book):
        for page in book.worksheets[:4]:
            page.insert_cols(2)
            page.insert_rows(1, 2)
            page.cell(4, 2).value = "担当者のメモ"
        page = book["使いみち"]
        page.move_range(f"A5:Q{page.max_row}", rows=3)

    edit("台帳.xlsx", rearrange)
    assert "変わるところはありません" in tsunagu("import", "台帳.xlsx")


def test_what_looks_like_a_formula_stays_text(tsunagu, tmp_path):
    tsunagu("export", "台帳.xlsx")

    def add(book):
        page = book["コード表"]
        page.append([*(page.cell(find_row(page, "sex"), column).value for column in range(1, 7)), "'=男+1"])

    edit("台帳.xlsx", add)
    tsunagu("import", "台帳.xlsx", "--write", "--replace-shipped")
    assert "=男+1" in open_catalog(tmp_path, on=TODAY).get_code_list("sex").codes[0].written
    tsunagu("export", "後.xlsx")
    cells = [cell for page in openpyxl.load_workbook("後.xlsx") for row in page.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert "'=男+1" in [cell.value for cell in cells]
    assert "変わるところはありません" in tsunagu("import", "後.xlsx")


def test_what_somebody_typed_is_not_written_over(tsunagu, tmp_path):
    tsunagu("export", "台帳.xlsx")
    edit("台帳.xlsx", change_use(残す年数=3))
    before = (tmp_path / "台帳.xlsx").read_bytes()
    with pytest.raises(WorkbookExistsError):
        tsunagu("export", "台帳.xlsx")
    assert (tmp_path / "台帳.xlsx").read_bytes() == before


def test_shipped_definitions_are_replaced_only_when_said(tsunagu, tmp_path):
    tsunagu("export", "台帳.xlsx")
    edit("台帳.xlsx", change_use(残す年数=9))
    with pytest.raises(registers.ReplacementNotAllowedError):
        tsunagu("import", "台帳.xlsx", "--write")
    assert not (tmp_path / "definitions").exists()


def test_every_mistake_is_said_with_its_cell(tsunagu, tmp_path):
    tsunagu("export", "台帳.xlsx")
    edit("台帳.xlsx", change_use(残す年数="五年", 使うのをやめる="やめたい", 採用を決めた人="課長"))
    with pytest.raises(TsunaguError) as refusal:
        tsunagu("import", "台帳.xlsx", "--write")
    said = str(refusal.value)
    assert [column for column in "ILN" if f"使いみち!{column}" in said] == ["I", "L", "N"]
    assert not (tmp_path / "definitions").exists()
