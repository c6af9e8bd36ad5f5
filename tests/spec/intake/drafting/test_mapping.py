"""From an unknown file to a feed that reads it: drafted, corrected in Excel, checked, kept whole or not at all."""

import re

import pytest

from tsunagu.catalog.workbooks import overlay_files
from tsunagu.catalog.workbooks.sheets import WorkbookFaultsError
from tsunagu.intake import FileStatus, check_feed_file
from tsunagu.intake.drafting import (
    AlreadyReadableError,
    draft_feed,
    keep,
    keep_feed,
    values,
    write_mapping,
)
from tsunagu.intake.drafting.draft import look_at
from tsunagu.intake.drafting.keep import FeedExistsError
from tsunagu.intake.refusals import FileRefusedError

READ_BACK = [
    "在籍児童生徒名簿（学校事務）",
    "準要保護認定者",
    "給食費滞納者リスト",
    "保健調査（健診ソフト）",
    "園児名簿",
]


@pytest.fixture
def drafted(open_home_catalog, layouts, outcomes, tmp_path):
    """Home, catalogue, the file and the workbook drafted for one layout."""

    def draft_one(name):
        home, catalog = open_home_catalog()
        layout, draft, _ = outcomes[name]
        book = tmp_path / "読み方.xlsx"
        write_mapping(draft, catalog, book)
        return home, catalog, layouts.write_layout(layout, tmp_path), book

    return draft_one


@pytest.mark.parametrize("name", READ_BACK)
def test_a_confirmed_mapping_reads_the_file(name, drafted, edit, confirm, open_home_catalog):
    home, catalog, file, book = drafted(name)
    confirmed = edit(book, lambda sheets: (confirm(sheets), use_keys(sheets, name)))
    kept = keep_feed(home, catalog, confirmed)
    _, catalog = open_home_catalog()
    outcome = check_feed_file(home, catalog, file, feed_id=kept.feed.id)
    assert outcome.refusal is None
    assert outcome.status is FileStatus.CHECKED
    assert (outcome.rows, outcome.dropped) == (40, 0)
    assert check_feed_file(home, catalog, file).feed == kept.feed.id
    sample = check_feed_file(home, catalog, save_sample(kept, file), feed_id=kept.feed.id)
    assert sample.refusal is None or kept.feed.format.kind == "excel"


def save_sample(kept, file):
    """The fictional sample under the name the feed expects."""
    path = file.with_name(f"見本_{file.name}")
    path.write_bytes((kept.folder / "sample.csv").read_bytes())
    return path


def use_keys(sheets, name):
    """What the officer asks the department: which number is a person's."""
    if name == "準要保護認定者":
        rows = sheets["ファイル"]
        for row in rows[2:]:
            if row[0].endswith(("[subject.column]", "[record_key]")):
                row[1] = "申請番号"


def test_nothing_is_kept_before_somebody_looked(drafted):
    home, catalog, _, book = drafted("準要保護認定者")
    with pytest.raises(WorkbookFaultsError) as refusal:
        keep_feed(home, catalog, book)
    places = [fault.place for fault in refusal.value.faults]
    assert all(re.fullmatch(r"(列|書き方|ファイル)![A-Z]+\d+", place) for place in places)
    assert any(place.startswith("列!") for place in places)
    assert not (home.definitions / "feeds").exists()


def test_without_that_check_it_would_be_kept(drafted, monkeypatch):
    home, catalog, _, book = drafted("準要保護認定者")
    monkeypatch.setattr(keep, "_list_unconfirmed", lambda *_: iter(()))
    assert keep_feed(home, catalog, book).feed.id == "education/school_aid_2"


FAULTS = [
    ("学年", "行き先", "school_enrolment.gradee", "行き先", "gradee"),
    ("学年", "型", "日付 [date]", "型", "学年"),
    ("学年", "コード表", "性別 [sex]", "コード表", "sex"),
    ("学年", "コード表", "seks", "コード表", "seks"),
]


@pytest.mark.parametrize(("heading", "title", "text", "place", "word"), FAULTS)
def test_a_fault_names_its_cell(heading, title, text, place, word, drafted, edit, confirm):
    home, catalog, _, book = drafted("在籍児童生徒名簿（学校事務）")

    def work(sheets):
        confirm(sheets)
        rows = sheets["列"]
        line = next(row for row in rows if row[1] == heading)
        line[rows[1].index(title)] = text
        sheets["書き方"] = sheets["書き方"][:2]
        if title == "型":
            line[rows[1].index("コード表")] = ""

    changed = edit(book, work)
    with pytest.raises(WorkbookFaultsError) as refusal:
        keep_feed(home, catalog, changed)
    letters = {"行き先": "E", "型": "J", "コード表": "K"}
    wanted = f"列!{letters[place]}6"
    assert wanted in [fault.place for fault in refusal.value.faults]
    assert word in str(refusal.value)
    assert not (home.definitions / "feeds").exists()


