"""The shipped feeds' samples, written the way the departments' systems write them, and what became of them."""

import csv
import io
import os
import re
import zipfile
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.checking import check_definitions
from tsunagu.catalog.feeds import Feed
from tsunagu.catalog.formats import Encoding, FileKind
from tsunagu.catalog.items import get_fact_table
from tsunagu.catalog.loading import find_shipped_definitions
from tsunagu.store.commit import open_reader
from tsunagu.store.facts import COVERAGE
from tsunagu.store.home import Home
from tsunagu.store.identity import RECORD
from tsunagu.store.landing import PROBLEM

EXPECTED = Path(__file__).parent / "expected"
SAMPLE_NAMES = {
    "resident/resident_register": "住民記録_全件_20250401.csv",
    "resident/address_protection": "支援措置対象者_20250531.csv",
    "education/school_register": "学齢簿_20250410.csv",
    "education/attendance_marks": "出欠明細_202505_20250605.csv",
    "education/attendance_monthly": "出席簿月計_202505_20250605.csv",
    "education/school_aid": "就学援助認定_2025年度_20250710.csv",
    "education/meal_fee_arrears": "給食費未納一覧_20250531.xlsx",
    "education/school_health": "定期健康診断_2025年度_20250630.csv",
    "education/learning_survey": "学力生活状況調査_2025年度_20251210.csv",
    "health/pregnancy": "妊娠届出_202505_20250605.csv",
    "health/infant_checkup": "乳幼児健診_202508_20250905.csv",
    "health/vaccination": "予防接種_202508_20250905.csv",
    "benefits/child_rearing_allowance": "児童扶養手当受給者_20250630.csv",
    "childcare/nursery_enrolment": "保育所在籍_20250531.csv",
    "welfare/council_register": "要対協台帳_20250531.xlsx",
    "education/nurse_room": "保健室来室記録_202505_20250605.csv",
    "education/fitness_test": "体力運動能力調査_2025年度_20250731.csv",
    "education/school_charges": "学校諸費未納一覧_20250531.xlsx",
    "education/school_life_survey": "学校生活アンケート_202506_20250715.csv",
    "education/pupil_status": "児童生徒就学状況_20250905.csv",
    "health/maternal_checkup": "妊婦健診_202506_20250720.csv",
    "health/newborn_visit": "乳児家庭訪問_202505_20250610.csv",
    "health/moved_in_checkups": "転入児健診歴_202505_20250610.csv",
    "benefits/child_allowance": "児童手当受給者_20250515.csv",
    "benefits/public_assistance": "生活保護世帯員_20250531.csv",
    "benefits/single_parent_medical": "ひとり親医療費受給者_20250630.csv",
    "benefits/disability_certificate": "障害者手帳交付_20250630.csv",
    "childcare/nursery_attendance": "保育所出欠_202505_20250605.csv",
    "welfare/family_consultation": "家庭児童相談受付簿_20250531.xlsx",
    # Kinds whose names carry no date lie in the folder of the day.
    "education/oneroster_roster": "2025-04-10/RO_20250410_sample.zip",
    "education/oneroster_users": "2025-04-10/users.json",
    "education/sds_roster": "2025-04-10/SDS_sample.zip",
    "health/municipal_checkup": "2025-07-05/Bundle-sample.json",
    "welfare/whereabouts": "居住実態把握一覧_20250610.xlsx",
}
WITH_BOM = {
    "resident/resident_register",
    "health/vaccination",
    "health/moved_in_checkups",
    "education/fitness_test",
    "benefits/child_allowance",
    "childcare/nursery_attendance",
}
# Ids are keyed with the home's own random key, so no golden file can hold them.
NOT_SHOWN = {"subject_id", "record_id", "file_id", "feed", "known_from"}
EXCEL_DATE = re.compile(r"\d{4}/\d{2}/\d{2}")


@pytest.fixture(scope="session")
def feed_catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """The shipped definitions, for a fictional city with every purpose chosen."""
    home = tmp_path_factory.mktemp("definitions")
    purposes = "[poverty_support, school_screening, abuse_prevention]"
    text = f'code: "999999"\nname: サンプル市\nactive_purposes: {purposes}\n'
    (home / "municipality.yaml").write_text(text, encoding="utf-8")
    return check_definitions(find_shipped_definitions(), home, on=date(2026, 4, 1))


