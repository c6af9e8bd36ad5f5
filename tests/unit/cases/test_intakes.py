"""受付: the clock runs from when it came in until one of us has seen the child, and somebody always answers for it."""

from datetime import datetime, time, timedelta
from types import SimpleNamespace

import psycopg
import pytest

from tsunagu.database.logins import Login
from tsunagu.pipeline.seam import ContactWay
from tsunagu.vocabulary.dates import JST

from .conftest import DAY, LISTED, OTHER_PURPOSE, OURS, PURPOSE, UNKNOWN

NOON = datetime.combine(DAY, time(12), tzinfo=JST)
HOUR = timedelta(hours=1)


@pytest.fixture
def clock(monkeypatch):
    """What time it is, on any day: turned by hand."""
    from tsunagu.access import clock
    from tsunagu.cases import intake_reading, intakes, tasks

    hands = SimpleNamespace(at=NOON)
    for module in (clock, intake_reading, intakes, tasks):
        monkeypatch.setattr(module, "read_moment", lambda on_date: hands.at)
    return hands


@pytest.fixture
def told(town, clock):
    """Takes an intake down, told an hour ago."""
    from tsunagu.cases.entries import NewIntake
    from tsunagu.cases.intake_models import Source, Urgency, WasSeen
    from tsunagu.cases.intakes import begin_intake, receive_intake

    def take(who, person=OURS, *, takes_on=False, **said):
        draft = town.act(who, lambda acting: begin_intake(acting, person, {}, searched_at=NOON, candidates=3))
        words = {
            "received_at": clock.at - HOUR,
            "source": Source.NEIGHBOUR,
            "said": "夜に泣き声が続いています",
            "was_seen": WasSeen.UNKNOWN,
            "urgency": Urgency.TODAY,
            **said,
        }
        new = NewIntake(**words)
        return town.act(who, lambda acting: receive_intake(acting, draft.pk, new, takes_on=takes_on))

    return take


def ask(town, name, tab, *, is_everybodys=False, on=DAY, purpose=PURPOSE):
    from tsunagu.cases.tasks import Asked, Tab, list_tasks

    found = town.act(name, list_tasks, Asked(Tab(tab), [], is_everybodys), on=on, purpose=purpose)
    return [(task.intake_id, task.turn, task.in_charge) for task in found.page if task.kind == "intake"]


def test_who_answers_changes_with_time_until_somebody_receives_it(town, told, clock):
    from tsunagu.cases.duty import set_duty
    from tsunagu.cases.intake_reading import Turn, open_intake
    from tsunagu.cases.intakes import take_receipt, take_step_back

    town.act("coordinator", set_duty, DAY, town.stranger, town.supervisor)
    intake = told("worker")
    names = {who: (getattr(town, who).name,) for who in ("stranger", "supervisor", "coordinator")}

    assert ask(town, "stranger", "week") == ask(town, "supervisor", "week") == []
    assert ask(town, "coordinator", "waiting") == [(intake.pk, "anybody", ())]
    clock.at = NOON + HOUR
    assert ask(town, "stranger", "week") == [(intake.pk, "duty", names["stranger"])]
    assert ask(town, "supervisor", "week") == []
    clock.at = NOON + 2 * HOUR
    both = names["stranger"] + names["supervisor"]
    assert ask(town, "stranger", "week") == ask(town, "supervisor", "week") == [(intake.pk, "deputy", both)]
    receipt = town.act("coordinator", take_receipt, intake.pk)
    assert ask(town, "stranger", "week") == ask(town, "stranger", "waiting") == []
    assert ask(town, "coordinator", "week") == [(intake.pk, "received", names["coordinator"])]
    assert receipt.happened_at == clock.at
    # Whoever has left answers for nothing any more.
    type(town.coordinator).objects.filter(pk=town.coordinator.pk).update(is_active=False)
    assert [one[1] for one in ask(town, "stranger", "week")] == ["deputy"]
    assert town.act("worker", open_intake, intake.pk).turn is Turn.DEPUTY
    type(town.coordinator).objects.filter(pk=town.coordinator.pk).update(is_active=True)

    assert town.act("worker", open_intake, intake.pk).turn is Turn.RECEIVED
    town.act("coordinator", take_step_back, receipt.pk)
    for turn, at in ((Turn.ANYBODY, NOON), (Turn.DUTY, NOON + HOUR), (Turn.DEPUTY, NOON + 2 * HOUR)):
        clock.at = at
        assert town.act("worker", open_intake, intake.pk).turn is turn
        shown = [one[1] for one in ask(town, "coordinator", "week", is_everybodys=True)]
        assert shown == [str(turn)]


