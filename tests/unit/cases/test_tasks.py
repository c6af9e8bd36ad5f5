"""Tasks follow from what is known: nobody writes one, and none is lost."""

from datetime import timedelta

import psycopg
import pytest

from tsunagu.database.logins import Login
from tsunagu.pipeline.seam import OutcomeKind

from .conftest import DAY, LISTED, OTHER_PURPOSE, OURS, PURPOSE

WEEK = timedelta(days=7)
ADD_LISTED = """
INSERT INTO cases_listed (
    person_id, purpose, run_id, need_level, need_rank, headline_ja, headline_en, has_red_flag, silence_state,
    is_silence_urgent, silence_ja, silence_en, age_ja, age_en, is_unborn, is_registered, is_protected, kinds,
    listed_since, expires_on
) VALUES (
    %s, %s, 'run-1', 'high', 4, '架空の理由', 'made up', false, '', false, '', '', '10歳', '10', false, true, false, '{}',
    %s, %s
)
"""


@pytest.fixture
def listed(town):
    with psycopg.connect(town.desk.url(Login.OWNER)) as owner:
        owner.execute("SELECT set_config('tsunagu.purpose', %s, true)", [PURPOSE])
        for person in (OURS, LISTED):
            owner.execute(ADD_LISTED, [person, PURPOSE, DAY, DAY + timedelta(days=60)])
    return town


def ask(town, name, tab="new", *, on=DAY, purpose=PURPOSE, is_everybodys=None):
    """The counts of all tabs that are not empty, and the children of one."""
    from tsunagu.cases.tasks import Asked, Tab, list_tasks

    teams = ["T1"] if name in ("worker", "supervisor") else []
    everybodys = name in ("coordinator", "supervisor") if is_everybodys is None else is_everybodys
    found = town.act(name, list_tasks, Asked(Tab(tab), teams, everybodys), purpose=purpose, on=on)
    counts = {str(tab): count for tab, count in found.counts.items() if count}
    return counts, [task.person_id for task in found.page]


def decide(town, name, person, days, outcome=OutcomeKind.WATCH):
    from tsunagu.cases.entries import NewDecision
    from tsunagu.cases.operations import decide_outcome

    on = None if days is None else DAY + timedelta(days=days)
    return town.act(name, decide_outcome, [person], NewDecision(outcome, "見守りを続ける", on))[0]


def test_a_listed_child_is_a_task_until_somebody_decides(listed):
    counts, children = ask(listed, "coordinator")
    assert (counts, children) == ({"new": 2, "unassigned": 2}, [OURS, LISTED])
    decide(listed, "coordinator", LISTED, None, OutcomeKind.NO_SUPPORT)
    assert ask(listed, "coordinator") == ({"new": 1, "unassigned": 1}, [OURS])


def test_what_is_the_teams_waits_until_one_of_it_takes_it_on(listed):
    from tsunagu.cases.entries import Charge
    from tsunagu.cases.operations import assign_child

    assert ask(listed, "worker", "waiting") == ({"new": 1, "waiting": 1}, [OURS])
    listed.act("worker", assign_child, [OURS], Charge(assignee=listed.worker))
    assert ask(listed, "worker", "waiting") == ({"new": 1}, [])
    assert ask(listed, "coordinator", "unassigned")[1] == [LISTED]


def test_a_next_date_is_a_task_of_its_day(listed):
    decide(listed, "worker", OURS, 0)
    decide(listed, "coordinator", LISTED, 7)
    assert ask(listed, "coordinator", "today")[1] == [OURS]
    assert ask(listed, "coordinator", "week")[1] == [LISTED]
    assert ask(listed, "coordinator", "overdue")[1] == []
    later = DAY + timedelta(days=8)
    assert ask(listed, "coordinator", "overdue", on=later)[1] == [OURS, LISTED]


def test_what_was_put_off_comes_again_on_its_day(listed):
    from tsunagu.cases.operations import defer_task, take_back

    decide(listed, "worker", OURS, 0)
    put_off = listed.act("worker", defer_task, OURS, DAY + WEEK, "家庭の都合")
    assert ask(listed, "worker", "today")[1] == []
    assert ask(listed, "worker", "week")[1] == [OURS]
    listed.act("worker", take_back, [put_off.pk])
    assert ask(listed, "worker", "today")[1] == [OURS]


def test_a_later_decision_counts_and_one_taken_back_does_not(listed):
    from tsunagu.cases.operations import take_back

    decide(listed, "worker", OURS, 0)
    second = decide(listed, "worker", OURS, 5)
    assert ask(listed, "worker", "today")[1] == []
    listed.act("worker", take_back, [second.pk])
    assert ask(listed, "worker", "today")[1] == [OURS]


@pytest.mark.parametrize("who", ["stranger", "auditor"])
def test_others_have_no_task_of_it(listed, who):
    decide(listed, "worker", OURS, 0)
    assert ask(listed, who, "today", is_everybodys=True) == ({}, [])


def test_another_purpose_has_tasks_of_its_own(listed):
    decide(listed, "worker", OURS, 0)
    assert ask(listed, "coordinator", "today", purpose=OTHER_PURPOSE) == ({}, [])


