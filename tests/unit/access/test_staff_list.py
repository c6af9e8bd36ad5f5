"""The list of staff in Excel: as a whole or not at all, by administrators, from midnight on."""

from datetime import date, timedelta
from io import BytesIO

import psycopg
import pytest
from openpyxl import Workbook, load_workbook

from tsunagu.access.staff_terms import Deed
from tsunagu.catalog.workbooks.sheets import UnreadableWorkbookError
from tsunagu.database.logins import Login

TODAY, MIDNIGHT = date(2026, 11, 24), date(2027, 4, 1)
EVE = MIDNIGHT - timedelta(days=1)
HEAD = ["職員番号", "氏名", "所属", "役割", "範囲", "範囲の番号", "利用目的", "この日から", "この日まで"]
ADMIN = ["A0001", "架空 A0001", "こども家庭課", "権限の管理者", "", "", "", date(2000, 1, 1), ""]
WORKER = ["S0001", "架空 一", "こども家庭課", "ケースワーカー [caseworker]", "係・チーム", "1",
          "貧困・困窮の早期把握と支援 [poverty_support]\nabuse_prevention", "令和9年4月1日", "R10.3.31"]  # fmt: skip


@pytest.fixture
def words():
    from tsunagu.access.staff_sheets import Words

    return Words(
        {"caseworker": "ケースワーカー", "coordinator": "調整担当", "data_holder": "データを持つ課"},
        {"poverty_support": "貧困・困窮の早期把握と支援", "abuse_prevention": "虐待"},
    )


@pytest.fixture
def role_rights(desk):
    from tsunagu.access.models import RoleRight
    from tsunagu.web.upgrading import OWNER_ALIAS, owner_connection

    with owner_connection(desk):
        RoleRight.objects.using(OWNER_ALIAS).create(role="caseworker", permission="facts", reach="assigned")


def write(*rows) -> bytes:
    book = Workbook()
    book.active.title = "職員"
    for row in (HEAD, *rows):
        book.active.append(row)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def check(staff, content: bytes, words, *, on: date = MIDNIGHT, today: date = TODAY, write_it: bool = False):
    from tsunagu.access.session import ADMINISTRATION, acting_as
    from tsunagu.access.staff_list import check_staff_list, take_over_staff_list

    with acting_as(staff, ADMINISTRATION, today) as acting:
        checked = check_staff_list(acting, content, words, on=on)
        if write_it:
            take_over_staff_list(acting, checked)
    return checked


def export(staff, words, *, today: date = TODAY) -> bytes:
    from tsunagu.access.session import ADMINISTRATION, acting_as
    from tsunagu.access.staff_list import export_staff_list

    with acting_as(staff, ADMINISTRATION, today) as acting:
        return export_staff_list(acting, words)


def read_rights(number: str, day: date) -> tuple[list[tuple[str, str]], list[str]]:
    from tsunagu.access.models import Staff
    from tsunagu.access.queries import list_purposes, list_roles
    from tsunagu.access.session import OWN_ACCOUNT, acting_as

    staff = Staff.objects.get(staff_number=number)
    with acting_as(staff, OWN_ACCOUNT, day):
        roles = [(role.role, role.scope_id) for role in list_roles(staff, on_date=day)]
        return roles, list_purposes(staff, on_date=day)


def list_trail(desk) -> list[tuple]:
    with psycopg.connect(desk.url(Login.CHECKPOINTER)) as connection:
        return connection.execute(
            "SELECT act, outcome, object_kind, object_id FROM audit_row ORDER BY at"
        ).fetchall()


def test_rights_begin_and_end_at_midnight(desk, administrator, words):
    checked = check(administrator, write(ADMIN, WORKER), words, write_it=True)
    assert [(person.number, person.name) for person in checked.plan.joined] == [("S0001", "架空 一")]
    both = ["abuse_prevention", "poverty_support"]
    last = date(2028, 3, 31)
    assert read_rights("S0001", EVE) == ([], [])
    assert read_rights("S0001", MIDNIGHT) == ([("caseworker", "1")], both)
    assert read_rights("S0001", last) == ([("caseworker", "1")], both)
    assert read_rights("S0001", last + timedelta(days=1)) == ([], [])
    trail = list_trail(desk)
    assert ("staff.take_over", "changed", "day", "2027-04-01") in trail
    assert [row[0] for row in trail].count("rights.begin") == 3


def test_who_is_missing_loses_everything_at_midnight(administrator, words):
    since = [*WORKER[:7], TODAY, ""]
    check(administrator, write(ADMIN, since), words, on=TODAY, write_it=True)
    checked = check(administrator, write(ADMIN), words, write_it=True)
    assert [person.number for person in checked.plan.left] == ["S0001"]
    assert {change.deed for change in checked.plan.changes} == {Deed.END}
    assert read_rights("S0001", EVE)[0] == [("caseworker", "1")]
    assert read_rights("S0001", MIDNIGHT) == ([], [])


def test_what_is_exported_changes_nothing_when_it_comes_back(administrator, words):
    second = [*WORKER[:3], "調整担当", "市町村の全体", "", "", date(2027, 6, 1), ""]
    check(administrator, write(ADMIN, WORKER, second), words, write_it=True)
    content = export(administrator, words)
    rows = list(load_workbook(BytesIO(content))["職員"].iter_rows(min_row=3, values_only=True))
    assert [row[3] for row in rows] == [
        "権限の管理者 [administrator]",
        "ケースワーカー [caseworker]",
        "調整担当 [coordinator]",
    ]
    again = check(administrator, content, words).plan
    assert (again.changes, again.joined, again.renamed, again.left) == ([], [], [], [])


