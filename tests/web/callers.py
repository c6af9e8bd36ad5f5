"""Everybody who may ask for a page, signed in once: a member of staff of every role, and three children."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pyarrow as pa

from tsunagu.catalog.words import Role
from tsunagu.database.logins import Login
from tsunagu.pipeline.seam import DIRECTORY

from .addresses import ADMINISTRATOR, CHILDREN, LETTERS, NOBODY, PLAIN, Caller, Line

DAY = date(2000, 1, 1)
PURPOSE = "poverty_support"
TEAM, SCHOOL = ("team", "T1"), ("school", "S1")
SCOPES = {
    Role.CASEWORKER: TEAM,
    Role.SUPERVISOR: TEAM,
    Role.SCHOOL_SOCIAL_WORKER: SCHOOL,
    Role.SCHOOL: SCHOOL,
}


@dataclass
class Asking:
    """One browser and the session it began with, which every request finds again."""

    browser: Any
    session: dict[str, Any]

    def ask(self, line: Line, *, has_purpose: bool):
        self._put_back(has_purpose)
        path, fields = make_address(line)
        if line.method == "GET":
            return self.browser.get(path, fields)
        return self.browser.send(path, **fields)

    def _put_back(self, has_purpose: bool) -> None:
        """As it was after signing in: a page may have locked or ended it, or chosen a purpose."""
        from django.conf import settings
        from django.contrib.sessions.models import Session
        from django.utils import timezone

        if self.session:
            purpose = {"purpose": PURPOSE} if has_purpose else {}
            until = timezone.now() + timedelta(hours=1)
            Session.objects.save(self.session["key"], {**self.session["content"], **purpose}, until)
            self.browser.cookies[settings.SESSION_COOKIE_NAME] = self.session["key"]


def make_address(line: Line) -> tuple[str, dict[str, str]]:
    """The path, and what goes into the form."""
    from django.urls import reverse

    parts = list_parts(line.name)
    named = {key: CHILDREN.get(value, value) for key, value in line.given.items() if key in parts}
    return reverse(line.name, kwargs=named), {k: v for k, v in line.given.items() if k not in parts}


def list_parts(name: str) -> list[str]:
    from tsunagu.web.urls import urlpatterns

    (pattern,) = (one for one in urlpatterns if one.name == name)
    return list(pattern.pattern.converters)


def describe(answer) -> str:
    """The status, or where it leads."""
    return urlsplit(answer["Location"]).path if answer.status_code == 302 else str(answer.status_code)


def open_everybody(server, make_browser) -> dict[str, Asking]:
    """By `nobody`, `plain`, `admin` or a role's letter."""
    staff = _make_staff(server)
    _load_children(server)
    _give_rights(staff)
    nobody = make_browser()
    nobody.get("/sign-in/")
    return {NOBODY: Asking(nobody, {})} | {
        who: Asking(*_sign_in(make_browser(), one)) for who, one in staff.items()
    }


def _sign_in(browser, staff) -> tuple[Any, dict[str, Any]]:
    browser.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    browser.get("/sign-out/")  # brings the token
    return browser, {"key": browser.session.session_key, "content": dict(browser.session.items())}


def _make_staff(server) -> dict[str, Any]:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    from tsunagu.access.models import Staff

    found = {}
    for who in (ADMINISTRATOR, PLAIN, *LETTERS):
        staff = Staff.objects.create_staff(f"X-{who}", name=f"架空 {who}", department="こども家庭課")
        staff.set_password("ao-zora kami-hikouki")
        staff.save()
        TOTP.activate(staff, generate_totp_secret())
        found[who] = staff
    with psycopg.connect(server.url(Login.OWNER)) as owner:
        owner.execute(
            "INSERT INTO access_administratorship (staff_id, valid_from) VALUES (%s, %s)",
            [found[ADMINISTRATOR].pk, DAY],
        )
    return found


def _load_children(server) -> None:
    from tsunagu.people.loading import load_directory
    from tsunagu.web.upgrading import OWNER_ALIAS, owner_connection

    rows = [
        {
            "person_id": number,
            "name": f"架空 {stands}",
            "kana": "カクウ ハナコ",
            "birth_year": 2014,
            "is_unborn": False,
            "school_id": "S2" if stands == "stranger" else "S1",
            "is_protected": stands == "protected",
            "search_keys": ["架空"],
        }
        for stands, number in CHILDREN.items()
    ]
    with owner_connection(server):
        piece = pa.RecordBatch.from_pylist(rows, schema=DIRECTORY)
        load_directory([piece], on=date(2026, 6, 1), using=OWNER_ALIAS)


def _give_rights(staff: dict[str, Any]) -> None:
    from tsunagu.access.models import PurposeGrant, Relationship, RoleAssignment, Seal
    from tsunagu.access.session import ADMINISTRATION, OWN_ACCOUNT, acting_as

    with acting_as(staff[ADMINISTRATOR], ADMINISTRATION, DAY):
        for letter, role in LETTERS.items():
            kind, number = SCOPES.get(role, ("municipality", ""))
            scope = {"scope_kind": kind, "scope_id": number}
            RoleAssignment.objects.create(staff=staff[letter], role=str(role), valid_from=DAY, **scope)
            PurposeGrant.objects.create(staff=staff[letter], purpose=PURPOSE, valid_from=DAY)
        Relationship.objects.bulk_create(Relationship(valid_from=DAY, **bond) for bond in _list_bonds(staff))
    for one in staff.values():
        with acting_as(one, OWN_ACCOUNT, DAY):
            Seal.objects.create(
                staff=one, person_id=CHILDREN["sealed"], kind="own_relative", sealed_by=one, valid_from=DAY
            )


def _list_bonds(staff: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for child in (CHILDREN["bound"], CHILDREN["protected"], CHILDREN["sealed"]):
        yield {"scope_kind": TEAM[0], "scope_id": TEAM[1], "person_id": child, "kind": "team"}
        for letter in LETTERS:
            for kind in ("assigned", "agenda", "shared"):
                yield {"staff": staff[letter], "person_id": child, "kind": kind}


def ask_everybody(everybody: dict[str, Asking], line: Line, callers: Iterable[Caller]) -> dict[Caller, Any]:
    return {(who, chosen): everybody[who].ask(line, has_purpose=chosen) for who, chosen in callers}
