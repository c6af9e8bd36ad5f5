"""Registers by way of Excel: what an officer changes is said in words, checked, and written whole or not at all."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.checking import open_catalog
from tsunagu.catalog.feeds import Feed
from tsunagu.catalog.items import Item
from tsunagu.catalog.workbooks import registers
from tsunagu.catalog.workbooks.code_sheets import CODE_SHEET, lay_out_codes
from tsunagu.catalog.workbooks.feed_sheets import (
    COLUMN_SHEET,
    DETAIL_SHEET,
    DRAFT_SHEET,
    FILE_SHEET,
    FeedLines,
    lay_out_feed,
    list_choices,
    write_feed,
)
from tsunagu.catalog.workbooks.item_sheets import (
    ITEM_SHEET,
    USE_SHEET,
    VALUE_SHEET,
    ItemRows,
    lay_out_items,
    write_item,
)
from tsunagu.catalog.workbooks.registers import export_feed, export_registers, plan_import, take_over
from tsunagu.catalog.workbooks.sheets import (
    Sheet,
    UnreadableWorkbookError,
    WorkbookFaultsError,
    list_sheet_lines,
    write_workbook,
)
from tsunagu.catalog.yaml_text import parse_yaml

TODAY = date(2026, 4, 1)
Change = Callable[[dict[str, list[list[str]]]], None]


@pytest.fixture(scope="module")
def shipped() -> Catalog:
    return open_catalog(on=TODAY)


BARE: list[Catalog] = []
"""The catalogue of a city without an overlay, opened once."""


def open_city(city: Path) -> Catalog:
    if (city / "definitions").exists():
        return open_catalog(city, on=TODAY)
    if not BARE:
        BARE.append(open_catalog(city, on=TODAY))
    return BARE[0]


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """A home without an overlay."""
    (tmp_path / "municipality.yaml").write_text('code: "999999"\nname: サンプル市\n', encoding="utf-8")
    return tmp_path


@pytest.fixture
def edit(city: Path) -> Callable[[Change], Path]:
    """The registers in force, written with changes made to their rows."""

    def write(change: Change) -> Path:
        catalog = open_city(city)
        sheets = [*lay_out_items(catalog), lay_out_codes(catalog.code_lists.values())]
        rows = {sheet.name: [list(row) for row in sheet.rows] for sheet in sheets}
        change(rows)
        path = city / "registers.xlsx"
        write_workbook(
            path, [replace(sheet, rows=tuple(map(tuple, rows[sheet.name]))) for sheet in sheets], {}
        )
        return path

    return write


def plan(city, path):
    return plan_import(city, open_city(city), path)


def list_keys(sheet, row):
    """A row without the name of its item, which is only shown."""
    return row if sheet in (ITEM_SHEET, CODE_SHEET) else [row[0], *row[2:]]


def find_row(rows, sheet, *cells):
    """The row that has these texts in its first cells (the id behind a title will do)."""
    return next(
        row
        for row in rows[sheet]
        if all(
            cell in (text, text.rpartition("[")[2].rstrip("]"))
            for cell, text in zip(cells, list_keys(sheet, row), strict=False)
        )
    )


COLUMN = {
    USE_SHEET: {
        "渡す相手": 5,
        "残す年数": 8,
        "やめる": 11,
        "訳": 12,
        "人": 13,
        "日": 14,
        "見直し": 15,
        "根拠": 3,
    },
}[USE_SHEET]


def test_nothing_edited_changes_nothing(city):
    catalog = open_city(city)
    export_registers(catalog, city / "registers.xlsx")
    assert plan(city, city / "registers.xlsx").files == {}
    for feed in catalog.feeds:
        export_feed(catalog, feed, city / "feed.xlsx")
        assert plan(city, city / "feed.xlsx").differences == []


def test_every_feed_comes_back_as_it_was(shipped):
    for feed in shipped.feeds.values():
        sheets = {sheet.name: tuple(list_sheet_lines(sheet)) for sheet in lay_out_feed(feed, shipped)}
        text = write_feed(FeedLines(sheets[FILE_SHEET], sheets[COLUMN_SHEET], sheets[DETAIL_SHEET]))
        manifest, columns = (parse_yaml(lines.text, "x") for lines in (text.manifest, text.columns))
        assert manifest.problems + columns.problems == []
        content = {**manifest.data, **columns.data, "id": feed.id, "department": feed.department.value}
        assert Feed.model_validate(content) == feed


def test_every_item_comes_back_as_it_was(shipped):
    sheets = {sheet.name: list_sheet_lines(sheet) for sheet in lay_out_items(shipped)}
    for item in shipped.items.values():
        (line,), values, uses = (
            [one for one in sheets[name] if one.get("項目") == item.id]
            for name in (ITEM_SHEET, VALUE_SHEET, USE_SHEET)
        )
        text = write_item(ItemRows(line, values, uses), []).text
        assert Item.model_validate(parse_yaml(text, "x").data[0]) == item


def test_a_spelling_is_added(city, edit):
    def add(rows):
        row = find_row(rows, CODE_SHEET, "sex")
        rows[CODE_SHEET].append([*row[:6], "おとこ"])

    change = plan(city, edit(add))
    assert [str(one) for one in change.differences] == [
        f"コード表!G{count_codes(city) + 3}: 「sex・male・おとこ」を足します。"
    ]
    assert len(change.replaced) == 1
    assert "性別" in change.replaced[0]
    take_over(city, change)
    catalog = open_city(city)
    assert catalog.get_code_list("sex").codes[0].written[-1] == "おとこ"
    assert any("標準の定義を置き換え" in one for one in catalog.changes)
    assert plan(city, edit(lambda rows: None)).files == {}


def count_codes(city):
    return sum(len(code.written) for one in open_city(city).code_lists.values() for code in one.codes)


def test_a_list_of_ones_own_replaces_nothing(city, edit):
    change = plan(
        city, edit(lambda rows: rows[CODE_SHEET].append(["own_list", "市の区分", "", "one", "一", "", "01"]))
    )
    assert change.replaced == []
    take_over(city, change)
    assert open_city(city).get_code_list("own_list").codes[0].written == ("01",)


def test_a_use_is_narrowed_not_replaced(city, edit):
    def narrow(rows):
        row = find_row(rows, USE_SHEET, "school_aid", "poverty_support")
        row[COLUMN["渡す相手"]] = "coordinator"
        row[COLUMN["残す年数"]] = "3"
        row[COLUMN["訳"]] = "審査会の意見: 3年で足りる"

    change = plan(city, edit(narrow))
    assert change.replaced == []
    assert list(change.files) == ["narrowings.yaml"]
    assert any("残す年数を 「5」 から 「3」 に変えます" in str(one) for one in change.differences)
    take_over(city, change)
    use = open_city(city).get_item("school_aid").find_use("poverty_support")
    assert use is not None
    assert (use.retain_years, [str(role) for role in use.recipients]) == (3, ["coordinator"])
    assert plan(city, edit(lambda rows: None)).files == {}


def test_a_use_is_stopped(city, edit):
    def stop(rows):
        row = find_row(rows, USE_SHEET, "school_aid", "school_screening")
        row[COLUMN["やめる"]], row[COLUMN["訳"]] = "○", "学校には渡さない"

    take_over(city, plan(city, edit(stop)))
    item = open_city(city).get_item("school_aid")
    assert item.find_use("school_screening") is None
    assert item.find_use("poverty_support") is not None


def test_widening_is_replacing(city, edit):
    def widen(rows):
        find_row(rows, USE_SHEET, "school_aid", "poverty_support")[COLUMN["渡す相手"]] += "\nschool"

    change = plan(city, edit(widen))
    assert len(change.replaced) == 1
    assert "school_aid" in change.replaced[0]
    assert "replaces: shipped" in change.texts["items/education.yaml"]


def test_an_adoption_pins_the_register_as_it_will_be(city, edit):
    def adopt(rows):
        row = find_row(rows, USE_SHEET, "school_aid", "poverty_support")
        row[COLUMN["残す年数"]], row[COLUMN["訳"]] = "2", "短くする"
        row[COLUMN["人"]], row[COLUMN["日"]], row[COLUMN["見直し"]] = (
            "こども家庭課長",
            "2026-04-01",
            "2027-03-31",
        )

    change = plan(city, edit(adopt))
    assert sorted(change.files) == ["adoptions.yaml", "narrowings.yaml"]
    take_over(city, change)
    use = open_city(city).get_item("school_aid").find_use("poverty_support")
    assert use is not None
    assert (use.retain_years, use.adoption.adopted_by) == (2, "こども家庭課長")
    assert plan(city, edit(lambda rows: None)).files == {}


def test_a_new_item(city, edit):
    def add(rows):
        aid = find_row(rows, ITEM_SHEET, "school_aid")
        rows[ITEM_SHEET].append(
            [
                "own_visit",
                "家庭訪問",
                "",
                aid[3],
                "出来事（ある日に起きる） [event]",
                "学校教育課",
                "○",
                "",
                "",
                "",
            ]
        )
        rows[VALUE_SHEET].append(
            ["own_visit", "", "visit_count", "回数", "", "整数 [integer]", "", "回", "", ""]
        )
        use = find_row(rows, USE_SHEET, "school_aid", "poverty_support")
        rows[USE_SHEET].append(["own_visit", *use[1:]])

    change = plan(city, edit(add))
    assert change.replaced == []
    take_over(city, change)
    item = open_city(city).get_item("own_visit")
    assert item.sighting
    assert item.values["visit_count"].unit == "回"


def test_comments_and_neighbours_stay(city, edit):
    def add(name):
        def work(rows):
            aid = find_row(rows, ITEM_SHEET, "school_aid")
            rows[ITEM_SHEET].append([name, "市の項目", "", aid[3], aid[4], "学校教育課", "", "", "", ""])
            rows[VALUE_SHEET].append([name, "", "word", "言葉", "", "文字 [text]", "", "", "", ""])

        return work

    take_over(city, plan(city, edit(add("own_one"))))
    take_over(city, plan(city, edit(add("own_two"))))
    path = city / "definitions" / "items" / "education.yaml"
    path.write_text(
        "# 市の項目\n\n"
        + path.read_text(encoding="utf-8").replace("- id: own_two", "# 二つ目\n- id: own_two"),
        encoding="utf-8",
    )

    def rename(rows):
        find_row(rows, ITEM_SHEET, "own_one")[1] = "改めた名前"

    change = plan(city, edit(rename))
    assert change.replaced == []
    take_over(city, change)
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# 市の項目\n")
    assert "# 二つ目\n- id: own_two" in text
    assert open_city(city).get_item("own_one").title.ja == "改めた名前"


def set_cell(title, text):
    return lambda rows: find_row(rows, USE_SHEET, "school_aid", "poverty_support").__setitem__(
        COLUMN[title], text
    )


def add_row(sheet, *cells):
    """A row of the sheet, its item's name left out."""
    return lambda rows: rows[sheet].append(
        [cells[0], "", *cells[1:], *[""] * (len(rows[sheet][0]) - len(cells) - 1)]
    )


