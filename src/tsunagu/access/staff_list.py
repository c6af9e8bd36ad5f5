"""The list of staff taken over as a whole: every row or none, on record; called inside `acting_as`.

The row policies let administrators of the day alone write what is written here.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tsunagu.access.auditing import record, record_refusal
from tsunagu.access.models import (
    Administratorship,
    PurposeGrant,
    Relationship,
    RelationshipKind,
    RoleAssignment,
    RoleRight,
    Staff,
)
from tsunagu.access.queries import is_administrator, is_in_force
from tsunagu.access.session import Acting
from tsunagu.access.staff_sheets import SHEET, Words, read_staff_list, write_staff_list
from tsunagu.access.staff_terms import (
    Change,
    Deed,
    Held,
    Kind,
    Period,
    Person,
    Plan,
    Term,
    find_last_day,
    plan_changes,
)
from tsunagu.audit.rows import Outcome
from tsunagu.catalog.roles import Reach
from tsunagu.catalog.workbooks.sheets import CellFault
from tsunagu.trail.recording import Act
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

_TABLES = {Kind.ROLE: RoleAssignment, Kind.PURPOSE: PurposeGrant, Kind.ADMINISTRATOR: Administratorship}


class NotAdministratorError(TsunaguError):
    """Somebody who may not give and take rights tries to."""

    exit_code = ExitCode.NOT_ALLOWED


class ListInThePastError(TsunaguError):
    """A list would change what rights somebody had."""

    exit_code = ExitCode.USAGE


@dataclass(frozen=True, slots=True)
class Checked:
    """A list that was read and compared. With faults, there is nothing to take over."""

    plan: Plan
    faults: tuple[CellFault, ...]
    ownerless: int
    """Children whose assignment would be nobody's."""


def export_staff_list(acting: Acting, words: Words, *, is_empty: bool = False) -> bytes:
    """Everybody with the rights of today and later, as the workbook that `check_staff_list` reads.

    Raises:
        NotAdministratorError: an administrator's alone.
    """
    _check_administrator(acting, "staff.export")
    record(Act("staff.export", Outcome.READ, "day", acting.on_date.isoformat()))
    people = [] if is_empty else read_people()
    return write_staff_list((_drop_ended(person, acting.on_date) for person in people), words)


def check_staff_list(acting: Acting, content: bytes, words: Words, *, on: date) -> Checked:
    """What the list would change from a day on; nothing is written.

    Raises:
        NotAdministratorError: an administrator's alone.
        ListInThePastError: the day is over.
        UnreadableWorkbookError: no workbook, or none of ours.
    """
    _check_administrator(acting, "staff.list_check")
    if on < acting.on_date:
        raise ListInThePastError(
            "始まる日が、きょうより前です。",
            why="その日に誰が何を見られたかを、あとから書き換えることはできません。",
            todo="きょうか、きょうよりあとの日を入れてください。",
        )
    listed, faults = read_staff_list(content, words)
    plan = plan_changes({person.number: person for person in read_people()}, listed, on=on)
    if not faults:
        faults = [*_check_administrators(plan, listed, acting)]
    return Checked(plan, tuple(sorted(dict.fromkeys(faults), key=_order)), _count_ownerless(plan, listed))


def take_over_staff_list(acting: Acting, checked: Checked) -> None:
    """Write what was checked, and a row of the trail for each term.

    Raises:
        NotAdministratorError: an administrator's alone.
        NotRecordedError: no audit row, so nothing was written.
    """
    _check_administrator(acting, "staff.take_over")
    assert not checked.faults, "a list with faults is not taken over"
    plan = checked.plan
    record(Act("staff.take_over", Outcome.CHANGED, "day", plan.on.isoformat()))
    _keep_people(plan)
    staff = dict(Staff.objects.values_list("staff_number", "pk"))
    for change in plan.changes:
        words = (str(staff[change.number]), change.held.what, plan.on.isoformat())
        record(
            Act(
                f"rights.{change.deed}", Outcome.CHANGED, str(change.held.kind), "/".join(filter(None, words))
            )
        )
    # What goes makes room first: a term begins once a day.
    for deed in (Deed.WITHDRAW, Deed.END, Deed.CHANGE, Deed.BEGIN):
        for change in plan.changes:
            if change.deed is deed:
                _WRITE[deed](staff[change.number], change)
    _keep_hand_over(plan, {change.number for change in plan.changes})


def read_people() -> list[Person]:
    """Everybody with every term they ever had, as far as whoever acts may see them."""
    terms: dict[int, list[Term]] = {}
    for kind, table in _TABLES.items():
        for row in table._default_manager.order_by("valid_from"):
            terms.setdefault(row.staff_id, []).append(
                (_read_held(kind, row), Period(row.valid_from, row.valid_to))
            )
    return [
        Person(one.staff_number, one.name, one.department, tuple(terms.get(one.pk, ())))
        for one in Staff.objects.order_by("staff_number")
    ]


def _read_held(kind: Kind, row: Any) -> Held:
    if kind is Kind.ROLE:
        return Held(kind, row.role, row.scope_kind, row.scope_id)
    return Held(kind, row.purpose if kind is Kind.PURPOSE else "")


