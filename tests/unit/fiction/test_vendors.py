"""Other vendors' layouts: the same content under other headings, and an answer for whoever drafts a mapping."""

import json
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from tsunagu.fiction import CityBuildError, build_city
from tsunagu.fiction.layouts import Field, Layout, choose_layouts
from tsunagu.fiction.respelling import (
    as_date,
    as_text,
    compact,
    dashed,
    in_era,
    in_era_words,
    in_words,
    short_slashed,
    slashed,
    split_date,
)
from tsunagu.fiction.vendors import LAYOUTS
from tsunagu.fiction.workbooks import SheetStyle, write_workbook
from tsunagu.fiction.writing import CP932

AGREED = json.loads((Path(__file__).parents[2] / "golden/fiction/headers.json").read_text(encoding="utf-8"))
SMALL = {"children": 40, "start": date(2023, 4, 1), "months": 3}


def list_ids() -> list[str]:
    return [layout.name for layout in LAYOUTS]


def test_there_are_many_layouts_for_many_files() -> None:
    assert len(LAYOUTS) >= 20
    unknown = [layout for layout in LAYOUTS if not layout.is_known]
    assert len(unknown) >= 12
    assert len({layout.file for layout in unknown}) >= 8
    assert len(set(list_ids())) == len(LAYOUTS)


@pytest.mark.parametrize("layout", LAYOUTS, ids=list_ids())
def test_a_layout_is_made_from_the_agreed_columns(layout: Layout) -> None:
    agreed = AGREED[layout.file]["headers"]
    sources = [field.source for field in layout.fields if field.source]
    headers = [field.header for field in layout.fields]
    assert set(sources) <= set(agreed)
    assert len(set(sources)) == len(sources)
    assert len(set(headers)) == len(headers)
    assert set(agreed) - set(sources) <= {"出席番号", "督促状況"}
    assert not [header for header in headers if "個人番号" in header or "マイナンバー" in header]
    assert layout.is_known == (layout.vendor == "b")


def test_letters_names_and_chance_choose_layouts() -> None:
    assert choose_layouts(LAYOUTS, "a", 1) == {}
    assert {layout.vendor for layout in choose_layouts(LAYOUTS, "b", 1).values()} == {"b"}
    named = choose_layouts(LAYOUTS, "school-log, enji-daicho", 1)
    assert {file: layout.name for file, layout in named.items()} == {
        "学齢簿": "school-log",
        "保育所在籍": "enji-daicho",
    }
    drawn = [choose_layouts(LAYOUTS, "mixed", seed) for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert {layout.vendor for layout in drawn[0].values()} == {"b", "c"}


def test_an_unknown_vendor_is_refused_before_anything_is_built(tmp_path: Path) -> None:
    with pytest.raises(CityBuildError, match="様式"):
        build_city(tmp_path / "city", vendors="nobody", **SMALL)
    assert list(tmp_path.iterdir()) == []


def test_the_truth_says_what_every_heading_stands_for(tmp_path: Path) -> None:
    city = build_city(tmp_path / "city", vendors="c", **SMALL)
    answers = json.loads((city.truth / "layouts.json").read_text(encoding="utf-8"))
    answer = answers["学齢簿"]
    (path,) = city.deliveries.rglob(answer["file_name"])
    book = CalamineWorkbook.from_path(path)
    assert book.sheet_names == ["表紙", "名簿", "凡例"]
    rows = book.get_sheet_by_name(answer["sheet"]).to_python(skip_empty_area=False)
    assert rows[answer["header_row"] - 1] == [header for header, _ in answer["columns"]]
    assert ["自宅住所", "住所"] in answer["columns"]
    assert ["No", None] in answer["columns"]
    assert not list(city.deliveries.rglob("学齢簿_*"))


DAYS = st.dates(date(1989, 1, 8), date(2030, 12, 31))


@given(DAYS, st.sampled_from([dashed, slashed, short_slashed, in_era, in_era_words]))
def test_a_date_in_another_spelling_is_the_same_day(day: date, turn) -> None:
    assert split_date(turn(as_text(day))) == (day.year, day.month, day.day)
    assert as_date(turn(as_text(day))) == day


@given(DAYS)
def test_digits_and_words_hold_the_same_day(day: date) -> None:
    assert compact(as_text(day)) == day.strftime("%Y%m%d")
    assert in_words(as_text(day)) == f"{day.year}年{day.month}月{day.day}日"
    assert in_words(as_text(day + timedelta(days=1))) != in_words(as_text(day))


def test_mistakes_stay_mistakes() -> None:
    assert as_date("2024/02/30") == "2024/02/30"
    assert in_era("平成30年2月30日") == "H30.2.30"
    assert dashed("未定") == "未定"
    assert dashed("") == ""


def test_a_layout_spells_columns_of_text_and_of_cells() -> None:
    fields = (Field("No", fill="#"), Field("日", "日付", dashed), Field("ID", fill="X1"))
    layout = Layout("表", "b", "test", fields, CP932)
    for column in (pa.array(["2024/04/01", "？"]), [date(2024, 4, 1), "？"]):
        laid_out = layout.lay_out({"日付": column})
        assert {header: list(map(str, cells)) for header, cells in laid_out.items()} == {
            "No": ["1", "2"],
            "日": ["2024-04-01", "？"],
            "ID": ["X1", "X1"],
        }


def test_workbooks_hold_readings_formulas_merged_headings_and_blank_rows(tmp_path: Path) -> None:
    style = SheetStyle(
        "表",
        above=((0, "題"), (1, "{day}現在")),
        header_row=3,
        groups=((0, 1, "本人"),),
        readings=(("氏名", "カナ"),),
        counted=("額",),
        blank_rows=2,
        behind=(("凡例", (("a", "b"),)),),
    )
    table = {"氏名": ["斉藤　&"], "カナ": ["サイトウ"], "額": [700]}
    write_workbook(tmp_path / "book.xlsx", table, style, date(2024, 4, 1))
    raw = (tmp_path / "book.xlsx").read_bytes().decode("utf-8", errors="ignore")
    assert "<rPh" in raw
    assert "SUM(C5:C7)" in raw
    book = CalamineWorkbook.from_path(tmp_path / "book.xlsx")
    rows = book.get_sheet_by_name("表").to_python(skip_empty_area=False)
    assert rows[1][0] == "令和6年4月1日現在"
    assert rows[2][:2] == ["本人", ""]
    assert rows[4] == ["斉藤　&", "サイトウ", 700]
    assert rows[7] == ["合計", "", 700]
