"""What every page shows around its own content: the rail, the bar, the words for roles and scopes."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tsunagu.access.models import RoleAssignment, ScopeKind
from tsunagu.catalog.words import Role
from tsunagu.web.clock import read_now
from tsunagu.web.standing import Standing, get_purpose_title

ROLE_TITLES: dict[str, Promise] = {
    Role.COORDINATOR: _("調整担当"),
    Role.CASEWORKER: _("ケースワーカー"),
    Role.PUBLIC_HEALTH_NURSE: _("保健師"),
    Role.SCHOOL_SOCIAL_WORKER: _("スクールソーシャルワーカー"),
    Role.SCHOOL: _("学校"),
    Role.COUNCIL_MEMBER: _("要対協の構成員"),
    Role.CHILD_GUIDANCE_CENTER: _("児童相談所"),
    Role.SUPERVISOR: _("統括（係長など）"),
    Role.DATA_HOLDER: _("データを持つ課"),
    Role.ANALYST: _("分析担当"),
    Role.AUDITOR: _("監査担当"),
}
SCOPE_TITLES: dict[str, Promise] = {
    ScopeKind.MUNICIPALITY: _("市町村の全体"),
    ScopeKind.SCHOOL: _("学校"),
    ScopeKind.FACILITY: _("施設"),
    ScopeKind.DISTRICT: _("地区"),
    ScopeKind.TEAM: _("係・チーム"),
}


@dataclass(frozen=True, slots=True)
class RailEntry:
    """One line of the rail."""

    title: Promise
    address: str
    is_here: bool


def describe_frame(request: HttpRequest) -> dict[str, Any]:
    """For every template: who is signed in, for which purpose, where they can go."""
    standing: Standing | None = getattr(request, "standing", None)
    if standing is None:
        return {}
    return {
        "standing": standing,
        "purpose_title": get_purpose_title(standing.purpose, _get_language()) if standing.purpose else "",
        "role_titles": [ROLE_TITLES[role.role] for role in standing.roles],
        "rail": _list_rail(request, standing),
        "shown_at": read_now(),
    }


def describe_scope(role: RoleAssignment) -> str:
    """What a role is limited to, in words."""
    return f"{SCOPE_TITLES[role.scope_kind]} {role.scope_id}".strip()


def get_purpose_name(purpose: str) -> str:
    """What a purpose is called, in the language of the page."""
    return get_purpose_title(purpose, _get_language())


def list_purpose_titles(standing: Standing) -> dict[str, str]:
    """The purposes one may choose, and what they are called."""
    return {grant.purpose: get_purpose_title(grant.purpose, _get_language()) for grant in standing.purposes}


def _list_rail(request: HttpRequest, standing: Standing) -> list[RailEntry]:
    pages = [(_("わたしの権限"), reverse("home"))]
    if standing.is_administrator:
        pages.append((_("職員の一覧"), reverse("list_staff")))
    return [RailEntry(title, address, request.path == address) for title, address in pages]


def _get_language() -> str:
    return get_language() or "ja"
