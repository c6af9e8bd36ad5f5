"""How often a child has moved in, from register files alone: what a row says of its own stay, and no more."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.items import get_fact_table
from tsunagu.catalog.loading import find_shipped_definitions
from tsunagu.indicators.compute import compute_indicators
from tsunagu.intake.batch import FileStatus, intake_files
from tsunagu.linkage.link import link_records
from tsunagu.store.commit import open_reader
from tsunagu.store.facts import CLOSURE, COVERAGE
from tsunagu.store.home import Home
from tsunagu.vocabulary.dates import AsOf

REGISTER = "resident/resident_register"
NEEDED = ("move_in", "residence", "school_enrolment", "nursery_enrolment")
# 宛名番号 · born · resident since · what the number of moves in is after the full list of 1 April 2025
CHILDREN = """
21 2016-05-12 2016-05-12 value 0
22 2016-05-12 2019-10-01 value 1+
23 2016-05-12 2014-04-01 value 0
24 2016-05-12 2016-05-20 value 1
"""
Delivered = Callable[..., None]
Shown = dict[str, str]


@pytest.fixture
def deliver(home: Home, feed_catalog: Catalog, tmp_path: Path) -> Delivered:
    """A register file of children, each with the day of birth and the day of becoming a resident."""
    text = (find_shipped_definitions() / "feeds" / REGISTER / "sample.csv").read_text(encoding="utf-8")
    header, *rows = list(csv.reader(io.StringIO(text)))
    like = dict(zip(header, rows[2], strict=True))

    def write(name: str, *children: tuple[str, str, str], catalog: Catalog = feed_catalog) -> None:
        out = io.StringIO()
        writer = csv.DictWriter(out, header, lineterminator="\n")
        writer.writeheader()
        for number, born, since in children:
            own = {
                "宛名番号": number,
                "氏名": f"見本　{number}",
                "生年月日": born,
                "住民となった年月日": since,
            }
            writer.writerow(like | own | {"異動年月日": since, "住所を定めた年月日": since})
        path = tmp_path / name
        path.write_text(out.getvalue(), encoding="utf-8")
        outcome = intake_files(home, catalog, [path])[0]
        assert outcome.status is FileStatus.ACCEPTED, outcome.refusal

    return write


def show(home: Home, catalog: Catalog, as_of: date) -> Shown:
    """The indicator by 宛名番号; `+` marks a lower bound."""
    tables = [get_fact_table(item) for item in catalog.items.values()]
    with open_reader(home, "test") as reader:
        for table in (*tables, CLOSURE, COVERAGE):
            reader.attach(table)
        link_records(reader, as_of=as_of, fact_tables=tables)
        for name in ("subject_person", "person", "membership", "kin"):
            reader.engine.make_view("facts", name, f"SELECT * FROM linkage_{name}")  # noqa: S608 # names are ours
        compute_indicators(
            reader.engine,
            [catalog.indicators["move_ins"]],
            catalog.items,
            catalog.feeds.values(),
            as_of=AsOf(as_of),
        )
        rows = reader.engine.list_rows(
            "SELECT DISTINCT r.atena_number, v.state, v.value, v.unknown_reason, v.is_lower_bound"
            " FROM runs_indicator_value AS v"
            " JOIN facts.subject_person AS s ON s.person_id = v.person_id"
            " JOIN identity.record AS r ON r.subject_id = s.subject_id ORDER BY ALL"
        )
    return {
        number: f"{state} {f'{value:g}' if state == 'value' else reason}{'+' if is_bound else ''}"
        for number, state, value, reason, is_bound in rows
    }


def list_children() -> list[tuple[str, str, str]]:
    return [tuple(line.split()[:3]) for line in CHILDREN.strip().splitlines()]  # type: ignore[misc]


def test_the_full_list_says_since_when_everybody_is_here(
    home: Home, feed_catalog: Catalog, deliver: Delivered
) -> None:
    deliver("住民記録_全件_20250401.csv", *list_children())
    expected = {line.split()[0]: line.split(maxsplit=3)[3] for line in CHILDREN.strip().splitlines()}
    assert show(home, feed_catalog, date(2025, 4, 2)) == expected


def test_the_monthly_changes_alone_say_nothing_of_the_past(
    home: Home, feed_catalog: Catalog, deliver: Delivered
) -> None:
    deliver("住民記録_異動_20250501.csv", *list_children())
    assert show(home, feed_catalog, date(2025, 5, 2)) == {
        "21": "unknown not_loaded",
        "22": "value 1+",
        "23": "unknown not_loaded",
        "24": "value 1+",
    }


def test_without_a_reach_of_their_own_changes_would_claim_twenty_years(
    home: Home, feed_catalog: Catalog, deliver: Delivered
) -> None:
    feed = feed_catalog.feeds[REGISTER].model_copy(update={"delta_coverage": None})
    catalog = replace(feed_catalog, feeds={**feed_catalog.feeds, feed.id: feed})
    deliver("住民記録_異動_20250501.csv", *list_children(), catalog=catalog)
    assert show(home, catalog, date(2025, 5, 2))["21"] == "value 0"


def test_somebody_who_came_back_has_moved_in_twice(
    home: Home, feed_catalog: Catalog, deliver: Delivered
) -> None:
    deliver("住民記録_全件_20250401.csv", *list_children())
    for month, since in (("20250501", "2019-10-01"), ("20250601", "2025-05-20")):
        deliver(f"住民記録_異動_{month}.csv", ("22", "2016-05-12", since))
    assert show(home, feed_catalog, date(2025, 6, 2))["22"] == "value 2+"
    assert show(home, feed_catalog, date(2025, 5, 2))["22"] == "value 1+"


def test_silence_of_a_month_is_not_taken_for_no_move(
    home: Home, feed_catalog: Catalog, deliver: Delivered
) -> None:
    """Two months without a file: nobody can say that the child did not leave and come back."""
    deliver("住民記録_全件_20250401.csv", *list_children())
    assert show(home, feed_catalog, date(2025, 7, 1))["21"] == "unknown stale"
