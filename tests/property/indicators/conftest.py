"""Random worlds and random indicators, and the two engines side by side."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml

from tsunagu.catalog.feeds import Feed
from tsunagu.catalog.indicators import Indicator
from tsunagu.catalog.items import Item
from tsunagu.indicators.compute import compute_indicators
from tsunagu.indicators.oracle import judge_world
from tsunagu.indicators.resolve import add_months, build_plan
from tsunagu.indicators.world import (
    Cell,
    Closure,
    Fact,
    Kin,
    Person,
    Stay,
    Stretch,
    World,
    load_world,
)
from tsunagu.store.engine import Engine
from tsunagu.vocabulary.dates import AsOf, get_school_year
from tsunagu.vocabulary.knowing import Knowledge, UnknownReason

DEFINITIONS = Path(__file__).parents[3] / "definitions"
DAYS_OF_INTEREST = [
    AsOf(date(2025, 7, 31)),
    AsOf(date(2025, 4, 6)),
    AsOf(date(2025, 4, 1)),
    AsOf(date(2025, 3, 31)),
    AsOf(date(2024, 2, 29)),
    AsOf(date(2025, 5, 31)),
]
# Item → scope of its feeds, values drawn.
SCHOOL, FACILITY, CITY = "school", "facility", "municipality"
YEARLY = {"learning_survey", "school_aid", "vaccination"}
ITEMS: dict[str, tuple[str, dict[str, list[Any]]]] = {
    "attendance_mark": (
        SCHOOL,
        {"mark": ["absent", "late", "left_early", None], "reason": ["illness", None]},
    ),
    "attendance_month": (
        SCHOOL,
        {"school_days": [0, 20], "attended_days": [0, 19, None], "last_attended_on": ["near", None]},
    ),
    "learning_survey": (SCHOOL, {"language_score": [40.5, 50.0, None], "self_esteem": [1.0, 3.5]}),
    "school_enrolment": (
        SCHOOL,
        {"school_id": ["s1", "s2", "s3"], "grade": ["p1"], "is_special_class": [True, False]},
    ),
    "nursery_enrolment": (FACILITY, {"facility_id": ["n1", "n2"], "fee_class": ["class_a", "class_b", None]}),
    "nursery_absence": (FACILITY, {"absent_days": [0, 3, None]}),
    "school_aid": (CITY, {"category": ["needs_protection", "quasi_protection", None]}),
    "council_registration": (CITY, {"category": ["neglect", "needs_support"], "lead_agency": ["a", None]}),
    "council_contact": (CITY, {}),
    "vaccination": (CITY, {"vaccine": ["bcg", "mr"], "dose": [1, 2], "is_given": [True, False, None]}),
    "pregnancy": (CITY, {"weeks": [9, 20], "due_on": ["near"], "is_money_worried": [True, False]}),
    "residence": (CITY, {"resident_status": ["resident", "removed"], "resident_kind": ["japanese"]}),
}


@dataclass(frozen=True)
class Case:
    """One thing to compute: a world, indicators, a day."""

    world: World
    indicators: tuple[Indicator, ...]
    as_of: AsOf


class Laboratory:
    """Builds cases from a seed and computes them with either engine."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        entries = [
            entry for path in sorted((DEFINITIONS / "items").glob("*.yaml")) for entry in read_yaml(path)
        ]
        everything = {item.id: item for item in map(Item.model_validate, entries)}
        self.items = {name: everything[name] for name in ITEMS}
        self.feeds = tuple(feed for name in ITEMS for feed in make_feeds(name))

    def build_case(self, seed: int, *, n_person: int, n_indicator: int) -> Case:
        rng = Random(seed)
        as_of = rng.choice(DAYS_OF_INTEREST)
        world = WorldBuilder(rng, as_of, self.items).build(n_person)
        return Case(world, IndicatorBuilder(rng).build(n_indicator), as_of)

    def ask_oracle(self, case: Case) -> dict[tuple[int, str], Cell]:
        return judge_world(case.world, build_plan(case.indicators, self.items, self.feeds, as_of=case.as_of))

    def ask_engine(self, case: Case) -> dict[tuple[int, str], Cell]:
        load_world(self.engine, case.world, self.items.values())
        compute_indicators(self.engine, case.indicators, self.items, self.feeds, as_of=case.as_of)
        rows = self.engine.list_rows("SELECT * FROM runs_indicator_value")
        assert len({row[:2] for row in rows}) == len(rows)
        return {(row[0], row[1]): read_cell(row[2:]) for row in rows}

    def explain_difference(self, case: Case) -> str:
        """The first few cells the engines disagree about; empty when they agree."""
        told, computed = self.ask_oracle(case), self.ask_engine(case)
        lines = [f"as_of {case.as_of}"]
        for key in sorted(told.keys() | computed.keys()):
            if told.get(key) != computed.get(key):
                indicator = next((one for one in case.indicators if one.id == key[1]), None)
                lines.append(
                    f"{key}\n  oracle {told.get(key)}\n  engine {computed.get(key)}\n  {indicator!r}"
                )
        return "" if len(lines) == 1 else "\n".join(lines[:5])


