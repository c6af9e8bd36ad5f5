"""What a feed cannot do without and the one column left that can be it find each other, and always ask."""

import csv

import pytest

from tsunagu.intake.drafting import draft as drafting
from tsunagu.intake.drafting import families, fit, proposals, words
from tsunagu.intake.drafting.draft import look_at
from tsunagu.intake.drafting.usual_headings import (
    AMBIGUOUS,
    PART_SIGN,
    list_usual_names,
    load_usual_headings,
)
from tsunagu.intake.drafting.words import find_strange_words

PLAIN = {
    "学校コード": "E01",
    "対象年月": "202505",
    "学籍番号": "12345678",
    "甲乙": "2025/05/{day:02}",
    "出欠区分": "欠席",
    "理由": "病気",
}


@pytest.fixture
def draft(shipped, tmp_path):
    """Draft a file of these columns; `{day}` differs from row to row."""

    def run(columns, name="出欠_20250605.csv"):
        path = tmp_path / name
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            for row in range(20):
                writer.writerow([cell.format(day=row % 27 + 1) for cell in columns.values()])
        return {one.heading: one for one in look_at(shipped, path).proposals}

    return run


def test_the_only_day_left_is_the_day_of_the_mark(draft, monkeypatch):
    found = draft(PLAIN)["甲乙"]
    assert found.targets == {"attendance_mark.occurred_on"}
    assert not found.is_accepted
    monkeypatch.setattr(drafting, "add_leftovers", lambda family, *_: family)
    assert draft(PLAIN)["甲乙"].targets == {"nothing"}


def test_of_two_days_left_none_is_guessed(draft):
    found = draft({**PLAIN, "丙丁": "2025/05/{day:02}"})
    assert found["甲乙"].targets == found["丙丁"].targets == {"nothing"}


@pytest.mark.parametrize("heading", ["次回甲乙日", "甲乙予定日", "生年月日", "担任甲乙日", "甲乙終了日"])
def test_a_heading_that_speaks_against_it_is_believed(draft, heading):
    columns = {heading if name == "甲乙" else name: cell for name, cell in PLAIN.items()}
    assert "attendance_mark.occurred_on" not in draft(columns)[heading].targets


def test_where_people_are_known_by_number_nothing_of_the_person_is_offered(draft, monkeypatch):
    columns = {**PLAIN, "性別": "男", "生年月日": "2015/05/{day:02}"}
    assert draft(columns)["性別"].targets == {"nothing"}
    monkeypatch.setattr(proposals, "_list_not_asked", lambda _: set())
    assert draft(columns)["性別"].targets == {"identity.sex"}


def test_columns_of_months_are_asked_about_while_the_month_is_missing(draft, monkeypatch):
    """Of two months of no use by their headings neither is thrown away without asking."""
    rest = {name: cell for name, cell in PLAIN.items() if name != "対象年月"}
    columns = {**rest, "保険年月": "202505", "口座年月": "202506"}
    assert not draft(columns)["保険年月"].is_accepted
    monkeypatch.setattr(proposals, "_doubt_lost", lambda found, *_: found)
    assert draft(columns)["保険年月"].is_accepted


def test_the_name_of_a_school_is_not_taken_for_its_code(draft, monkeypatch):
    columns = {"学校名" if name == "学校コード" else name: cell for name, cell in PLAIN.items()}
    columns["学校名"] = "若草小学校"
    assert not draft(columns)["学校名"].is_accepted
    monkeypatch.setattr(fit, "_LEAST_CODES", 0.0)
    assert draft(columns)["学校名"].is_accepted


ALLOWANCE = {
    "証書番号": "12345678",
    "氏名": "見本　花子",
    "児童続柄": "長男",
    "支給区分": "全部支給",
    "支給開始年月": "令和6年4月",
}


def test_a_name_beside_columns_of_the_child_is_not_surely_the_childs(draft, monkeypatch):
    """The adult's column is missing, and other headings do say that they are the child's."""
    name = "児童扶養手当受給者一覧.csv"
    assert not draft(ALLOWANCE, name)["氏名"].is_accepted
    monkeypatch.setattr(proposals, "_doubt_whose", lambda found, *_: found)
    assert draft(ALLOWANCE, name)["氏名"].is_accepted


