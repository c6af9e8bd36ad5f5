"""Every table of docs/explanation/indicators.md, carried out by both engines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.checking import open_catalog
from tsunagu.catalog.indicators import Indicator
from tsunagu.catalog.words import ValueType
from tsunagu.indicators.compute import compute_indicators
from tsunagu.indicators.oracle import judge_world
from tsunagu.indicators.resolve import add_months, build_plan
from tsunagu.indicators.world import Closure, Fact, Kin, Person, Stay, Stretch, World, load_world
from tsunagu.store.engine import Engine
from tsunagu.vocabulary.dates import AsOf

PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "indicators.md"
EXAMPLE = re.compile(
    r"```yaml\n# 例: (?P<name>[^\n]+)\n(?P<words>.*?)```\n\n(?P<table>(?:\|[^\n]*\n)+)", re.DOTALL
)
SCOPES = {"n": "facility", "s": "school", "*": "municipality"}


@dataclass
class Example:
    """One block and its table."""

    name: str
    words: dict[str, Any]
    rows: list[dict[str, str]]

    @property
    def as_of(self) -> AsOf:
        return AsOf(date.fromisoformat(self.words["as_of"]))


@dataclass
class Draft:
    """A world being written down from a table."""

    catalog: Catalog
    persons: list[Person] = field(default_factory=list)
    facts: dict[str, list[Fact]] = field(default_factory=dict)
    closures: list[Closure] = field(default_factory=list)
    coverage: list[Stretch] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)

    def find_feed(self, item: str) -> str:
        return next(feed.id for feed in self.catalog.feeds.values() if item in feed.stated_items)

    def add_fact(self, item: str, person: int, columns: dict[str, object], known_from: date) -> Fact:
        rows = self.facts.setdefault(item, [])
        rows.append(Fact(person, len(rows) + 1, known_from, self.find_feed(item), columns))
        return rows[-1]

    def add_coverage(self, item: str, scope: str, covers_from: date, covers_to: date) -> None:
        kind = SCOPES[scope[0]]
        known_from = min(covers_from, date(2020, 1, 1))
        self.coverage.append(
            Stretch(item, self.find_feed(item), kind, scope, covers_from, covers_to, known_from)
        )


def read_examples() -> list[Example]:
    examples = []
    for match in EXAMPLE.finditer(PAGE.read_text("utf-8")):
        lines = [
            [cell.strip() for cell in line.strip("|\n").split("|")] for line in match["table"].splitlines()
        ]
        words = yaml.load(match["words"], Loader=yaml.BaseLoader)  # noqa: S506 - text only
        rows = [dict(zip(lines[0], line, strict=True)) for line in lines[2:]]
        examples.append(Example(match["name"], words, rows))
    return examples


EXAMPLES = read_examples()


def build_world(example: Example, catalog: Catalog) -> World:
    draft = Draft(catalog)
    for words in example.words["covered"]:
        item, scope, start, end = words.split()
        draft.add_coverage(item, scope, date.fromisoformat(start), date.fromisoformat(end))
    if not any(words.startswith("school_enrolment") for words in example.words["covered"]):
        draft.add_coverage("school_enrolment", "*", date(2010, 1, 1), date(2030, 1, 1))
    draft.add_coverage("nursery_enrolment", "*", date(2010, 1, 1), date(2030, 1, 1))
    for number, row in enumerate(example.rows, start=1):
        add_child(draft, example, number, row)
    homes = {stay.person_id: stay.household_id for stay in draft.stays}
    return World(
        persons=tuple(draft.persons),
        subjects={person.person_id: person.person_id for person in draft.persons},
        facts={item: tuple(rows) for item, rows in draft.facts.items()},
        closures=tuple(draft.closures),
        coverage=tuple(draft.coverage),
        stays=tuple(draft.stays),
        kin=tuple(
            Kin(one, other, "sibling")
            for one in homes
            for other in homes
            if one != other and homes[one] == homes[other]
        ),
    )


def add_child(draft: Draft, example: Example, number: int, row: dict[str, str]) -> None:
    birth_month = date.fromisoformat(f"{row.get('生まれ') or '2015-05'}-01")
    moved_in = row.get("転入")
    draft.persons.append(
        Person(
            person_id=number,
            birth_month=birth_month,
            school_cohort=birth_month.year,
            is_registered=row.get("登録") != "なし",
            resident_from=date.fromisoformat(moved_in) if moved_in else birth_month,
        )
    )
    for words in (row.get("在籍", "s1")).split(","):
        add_enrolment(draft, "school_enrolment", number, words.strip())
    if row.get("園"):
        add_enrolment(draft, "nursery_enrolment", number, row["園"])
    if row.get("世帯"):
        draft.stays.append(Stay(number, ord(row["世帯"])))
    for words in filter(None, (part.strip() for part in row.get("記録", "").split(";"))):
        add_row(draft, example, number, words)


def add_enrolment(draft: Draft, item: str, number: int, words: str) -> None:
    if not words:
        return
    scope, _, rest = words.partition(" ")
    start, end = read_period(rest.split(" ")[0]) if rest else (date(2019, 4, 1), None)
    column = "school_id" if item == "school_enrolment" else "facility_id"
    columns: dict[str, object] = {"valid_from": start, "valid_to": end, column: scope}
    if item == "school_enrolment":
        columns |= {"grade": "p4", "is_special_class": "特別支援" in rest}
    draft.add_fact(item, number, columns, date(2020, 1, 1))


def read_period(words: str) -> tuple[date, date | None]:
    start, _, end = words.partition("〜")
    return date.fromisoformat(start), date.fromisoformat(end) if end else None


def add_row(draft: Draft, example: Example, number: int, words: str) -> None:
    parts = words.split()
    item = example.words["indicator"].get("item") or example.words.get("other", {}).get("item")
    if parts[0] in draft.catalog.items:
        item = parts.pop(0)
    start, end = read_period(parts[0])
    columns: dict[str, object] = (
        {"valid_from": start, "valid_to": end} if "〜" in parts[0] else {"occurred_on": start}
    )
    settings = dict(part.split("=") for part in parts[1:])
    known_from = date.fromisoformat(settings.pop("known", start.isoformat()))
    closed = settings.pop("closed", None)
    values = draft.catalog.items[item].values
    columns |= {name: None for name in values}
    columns |= {name: read_value(values[name].type, text) for name, text in settings.items()}
    fact = draft.add_fact(item, number, columns, known_from)
    if closed:
        draft.closures.append(Closure(item, fact.record_id, known_from, date.fromisoformat(closed)))


def read_value(kind: ValueType, text: str) -> object:
    if kind is ValueType.FLAG:
        return text == "true"
    if kind is ValueType.DATE:
        return date.fromisoformat(text)
    return text if kind in (ValueType.CODE, ValueType.TEXT) else float(text)


def build_indicators(example: Example) -> list[Indicator]:
    frame = {"title": {"ja": "例"}, "sentence": {"ja": "例"}}
    named = {"asked": example.words["indicator"]} | (
        {"other": example.words["other"]} if "other" in example.words else {}
    )
    return [Indicator.model_validate({"id": name, **frame, **words}) for name, words in named.items()]


def show(cell: Any) -> str:
    if cell.state == "unknown":
        return f"不明 {cell.unknown_reason}"
    if cell.state == "nothing":
        return "なし"
    answer = cell.text_value or f"{cell.value:g}"
    return f"{answer} 下限" if cell.is_lower_bound else answer


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return open_catalog(on=date(2026, 4, 1))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with Engine(spill=tmp_path_factory.mktemp("spill"), readable=[]) as opened:
        yield opened


def test_the_page_has_an_example_of_every_kind() -> None:
    kinds = {example.words["indicator"]["kind"] for example in EXAMPLES}
    assert kinds == {
        *("count", "sum", "distinct_periods", "latest", "days_since"),
        *("state_at", "spell", "missing", "change", "household"),
    }


def test_the_page_shows_every_reason() -> None:
    shown = {
        row["結果"].removeprefix("不明 ")
        for example in EXAMPLES
        for row in example.rows
        if "不明" in row["結果"]
    }
    assert shown == {
        "not_loaded",
        "moved_in_later",
        "not_applicable",
        "new_school_year",
        "stale",
        "not_linked",
    }


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_oracle_says_what_the_page_says(example: Example, catalog: Catalog) -> None:
    plan = build_plan(build_indicators(example), catalog.items, catalog.feeds.values(), as_of=example.as_of)
    cells = judge_world(build_world(example, catalog), plan)
    found = {row["こども"]: show(cells[number, "asked"]) for number, row in enumerate(example.rows, start=1)}
    assert found == {row["こども"]: row["結果"] for row in example.rows}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_engine_says_what_the_page_says(example: Example, catalog: Catalog, engine: Engine) -> None:
    load_world(engine, build_world(example, catalog), catalog.items.values())
    compute_indicators(
        engine, build_indicators(example), catalog.items, catalog.feeds.values(), as_of=example.as_of
    )
    rows = engine.list_rows(
        "SELECT person_id, state, value, text_value, unknown_reason, is_lower_bound FROM runs_indicator_value"
        " WHERE indicator = 'asked'"
    )
    shown = {row[0]: show(Shown(*row[1:])) for row in rows}
    found = {row["こども"]: shown[number] for number, row in enumerate(example.rows, start=1)}
    assert found == {row["こども"]: row["結果"] for row in example.rows}


@dataclass
class Shown:
    """The columns of a result that the page shows."""

    state: str
    value: float | None
    text_value: str | None
    unknown_reason: str | None
    is_lower_bound: bool


def test_months_before_a_longer_month_end_on_its_last_day() -> None:
    assert add_months(date(2025, 3, 31), -1) == date(2025, 2, 28)