def add_spelling(*cells):
    """A row behind one of the list `sex`, like it as far as nothing else is said."""
    return lambda rows: rows[CODE_SHEET].append(
        [new or old for new, old in zip(cells, find_row(rows, CODE_SHEET, "sex"), strict=True)]
    )


def do(*works):
    return lambda rows: [work(rows) for work in works]


USE, LAST_VALUE, LAST_CODE = "使いみち!{}use", "値!{}value", "コード表!{}code"
FAULTS = {
    "行が消えた": (
        lambda rows: rows[USE_SHEET].remove(find_row(rows, USE_SHEET, "school_aid", "poverty_support")),
        "行がありません",
        "使いみち",
    ),
    "訳が無い": (set_cell("残す年数", "1"), "狭める訳", USE.format("M")),
    "訳だけがある": (set_cell("訳", "審査会の意見"), "狭めるところ", USE.format("M")),
    "採用がそろわない": (set_cell("人", "課長"), "三つの欄", USE.format("N")),
    "採用した日が日付でない": (
        do(set_cell("人", "課長"), set_cell("日", "4月1日"), set_cell("見直し", "2027-03-31")),
        "「採用した日」の値が読めません",
        USE.format("O"),
    ),
    "年数でない": (set_cell("残す年数", "五年"), "「残す年数」", USE.format("I")),
    "印でない": (set_cell("やめる", "やめたい"), "○ か空欄", USE.format("L")),
    "知らない符号表": (
        add_row(VALUE_SHEET, "school_aid", "extra", "値", "", "コード（区分） [code]", "nowhere"),
        "nowhere",
        LAST_VALUE.format("C"),
    ),
    "値の名前が空": (add_row(VALUE_SHEET, "school_aid", "", "値"), "空欄", LAST_VALUE.format("C")),
    "値が二度": (
        add_row(VALUE_SHEET, "school_aid", "category", "値", "", "文字 [text]"),
        "行目にもあります",
        LAST_VALUE.format("C"),
    ),
    "その他が読めない": (
        add_row(VALUE_SHEET, "school_aid", "extra", "値", "", "文字 [text]", "", "", "", "[1]"),
        "書き方が読めません",
        LAST_VALUE.format("J"),
    ),
    "見出しが無い項目": (
        add_row(VALUE_SHEET, "nobody", "v", "値", "", "文字 [text]"),
        "nobody",
        LAST_VALUE.format("A"),
    ),
    "同じ書き方が二つ": (
        add_spelling("", "", "", "female", "女", "female", "男"),
        "男",
        LAST_CODE.format("G"),
    ),
    "同じ行が二度": (add_spelling(*[""] * 7), "行目にもあります", LAST_CODE.format("G")),
    "名前が食い違う": (add_spelling("", "", "", "", "おす", "", "オス"), "違います", LAST_CODE.format("E")),
}