def test_a_name_beside_the_birthday_of_an_adult_is_not_surely_the_childs(draft):
    name = "障害者手帳_20250630.csv"
    columns = {"手帳種別": "身体障害者手帳", "手帳番号": "12345678", "氏名": "見本　花子", "等級": "1級"}
    child, adult = ({**columns, "生年月日": f"{year}/05/{{day:02}}"} for year in (2015, 1980))
    assert draft(child, name)["氏名"].is_accepted
    assert not draft(adult, name)["氏名"].is_accepted


def test_days_alone_do_not_say_which_feed_a_file_is(draft, monkeypatch):
    """支給開始年月 stands in several: without anything of its own, all of a feed asks."""
    columns = {"受給者番号": "12345678", "児童氏名": "見本　花子", "支給開始年月": "令和6年4月"}
    found = draft(columns, "一覧.csv")
    assert not any(one.is_accepted for one in found.values())
    monkeypatch.setattr(families, "_is_own", lambda _: True)
    monkeypatch.setattr(families, "_CLEAR_LEAD", 0.0)
    assert any(one.is_accepted for one in draft(columns, "一覧.csv").values())


def test_every_usual_heading_belongs_to_a_shipped_column(shipped):
    for feed_id, columns in load_usual_headings().items():
        feed = shipped.feeds[feed_id]
        known = {column.header for column in feed.columns}
        parts = {f"{column.header}{PART_SIGN}{target}" for column in feed.columns for target in column.to}
        assert set(columns) <= known | parts


def test_usual_headings_are_no_aliases_and_mostly_known_words(shipped):
    """An alias is read without asking and belongs to the feed; here stand only hints."""
    names = []
    for feed_id, columns in load_usual_headings().items():
        for header, usual in columns.items():
            entries = [entry for entry in shipped.feeds[feed_id].columns if entry.header == header]
            assert not {alias for entry in entries for alias in entry.aliases} & set(usual), feed_id
            names += usual
    strange = [name for name in names if find_strange_words(name.rstrip(AMBIGUOUS))]
    assert len(strange) <= 0.2 * len(names)


def test_an_ambiguous_usual_heading_always_asks(draft, monkeypatch):
    columns = {"処理年月" if name == "対象年月" else name: cell for name, cell in PLAIN.items()}
    found = draft(columns)["処理年月"]
    assert "scope.month" in found.targets
    assert not found.is_accepted
    monkeypatch.setattr(families, "list_usual_names", _make_sure)
    assert draft(columns)["処理年月"].is_accepted


def _make_sure(feed_id, header):
    return tuple((tokens, 1.0) for tokens, _ in list_usual_names(feed_id, header))


def test_a_start_in_a_column_of_its_own_needs_no_condition(shipped):
    parts = [
        one
        for one in families.list_concepts(shipped.feeds["education/school_register"], shipped)
        if one.is_part
    ]
    assert {target for one in parts for target in one.targets} == {
        "school_enrolment.valid_from",
        "school_enrolment.valid_to",
    }
    assert all(entry.when == {} for one in parts for entry in one.entries)


def test_the_reading_of_another_person_is_not_offered_for_the_childs(draft, monkeypatch):
    """Values are kana either way: they cannot say whose."""
    name = "障害者手帳_20250630.csv"
    columns = {"手帳種別": "身体障害者手帳", "手帳番号": "12345678", "氏名": "見本　花子", "等級": "1級"}
    columns["保護者フリガナ"] = "ミホン　タロウ"
    assert draft(columns, name)["保護者フリガナ"].targets == {"nothing"}
    monkeypatch.setattr(words, "_OF_THE_ROW", frozenset({"child", "member", "guardian"}))
    words.compare_headings.cache_clear()
    assert draft(columns, name)["保護者フリガナ"].targets == {"identity.kana"}
    words.compare_headings.cache_clear()


def test_words_of_a_list_are_not_thrown_away_while_the_code_is_missing(draft, monkeypatch):
    """特記事項 sounds like a remark; few words that come again and again are no remarks."""
    columns = {name: cell for name, cell in PLAIN.items() if name != "出欠区分"}
    columns["特記事項"] = "お休み"
    assert not draft(columns)["特記事項"].is_accepted
    monkeypatch.setattr(proposals, "list_not_to_lose", lambda *_: set())
    assert draft(columns)["特記事項"].is_accepted
