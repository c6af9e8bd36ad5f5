"""What people write about children: in their own name, about those they have to do with, never changed afterwards."""

from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest

from tsunagu.database.logins import Login
from tsunagu.pipeline.seam import ContactWay, OutcomeKind

from .conftest import DAY, LISTED, OTHER_PURPOSE, OURS, PURPOSE, UNKNOWN

SOON = DAY + timedelta(days=14)


def decide(**changes):
    from tsunagu.cases.entries import NewDecision

    values = {"outcome": OutcomeKind.WATCH, "reason": "学校と話して見守る", "next_action_on": SOON}
    return NewDecision(**{**values, **changes})


def contact(**changes):
    from tsunagu.cases.entries import NewContact

    return NewContact(**{"occurred_on": DAY, "way": ContactWay.VISIT, "saw_child": True, **changes})


def feedback(verdict, source=""):
    from tsunagu.cases.entries import NewFeedback
    from tsunagu.cases.models import Verdict

    return NewFeedback("poverty", "arrears", Verdict(verdict), source)


def list_seen(town, name, kind, *, purpose=PURPOSE):
    return town.act(name, lambda _: sorted(kind.objects.values_list("person_id", flat=True)), purpose=purpose)


def list_acts(town) -> list:
    with psycopg.connect(town.desk.url(Login.CHECKPOINTER)) as connection:
        rows = connection.execute("SELECT act, outcome FROM audit_row WHERE act LIKE 'case.%' ORDER BY at")
        return rows.fetchall()


def test_a_decision_is_seen_by_whoever_has_to_do_with_the_child(town):
    from tsunagu.cases.models import Decision
    from tsunagu.cases.operations import decide_outcome

    town.act("coordinator", decide_outcome, [OURS, LISTED], decide())
    seen = {
        name: list_seen(town, name, Decision) for name in ("coordinator", "supervisor", "worker", "stranger")
    }
    assert seen == {"coordinator": [OURS, LISTED], "supervisor": [OURS], "worker": [OURS], "stranger": []}
    assert list_seen(town, "coordinator", Decision, purpose=OTHER_PURPOSE) == []
    assert list_acts(town)[-2:] == [("case.decide", "changed")] * 2


@pytest.mark.parametrize(
    ("who", "persons"),
    [
        ("worker", [OURS, LISTED]),
        ("supervisor", [LISTED]),
        ("stranger", [OURS]),
        ("auditor", [OURS]),
        ("coordinator", [OURS, UNKNOWN]),
    ],
)
def test_one_child_that_is_not_theirs_forbids_all(town, count_rows, who, persons):
    from tsunagu.cases.operations import NotTheirsError, decide_outcome

    with pytest.raises(NotTheirsError):
        town.act(who, decide_outcome, persons, decide())
    assert count_rows("cases_decision") == 0
    assert set(list_acts(town)[1:]) == {("case.decide", "refused")}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": " 　"}, "reason"),
        ({"next_action_on": None}, "next_action_on"),
        ({"next_action_on": DAY - timedelta(days=1)}, "next_action_on"),
    ],
)
def test_a_decision_without_its_parts_is_not_kept(town, count_rows, changes, field):
    from tsunagu.cases.operations import decide_outcome
    from tsunagu.cases.policies import EntryFaultError

    with pytest.raises(EntryFaultError) as refused:
        town.act("coordinator", decide_outcome, [OURS], decide(**changes))
    assert refused.value.field == field
    assert count_rows("cases_decision") == 0


def test_what_closes_needs_no_next_date(town, count_rows):
    from tsunagu.cases.operations import decide_outcome

    town.act(
        "coordinator", decide_outcome, [OURS], decide(outcome=OutcomeKind.NO_SUPPORT, next_action_on=None)
    )
    assert count_rows("cases_decision") == 1


def test_the_database_itself_asks_for_the_next_date(town):
    from django.db import IntegrityError

    from tsunagu.cases.models import Decision

    row = {"person_id": OURS, "purpose": PURPOSE, "outcome": "watch", "reason": "見守る", "decided_on": DAY}
    with pytest.raises(IntegrityError):
        town.act("worker", lambda acting: Decision.objects.create(staff=acting.staff, **row))


def test_nobody_writes_in_another_name_or_for_another_purpose(town):
    from django.db import ProgrammingError

    from tsunagu.cases.models import ContactMade

    row = {"person_id": OURS, "occurred_on": DAY, "way": "visit", "saw_child": False}
    for staff, purpose in ((town.coordinator, PURPOSE), (town.worker, OTHER_PURPOSE)):
        with pytest.raises(ProgrammingError):
            town.act(
                "worker",
                lambda _, who=staff, what=purpose: ContactMade.objects.create(staff=who, purpose=what, **row),
            )


def test_nothing_that_was_written_is_changed_or_deleted(town, count_rows):
    from tsunagu.cases.models import ContactMade
    from tsunagu.cases.operations import note_contact

    town.act("worker", note_contact, OURS, contact())
    assert town.act("worker", lambda _: ContactMade.objects.update(saw_child=False)) == 0
    assert town.act("worker", lambda _: ContactMade.objects.all().delete())[0] == 0
    assert count_rows("cases_contact_made") == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"occurred_on": SOON}, "occurred_on"), ({"way": ContactWay.LETTER}, "saw_child")],
)
def test_a_contact_that_cannot_be_is_not_kept(town, count_rows, changes, field):
    from tsunagu.cases.operations import note_contact
    from tsunagu.cases.policies import EntryFaultError

    with pytest.raises(EntryFaultError) as refused:
        town.act("worker", note_contact, OURS, contact(**changes))
    assert refused.value.field == field
    assert count_rows("cases_contact_made") == 0