@pytest.mark.parametrize(
    ("column", "value", "cell", "says"),
    [
        (0, "", "A3", "空欄"),
        (1, "別の 名前", "B4", "同じ職員番号"),
        (3, "王様", "D3", "その役割はありません"),
        (3, "", "D3", "役割が空欄"),
        (4, "銀河", "E3", "その範囲はありません"),
        (4, "市町村の全体", "F3", "合いません"),
        (5, "", "F3", "合いません"),
        (6, "株式投資", "G3", "利用目的"),
        (7, "きのう", "H3", "日付を読めません"),
        (7, "", "H3", "はじまりの日が空欄"),
        (8, "2027-03-31", "I3", "前です"),
        (0, "S" * 33, "A3", "長すぎます"),
    ],
)
def test_one_fault_and_nothing_is_taken_over(desk, administrator, words, column, value, cell, says):
    spoiled = [*WORKER]
    spoiled[column] = value
    other = [*WORKER[:3], "調整担当", "", "", "", date(2027, 4, 1), ""]
    checked = check(administrator, write(ADMIN, spoiled, other), words)
    assert any(fault.place == f"職員!{cell}" and says in fault.what for fault in checked.faults), (
        checked.faults
    )
    with pytest.raises(AssertionError):
        check(administrator, write(ADMIN, spoiled, other), words, write_it=True)
    assert list_trail(desk) == []


def test_somebody_is_administrator_from_the_first_day(administrator, words):
    (fault,) = check(administrator, write(WORKER), words).faults
    assert "一人もいません" in fault.what


def test_nobody_lengthens_their_own_administratorship(administrator, words):
    until = [*ADMIN[:8], "2030-01-01"]
    (fault,) = check(administrator, write(until), words).faults
    assert "自分の" in fault.what


def test_an_empty_list_and_another_file_are_refused(administrator, words):
    assert "一人も" in check(administrator, write(), words).faults[0].what
    with pytest.raises(UnreadableWorkbookError):
        check(administrator, b"no workbook", words)


def test_the_past_is_not_rewritten(administrator, words):
    from tsunagu.access.staff_list import ListInThePastError

    with pytest.raises(ListInThePastError):
        check(administrator, write(ADMIN), words, on=TODAY - timedelta(days=1))


def test_nobody_else_takes_over_or_fetches_a_list(desk, administrator, make_staff, words):
    from tsunagu.access.staff_list import NotAdministratorError

    staff = make_staff("S0009")
    for deed in (
        lambda: check(staff, write(ADMIN, WORKER), words, write_it=True),
        lambda: export(staff, words),
    ):
        with pytest.raises(NotAdministratorError):
            deed()
    assert [row[:2] for row in list_trail(desk)] == [
        ("staff.list_check", "refused"),
        ("staff.export", "refused"),
    ]


def test_without_the_check_the_database_would_still_refuse(administrator, make_staff, words, monkeypatch):
    from django.db import DatabaseError

    from tsunagu.access import staff_list

    monkeypatch.setattr(staff_list, "_check_administrator", lambda *_: None)
    with pytest.raises(DatabaseError):
        check(make_staff("S0009"), write(ADMIN, WORKER), words, write_it=True)


def test_a_list_that_fails_half_way_leaves_nothing(desk, administrator, words, monkeypatch):
    from tsunagu.access import staff_list
    from tsunagu.access.models import Staff

    def fail(plan, numbers):
        raise ZeroDivisionError

    monkeypatch.setattr(staff_list, "_keep_hand_over", fail)
    with pytest.raises(ZeroDivisionError):
        check(administrator, write(ADMIN, WORKER), words, write_it=True)
    assert not Staff.objects.filter(staff_number="S0001").exists()
    assert list_trail(desk) == []


def assign(administrator, number: str, person_id: int, day: date) -> None:
    from tsunagu.access.models import Relationship, Staff
    from tsunagu.access.session import ADMINISTRATION, acting_as

    staff = Staff.objects.get(staff_number=number)
    with acting_as(administrator, ADMINISTRATION, day):
        Relationship.objects.create(staff=staff, person_id=person_id, kind="assigned", valid_from=day)


def list_nobodys(administrator, day: date) -> list[int]:
    from tsunagu.access.queries import list_ownerless
    from tsunagu.access.session import ADMINISTRATION, acting_as

    with acting_as(administrator, ADMINISTRATION, day):
        return list_ownerless(on_date=day)


def test_children_of_who_leaves_or_moves_are_nobodys(administrator, words, role_rights):
    both = [*WORKER[:7], TODAY, ""], ["S0002", "架空 二", *WORKER[2:7], TODAY, ""]
    check(administrator, write(ADMIN, *both), words, on=TODAY, write_it=True)
    for number, child in (("S0001", 1), ("S0001", 2), ("S0002", 2), ("S0002", 3)):
        assign(administrator, number, child, TODAY)
    moved = [*WORKER[:3], "データを持つ課", "", "", "", MIDNIGHT, ""]
    checked = check(administrator, write(ADMIN, moved, both[1]), words, write_it=True)
    assert checked.ownerless == 1
    assert list_nobodys(administrator, EVE) == []
    assert list_nobodys(administrator, MIDNIGHT) == [1]
    after = MIDNIGHT + timedelta(days=1)
    check(administrator, write(ADMIN), words, on=after, today=MIDNIGHT, write_it=True)
    assert list_nobodys(administrator, after) == [1, 2, 3]
    back = [*WORKER[:7], after + timedelta(days=1), ""]
    check(administrator, write(ADMIN, back), words, on=after + timedelta(days=1), today=after, write_it=True)
    # Who comes back finds the children nobody else was given.
    assert list_nobodys(administrator, after + timedelta(days=1)) == [3]