def test_pages_of_tasks_follow_each_other(listed, monkeypatch):
    from tsunagu.cases import tasks

    monkeypatch.setattr(tasks, "TASKS_A_PAGE", 1)
    pages = [
        listed.act("coordinator", tasks.list_tasks, tasks.Asked(tasks.Tab.NEW, [], True, page)).page
        for page in (1, 2, 3)
    ]
    assert [[task.person_id for task in page] for page in pages] == [[OURS], [LISTED], []]


def end_listing(town, *persons):
    with psycopg.connect(town.desk.url(Login.OWNER)) as owner:
        owner.execute("SELECT set_config('tsunagu.purpose', %s, true)", [PURPOSE])
        for table in ("cases_listed", "access_listed"):
            owner.execute(f"DELETE FROM {table} WHERE person_id = ANY (%s)", [list(persons)])  # noqa: S608 # our own names


def test_a_next_date_outlives_the_list_until_somebody_closes_it(listed, count_rows):
    from tsunagu.cases.entries import NewDecision
    from tsunagu.cases.operations import NotTheirsError, decide_outcome, defer_task, take_back

    decide(listed, "coordinator", LISTED, 3)
    end_listing(listed, LISTED, OURS)
    assert ask(listed, "coordinator", "week") == ({"week": 1, "unassigned": 1}, [LISTED])
    assert ask(listed, "coordinator", "overdue", on=DAY + timedelta(days=400))[1] == [LISTED]
    assert ask(listed, "stranger", "week", is_everybodys=True) == ({}, [])
    assert ask(listed, "coordinator", "week", purpose=OTHER_PURPOSE) == ({}, [])
    put_off = listed.act("coordinator", defer_task, LISTED, DAY + timedelta(days=5), "家庭の都合")
    listed.act("coordinator", take_back, [put_off.pk])
    closing = decide(listed, "coordinator", LISTED, None, OutcomeKind.NO_SUPPORT)
    assert ask(listed, "coordinator", "week") == ({}, [])
    words = NewDecision(OutcomeKind.WATCH, "見守りを続ける", DAY + timedelta(days=40))
    with pytest.raises(NotTheirsError):
        listed.act("coordinator", decide_outcome, [LISTED], words, on=DAY + timedelta(days=30))
    listed.act("coordinator", take_back, [closing.pk])
    assert ask(listed, "coordinator", "week")[1] == [LISTED]
    assert count_rows("access_followed") == 1


def test_without_what_follows_a_next_date_would_be_lost_with_the_list(listed):
    with psycopg.connect(listed.desk.url(Login.OWNER)) as owner:
        for table in ("cases_decision", "cases_taking_back"):
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER follow_when_written")
    decide(listed, "coordinator", LISTED, 3)
    end_listing(listed, LISTED, OURS)
    assert ask(listed, "coordinator", "week") == ({}, [])


def leave(town, name, on):
    from tsunagu.access.models import Staff

    Staff.objects.filter(pk=getattr(town, name).pk).update(hands_over_on=on)


def test_who_leaves_hands_over_before_it_is_too_late(listed):
    from tsunagu.cases.entries import Charge
    from tsunagu.cases.operations import assign_child

    listed.act("coordinator", assign_child, [OURS], Charge(assignee=listed.worker))
    decide(listed, "worker", OURS, 3)
    leave(listed, "worker", DAY + timedelta(days=40))
    assert ask(listed, "coordinator", "handover")[1] == []
    soon = DAY + timedelta(days=10)
    counts, children = ask(listed, "coordinator", "handover", on=soon)
    assert (children, counts["handover"], counts["unassigned"]) == ([OURS], 1, 1)
    assert OURS not in ask(listed, "coordinator", "unassigned", on=soon)[1]
    gone = DAY + timedelta(days=40)
    assert OURS in ask(listed, "coordinator", "unassigned", on=gone)[1]
    assert ask(listed, "coordinator", "handover", on=gone)[1] == [OURS]
    listed.act("coordinator", assign_child, [OURS], Charge(assignee=listed.supervisor))
    assert ask(listed, "coordinator", "handover", on=gone)[1] == []


def test_loads_count_what_each_has_and_nobodys_first(listed):
    from tsunagu.access.permission import RightMissingError
    from tsunagu.cases.entries import Charge
    from tsunagu.cases.loads import list_loads
    from tsunagu.cases.operations import assign_child

    listed.act("coordinator", assign_child, [OURS], Charge(assignee=listed.worker))
    decide(listed, "worker", OURS, 0)

    def look(name, on=DAY):
        found = listed.act(name, list_loads, on=on)
        return [
            (one.staff_id, one.team_id, one.children, one.overdue, one.soon, one.undecided) for one in found
        ]

    mine = listed.worker.pk
    expected = [(None, "", 1, 0, 0, 1), (None, "T1", 1, 0, 1, 0), (mine, "", 1, 0, 1, 0)]
    assert look("coordinator") == expected
    assert look("supervisor") == expected[1:]
    assert look("coordinator", DAY + timedelta(days=1))[2] == (mine, "", 1, 1, 0, 0)
    leave(listed, "worker", DAY + timedelta(days=1))
    assert [one[:2] for one in look("coordinator", DAY + timedelta(days=1))] == [(None, ""), (None, "T1")]
    for name in ("worker", "auditor"):
        with pytest.raises(RightMissingError):
            look(name)
