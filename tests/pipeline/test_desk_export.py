"""What people wrote at the desk reaches the next run, once, whatever was interrupted; nothing holds up the rest."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from tsunagu.pipeline.seam import ContactWay, OutcomeKind, Seam, list_children
from tsunagu.store.commit import open_reader
from tsunagu.store.facts import DESK_DECISION

PURPOSE = "abuse_prevention"
NOBODY = 4242


@pytest.fixture
def seam(world, world_copy):
    """The day after the run."""
    return Seam(world_copy, replace(world.catalog, opened_for=world.as_of + timedelta(days=1)))


@pytest.fixture
def child(seam, world):
    today = Seam(seam.home, replace(world.catalog, opened_for=world.as_of))
    return next(one.person_id for one in list_children(today, None, PURPOSE) if not one.is_unborn)


@pytest.fixture
def worker(desk, administrator, make_staff, seam, child):
    """A caseworker in charge of a child, and of somebody no run knows; `act` does something on their behalf."""
    from tsunagu.access.models import PurposeGrant, Relationship, RoleAssignment
    from tsunagu.access.session import acting_as
    from tsunagu.web.upgrading import bring_up_to_date

    bring_up_to_date(desk, roles=seam.catalog.list_roles(on=seam.on))
    staff = make_staff("S0001")
    with acting_as(administrator, "administration", seam.on):
        RoleAssignment.objects.create(
            staff=staff, role="caseworker", scope_kind="municipality", valid_from=seam.on
        )
        PurposeGrant.objects.create(staff=staff, purpose=PURPOSE, valid_from=seam.on)
        for person in (child, NOBODY):
            Relationship.objects.create(staff=staff, person_id=person, kind="assigned", valid_from=seam.on)

    def act(deed, *words):
        with acting_as(staff, PURPOSE, seam.on) as acting:
            return deed(acting, *words)

    return SimpleNamespace(act=act)


@pytest.fixture
def export(desk, seam):
    from tsunagu.access.owner import OWNER_ALIAS, owner_connection
    from tsunagu.cases.export import return_entries

    def do():
        with owner_connection(desk):
            done = return_entries(seam, using=OWNER_ALIAS)
        return done.taken, done.refused

    return do


def meet(worker, person, seam):
    from tsunagu.cases.entries import NewContact
    from tsunagu.cases.operations import note_contact

    new = NewContact(seam.on, ContactWay.VISIT, saw_child=True, note="玄関先で話した")
    return worker.act(note_contact, person, new)


def decide(worker, person):
    from tsunagu.cases.entries import NewDecision
    from tsunagu.cases.operations import decide_outcome

    return worker.act(decide_outcome, [person], NewDecision(OutcomeKind.NO_SUPPORT, "話を聞けた"))[0]


def read_kept(seam):
    with open_reader(seam.home, "test") as reader:
        reader.attach(DESK_DECISION)
        rows = reader.engine.list_rows(
            "SELECT kind, code, about IS NOT NULL FROM facts.desk_decision ORDER BY 1"
        )
        columns = reader.engine.list_rows("SELECT * FROM facts.desk_decision")
    assert "玄関先" not in str(columns)
    assert "話を聞けた" not in str(columns)
    return rows


def test_each_entry_arrives_once(worker, seam, child, export):
    meet(worker, child, seam)
    decide(worker, child)
    assert export() == (2, 0)
    assert read_kept(seam) == [("contact", "visit", False), ("outcome", "no_support", False)]
    assert export() == (0, 0)


def test_what_the_seam_does_not_take_holds_up_nothing_and_is_tried_again(worker, seam, child, export):
    meet(worker, NOBODY, seam)
    meet(worker, child, seam)
    decide(worker, child)
    assert export() == (2, 1)
    assert export() == (0, 1)


def test_an_export_that_was_killed_before_it_was_marked_is_done_again(
    worker, seam, child, export, monkeypatch
):
    from tsunagu.cases import export as exporting

    meet(worker, child, seam)

    def die(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(exporting, "_mark", die)
        export()
    assert len(read_kept(seam)) == 1
    assert export() == (1, 0)
    assert len(read_kept(seam)) == 1


def test_what_was_taken_back_is_taken_back_there_too(worker, seam, child, export):
    from tsunagu.cases.operations import take_back

    one, other = meet(worker, child, seam), decide(worker, child)
    assert export() == (2, 0)
    worker.act(take_back, [one.pk, other.pk])
    assert export() == (2, 0)
    assert [row[0] for row in read_kept(seam)].count("taking_back") == 2


def test_what_was_taken_back_before_it_left_is_not_kept_as_in_force(worker, seam, child, export):
    from tsunagu.cases.operations import take_back

    one = meet(worker, child, seam)
    worker.act(take_back, [one.pk])
    export()
    kinds = [row[0] for row in read_kept(seam)]
    assert kinds.count("contact") == kinds.count("taking_back")