def _drop_ended(person: Person, today: date) -> Person:
    kept = tuple((held, period) for held, period in person.terms if period.end > today)
    return Person(person.number, person.name, person.department, kept)


def _check_administrator(acting: Acting, act: str) -> None:
    if not is_administrator(acting.staff, on_date=acting.on_date):
        record_refusal(acting, Act(act, Outcome.REFUSED, "staff", str(acting.staff.pk)))
        raise NotAdministratorError(
            "職員の権限を変えられるのは、権限の管理者だけです。",
            why="自分や同僚の権限を、自分で広げられないようにしています。",
            todo="権限の管理者に頼んでください。",
        )


def _check_administrators(plan: Plan, listed: Sequence[Person], acting: Acting) -> Iterable[CellFault]:
    if not any(_holds(person, Held(Kind.ADMINISTRATOR), plan.on) for person in listed):
        todo = "少なくとも一人を、始まる日から権限の管理者にしてください。"
        yield CellFault(SHEET, "始まる日に、権限の管理者が一人もいません。", todo)
    mine = acting.staff.staff_number
    for change in plan.changes:
        is_own = change.number == mine and change.held.kind is Kind.ADMINISTRATOR
        if is_own and change.deed in (Deed.BEGIN, Deed.CHANGE):
            what = "自分の「権限の管理者」の期間を、自分で増やしたり変えたりしています。"
            yield CellFault(SHEET, what, "ほかの権限の管理者に頼んでください。")


def _holds(person: Person, held: Held, on: date) -> bool:
    return any(one == held and period.valid_from <= on < period.end for one, period in person.terms)


def _order(fault: CellFault) -> tuple[int, str]:
    digits = "".join(letter for letter in fault.place.partition("!")[2] if letter.isdigit())
    return int(digits or 0), fault.place


def _keep_people(plan: Plan) -> None:
    for person in plan.joined:
        Staff.objects.create_staff(person.number, name=person.name, department=person.department)
    for person in plan.renamed:
        known = Staff.objects.filter(staff_number=person.number)
        known.update(name=person.name, department=person.department)


def _begin(staff_id: int, change: Change) -> None:
    assert change.after is not None
    days = {"valid_from": change.after.valid_from, "valid_to": change.after.valid_to}
    table: Any = _TABLES[change.held.kind]
    table._default_manager.bulk_create([table(staff_id=staff_id, **_name(change.held), **days)])


def _end(staff_id: int, change: Change) -> None:
    assert change.after is not None
    assert _find(staff_id, change).update(valid_to=change.after.valid_to) == 1, (
        "a term that was read is there"
    )


def _withdraw(staff_id: int, change: Change) -> None:
    assert _find(staff_id, change).delete()[0] == 1, "a term that was read is there"


def _find(staff_id: int, change: Change) -> Any:
    assert change.before is not None
    table = _TABLES[change.held.kind]
    return table._default_manager.filter(
        staff_id=staff_id, **_name(change.held), valid_from=change.before.valid_from
    )


def _name(held: Held) -> dict[str, str]:
    if held.kind is Kind.ROLE:
        return {"role": held.what, "scope_kind": held.scope_kind, "scope_id": held.scope_id}
    return {"purpose": held.what} if held.kind is Kind.PURPOSE else {}


_WRITE: dict[Deed, Callable[[int, Change], None]] = {
    Deed.WITHDRAW: _withdraw,
    Deed.END: _end,
    Deed.CHANGE: _end,
    Deed.BEGIN: _begin,
}


def _keep_hand_over(plan: Plan, numbers: set[str]) -> None:
    """From which day on the children of whoever changed are nobody's."""
    roles = _list_assignable_roles()
    for person in read_people():
        if person.number in numbers:
            last = find_last_day(person.terms, roles, on=plan.on)
            Staff.objects.filter(staff_number=person.number).update(hands_over_on=last)


def _list_assignable_roles() -> list[str]:
    """Roles that see something of a child because it is assigned to them."""
    rights = RoleRight.objects.filter(reach=str(Reach.ASSIGNED))
    return list(rights.values_list("role", flat=True).distinct())


def _count_ownerless(plan: Plan, listed: Sequence[Person]) -> int:
    """Children assigned to somebody whose last role of that kind would end on the day the list begins."""
    roles = set(_list_assignable_roles())
    after = {person.number: person.terms for person in listed}
    ending = {
        change.number for change in plan.changes if change.deed is Deed.END and change.held.what in roles
    }
    leaving = [
        number
        for number in ending
        if not any(
            held.what in roles and period.valid_from <= plan.on < period.end
            for held, period in after.get(number, ())
        )
    ]
    bonds = Relationship.objects.filter(is_in_force(plan.on), kind=str(RelationshipKind.ASSIGNED))
    mine = set(bonds.filter(staff__staff_number__in=leaving).values_list("person_id", flat=True))
    others = bonds.exclude(staff__staff_number__in=leaving).filter(person_id__in=mine)
    return len(mine - set(others.values_list("person_id", flat=True)))
