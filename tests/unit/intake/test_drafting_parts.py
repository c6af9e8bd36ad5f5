"""The parts of drafting, one by one: words, shapes, spellings, running numbers, patterns of file names."""

import pytest

from tsunagu.catalog.purposes import Code, CodeList
from tsunagu.catalog.words import Title
from tsunagu.intake.drafting import words
from tsunagu.intake.drafting.manifest import make_pattern
from tsunagu.intake.drafting.spellings import find_code
from tsunagu.intake.drafting.table_shape import count_table_rows
from tsunagu.intake.drafting.values import ColumnFacts, describe_shape, find_readings
from tsunagu.intake.drafting.words import compare_headings, find_strange_words, is_of_no_use, split_heading


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("氏名", "お名前"),
        ("児童生徒名カナ", "児童フリガナ"),
        ("保護者", "保護者氏名"),
        ("ﾌﾘｶﾞﾅ", "ふりがな"),
        ("未処置う歯数", "むし歯本数"),
        ("身長(cm)", "身長"),
        ("出産予定日", "分娩予定日"),
        ("国語_偏差値", "国語標準得点"),
        ("最終登校日", "直近の出席日"),
        ("氏名（漢字）", "氏名"),
        ("氏名（カナ）", "フリガナ"),
        ("保護者①", "保護者氏名"),
        ("電話番号１", "電話番号"),
        ("経済面での不安", "経済的不安"),
    ],
)
def test_the_same_meaning(one, other):
    assert compare_headings(split_heading(one), split_heading(other)) >= 0.95


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("保護者氏名", "児童氏名"),
        ("生年月日", "届出年月日"),
        ("開始年月日", "終了年月日"),
        ("欠席日数", "出席日数"),
        ("学校名", "氏名"),
        ("母の生年月日", "児童生年月日"),
        ("認定開始日", "認定終了日"),
        ("資格取得日", "資格喪失日"),
        ("保護者②", "保護者氏名"),
        ("保護者性別", "性別"),
        ("", "氏名"),
    ],
)
def test_not_the_same(one, other):
    assert compare_headings(split_heading(one), split_heading(other)) < 0.75


def test_an_address_is_the_households():
    assert compare_headings(split_heading("保護者住所"), split_heading("住所")) >= 0.75


def test_without_sides_an_end_would_come_near_a_beginning(monkeypatch):
    one, other = split_heading("認定開始日"), split_heading("認定終了日")
    assert compare_headings(one, other) < 0.5
    monkeypatch.setattr(words, "_OTHER_SIDE", 1.0)
    assert compare_headings.__wrapped__(one, other) >= 0.5


def test_words_nobody_knows_are_named():
    assert find_strange_words("認定での日") == []
    assert find_strange_words("認定ほにゃらら日") == ["ほにゃらら"]
    assert find_strange_words("認定変換日") == ["変換"]


def test_totals_and_notes_below_a_table_are_no_rows():
    rows = [("1", "甲", "3", "4"), ("2", "乙", "5", None), ("3", "計良", None, "9")]
    foot = [("合　計", None, "8", "13"), (None, None, None, None), ("※ 空欄は継続中", None, None, None)]
    assert count_table_rows([*rows, *foot]) == 3
    assert count_table_rows(rows) == 3
    assert count_table_rows([]) == 0


def test_a_heading_is_as_like_another_as_the_other_to_it():
    headings = ["氏名", "欠席日数", "認定開始年月日", "ほにゃらら", "学校コード"]
    for one in map(split_heading, headings):
        assert compare_headings(one, one) == 1
        for other in map(split_heading, headings):
            assert compare_headings(one, other) == pytest.approx(compare_headings(other, one))


def test_a_file_that_names_another_person_is_less_like_than_one_that_names_nobody():
    nobody, guardian = split_heading("氏名"), split_heading("保護者名")
    assert compare_headings(guardian, nobody) < compare_headings(nobody, guardian) < 1