def read_yaml(path: Path) -> list[dict[str, Any]]:
    loaded = yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - text only
    return loaded if isinstance(loaded, list) else [loaded]


def read_cell(row: tuple[Any, ...]) -> Cell:
    state, value, text, reason, bound, event_on, known_on, rows, feeds = row
    return Cell(
        Knowledge(state),
        value,
        text,
        UnknownReason(reason) if reason else None,
        bound,
        event_on,
        known_on,
        rows,
        feeds,
    )


def make_feeds(item: str) -> Iterator[Feed]:
    """Two feeds an item, so that facts and stretches come from either."""
    scope, values = ITEMS[item]
    for letter, stale_after_days in (("a", 45), ("b", 10)):
        yield Feed.model_validate(
            {
                "id": f"education/{item}_{letter}",
                "title": {"ja": item},
                "department": "education",
                "owner": "課",
                "cadence": "yearly" if letter == "b" and item in YEARLY else "monthly",
                "delivery": "snapshot",
                "file_names": ["x.csv"],
                "format": {"kind": "csv"},
                "known_from": "file_name",
                "subject": {"system": "source", "column": "k"},
                "record_key": ["k"],
                "coverage": {
                    "scope": scope,
                    "period": "school_year" if item in YEARLY else "month",
                    "stale_after_days": stale_after_days,
                },
                "columns": [{"header": "k", "to": [f"{item}.{next(iter(values), 'occurred_on')}"]}],
            }
        )