def test_a_full_disk_leaves_nothing(drafted, edit, confirm, monkeypatch):
    home, catalog, _, book = drafted("園児名簿")
    confirmed = edit(book, confirm)
    files = ["columns.yaml", "manifest.yaml"]

    class FullDisk(type(home.path)):
        def replace(self, target):
            if target.name == files[1]:
                raise OSError(28, "No space left on device")
            return super().replace(target)

    monkeypatch.setattr(overlay_files, "_stage", lambda target, text: FullDisk(stage(target, text)))
    with pytest.raises(OSError, match="No space"):
        keep_feed(home, catalog, confirmed)
    assert [path.name for path in home.definitions.rglob("*") if path.is_file()] == []


stage = overlay_files._stage


def test_a_second_feed_of_the_same_id_needs_a_word(drafted, edit, confirm):
    home, catalog, _, book = drafted("園児名簿")
    confirmed = edit(book, confirm)
    keep_feed(home, catalog, confirmed)
    with pytest.raises(FeedExistsError):
        keep_feed(home, catalog, confirmed)
    assert keep_feed(home, catalog, confirmed, again=True).feed.title.ja == "園児名簿"


def test_no_value_of_a_person_is_in_the_workbook(outcomes, shipped, tmp_path, sheets_of):
    """Names, readings, addresses, numbers, remarks: every cell of every column that is not a code."""
    book = tmp_path / "読み方.xlsx"
    for _, draft, personal in outcomes.values():
        write_mapping(draft, shipped, book)
        text = "\n".join(cell for rows in sheets_of(book).values() for row in rows for cell in row)
        assert personal
        assert {value for value in personal if value in text} == set()


def test_without_shapes_there_would_be(layouts, outcomes, shipped, tmp_path, sheets_of, monkeypatch):
    """The last test sees a value that is shown as it is."""
    monkeypatch.setattr(values, "describe_shape", lambda text, *, is_date: text)
    layout, _, personal = outcomes["園児名簿"]
    write_mapping(look_at(shipped, layouts.write_layout(layout, tmp_path)), shipped, tmp_path / "読み方.xlsx")
    text = "\n".join(
        cell for rows in sheets_of(tmp_path / "読み方.xlsx").values() for row in rows for cell in row
    )
    assert {value for value in personal if value in text}


def test_a_file_that_is_known_needs_no_draft(open_home_catalog, tmp_path):
    home, catalog = open_home_catalog()
    sample = catalog.get_feed_sample("education/school_aid")
    path = tmp_path / "就学援助認定_2025年度_20250710.csv"
    path.write_bytes(sample.read_bytes())
    with pytest.raises(AlreadyReadableError, match="education/school_aid"):
        draft_feed(home, catalog, path)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("氏名,個人番号,学年\n架空　花,1,2\n", "my_number_header"),
        ("", "empty_file"),
        ("架空　花\n見本　太郎\n", "no_table"),
        (
            "氏名,住所\n" + "".join(f"架空　花{n},見本町{n}\n" for n in range(5)) + "架空\n",
            "wrong_cell_count",
        ),
    ],
)
def test_what_cannot_be_drafted_is_refused(text, code, open_home_catalog, tmp_path):
    home, catalog = open_home_catalog()
    path = tmp_path / "不明な様式.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileRefusedError) as refusal:
        draft_feed(home, catalog, path)
    assert refusal.value.code == code
    assert "架空" not in str(refusal.value)


def test_numbers_that_are_my_numbers_are_refused(open_home_catalog, tmp_path):
    home, catalog = open_home_catalog()
    path = tmp_path / "不明な様式.csv"
    rows = "".join(f"見本　{n},{add_check_digit(f'{n:011d}')},2025/04/01\n" for n in range(1001, 1040))
    path.write_text(f"氏名,整理番号,認定日\n{rows}", encoding="utf-8")
    with pytest.raises(FileRefusedError) as refusal:
        draft_feed(home, catalog, path)
    assert refusal.value.code == "my_number_values"


def add_check_digit(digits):
    rest = (
        sum(
            int(digit) * weight
            for digit, weight in zip(digits, (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2), strict=True)
        )
        % 11
    )
    return digits + str(0 if rest <= 1 else 11 - rest)