def test_the_clock_runs_from_when_it_came_in(town, told, clock):
    intake = told("worker", takes_on=True)
    assert intake.due_at == NOON + 47 * HOUR
    for hours, tab in ((0, "week"), (46, "today"), (47, "overdue"), (200, "overdue")):
        clock.at = NOON + hours * HOUR
        on = clock.at.date()
        assert [tab for tab in ("week", "today", "overdue") if ask(town, "worker", tab, on=on)] == [tab]
    late = told("worker", received_at=NOON - 60 * HOUR)
    clock.at = NOON
    assert [one[0] for one in ask(town, "coordinator", "overdue", is_everybodys=True)] == [late.pk]


def test_a_sighting_ends_it_wherever_it_is_noted_and_taken_back_it_runs_on(town, told):
    from tsunagu.cases.entries import NewContact, NewSighting
    from tsunagu.cases.intakes import IntakeOverError, note_sighting, take_receipt, take_step_back
    from tsunagu.cases.models import ContactMade
    from tsunagu.cases.operations import note_contact, take_back

    intake, second = told("worker", takes_on=True), told("stranger")
    before = NewContact(DAY - timedelta(days=1), ContactWay.VISIT, saw_child=True)
    unseen = NewContact(DAY, ContactWay.TELEPHONE, saw_child=False)
    for contact in (before, unseen):
        town.act("worker", note_contact, OURS, contact)
    elsewhere = NewContact(DAY, ContactWay.VISIT, saw_child=True)
    town.act("worker", note_contact, OURS, elsewhere, purpose=OTHER_PURPOSE)
    assert len(ask(town, "coordinator", "week", is_everybodys=True)) == 2

    seen = town.act("worker", note_contact, OURS, elsewhere)
    assert ask(town, "coordinator", "week", is_everybodys=True) == []
    with pytest.raises(IntakeOverError):
        town.act("worker", take_receipt, second.pk)
    town.act("worker", take_back, [seen.pk])
    assert len(ask(town, "coordinator", "week", is_everybodys=True)) == 2

    # By whoever may note contacts with the child, on the intake's own page: a contact as well, back with it.
    step = town.act("worker", note_sighting, intake.pk, NewSighting(DAY, "visit", "玄関で会えた"))
    assert town.act("worker", lambda _: ContactMade.objects.get(pk=step.contact).note) == "玄関で会えた"
    assert ask(town, "coordinator", "week", is_everybodys=True) == []
    town.act("worker", take_step_back, step.pk)
    assert len(ask(town, "coordinator", "week", is_everybodys=True)) == 2
    # By somebody who may not: the intake alone.
    step = town.act("stranger", note_sighting, second.pk, NewSighting(DAY, "interview"))
    assert step.contact is None
    assert [one[0] for one in ask(town, "coordinator", "week", is_everybodys=True)] == [intake.pk]


def test_it_is_closed_for_a_reason_alone_and_a_child_nobody_knows_can_be_told_of(town, told):
    from tsunagu.cases.entries import NewSighting
    from tsunagu.cases.intake_models import Ending
    from tsunagu.cases.intakes import close_intake, note_sighting, take_step_back
    from tsunagu.cases.operations import EntryNotFoundError
    from tsunagu.cases.policies import EntryFaultError

    intake = told("worker", None, name="たろう")
    for sighting in (
        NewSighting(DAY + timedelta(days=1), "visit"),
        NewSighting(DAY - timedelta(days=1), "visit"),
        NewSighting(DAY, "telephone"),
    ):
        with pytest.raises(EntryFaultError):
            town.act("worker", note_sighting, intake.pk, sighting)
    with pytest.raises(EntryFaultError):
        town.act("worker", close_intake, intake.pk, Ending.NO_CHILD, " ")
    closing = town.act("worker", close_intake, intake.pk, Ending.SEEN_BY_OTHERS, "警察が玄関で会った")
    assert ask(town, "coordinator", "week", is_everybodys=True) == []
    with pytest.raises(EntryNotFoundError):
        town.act("coordinator", take_step_back, closing.pk)
    town.act("worker", take_step_back, closing.pk)
    with pytest.raises(EntryNotFoundError):
        town.act("worker", take_step_back, closing.pk)
    assert [one[0] for one in ask(town, "worker", "waiting")] == [intake.pk]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"said": " "}, "said"),
        ({"received_at": NOON + HOUR}, "received_at"),
        ({"was_seen": "seen"}, "seen_when"),
    ],
)
def test_what_makes_no_sense_is_not_taken_and_the_draft_stays(town, told, count_rows, wrong, field):
    from tsunagu.cases.intake_models import WasSeen
    from tsunagu.cases.policies import EntryFaultError

    with pytest.raises(EntryFaultError) as said:
        told("worker", **{name: WasSeen(one) if name == "was_seen" else one for name, one in wrong.items()})
    assert said.value.field == field
    assert (count_rows("cases_intake"), count_rows("cases_intake_draft")) == (0, 1)


