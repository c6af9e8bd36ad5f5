"""Who has to do with a child, from what its page shows."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from tsunagu.catalog.words import Department

DAY = date(2026, 6, 1)


def make_contact(name: str, day: int, hour: int = 0):
    return SimpleNamespace(
        staff=SimpleNamespace(name=name),
        occurred_on=DAY.replace(day=day),
        recorded_at=datetime(2026, 6, day, hour, tzinfo=UTC),
    )


def make_fact(item: str, day: int | None, *, is_event: bool, ends: date | None = None):
    begins = None if day is None else DAY.replace(day=day)
    return SimpleNamespace(item=item, title={"ja": item}, begins=begins, ends=ends, is_event=is_event)


def make_lane(department: Department, *facts, shut=None, count=None):
    return SimpleNamespace(department=department, facts=facts, shut=shut, count=count)


def test_people_come_first_and_each_is_told_by_the_latest_contact(desk_server):
    from tsunagu.web.network import list_ties

    contacts = [make_contact("乙", 3), make_contact("甲", 1), make_contact("乙", 5)]
    ties = list_ties(["丙"], contacts, [])
    assert [(tie.name, tie.is_in_charge, tie.last_on and tie.last_on.day) for tie in ties] == [
        ("丙", True, None),
        ("乙", False, 5),
        ("甲", False, 1),
    ]


def test_a_department_is_told_by_its_last_event_and_by_what_goes_on(desk_server):
    from tsunagu.people.record import Shut
    from tsunagu.web.network import list_ties

    lanes = [
        make_lane(
            Department.EDUCATION,
            make_fact("在籍", 1, is_event=False),
            make_fact("援助", 1, is_event=False, ends=DAY),
            make_fact("欠席", 9, is_event=True),
            make_fact("健診", 8, is_event=True),
        ),
        make_lane(Department.HEALTH, shut=Shut.NO_LANE, count=4),
        make_lane(Department.WELFARE, shut=Shut.NO_LANE),
        make_lane(Department.BENEFITS),
    ]
    education, health = list_ties([], [], lanes)
    assert (education.last_on, education.fact, education.goes_on) == (
        DAY.replace(day=9),
        {"ja": "欠席"},
        ({"ja": "在籍"},),
    )
    assert (health.department, health.shut, health.last_on) == (Department.HEALTH, Shut.NO_LANE, None)


@pytest.mark.parametrize(
    ("outcome", "state"),
    [(None, "new"), ("watch", "watched"), ("visit", "under_way"), ("already_supported", "supported")],
)
def test_the_state_is_what_the_decision_says(desk_server, outcome, state):
    from tsunagu.cases.states import STATES, get_state
    from tsunagu.pipeline.seam import OutcomeKind
    from tsunagu.web.narrowing_words import STATE_TITLES

    assert get_state(outcome) == state
    assert set(STATES) == set(OutcomeKind)
    assert set(STATES.values()) | {"new"} == set(STATE_TITLES)
