"""What holds for all files together: dates, keys, wrong rows, and what must never be in them."""

import io
import re
import tempfile
import tracemalloc
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from python_calamine import CalamineWorkbook

from tsunagu.fiction import CitySummary
from tsunagu.fiction.outbox import Outbox, Wrong
from tsunagu.fiction.workbooks import SheetStyle
from tsunagu.fiction.writing import CP932

from .conftest import ENCODINGS, read_file

STAMP = re.compile(r"_(\d{8})\.(csv|xlsx)$")
CODES = re.compile(r"(?<!\d)\d{6}(?!\d)")


def list_files(city: CitySummary) -> list[Path]:
    return sorted(path for path in city.deliveries.rglob("*") if path.is_file())


def reference_date(path: Path) -> date:
    found = STAMP.search(path.name)
    assert found, path.name
    return date.fromisoformat(found[1])


def count_delays(city: CitySummary) -> dict[str, list[int]]:
    """Days from the reference date to each time a file was handed over."""
    delays: dict[str, list[int]] = {}
    for path in list_files(city):
        handed_over = date.fromisoformat(path.parents[1].name)
        delays.setdefault(f"{path.parent.name}/{path.name}", []).append(
            (handed_over - reference_date(path)).days
        )
    return delays


def test_a_file_is_handed_over_on_its_reference_date_or_a_few_days_later(city: CitySummary) -> None:
    first = Counter(min(days) for days in count_delays(city).values())
    assert set(first) <= set(range(7))
    assert 0.9 < first[0] / sum(first.values()) < 1


def test_a_few_files_are_put_right_and_handed_over_again(city: CitySummary) -> None:
    again = {name: days for name, days in count_delays(city).items() if len(days) > 1}
    assert 0 < len(again) < 0.04 * city.files
    for name, days in again.items():
        first, second = (
            city.deliveries / (reference_date(Path(name)) + timedelta(days=delay)).isoformat() / name
            for delay in sorted(days)
        )
        assert abs(len(read_file(first)) - len(read_file(second))) <= 1
    assert "resident" not in {name.split("/")[0] for name in again}


def test_a_file_may_never_come_but_the_register_and_the_protected_always_do(tmp_path: Path) -> None:
    fates = [list_days(tmp_path / str(number), seed=number, punctual=False) for number in range(400)]
    assert 0 < fates.count([]) < 6
    assert 0 < sum(len(days) == 2 for days in fates) < 15
    punctual = [list_days(tmp_path / f"p{number}", seed=number, punctual=True) for number in range(400)]
    assert all(days == ["2024-01-31"] for days in punctual)


def list_days(root: Path, *, seed: int, punctual: bool) -> list[str]:
    day = (date(2024, 1, 31) - date(1970, 1, 1)).days
    outbox = Outbox(root, day - 100, day + 100, seed)
    table = {"番号": pa.array(["1", "2"])}
    outbox.post("health", "一覧", day, table, CP932, wrong=(Wrong("番号", ""),), punctual=punctual)
    return sorted(path.parents[1].name for path in root.rglob("*.csv"))


def test_a_file_grows_by_the_rows_of_the_next_block(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path, 0, 30_000, seed=1)
    sheet = SheetStyle("一覧", header_row=1)
    for block, text in enumerate(("い", "ろ")):
        outbox.block = block
        outbox.post("health", "票", 20_000, {"番号": pa.array([text])}, CP932, punctual=True)
        outbox.post("health", "表", 20_000, {"番号": [text]}, sheet, punctual=True)
    outbox.close()
    (text,) = tmp_path.rglob("*.csv")
    assert text.read_text(encoding="cp932").split() == ["番号", "い", "ろ"]
    (book,) = tmp_path.rglob("*.xlsx")
    rows = CalamineWorkbook.from_path(book).get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert rows == [[""], ["番号"], ["い"], ["ろ"]]
    assert (outbox.files, outbox.rows) == (2, {"票": 2, "表": 2})


def measure_kept_bytes(folder: Path, blocks: int) -> int:
    """Memory held by a workbook of so many blocks before its last block has come."""
    folder.mkdir()
    outbox, sheet = Outbox(folder, 0, 30_000, seed=1), SheetStyle("一覧")
    tracemalloc.start()
    for block in range(blocks):
        outbox.block = block
        cells = [f"{block}-{number}" for number in range(500)]
        outbox.post("health", "表", 20_000, {"番号": cells}, sheet, punctual=True)
        del cells
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    outbox.close()
    return kept


def is_flat(folder: Path) -> bool:
    few, many = (measure_kept_bytes(folder / str(blocks), blocks) for blocks in (3, 60))
    # 57 blocks of 500 cells are more than 150 KB, however they are kept.
    return many - few < 100_000


def test_workbooks_of_many_blocks_do_not_fill_the_memory(tmp_path: Path) -> None:
    assert is_flat(tmp_path)


def test_the_check_notices_rows_kept_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda dir: io.BytesIO())
    assert not is_flat(tmp_path)


def test_rows_slip_by_a_column_or_stand_twice_now_and_then(city: CitySummary) -> None:
    slipped = twice = 0
    for layout in ("出席簿月計", "保育所在籍", "予防接種", "学齢簿", "乳幼児健診", "出欠明細"):
        for path in city.deliveries.rglob(f"{layout}_*"):
            rows = [tuple(row.values()) for row in read_file(path)]
            slipped += sum(not row[0] and bool(row[1]) for row in rows)
            twice += any(count > 1 for count in Counter(rows).values())
    assert 0 < slipped < 20
    assert 0 < twice < 20