def test_the_same_draft_sent_twice_is_one_intake_and_no_draft(town, clock, count_rows):
    from tsunagu.cases.entries import NewIntake
    from tsunagu.cases.intake_models import Source, Urgency, WasSeen
    from tsunagu.cases.intakes import DraftNotFoundError, begin_intake, receive_intake, save_draft

    draft = town.act("worker", lambda acting: begin_intake(acting, None, {}, searched_at=NOON, candidates=0))
    with pytest.raises(DraftNotFoundError):
        town.act("stranger", save_draft, draft.pk, {"said": "よその人が書く"})
    town.act("worker", save_draft, draft.pk, {"said": "聞いたところまで"})
    new = NewIntake(NOON, Source.POLICE, "路上で一人でいました", WasSeen.NOT_SEEN, Urgency.NOW)
    for _ in range(2):
        intake = town.act("worker", lambda acting: receive_intake(acting, draft.pk, new, takes_on=True))
        assert intake.pk == draft.pk
    counts = [count_rows(table) for table in ("cases_intake", "cases_intake_step", "cases_intake_draft")]
    assert counts == [1, 1, 0]


def test_what_may_be_the_same_child_is_found(town, told):
    from tsunagu.cases.intake_reading import Described, list_alike

    told(
        "worker", OURS, name="架空 花子", kana="カクウ ハナコ", born="H30.5.5", place="架空町2-3 青いアパート"
    )
    told("worker", None, name="さとう けん", place="")

    def look(*said, name="stranger"):
        found = town.act(name, list_alike, Described(*said))
        return [(one.state.intake.name, [str(like) for like in one.likenesses]) for one in found]

    assert look(OURS) == [("架空 花子", ["same_child"])]
    assert look(None, "", "かくう　はなこ") == [("架空 花子", ["name"])]
    assert look(None, "架空 華子", "", "2018-05-05") == [("架空 花子", ["birth_date"])]
    assert look(None, "架空 花枝子") == [("架空 花子", ["similar"])]
    assert look(None, "サトウ ケン") == [("さとう けん", ["name"])]
    assert look(None, "", "", "", "架空町二丁目の青いアパート")[0][1] == ["place"]
    assert look(None, "山田 太郎", "", "2018") == look(UNKNOWN) == []


def test_others_see_and_write_nothing_of_it(town, told, desk):
    from tsunagu.access.permission import RightMissingError
    from tsunagu.access.session import acting_as
    from tsunagu.cases.duty import list_duty, list_takers, set_duty
    from tsunagu.cases.intake_reading import IntakeNotFoundError, list_intakes, open_intake
    from tsunagu.cases.intakes import begin_intake, take_receipt
    from tsunagu.cases.policies import EntryFaultError

    intake = told("worker", LISTED)
    for deed in (
        lambda acting: begin_intake(acting, None, {}, searched_at=NOON, candidates=0),
        list_intakes,
        list_duty,
        lambda acting: set_duty(acting, DAY, town.worker, town.supervisor),
    ):
        with pytest.raises(RightMissingError):
            town.act("auditor", deed)
    for name, purpose in (("auditor", PURPOSE), ("coordinator", OTHER_PURPOSE)):
        for deed in (open_intake, take_receipt):
            with pytest.raises(IntakeNotFoundError):
                town.act(name, deed, intake.pk, purpose=purpose)
    # Nobody below sets the duty, and nobody is on duty who would not see what comes.
    with pytest.raises(RightMissingError):
        town.act("worker", set_duty, DAY, town.worker, town.supervisor)
    for pair in ((town.auditor, town.worker), (town.worker, town.auditor), (town.worker, town.worker)):
        with pytest.raises(EntryFaultError):
            town.act("coordinator", set_duty, DAY, *pair)
    week = DAY + timedelta(days=6)
    duty = town.act(
        "coordinator", lambda acting: set_duty(acting, DAY, town.worker, town.supervisor, until=week)
    )
    assert [one.on_date for one in duty] == [DAY + timedelta(days=number) for number in range(7)]
    for until in (DAY - timedelta(days=1), DAY + timedelta(days=31)):
        with pytest.raises(EntryFaultError):
            town.act(
                "coordinator",
                lambda acting, until=until: set_duty(acting, DAY, town.worker, town.supervisor, until=until),
            )
    takers = town.act("coordinator", lambda acting: {one.pk for one in list_takers(acting.on_date)})
    assert takers == {one.pk for one in (town.coordinator, town.supervisor, town.worker, town.stranger)}

    # Whoever tells that the child is their relative sees it no more; nor can they answer for it.
    with psycopg.connect(desk.url(Login.OWNER)) as owner:
        owner.execute(
            "INSERT INTO access_seal (staff_id, person_id, kind, is_computed, valid_from)"
            " VALUES (%s, %s, 'own_relative', true, %s)",
            [town.stranger.pk, LISTED, DAY],
        )
    with acting_as(town.stranger, PURPOSE, DAY) as acting:
        assert list_intakes(acting) == []
    with pytest.raises(IntakeNotFoundError):
        town.act("stranger", take_receipt, intake.pk)