@pytest.fixture
def places(city):
    """The numbers of the rows the faults are in."""
    catalog = open_city(city)
    uses = [(item.id, use.purpose) for item in catalog.items.values() for use in item.uses]
    return {
        "use": uses.index(("school_aid", "poverty_support")) + 3,
        "value": sum(len(item.values) for item in catalog.items.values()) + 3,
        "code": count_codes(city) + 3,
    }


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_names_its_cell_and_writes_nothing(name, city, edit, places):
    work, word, cell = FAULTS[name]
    for key, number in places.items():
        cell = cell.replace(key, str(number))
    path = edit(work)
    with pytest.raises(WorkbookFaultsError) as refusal:
        plan(city, path)
    said = [(fault.place, fault.what) for fault in refusal.value.faults]
    assert [what for place, what in said if place == cell and word in what], said
    assert all(fault.todo for fault in refusal.value.faults)
    assert not (city / "definitions").exists()


def test_every_fault_is_said_at_once(city, edit):
    path = edit(do(set_cell("やめる", "?"), add_spelling(*[""] * 7), add_row(VALUE_SHEET, "nobody", "v")))
    with pytest.raises(WorkbookFaultsError) as refusal:
        plan(city, path)
    assert len(refusal.value.faults) == 3


def test_what_is_not_mentioned_stays(city, edit):
    def drop(rows):
        for sheet in (ITEM_SHEET, VALUE_SHEET, USE_SHEET):
            rows[sheet][:] = [row for row in rows[sheet] if row[0] != "school_aid"]

    change = plan(city, edit(drop))
    assert (change.files, change.left) == ({}, ["項目 school_aid"])


