"""The door to a child: one answer for "none" and "not yours", nothing without its audit row, contacts for a reason."""

from datetime import date

import psycopg
import pyarrow as pa
import pytest

from tsunagu.database.logins import Login
from tsunagu.japanese import fold_kana, fold_name, list_name_keys
from tsunagu.pipeline.seam import DIRECTORY
from tsunagu.vocabulary.identifiers import show_id

DAY = date(2026, 6, 1)
PURPOSE = "poverty_support"
CHILDREN = {1: "架空 花子", 2: "架空 花", 3: "別野 太郎"}
MINE, PROTECTED, OTHERS, NONE = 1, 2, 3, 9
REASON = "面接の日どりを伝えるため"


@pytest.fixture
def worker(desk, put_roles, administrator, make_staff):
    """A caseworker with two children of three, one of them under address protection; the third is found, not theirs."""
    from tsunagu.access.models import PurposeGrant, Relationship, RoleAssignment
    from tsunagu.access.session import acting_as

    staff = make_staff("S0001")
    put_roles(desk)
    fill(desk)
    with acting_as(administrator, "administration", DAY):
        RoleAssignment.objects.create(
            staff=staff, role="supervisor", scope_kind="team", scope_id="T1", valid_from=DAY
        )
        PurposeGrant.objects.create(staff=staff, purpose=PURPOSE, valid_from=DAY)
        for child in (MINE, PROTECTED):
            Relationship.objects.create(
                scope_kind="team", scope_id="T1", person_id=child, kind="team", valid_from=DAY
            )
    return staff


def fill(desk) -> None:
    from tsunagu.access.owner import OWNER_ALIAS, owner_connection
    from tsunagu.people.loading import load_directory

    rows = [
        {
            "person_id": number,
            "name": name,
            "kana": "カクウ ハナ",
            "is_unborn": False,
            "school_id": "S1",
            "is_protected": number == PROTECTED,
            "search_keys": list_name_keys([fold_name(name), fold_kana("カクウ ハナ")]),
        }
        for number, name in CHILDREN.items()
    ]
    with owner_connection(desk):
        load_directory([pa.RecordBatch.from_pylist(rows, schema=DIRECTORY)], on=DAY, using=OWNER_ALIAS)
    with psycopg.connect(desk.url(Login.OWNER)) as owner:
        for child in CHILDREN:
            owner.execute(
                "INSERT INTO people_contact (person_id, purpose, system, place, address, known_from)"
                " VALUES (%s, %s, 'resident', 1, '架空町1', '2026-04-01')",
                [child, PURPOSE],
            )


def act(worker, deed, *words):
    from tsunagu.access.session import acting_as

    with acting_as(worker, PURPOSE, DAY) as acting:
        return deed(acting, *words)


def list_trail(desk) -> list[tuple]:
    with psycopg.connect(desk.url(Login.CHECKPOINTER)) as connection:
        return connection.execute("SELECT act, outcome, object_id FROM audit_row ORDER BY at").fetchall()


def test_a_child_of_theirs_is_opened_and_recorded(desk, worker) -> None:
    from tsunagu.people.operations import access_person_by_id

    person = act(worker, access_person_by_id, MINE)
    assert (person.entry.name, person.place.school_id, person.head) == ("架空 花子", "S1", None)
    assert act(worker, access_person_by_id, PROTECTED).place is None
    assert list_trail(desk) == [
        ("child.open", "read", show_id(MINE)),
        ("child.open", "read", show_id(PROTECTED)),
    ]


def test_none_and_not_yours_are_one_answer_and_recorded_as_refused(desk, worker) -> None:
    from tsunagu.people.operations import PersonNotFoundError, access_person_by_id, reveal_contact

    answers = set()
    for child in (OTHERS, NONE):
        for deed, *words in ((access_person_by_id,), (reveal_contact, REASON)):
            with pytest.raises(PersonNotFoundError) as refused:
                act(worker, deed, child, *words)
            answers.add(str(refused.value))
    assert len(answers) == 1
    assert [row[1:] for row in list_trail(desk)] == [("refused", show_id(OTHERS))] * 2 + [
        ("refused", show_id(NONE))
    ] * 2


def test_contacts_under_protection_open_once_for_a_reason(desk, worker) -> None:
    from tsunagu.access.models import Unmasking
    from tsunagu.people.models import Contact
    from tsunagu.people.operations import reveal_contact

    def count(acting) -> int:
        return Contact.objects.filter(person_id=PROTECTED).count()

    assert act(worker, count) == 0
    (contact,) = act(worker, reveal_contact, PROTECTED, REASON)
    assert contact.address == "架空町1"
    assert act(worker, count) == 0
    assert act(worker, lambda acting: [row.reason for row in Unmasking.objects.all()]) == [REASON]
    assert list_trail(desk) == [("child.contact", "read", show_id(PROTECTED))]


def test_contacts_may_be_asked_for_twice_in_one_request(desk, worker) -> None:
    from tsunagu.access.models import Unmasking
    from tsunagu.people.operations import reveal_contact

    def ask_twice(acting):
        return reveal_contact(acting, PROTECTED, REASON) + reveal_contact(
            acting, PROTECTED, "もう一度見るため"
        )

    assert [one.address for one in act(worker, ask_twice)] == ["架空町1"] * 2
    assert act(worker, lambda acting: [row.reason for row in Unmasking.objects.all()]) == [REASON]
    assert list_trail(desk) == [("child.contact", "read", show_id(PROTECTED))] * 2


def test_an_opening_is_noted_once_a_day_for_a_child_of_theirs(desk, worker) -> None:
    from tsunagu.people.models import Opening
    from tsunagu.people.operations import PersonNotFoundError, note_opening

    for _ in range(2):
        act(worker, note_opening, MINE)
    assert act(worker, lambda acting: [(one.person_id, one.opened_on) for one in Opening.objects.all()]) == [
        (MINE, DAY)
    ]
    with pytest.raises(PersonNotFoundError):
        act(worker, note_opening, OTHERS)
    assert list_trail(desk) == [("child.fetch", "refused", show_id(OTHERS))]


@pytest.mark.parametrize("reason", ["", "    ", "あ い う"])
def test_no_reason_no_contact(desk, worker, reason: str) -> None:
    from tsunagu.people.operations import ReasonMissingError, reveal_contact

    with pytest.raises(ReasonMissingError):
        act(worker, reveal_contact, MINE, reason)


def test_nothing_is_opened_without_its_row(desk, worker) -> None:
    from tsunagu.people.operations import access_person_by_id, reveal_contact
    from tsunagu.trail.recording import NotRecordedError

    with psycopg.connect(desk.url(Login.OWNER), autocommit=True) as owner:
        owner.execute("REVOKE INSERT (act) ON audit_row FROM tsunagu_app")
        try:
            for deed, *words in (
                (access_person_by_id, MINE),
                (reveal_contact, MINE, REASON),
            ):
                with pytest.raises(NotRecordedError):
                    act(worker, deed, *words)
        finally:
            owner.execute("GRANT INSERT (act) ON audit_row TO tsunagu_app")


def test_a_door_that_does_not_record_is_seen(desk, worker, monkeypatch) -> None:
    from tsunagu.people import operations

    monkeypatch.setattr(operations, "record", lambda act: None)
    act(worker, operations.access_person_by_id, MINE)
    assert list_trail(desk) == []