def test_what_is_wrong_is_wrong_in_somebodys_data(town, count_rows):
    from tsunagu.cases.operations import give_feedback
    from tsunagu.cases.policies import EntryFaultError

    with pytest.raises(EntryFaultError):
        town.act("worker", give_feedback, OURS, feedback("wrong"))
    town.act("worker", give_feedback, OURS, feedback("wrong", "benefits/arrears"))
    assert count_rows("cases_feedback") == 1


def test_a_deferral_has_a_reason_and_a_day_to_come(town, count_rows):
    from tsunagu.cases.operations import defer_task
    from tsunagu.cases.policies import EntryFaultError

    for until, reason in ((DAY, "家庭の都合"), (SOON, "")):
        with pytest.raises(EntryFaultError):
            town.act("worker", defer_task, OURS, until, reason)
    town.act("worker", defer_task, OURS, SOON, "家庭の都合")
    assert count_rows("cases_deferral") == 1


def test_one_takes_back_ones_own_entries_once(town, count_rows):
    from tsunagu.cases.operations import EntryNotFoundError, decide_outcome, take_back

    (entry,) = town.act("worker", decide_outcome, [OURS], decide())
    for who, entries in (("supervisor", [entry.pk]), ("worker", [entry.pk, uuid4()])):
        with pytest.raises(EntryNotFoundError):
            town.act(who, take_back, entries)
    town.act("worker", take_back, [entry.pk])
    with pytest.raises(EntryNotFoundError):
        town.act("worker", take_back, [entry.pk])
    assert count_rows("cases_taking_back") == 1
    assert count_rows("cases_decision") == 1


def test_a_child_is_given_to_somebody_and_taken_away(town):
    from tsunagu.cases.entries import Charge
    from tsunagu.cases.models import Assignment, Decision
    from tsunagu.cases.operations import assign_child, decide_outcome, end_assignment

    town.act("coordinator", decide_outcome, [LISTED], decide())
    assert list_seen(town, "stranger", Decision) == []
    town.act("coordinator", assign_child, [LISTED], Charge(assignee=town.stranger))
    town.act("coordinator", assign_child, [LISTED], Charge(assignee=town.stranger))
    assert list_seen(town, "stranger", Decision) == [LISTED]
    assert list_seen(town, "coordinator", Assignment) == [OURS, LISTED]
    town.act("coordinator", end_assignment, [LISTED], Charge(assignee=town.stranger))
    assert list_seen(town, "stranger", Decision) == []
    assert list_seen(town, "coordinator", Assignment) == [OURS]


def test_an_assignment_of_earlier_days_ends_and_stays_on_record(town):
    from tsunagu.cases.entries import Charge
    from tsunagu.cases.models import Assignment
    from tsunagu.cases.operations import assign_child, end_assignment

    town.act("coordinator", assign_child, [LISTED], Charge(assignee=town.worker))
    town.act("coordinator", end_assignment, [LISTED], Charge(assignee=town.worker), on=SOON)
    read = lambda _: list(
        Assignment.objects.filter(person_id=LISTED).values_list("valid_from", "valid_to")
    )  # once
    assert town.act("coordinator", read) == [(DAY, SOON)]


@pytest.mark.parametrize(
    ("who", "child", "to"),
    [
        ("worker", OURS, "stranger"),
        ("worker", LISTED, "worker"),
        ("stranger", OURS, "stranger"),
        ("supervisor", LISTED, "worker"),
        ("auditor", OURS, "auditor"),
    ],
)
def test_nobody_gives_what_is_not_theirs_to_give(town, count_rows, who, child, to):
    from tsunagu.cases.entries import Charge
    from tsunagu.cases.operations import NotTheirsError, assign_child

    with pytest.raises(NotTheirsError):
        town.act(who, assign_child, [child], Charge(assignee=getattr(town, to)))
    assert count_rows("cases_assigning") == 1  # the team's, of the beginning
    assert count_rows("access_relationship") == 1


def test_one_of_the_team_takes_a_child_of_the_team_on(town):
    from tsunagu.cases.entries import Charge
    from tsunagu.cases.models import Assignment
    from tsunagu.cases.operations import assign_child

    town.act("worker", assign_child, [OURS], Charge(assignee=town.worker))
    assert list_seen(town, "worker", Assignment) == [OURS, OURS]


def test_who_is_in_charge_is_written_by_the_database_alone(town):
    from django.db import ProgrammingError

    from tsunagu.cases.models import Assignment

    row = {"relationship_id": 99, "person_id": LISTED, "team_id": "T1", "valid_from": DAY}
    with pytest.raises(ProgrammingError):
        town.act("coordinator", lambda _: Assignment.objects.create(**row))


def test_a_policy_that_asks_for_no_right_would_be_seen(town):
    """The mutant: whoever may write anything may write about any child."""
    from tsunagu.cases.operations import decide_outcome

    with psycopg.connect(town.desk.url(Login.OWNER), autocommit=True) as owner:
        owner.execute("CREATE POLICY loose ON cases_decision FOR ALL USING (true) WITH CHECK (true)")
        try:
            assert town.act("stranger", decide_outcome, [OURS], decide())
        finally:
            owner.execute("DROP POLICY loose ON cases_decision")
