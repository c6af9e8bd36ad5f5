"""What holds for all files together: dates, keys, wrong rows, and what must never be in them."""

import re
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from tsunagu.fiction import CitySummary

STAMP = re.compile(r"_(\d{8})\.(csv|xlsx)$")
CODES = re.compile(r"(?<!\d)\d{6}(?!\d)")


def list_files(city: CitySummary) -> list[Path]:
    return sorted(path for path in city.deliveries.rglob("*") if path.is_file())


def reference_date(path: Path) -> date:
    found = STAMP.search(path.name)
    assert found, path.name
    return date.fromisoformat(found[1])


def test_a_file_is_handed_over_on_its_reference_date_or_a_few_days_later(city: CitySummary) -> None:
    delays = Counter(
        (date.fromisoformat(path.parents[1].name) - reference_date(path)).days for path in list_files(city)
    )
    assert set(delays) <= set(range(7))
    assert 0.9 < delays[0] / sum(delays.values()) < 1


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
            encoding = "utf-8" if b"\xef\xbb\xbf" in path.read_bytes()[:3] or "学力" in path.name else "cp932"
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
    spoiled = [row for row in read_rows("住民記録_全件") if row["性別"] == "9" or row["住民状態"] == "7"]
    assert spoiled
    first_delta = min(row["_file"] for row in read_rows("住民記録_異動"))
    later = {row["宛名番号"]: row for row in read_rows("住民記録_異動") if row["_file"] == first_delta}
    assert all(later[row["宛名番号"]]["性別"] in ("1", "2") for row in spoiled)


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