@pytest.fixture(scope="session")
def write_sample() -> Callable[[Feed, Path], Path]:
    """Write a feed's sample as its department would: CP932 and CRLF, UTF-8 with a BOM, or a workbook."""

    def write(feed: Feed, folder: Path) -> Path:
        sample = find_shipped_definitions() / "feeds" / feed.id / feed.format.sample_name
        path = folder / SAMPLE_NAMES[feed.id]
        path.parent.mkdir(exist_ok=True)
        if sample.is_dir():
            _write_zip(path, sample)
            return path
        text = sample.read_text(encoding="utf-8")
        if feed.format.kind is FileKind.EXCEL:
            _write_workbook(path, feed, text)
        elif feed.format.encodings[0] is Encoding.CP932:
            path.write_bytes(text.replace("\n", "\r\n").encode("cp932"))
        else:
            path.write_text(text, encoding="utf-8-sig" if feed.id in WITH_BOM else "utf-8", newline="\n")
        return path

    return write


def _write_zip(path: Path, tables: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for table in sorted(tables.glob("*.csv")):
            file.write(table, table.name)


def _write_workbook(path: Path, feed: Feed, text: str) -> None:
    numbers = {column.header for column in feed.columns if column.type in ("integer", "yen", "number")}
    rows = list(csv.reader(io.StringIO(text)))
    headers = rows[feed.format.header_row - 1]
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet(feed.format.sheet)
        as_date = book.add_format({"num_format": "yyyy/mm/dd"})
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if row >= feed.format.header_row and EXCEL_DATE.fullmatch(cell):
                    year, month, day = map(int, cell.split("/"))
                    sheet.write_datetime(row, column, date(year, month, day), as_date)
                elif row >= feed.format.header_row and headers[column] in numbers and cell:
                    sheet.write_number(row, column, float(cell))
                elif cell:
                    sheet.write_string(row, column, cell)


@pytest.fixture(scope="session")
def show_feed(feed_catalog: Catalog) -> Callable[[Home, str], str]:
    """Everything one feed left in a home, as text tables: identity, facts, problems."""

    def show(home: Home, feed_id: str) -> str:
        parts = []
        with open_reader(home, "test") as reader:
            items = [
                get_fact_table(feed_catalog.items[name]) for name in feed_catalog.feeds[feed_id].stated_items
            ]
            for table in [RECORD, *items]:
                reader.attach(table)
                names = [name for name in table.column_names if name not in NOT_SHOWN]
                names = ["row", *(name for name in names if name != "row")]
                sql = f"SELECT {', '.join(names)} FROM {table.full_name} WHERE feed = $feed ORDER BY ALL"  # noqa: S608 # names are ours
                parts.append(
                    f"{table.full_name}\n{show_table(names, reader.engine.list_rows(sql, feed=feed_id))}"
                )
            reader.attach(COVERAGE)
            names = ["item", "scope_kind", "scope_id", "covers_from", "covers_to"]
            sql = f"SELECT {', '.join(names)} FROM facts.coverage WHERE feed = $feed ORDER BY ALL"  # noqa: S608 # names are ours
            parts.append(f"facts.coverage\n{show_table(names, reader.engine.list_rows(sql, feed=feed_id))}")
            reader.attach(PROBLEM)
            names = ["row", "column_name", "code", "is_row_dropped"]
            sql = f"SELECT {', '.join(names)} FROM landing.problem WHERE feed = $feed ORDER BY ALL"  # noqa: S608 # names are ours
            parts.append(f"landing.problem\n{show_table(names, reader.engine.list_rows(sql, feed=feed_id))}")
        return "\n".join(parts)

    return show


def show_table(names: list[str], rows: Iterable[tuple[object, ...]]) -> str:
    """A text table without the columns that are empty in every row."""
    rows = list(rows)
    filled = [n for n in range(len(names)) if any(row[n] is not None for row in rows)]
    lines = [[names[n] for n in filled], *([_show_cell(row[n]) for n in filled] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines) if rows else "(no rows)\n"


def _show_cell(value: object) -> str:
    return "" if value is None else str(value)


@pytest.fixture(scope="session")
def assert_golden() -> Callable[[str, str], None]:
    """Compare with a file under `expected/`; TSUNAGU_WRITE_GOLDEN=1 writes it instead, for a person to read."""

    def check(name: str, shown: str) -> None:
        path = EXPECTED / f"{name}.txt"
        if os.environ.get("TSUNAGU_WRITE_GOLDEN"):
            path.write_text(shown, encoding="utf-8")
        assert shown == path.read_text(encoding="utf-8")

    return check
