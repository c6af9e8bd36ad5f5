"""The city's totals stay inside the bands that docs/explanation/fictional-city.md promises beside public figures."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from tsunagu.fiction import benefits
from tsunagu.fiction.almanac import YEAR_DAYS, is_child
from tsunagu.fiction.build import Plan, make_records
from tsunagu.fiction.circumstances import (
    DEVELOPMENT,
    HARDSHIP,
    ISOLATION,
    NEGLECT,
    NON_ATTENDANCE,
    VIOLENCE,
    YOUNG_CARER,
)
from tsunagu.fiction.people import BIRTH, COMMUTER, EVACUEE, MOVE_OUT, RESIDENT
from tsunagu.fiction.records import Records

PAGE = Path(__file__).resolve().parents[3] / "docs" / "explanation" / "fictional-city.md"
ROW = re.compile(
    r"^\| (?P<name>[^|]+?) \| (?P<shown>[\d.]+)%? \| (?P<low>[\d.]+)〜(?P<high>[\d.]+)%? \| (?P<public>[^|]+) \|$",
    re.MULTILINE,
)
# A public figure is given with who published it and when, or said to be unsure, or said not to be known.
SOURCED = re.compile(r"（[^）]*(省|庁)[^）]*20\d\d年[^）]*）|\[\?\]|数字なし")
COLUMN = 20


@dataclass(frozen=True)
class World:
    """A city on the first day of a month, and its residents then."""

    records: Records
    day: int
    residents: np.ndarray
    children: np.ndarray
    household: np.ndarray


@pytest.fixture(scope="module")
def world() -> World:
    records = make_records(Plan(children=5000, seed=1, start=date(2023, 4, 1), months=24, feeds="main"))
    day = records.months[COLUMN].first
    everybody = np.arange(len(records.city.people))
    residents = everybody[records.is_resident(everybody, day)]
    children = residents[is_child(records.city.people.birth[residents], day)]
    return World(records, day, residents, children, records.household_at(everybody, day))


def share_of_households_with_children(world: World) -> float:
    return len(np.unique(world.household[world.children])) / len(np.unique(world.household[world.residents]))


def share_with_siblings(count: int) -> Callable[[World], float]:
    def measure(world: World) -> float:
        siblings = np.minimum(np.unique(world.household[world.children], return_counts=True)[1], 3)
        return float((siblings == count).mean())

    return measure


def share_of_three_generations(world: World) -> float:
    """Households of children with a parent of theirs and somebody over sixty."""
    people, household = world.records.city.people, world.household
    parents = np.concatenate([people.mother[world.children], people.father[world.children]])
    parents = np.intersect1d(parents, world.residents)
    old = world.residents[(world.day - people.birth[world.residents]) / YEAR_DAYS > 60]
    old = np.setdiff1d(old, parents)
    of_children = np.unique(household[world.children])
    both = np.intersect1d(np.intersect1d(of_children, household[parents]), household[old])
    return len(both) / len(of_children)


def share_of_lone_parents(world: World) -> float:
    return float(world.records.is_lone_parent_child(world.children, world.day).mean())


def share_of_foreigners(world: World) -> float:
    return float((world.records.city.people.nation[world.residents] > 0).mean())


def count_events_a_year(world: World, event: int) -> float:
    entries = world.records.history.entries
    years = len(world.records.months) / 12
    inside = (entries.event == event) & (entries.day >= world.records.months[0].first)
    return float(inside.sum()) / years


def share_of_births(world: World) -> float:
    return count_events_a_year(world, BIRTH) / len(world.children)


def share_of_leavers(world: World) -> float:
    return count_events_a_year(world, MOVE_OUT) / len(world.residents)


def share_of_twins(world: World) -> float:
    people = world.records.city.people
    pairs = Counter(
        zip(people.family[world.children].tolist(), people.birth[world.children].tolist(), strict=True)
    )
    return sum(count for count in pairs.values() if count > 1) / len(world.children)


def share_of_partings(world: World) -> float:
    """Children whose parents parted within the year before."""
    people, families = world.records.city.people, world.records.city.families
    inside = world.children[people.family[world.children] >= 0]
    parted = families.parted_on[people.family[inside]]
    return float(((parted > world.day - 365) & (parted <= world.day)).mean())


def share_in_care(world: World) -> float:
    return float(world.records.is_in_care(world.children, world.day).mean())


def share_under(kind: str) -> Callable[[World], float]:
    return lambda world: float(
        (world.records.circumstances.level(kind, world.children, world.day) > 0).mean()
    )


def list_pupils(world: World) -> np.ndarray:
    schooling = world.records.schooling
    return schooling.persons[schooling.school[:, COLUMN] >= 0]


def share_aided(world: World) -> float:
    found = world.records.benefits
    return float((found.received_class(benefits.SCHOOL_AID, list_pupils(world), COLUMN) > 0).mean())


def share_missing_aid(world: World) -> float:
    found, pupils = world.records.benefits, list_pupils(world)
    entitled = pupils[found.entitled_class(benefits.SCHOOL_AID, pupils, COLUMN) > 0]
    return float((found.received_class(benefits.SCHOOL_AID, entitled, COLUMN) == 0).mean())


def share_with_rearing_allowance(world: World) -> float:
    classes = world.records.benefits.received_class(benefits.REARING_ALLOWANCE, world.children, COLUMN)
    return float(((classes > 0) & (classes < benefits.SUSPENDED)).mean())


def share_staying_away(world: World) -> float:
    level = world.records.circumstances.level(NON_ATTENDANCE, list_pupils(world), world.day)
    return float((level > 0).mean())


def share_without_record(stay: int) -> Callable[[World], float]:
    def measure(world: World) -> float:
        people = world.records.city.people
        return float((people.stay[list_pupils(world)] == stay).mean())

    return measure


def share_unfound(world: World) -> float:
    return float((world.records.city.people.away_from[world.children] <= world.day).mean())


def residents_a_child(world: World) -> float:
    return len(world.residents) / len(world.children) / 100


MEASURES: dict[str, Callable[[World], float]] = {
    "こども1人に対する住民": residents_a_child,
    "こどものいる世帯": share_of_households_with_children,
    "そのうち、こども1人": share_with_siblings(1),
    "そのうち、こども2人": share_with_siblings(2),
    "そのうち、こども3人以上": share_with_siblings(3),
    "そのうち、三世代": share_of_three_generations,
    "ひとり親と暮らすこども": share_of_lone_parents,
    "一年のうちに親が別れたこども": share_of_partings,
    "家庭の外で育つこども": share_in_care,
    "外国籍の住民": share_of_foreigners,
    "一年の出生（こどもに対して）": share_of_births,
    "同じ日に生まれたきょうだいのいるこども": share_of_twins,
    "一年に市外へ出た住民": share_of_leavers,
    "居所のわからないこども": share_unfound,
    "住民登録のない避難者の児童生徒": share_without_record(EVACUEE),
    "市外から通う児童生徒": share_without_record(COMMUTER),
    "経済的困窮": share_under(HARDSHIP),
    "孤立": share_under(ISOLATION),
    "ネグレクト": share_under(NEGLECT),
    "暴力": share_under(VIOLENCE),
    "ヤングケアラー": share_under(YOUNG_CARER),
    "発達上の必要": share_under(DEVELOPMENT),
    "ある日に学校に行けていない児童生徒": share_staying_away,
    "就学援助を受けている児童生徒": share_aided,
    "就学援助の対象なのに受けていない": share_missing_aid,
    "児童扶養手当の対象児童": share_with_rearing_allowance,
}


@dataclass(frozen=True)
class Promise:
    """A row of the page: what the city has, as written; from where to where it may move; the public figure."""

    shown: str
    low: float
    high: float
    public: str


def read_promises() -> dict[str, Promise]:
    rows = ROW.finditer(PAGE.read_text(encoding="utf-8"))
    return {
        row["name"]: Promise(row["shown"], float(row["low"]), float(row["high"]), row["public"])
        for row in rows
    }


PROMISES = read_promises()


def test_the_page_promises_a_band_for_every_measure_and_no_other() -> None:
    assert set(PROMISES) == set(MEASURES)


@pytest.mark.parametrize("name", MEASURES)
def test_the_city_stays_within_its_bands(world: World, name: str) -> None:
    assert PROMISES[name].low <= 100 * MEASURES[name](world) <= PROMISES[name].high


@pytest.mark.parametrize("name", MEASURES)
def test_the_page_shows_what_the_city_is(world: World, name: str) -> None:
    shown = PROMISES[name].shown
    decimals = len(shown.partition(".")[2])
    assert f"{100 * MEASURES[name](world):.{decimals}f}" == shown


@pytest.mark.parametrize("name", MEASURES)
def test_a_public_figure_has_its_source_or_is_marked_as_unsure(name: str) -> None:
    assert SOURCED.search(PROMISES[name].public)


def test_a_figure_without_a_source_is_noticed() -> None:
    assert not SOURCED.search("18.3%")
    assert not SOURCED.search("18.3%（2022年の調査）")


def test_residents_are_counted_by_the_register(world: World) -> None:
    entries = world.records.history.entries
    rows = world.records.history.row_at(world.residents, world.day)
    assert (entries.status[rows] == RESIDENT).all()