class WorldBuilder:
    """A random world around one day, with dates where things change."""

    def __init__(self, rng: Random, as_of: AsOf, items: dict[str, Item]) -> None:
        self.rng, self.as_of, self.items = rng, as_of, items
        april = date(get_school_year(as_of), 4, 1)
        self.edges = [as_of, as_of + timedelta(days=1), april, add_months(april, -12), add_months(as_of, -3)]

    def build(self, n_person: int) -> World:
        persons = tuple(self.build_person(number) for number in range(1, n_person + 1))
        subjects = {number * 10 + system: number for number in range(1, n_person + 1) for system in (1, 2)}
        subjects = {subject: person for subject, person in subjects.items() if self.rng.random() < 0.93}
        facts = {item: tuple(self.build_facts(item, n_person)) for item in ITEMS}
        return World(
            persons=persons,
            subjects=subjects,
            facts=facts,
            closures=tuple(self.build_closures(facts)),
            coverage=tuple(self.build_coverage()),
            stays=tuple(self.build_stays(n_person)),
            kin=tuple(self.build_kin(n_person)),
        )

    def any_day(self, back: int = 800, ahead: int = 40) -> date:
        if self.rng.random() < 0.3:
            return self.rng.choice(self.edges) + timedelta(days=self.rng.randint(-2, 2))
        return self.as_of + timedelta(days=self.rng.randint(-back, ahead))

    def build_person(self, number: int) -> Person:
        rng = self.rng
        kind = rng.choices(["child", "unborn", "unmatched", "ageless", "adult"], [70, 8, 8, 6, 8])[0]
        age_months = rng.randint(0, 230) if kind != "adult" else rng.randint(231, 500)
        birth_month = add_months(self.as_of.replace(day=1), -age_months)
        cohort = get_school_year(birth_month)
        due = add_months(self.as_of.replace(day=1), rng.randint(-14, 8)) if kind == "unborn" else None
        is_dated = kind in ("child", "unmatched", "adult")
        return Person(
            person_id=number,
            birth_month=birth_month if is_dated else None,
            school_cohort=cohort if is_dated else None,
            due_month=due,
            is_registered=kind in ("child", "adult") and rng.random() < 0.9,
            resident_from=rng.choice([None, birth_month, self.any_day()]),
            resident_to=self.any_day() if rng.random() < 0.1 else None,
            died_on=self.any_day() if rng.random() < 0.04 else None,
            opened_by="register" if kind in ("child", "adult") else "education/a",
        )

    def build_facts(self, item: str, n_person: int) -> Iterator[Fact]:
        rng, record = self.rng, 0
        for person in range(1, n_person + 1):
            for _ in range(rng.choice([0, 1, 2, 5]) if item != "school_enrolment" else rng.choice([0, 1, 2])):
                record += 1
                known_from = self.any_day(back=500)
                for _ in range(rng.choices([1, 2], [8, 2])[0]):
                    yield self.build_fact(item, person * 10 + rng.choice([1, 2]), record, known_from)
                    known_from += timedelta(days=rng.randint(1, 60))

    def build_fact(self, item: str, subject: int, record: int, known_from: date) -> Fact:
        rng = self.rng
        is_state = self.items[item].kind == "state"
        columns: dict[str, object] = {}
        if is_state:
            start = None if rng.random() < 0.15 else self.any_day()
            end = self.any_day() if rng.random() < 0.5 else None
            columns = {"valid_from": start, "valid_to": end}
            if item == "school_enrolment" and rng.random() < 0.6:
                year = get_school_year(self.as_of) - rng.choice([0, 0, 1])
                columns = {"valid_from": date(year, 4, 1), "valid_to": date(year + 1, 4, 1)}
        else:
            columns = {"occurred_on": self.any_day()}
        for name, values in ITEMS[item][1].items():
            value = rng.choice(values)
            columns[name] = self.any_day() if value == "near" else value
        return Fact(subject, record, known_from, f"education/{item}_{rng.choice('ab')}", columns)

    def build_closures(self, facts: dict[str, tuple[Fact, ...]]) -> Iterator[Closure]:
        for item, versions in facts.items():
            for fact in versions:
                if self.rng.random() < 0.15:
                    later = fact.known_from + timedelta(days=self.rng.randint(1, 90))
                    yield Closure(item, fact.record_id, fact.known_from, later)

    def build_coverage(self) -> Iterator[Stretch]:
        rng = self.rng
        for item, (scope, _) in ITEMS.items():
            mood = rng.choices(["whole", "patchy", "late", "none"], [45, 35, 10, 10])[0]
            places = {SCHOOL: ["s1", "s2", "s3"], FACILITY: ["n1", "n2"], CITY: ["*"]}[scope]
            if scope != CITY and rng.random() < 0.2:
                places = ["*", *places[:1]]
            for place in places:
                kind = CITY if place == "*" else scope
                for _ in range(0 if mood == "none" else rng.choice([1, 1, 2, 3])):
                    start, end = self.build_stretch(mood)
                    feed = f"education/{item}_{rng.choice('ab')}"
                    known_from = self.any_day(back=200, ahead=20)
                    is_withdrawn = rng.random() < 0.1
                    known_to = known_from + timedelta(days=rng.randint(1, 90)) if is_withdrawn else None
                    yield Stretch(item, feed, kind, place, start, end, known_from, known_to)

    def build_stretch(self, mood: str) -> tuple[date, date]:
        if mood == "whole":
            return date(1999, 1, 1), self.as_of + timedelta(days=self.rng.randint(-20, 200))
        if mood == "late":
            start = self.any_day(back=100)
            return start, start + timedelta(days=self.rng.randint(1, 100))
        year = get_school_year(self.as_of) - self.rng.choice([0, 1, 1, 2])
        start = self.rng.choice([date(year, 4, 1), self.any_day()])
        end = self.rng.choice([date(year + 1, 4, 1), self.any_day(), start + timedelta(days=31)])
        return start, end

    def build_stays(self, n_person: int) -> Iterator[Stay]:
        for person in range(1, n_person + 1):
            for _ in range(self.rng.choice([0, 1, 1, 1, 2])):
                start = None if self.rng.random() < 0.5 else self.any_day()
                end = self.any_day() if self.rng.random() < 0.3 else None
                yield Stay(person, self.rng.randint(1, max(2, n_person // 3)), start, end)

    def build_kin(self, n_person: int) -> Iterator[Kin]:
        pairs = {(self.rng.randint(1, n_person), self.rng.randint(1, n_person + 1)) for _ in range(n_person)}
        for person, relative in sorted(pairs):
            relation = self.rng.choice(["sibling", "sibling", "parent", "child"])
            yield Kin(person, relative, relation, self.rng.choice(["certain", "likely", "possible"]))


EVENTS = [
    "attendance_mark",
    "attendance_month",
    "learning_survey",
    "nursery_absence",
    "vaccination",
    "pregnancy",
]
STATES = ["school_enrolment", "nursery_enrolment", "school_aid", "council_registration"]
CONDITIONS: dict[str, list[dict[str, Any]]] = {
    "attendance_mark": [
        {"value": "mark", "equals": "absent"},
        {"value": "mark", "one_of": ["late", "left_early"]},
        {"value": "reason", "differs_from": "illness"},
        {"value": "reason", "is_recorded": False},
    ],
    "attendance_month": [
        {"value": "attended_days", "at_most": 0},
        {"value": "school_days", "at_least": 1},
    ],
    "learning_survey": [{"value": "language_score", "at_least": 45.0}],
    "vaccination": [
        {"value": "is_given", "equals": "true"},
        {"value": "is_given", "differs_from": "true"},
        {"value": "vaccine", "equals": "mr"},
        {"value": "dose", "at_most": 1},
    ],
    "pregnancy": [{"value": "is_money_worried", "equals": "false"}, {"value": "weeks", "at_least": 10}],
    "school_enrolment": [{"value": "is_special_class", "equals": "true"}],
    "council_registration": [{"value": "category", "one_of": ["neglect"]}],
}
NUMBERS = {
    "attendance_month": "attended_days",
    "learning_survey": "language_score",
    "nursery_absence": "absent_days",
    "vaccination": "dose",
    "pregnancy": "weeks",
}
VALUES = {
    **NUMBERS,
    "attendance_mark": "mark",
    "school_enrolment": "is_special_class",
    "nursery_enrolment": "fee_class",
    "school_aid": "category",
    "council_registration": "category",
}
DATES = {"attendance_month": ["last_attended_on"], "pregnancy": ["due_on"]}


class IndicatorBuilder:
    """Random indicators of all ten kinds, well formed by construction."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng

    def build(self, n_indicator: int) -> tuple[Indicator, ...]:
        kinds = [
            "count",
            "sum",
            "distinct_periods",
            "latest",
            "days_since",
            "state_at",
            "spell",
            "missing",
            "change",
        ]
        chosen = [kinds[place % len(kinds)] for place in range(n_indicator)]
        own = [self.build_one(f"{kind}_{place}", kind) for place, kind in enumerate(chosen)]
        asked = [one for one in own if one.kind != "household"]
        relatives = [self.build_household(f"household_{place}", self.rng.choice(asked)) for place in range(2)]
        return (*own, *relatives)

    def build_one(self, name: str, kind: str) -> Indicator:
        rng = self.rng
        words: dict[str, Any] = {"window": self.any_window()}
        item = rng.choice(EVENTS if rng.random() < 0.8 else STATES)
        if kind == "sum":
            item = rng.choice(list(NUMBERS))
            words |= {"value": NUMBERS[item]}
        elif kind == "distinct_periods":
            words |= {"period": rng.choice(["day", "week", "month", "school_year"])}
        elif kind == "latest":
            item = rng.choice(list(VALUES))
            words |= {"value": VALUES[item]}
        elif kind == "state_at":
            item = rng.choice(STATES)
            words = {"window": "at_as_of"} | ({"value": VALUES[item]} if rng.random() < 0.5 else {})
        elif kind == "spell":
            steps = ["days"] if item in STATES else ["recorded_days", "days", "months"]
            words |= {"consecutive": rng.choice(steps), "take": rng.choice(["longest", "latest"])}
        elif kind == "missing":
            item = rng.choice(EVENTS)
            first = rng.choice([0, 3, 12, 60])
            words = {"due": {"from_age_months": first, "until_age_months": first + rng.choice([0, 2, 24])}}
        elif kind == "change":
            item, words = self.build_change(item)
        if kind in ("latest", "change") and words.get("measure", "latest") == "latest" and rng.random() < 0.4:
            words["expires_after_days"] = rng.choice([30, 200])
        return self.finish(name, kind, self.add_rows(kind, item, words))

    def build_change(self, item: str) -> tuple[str, dict[str, Any]]:
        rng = self.rng
        measure = rng.choice(["count", "sum", "distinct_periods", "latest"])
        words: dict[str, Any] = {"measure": measure, "window": self.any_window(measure == "latest")}
        if measure in ("sum", "latest"):
            item = rng.choice(list(NUMBERS))
            words["value"] = NUMBERS[item]
        if measure == "distinct_periods":
            words["period"] = rng.choice(["day", "month"])
        return item, words

    def add_rows(self, kind: str, item: str, words: dict[str, Any]) -> dict[str, Any]:
        rng = self.rng
        if kind == "days_since" and rng.random() < 0.6:
            known = ["attendance_month", "vaccination", "council_contact"]
            return words | {"sightings": rng.sample(known, rng.randint(1, 3))}
        conditions = CONDITIONS.get(item, [])
        where = rng.sample(conditions, rng.randint(0, min(2, len(conditions))))
        times: dict[str, Any] = {}
        if kind != "state_at" and item in DATES and rng.random() < 0.4:
            times = {"event": rng.choice(DATES[item])}
        if kind not in ("state_at", "spell") and item in STATES and rng.random() < 0.4:
            times = {"event": "valid_to"}
        return words | {"item": item, "where": where, "times": times}

    def build_household(self, name: str, other: Indicator) -> Indicator:
        rng = self.rng
        is_worded = other.kind in ("latest", "state_at") and other.value in ("mark", "fee_class", "category")
        worded = {"one_of": ["absent", "class_a", "neglect", "quasi_protection"]}
        test = worded if is_worded else rng.choice([{"at_least": 1}, {"at_most": 0}, {"at_least": 2}])
        words = {"relatives_indicator": other.id, "over": rng.choice(["siblings", "parents", "household"])}
        return self.finish(name, "household", words | {"counts_when": test})

    def finish(self, name: str, kind: str, words: dict[str, Any]) -> Indicator:
        rng = self.rng
        answers_value = kind in ("latest", "days_since") or words.get("measure") == "latest"
        has_no_zero = answers_value or (kind == "state_at" and "value" in words)
        empty = (
            "missing" if kind == "missing" else "nothing" if has_no_zero else rng.choice(["nothing", "zero"])
        )
        who = rng.choice(["everyone", "everyone", "born", "unborn", "pupils", "pupils", "nursery"])
        ages = {"from_age_years": rng.choice([1, 6])} if rng.random() < 0.15 else {}
        ages |= {"to_age_years": rng.choice([1, 6, 12])} if rng.random() < 0.15 else {}
        return Indicator.model_validate(
            {
                "id": name,
                "title": {"ja": name},
                "sentence": {"ja": name},
                "kind": kind,
                "empty": empty,
                "resets_in_april": rng.random() < 0.2,
                "quiet_months": rng.choice([[], [], [], [8], [3, 12]]),
                "applies_to": {"who": who, **ages},
                **words,
            }
        )

    def any_window(self, may_be_life: bool = True) -> Any:
        rng = self.rng
        named: list[Any] = ["this_school_year", "last_school_year", {"days": rng.choice([1, 28, 365])}]
        named += [{"months": rng.choice([1, 12, 24])}]
        return rng.choice([*named, "since_birth", "since_pregnancy"] if may_be_life else named)


@pytest.fixture(scope="session")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    with Engine(spill=tmp_path_factory.mktemp("spill"), readable=[]) as engine:
        yield Laboratory(engine)
