"""Staff for a fictional city, one of every role, whose passwords are shown on the terminal at every start."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from tsunagu.access.models import PurposeGrant, RoleAssignment, ScopeKind, Staff
from tsunagu.access.session import ADMINISTRATION, acting_as
from tsunagu.catalog.words import Role
from tsunagu.database.connecting import Server
from tsunagu.database.logins import Login
from tsunagu.database.sessions import open_session
from tsunagu.database.statements import read_statement
from tsunagu.vocabulary.errors import ExitCode, TsunaguError
from tsunagu.vocabulary.municipality import is_fictional
from tsunagu.web.demo_children import DEMO_TEAM
from tsunagu.web.framing import ROLE_TITLES

_SHOWN_CODES = 3
_PASSWORD_BYTES = 9
_PLACES = {role: (ScopeKind.TEAM, DEMO_TEAM) for role in (Role.CASEWORKER, Role.SUPERVISOR)}
_DEPARTMENT = "こども家庭課（架空）"


class RealCityError(TsunaguError):
    """Known passwords have no place in a real municipality."""

    exit_code = ExitCode.NOT_ALLOWED


@dataclass(frozen=True, slots=True)
class DemoStaff:
    """How to sign in as somebody who does not exist."""

    staff_number: str
    title: str
    password: str
    codes: tuple[str, ...]
    """Recovery codes, each good once, in the place of an authenticator's."""


def prepare_demo_staff(
    server: Server, municipality: str, purposes: Sequence[str], *, today: date
) -> list[DemoStaff]:
    """One member of staff of every role and an administrator, with new passwords and codes.

    Raises:
        RealCityError: the municipality's code is not fictional.
    """
    if not is_fictional(municipality):
        raise RealCityError(
            "実演用の職員は、架空の市にしか作れません。",
            why="誰でも知りうるパスワードで、本物の市の画面に入れてしまいます。",
            todo="架空の市（999999 か 999998）の設定フォルダーで実行してください。",
        )
    administrator = _make_staff("D0001", "架空 管理")
    with open_session(server, Login.OWNER) as owner:
        statement = read_statement("tsunagu.web", "appoint_first_administrator")
        owner.run(statement, {"staff_id": administrator.pk, "valid_from": _first_day(today)})
    found = [_hand_out(administrator, "権限の管理者")]
    for place, role in enumerate(Role, start=2):
        staff = _make_staff(f"D{place:04}", f"架空 {ROLE_TITLES[role]}")
        _give_rights(administrator, staff, role, purposes, today)
        found.append(_hand_out(staff, str(ROLE_TITLES[role])))
    return found


def _make_staff(number: str, name: str) -> Staff:
    there = Staff.objects.filter(staff_number=number).first()
    return there or Staff.objects.create_staff(number, name=name, department=_DEPARTMENT)


def _give_rights(
    administrator: Staff, staff: Staff, role: Role, purposes: Sequence[str], today: date
) -> None:
    kind, number = _PLACES.get(role, (ScopeKind.MUNICIPALITY, ""))
    with acting_as(administrator, ADMINISTRATION, today):
        since = _first_day(today)
        RoleAssignment.objects.get_or_create(
            staff=staff, role=str(role), scope_kind=str(kind), scope_id=number, valid_from=since
        )
        for purpose in purposes:
            PurposeGrant.objects.get_or_create(staff=staff, purpose=purpose, valid_from=since)


def _hand_out(staff: Staff, title: str) -> DemoStaff:
    password = secrets.token_urlsafe(_PASSWORD_BYTES)
    staff.set_password(password)
    staff.save()
    Authenticator.objects.filter(user=staff).delete()
    TOTP.activate(staff, generate_totp_secret())
    codes = RecoveryCodes.activate(staff).get_unused_codes()[:_SHOWN_CODES]
    return DemoStaff(staff.staff_number, title, password, tuple(codes))


def _first_day(today: date) -> date:
    """The same day at every start of a year, so that nothing is given twice."""
    return today.replace(month=1, day=1)
