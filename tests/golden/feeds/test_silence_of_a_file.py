"""What it means that a later file no longer lists somebody, feed by feed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.feeds import ItemRule, WhenOmitted
from tsunagu.catalog.items import get_fact_table
from tsunagu.catalog.loading import find_shipped_definitions
from tsunagu.intake.batch import FileStatus, intake_files
from tsunagu.store.commit import open_reader
from tsunagu.store.facts import CLOSURE
from tsunagu.store.home import Home

KNOWN = """
SELECT v.occurred_on_or_start, v.valid_to FROM (
  SELECT {start} AS occurred_on_or_start, {end} AS valid_to, record_id, known_from FROM facts.{item}
) AS v
LEFT JOIN facts.closure AS c
  ON c.item = '{item}' AND c.record_id = v.record_id AND c.version_known_from = v.known_from AND c.known_to <= $as_of
WHERE v.known_from <= $as_of AND c.record_id IS NULL ORDER BY ALL
"""
Known = list[tuple[date | None, date | None]]


@pytest.fixture
def deliver(home: Home, feed_catalog: Catalog, tmp_path: Path) -> Callable[..., None]:
    """Deliver a feed's sample, or only some of its rows, under a name of its own."""

    def write(feed_id: str, name: str, keep: str = "", catalog: Catalog = feed_catalog) -> None:
        sample = find_shipped_definitions() / "feeds" / feed_id / "sample.csv"
        header, *rows = sample.read_text(encoding="utf-8").splitlines(keepends=True)
        path = tmp_path / name
        path.write_text(header + "".join(row for row in rows if keep in row), encoding="utf-8")
        outcome = intake_files(home, catalog, [path])[0]
        assert outcome.status is FileStatus.ACCEPTED, outcome.refusal

    return write


@pytest.fixture
def list_known(home: Home, feed_catalog: Catalog) -> Callable[[str, date], Known]:
    """The (start or day, end) of every fact of an item that counts as known on a day."""

    def read(item: str, as_of: date) -> Known:
        table = get_fact_table(feed_catalog.items[item])
        is_state = "valid_from" in table.column_names
        start, end = ("valid_from", "valid_to") if is_state else ("occurred_on", "CAST(NULL AS DATE)")
        with open_reader(home, "test") as reader:
            reader.attach(table)
            reader.attach(CLOSURE)
            return reader.engine.list_rows(KNOWN.format(item=item, start=start, end=end), as_of=as_of)

    return read


def test_protection_is_not_lifted_by_silence(
    deliver: Callable[..., None], list_known: Callable[[str, date], Known]
) -> None:
    deliver("resident/address_protection", "支援措置対象者_20250531.csv")
    before = list_known("address_protection", date(2025, 5, 31))
    deliver("resident/address_protection", "支援措置対象者_20250630.csv", keep="S-0021")
    assert len(before) == 5
    assert list_known("address_protection", date(2025, 6, 30)) == before


def test_without_keep_silence_would_lift_it(
    deliver: Callable[..., None], list_known: Callable[[str, date], Known], feed_catalog: Catalog
) -> None:
    feed = feed_catalog.feeds["resident/address_protection"]
    lifting = feed.model_copy(
        update={"items": {"address_protection": ItemRule(when_omitted=WhenOmitted.END)}}
    )
    catalog = replace(feed_catalog, feeds={**feed_catalog.feeds, feed.id: lifting})
    deliver(feed.id, "支援措置対象者_20250531.csv", catalog=catalog)
    before = list_known("address_protection", date(2025, 5, 31))
    deliver(feed.id, "支援措置対象者_20250630.csv", keep="S-0021", catalog=catalog)
    assert list_known("address_protection", date(2025, 6, 30)) != before


def test_a_pupil_no_longer_listed_left_that_school_in_that_year_only(
    deliver: Callable[..., None], list_known: Callable[[str, date], Known]
) -> None:
    deliver("education/school_register", "学齢簿_20250410.csv", keep="E01")
    deliver("education/school_register", "学齢簿_20250905.csv", keep="250012,青葉")
    april, later = date(2025, 4, 1), date(2026, 4, 1)
    assert list_known("school_enrolment", date(2025, 9, 5)) == [
        (april, date(2025, 4, 8)),
        (april, date(2025, 9, 5)),
        (april, later),
    ]
    deliver("education/school_register", "学齢簿_20260410.csv", keep="250013,高橋")
    assert len(list_known("school_enrolment", date(2026, 4, 10))) == 4


def test_a_school_missing_from_a_month_keeps_its_marks(
    deliver: Callable[..., None], list_known: Callable[[str, date], Known]
) -> None:
    deliver("education/attendance_marks", "出欠明細_202505_20250605.csv")
    deliver("education/attendance_marks", "出欠明細_202505_20250612.csv", keep="J01,202505,250012")
    assert len(list_known("attendance_mark", date(2025, 6, 5))) == 7
    # J01 is corrected: its mark on 2 June is withdrawn. E01 was not delivered again and stands.
    assert len(list_known("attendance_mark", date(2025, 6, 12))) == 6


def test_late_check_up_results_do_not_undo_their_month(
    deliver: Callable[..., None], list_known: Callable[[str, date], Known]
) -> None:
    deliver("health/infant_checkup", "乳幼児健診_202508_20250905.csv")
    deliver("health/infant_checkup", "乳幼児健診_202510_20251105.csv", keep="1012,小野")
    assert len(list_known("infant_checkup", date(2025, 11, 5))) == 5


def test_the_same_list_next_month_is_a_new_fact(
    home: Home, feed_catalog: Catalog, write_sample: Callable[..., Path], tmp_path: Path
) -> None:
    feed = feed_catalog.feeds["education/meal_fee_arrears"]
    may = write_sample(feed, tmp_path)
    june = tmp_path / "給食費未納一覧_20250630.xlsx"
    june.write_bytes(may.read_bytes())
    outcomes = intake_files(home, feed_catalog, [may, june])
    with open_reader(home, "test") as reader:
        reader.attach(get_fact_table(feed_catalog.items["meal_fee_arrears"]))
        reader.attach(CLOSURE)
        days = reader.engine.list_rows(
            "SELECT occurred_on, count(*) FROM facts.meal_fee_arrears GROUP BY 1 ORDER BY 1"
        )
        closed = reader.engine.get_value("SELECT count(*) FROM facts.closure")
    assert [outcome.status for outcome in outcomes] == [FileStatus.ACCEPTED] * 2
    assert days == [(date(2025, 5, 31), 5), (date(2025, 6, 30), 5)]
    assert closed == 0