def test_nothing_is_handed_over_outside_the_period(city: CitySummary) -> None:
    days = [date.fromisoformat(path.name) for path in city.deliveries.iterdir()]
    assert min(days) == city.first_date
    assert max(days) == city.last_reference_date


def test_address_protection_is_never_late_and_there_on_the_last_day(city: CitySummary) -> None:
    paths = [path for path in list_files(city) if path.name.startswith("支援措置対象者")]
    assert len(paths) == 36
    assert all(date.fromisoformat(path.parents[1].name) == reference_date(path) for path in paths)
    assert max(map(reference_date, paths)) == city.last_reference_date


def test_rows_never_speak_of_the_future(city: CitySummary, read_rows) -> None:
    for layout, header in (
        ("出欠明細", "日付"),
        ("予防接種", "接種年月日"),
        ("乳幼児健診", "受診年月日"),
        ("妊娠届出", "届出年月日"),
    ):
        for row in read_rows(layout):
            day = row[header].replace("/", "")
            assert day <= STAMP.search(row["_file"])[1] or day in ("20240230", "20240631"), layout


def test_a_month_of_school_may_miss_a_school_or_bring_it_later(read_rows) -> None:
    schools = {row["学校コード"] for row in read_rows("出席簿月計")}
    files: dict[tuple[str, str], set[str]] = {}
    for row in read_rows("出席簿月計"):
        files.setdefault((row["対象年月"], row["学校コード"]), set()).add(row["_file"])
    assert all(len(names) == 1 for names in files.values())
    assert 0.9 * 35 * len(schools) < len(files) <= 35 * len(schools)


def test_only_fictional_municipality_codes(read_rows) -> None:
    headers = (
        "市区町村コード",
        "住所_市区町村コード",
        "転入前住所_市区町村コード",
        "転出先住所（確定）_市区町村コード",
        "本籍_市区町村コード",
    )
    for layout in ("住民記録_全件", "住民記録_異動"):
        codes = {row[header] for row in read_rows(layout) for header in headers}
        assert codes <= {"999999", "999998", ""}
        assert {row["市区町村コード"] for row in read_rows(layout)} == {"999999"}


def test_no_number_of_twelve_digits_anywhere(city: CitySummary) -> None:
    for path in list_files(city):
        if path.suffix == ".csv":
            encoding = ENCODINGS.get(path.name.split("_")[0], "cp932")
            assert not re.search(r"(?<!\d)\d{12}(?!\d)", path.read_bytes().decode(encoding)), path.name


def test_no_column_is_called_my_number(city: CitySummary, read_rows) -> None:
    for layout in ("住民記録_全件", "学齢簿", "妊娠届出", "要対協台帳"):
        assert not [
            header for header in read_rows(layout)[0] if "個人番号" in header or "マイナンバー" in header
        ]


@pytest.mark.parametrize(
    ("layout", "wrong"),
    [
        ("住民記録_全件", {"性別": "9", "住民状態": "7", "宛名番号": "", "生年月日": "2023-02-30"}),
        ("学齢簿", {"性別": "不明", "学年": "小9", "学籍番号": "", "異動区分": "休学？"}),
        ("出欠明細", {"出欠区分": "欠席？", "日付": "2024/02/30", "学籍番号": ""}),
        ("出席簿月計", {"欠席日数": "－", "学籍番号": ""}),
        ("保育所在籍", {"階層区分": "D9", "入所年月日": "2023/04/31", "児童番号": ""}),
    ],
)
def test_a_few_rows_are_wrong_on_purpose(read_rows, layout: str, wrong: dict[str, str]) -> None:
    rows = read_rows(layout)
    bad = sum(any(row[header] == text for header, text in wrong.items()) for row in rows)
    assert 0 < bad / len(rows) < 0.005


def test_a_wrong_register_row_is_put_right_the_month_after(read_rows) -> None:
    signs = {"性別": "9", "住民状態": "7", "生年月日": "2023-02-30"}
    spoiled = [
        row
        for row in read_rows("住民記録_全件")
        if any(row[header] == text for header, text in signs.items())
    ]
    assert spoiled
    first_delta = min(row["_file"] for row in read_rows("住民記録_異動"))
    later = {row["宛名番号"]: row for row in read_rows("住民記録_異動") if row["_file"] == first_delta}
    assert all(later[row["宛名番号"]][header] != text for row in spoiled for header, text in signs.items())


def test_late_checkups_hand_over_their_whole_month_again(read_rows) -> None:
    files: dict[str, list[str]] = {}
    for row in read_rows("乳幼児健診"):
        names = files.setdefault(row["対象年月"], [])
        if row["_file"] not in names:
            names.append(row["_file"])
    again = {month: names for month, names in files.items() if len(names) == 2}
    assert again
    rows = read_rows("乳幼児健診")
    for first, second in again.values():
        counts = [sum(row["_file"] == name for row in rows) for name in (first, second)]
        assert counts[0] == counts[1]
        seen = [
            sum(row["_file"] == name and row["受診区分"] == "受診" for row in rows)
            for name in (first, second)
        ]
        assert seen[0] < seen[1]


def test_august_has_no_school_and_no_last_day(read_rows) -> None:
    august = [row for row in read_rows("出席簿月計") if row["対象年月"].endswith("08")]
    assert august
    assert {row["授業日数"] for row in august} == {"0"}
    assert {row["最終出席日"] for row in august} <= {"", "2024/06/31"}


def test_delivery_days_are_in_order_of_months(city: CitySummary) -> None:
    stamps = [reference_date(path) for path in list_files(city) if path.name.startswith("住民記録_異動")]
    assert stamps == sorted(stamps)
    assert all((stamp + timedelta(days=1)).day == 1 for stamp in stamps)