def test_what_an_older_narrowing_forbids_is_said(city, edit):
    take_over(city, plan(city, edit(do(set_cell("残す年数", "3"), set_cell("訳", "短くする")))))

    def widen(rows):
        set_cell("残す年数", "5")(rows)

    with pytest.raises(WorkbookFaultsError, match="書いたとおりになりません"):
        plan(city, edit(widen))


def test_without_the_look_back_it_would_be_lost(city, edit, monkeypatch):
    """The check before is what notices it."""
    take_over(city, plan(city, edit(do(set_cell("残す年数", "3"), set_cell("訳", "短くする")))))
    monkeypatch.setattr(registers, "list_unheeded", lambda *_: ())
    plan(city, edit(set_cell("残す年数", "5")))


def test_what_was_adopted_is_adopted_anew(city, edit):
    """A change of what was adopted asks for new dates, in the row it belongs to."""
    adopt = do(set_cell("人", "課長"), set_cell("日", "2026-04-01"), set_cell("見直し", "2027-03-31"))
    take_over(city, plan(city, edit(adopt)))
    shorten = do(set_cell("残す年数", "3"), set_cell("訳", "短くする"))
    with pytest.raises(WorkbookFaultsError) as refusal:
        plan(city, edit(shorten))
    (fault,) = refusal.value.faults
    assert fault.place.startswith("使いみち!O")
    assert "採用した日と見直す日" in fault.todo
    take_over(city, plan(city, edit(do(shorten, set_cell("日", "2026-06-01")))))
    use = open_city(city).get_item("school_aid").find_use("poverty_support")
    assert (use.retain_years, use.adoption.adopted_on) == (3, date(2026, 6, 1))


def test_a_feeds_columns_are_changed(city):
    catalog = open_city(city)
    sheets = lay_out_feed(catalog.get_feed("education/school_register"), catalog)
    columns = next(sheet for sheet in sheets if sheet.name == COLUMN_SHEET)
    rows = tuple(("学年区分", *row[1:]) if row[0] == "学年" else row for row in columns.rows)
    write_sheets(
        city / "feed.xlsx", [replace(one, rows=rows) if one is columns else one for one in sheets], catalog
    )
    change = plan(city, city / "feed.xlsx")
    assert change.replaced == ["様式「学齢簿」（education/school_register）"]
    take_over(city, change)
    assert "学年区分" in open_city(city).get_feed("education/school_register").headers


def write_sheets(path: Path, sheets: list[Sheet], catalog: Catalog) -> Mapping[str, list[str]]:
    choices = list_choices(catalog)
    write_workbook(path, sheets, choices)
    return choices


def test_a_draft_is_not_read_past_its_confirmations(city):
    catalog = open_city(city)
    sheets = [Sheet(DRAFT_SHEET, ()), *lay_out_feed(catalog.get_feed("education/school_register"), catalog)]
    write_sheets(city / "draft.xlsx", sheets, catalog)
    with pytest.raises(WorkbookFaultsError, match="feed new --from"):
        plan(city, city / "draft.xlsx")


def test_a_workbook_of_somebody_else(city):
    path = city / "other.xlsx"
    write_workbook(path, [Sheet("よその表", ())], {})
    with pytest.raises(UnreadableWorkbookError):
        plan(city, path)
    path.write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(UnreadableWorkbookError):
        plan(city, path)