@pytest.mark.parametrize("heading", ["備考", "更新日時", "担任氏名", "FAX", "出席番号", "兄弟姉妹"])
def test_of_no_use(heading):
    assert is_of_no_use(heading)


@pytest.mark.parametrize("heading", ["氏名", "欠席日数", "担任の所見と氏名の由来", "", "ほにゃらら"])
def test_perhaps_of_use(heading):
    assert not is_of_no_use(heading)


@pytest.mark.parametrize(
    ("text", "is_date", "shape"),
    [
        ("令和6年4月1日", True, "令和9年9月9日"),
        ("平成30年12月3日", True, "平成9年9月9日"),
        ("2024/04/01", True, "9999/9/9"),
        ("架空 太郎", False, "漢字　漢字"),
        ("ｶｸｳ ﾀﾛｳ", False, "ｶﾅ　ｶﾅ"),
        ("0999-11-0001", False, "9999-99-9999"),
        ("E01", False, "A99"),
        ("123456789012", False, "99999999"),
        ("さくら町1-2", False, "かな漢字9-9"),
    ],
)
def test_shapes(text, is_date, shape):
    assert describe_shape(text, is_date=is_date) == shape


def test_a_rare_shape_is_not_told():
    facts = ColumnFacts("備考", ("済",) * 50 + ("母より電話12回",))
    assert [shape for shape, _ in facts.shapes] == ["漢字"]


AID = CodeList(
    id="aid",
    title=Title(ja="認定"),
    codes=(
        Code(id="full", title=Title(ja="要保護"), written=("要保護", "要")),
        Code(id="quasi", title=Title(ja="準要保護"), written=("準要保護",)),
    ),
)
ATTENDED = CodeList(
    id="attended",
    title=Title(ja="受診"),
    codes=(
        Code(id="yes", title=Title(ja="受診"), written=("受診",)),
        Code(id="no", title=Title(ja="受けていない"), written=("受けず",)),
    ),
)


@pytest.mark.parametrize(
    ("text", "code_list", "code", "is_certain"),
    [
        ("要保護", AID, "full", True),
        ("1：要保護", AID, "full", True),
        ("01 準要保護", AID, "quasi", True),
        ("(2) 準要保護", AID, "quasi", True),
        ("準要保護世帯", AID, "quasi", False),
        ("準要", AID, "quasi", False),
        # The list has no word for it: the one it has is denied.
        ("未受診", ATTENDED, None, False),
        ("受診しない", ATTENDED, None, False),
        ("1", AID, None, False),
        ("生活保護", AID, None, False),
    ],
)
def test_spellings(text, code_list, code, is_certain):
    match = find_code(text, code_list)
    assert (match and match.code) == code
    assert bool(match and match.certainty >= 0.9) == is_certain


@pytest.mark.parametrize(
    ("cells", "is_running"),
    [
        (("1", "2", "3", "4"), True),
        (("1", "3", "5"), True),
        (("1", "2", "4"), False),
        (("501", "502", "503"), False),
        (("1", None, "3"), False),
        (("1", "2"), False),
        (("A1", "A2", "A3"), False),
    ],
)
def test_running_numbers(cells, is_running):
    assert ColumnFacts("No.", cells).is_running_number == is_running


def test_readings_belong_to_their_names():
    families = [("架空", "カクウ"), ("見本", "ミホン"), ("試験", "シケン")] * 10
    names = ColumnFacts("氏名", tuple(f"{kanji}　葵" for kanji, _ in families))
    readings = ColumnFacts("カナ", tuple(f"{kana} アオイ" for _, kana in families))
    strangers = ColumnFacts("カナ", tuple(f"{kana} アオイ" for _, kana in sorted(families)))
    assert find_readings(names, readings) == 1
    assert find_readings(names, strangers) < 0.6


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("就学援助_2025年度_20250710.csv", "就学援助_*年度_*.csv"),
        ("名簿.xlsx", "名簿*.xlsx"),
        ("出欠_202505_20250605.csv", "出欠_*.csv"),
    ],
)
def test_file_names(name, pattern):
    assert make_pattern(name) == pattern
