"""Who asks, and what they may do today: read once for each request, for the frame and the checks of every page."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from tsunagu.access.clock import read_today
from tsunagu.access.models import Administratorship, PurposeGrant, RoleAssignment, Staff
from tsunagu.access.queries import is_in_force, list_logs, list_rights, list_roles
from tsunagu.access.session import OWN_ACCOUNT, acting_as
from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.checking import open_catalog
from tsunagu.catalog.places import PlaceKind
from tsunagu.catalog.roles import Log, Right

_PURPOSE_KEY = "purpose"


@dataclass(frozen=True, slots=True)
class Standing:
    """A member of staff on one day."""

    staff: Staff
    on_date: date
    request_id: UUID
    roles: tuple[RoleAssignment, ...]
    purposes: tuple[PurposeGrant, ...]
    administratorships: tuple[Administratorship, ...]
    rights: frozenset[Right]
    """What the roles of the day may do at all; over which children, the row policies say."""
    logs: frozenset[Log]
    """Which parts of the audit trail those roles may read."""
    purpose: str
    """The purpose in force; empty until one is chosen."""

    @property
    def is_administrator(self) -> bool:
        """Whether they may give and take rights."""
        return bool(self.administratorships)


def read_standing(request: HttpRequest, staff: Staff, request_id: UUID) -> Standing:
    """The rights of whoever is signed in, as the row policies show them today.

    A purpose that was chosen earlier and has ended since is not in force any more.
    """
    on_date = read_today()
    in_force = is_in_force(on_date)
    with acting_as(staff, OWN_ACCOUNT, on_date, request_id=request_id):
        roles = tuple(list_roles(staff, on_date=on_date))
        grants = PurposeGrant.objects.filter(in_force, staff=staff).order_by("purpose", "valid_from")
        purposes = tuple(grants)
        administratorships = tuple(Administratorship.objects.filter(in_force, staff=staff))
        rights = list_rights(staff, on_date=on_date)
        logs = list_logs(staff, on_date=on_date)
    chosen = request.session.get(_PURPOSE_KEY, "")
    purpose = chosen if chosen in {grant.purpose for grant in purposes} else ""
    return Standing(staff, on_date, request_id, roles, purposes, administratorships, rights, logs, purpose)


def keep_purpose(request: HttpRequest, purpose: str) -> None:
    """Put a purpose in force for the rest of the session."""
    request.session[_PURPOSE_KEY] = purpose


def get_purpose_title(purpose: str, language: str) -> str:
    """What a purpose is called on screens; its id when the definitions do not know it."""
    title = _read_purpose_titles().get(purpose)
    return purpose if title is None else title.get(language, title["ja"])


def get_feed_title(feed: str, language: str) -> str:
    """What a department's file is called on screens."""
    title = _open_catalog().name_feed(feed)
    return (title.en if language == "en" else "") or title.ja


def find_place_name(kind: PlaceKind, code: str) -> str | None:
    """What the municipality calls a school, facility or district; None: it wrote no name for the code."""
    return _open_catalog().place_names.find_name(kind, code)


def _read_purpose_titles() -> dict[str, dict[str, str]]:
    return {
        name: {"ja": one.title.ja, "en": one.title.en or one.title.ja}
        for name, one in _open_catalog().purposes.items()
    }


@cache
def _open_catalog() -> Catalog:
    """For words alone: what may be done is asked of the database."""
    home = settings.HOME if settings.HOME and (settings.HOME / "municipality.yaml").exists() else None
    return open_catalog(home, on=read_today())
