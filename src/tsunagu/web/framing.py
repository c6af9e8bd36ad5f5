"""What every page shows around its own content: the rail, the bar, the words for roles and scopes."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tsunagu.access.clock import read_now
from tsunagu.access.models import RoleAssignment, ScopeKind
from tsunagu.catalog.places import PlaceKind
from tsunagu.catalog.roles import Log, Right
from tsunagu.catalog.words import Role
from tsunagu.web.place_words import name_place
from tsunagu.web.standing import Standing, get_purpose_title
from tsunagu.web.undoing import take_undo

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


def is_anybody(standing: Standing) -> bool:
    """A line for everybody who is signed in."""
    return True


def has_role(standing: Standing) -> bool:
    """A line for whoever has a role today."""
    return bool(standing.roles)


def is_administrator(standing: Standing) -> bool:
    """A line for those who give and take rights."""
    return standing.is_administrator


def finds_children(standing: Standing) -> bool:
    """A line for those who find any child at all."""
    return Right.FIND in standing.rights


def reads_reasons(standing: Standing) -> bool:
    """A line for those to whom children are listed at all."""
    return Right.REASONS in standing.rights


def keeps_data(standing: Standing) -> bool:
    """A line for those who see what was delivered."""
    return Right.DATA_STATE in standing.rights


def reads_trail(standing: Standing) -> bool:
    """A line for those who see a part of the audit trail on a page of its own."""
    return standing.is_administrator or bool(standing.logs & {Log.WITHOUT_NAMES, Log.OWN_SCHEME, Log.TEAM})


def reads_no_trail(standing: Standing) -> bool:
    """A line for everybody else, who finds the table of roles alone."""
    return not reads_trail(standing)


@dataclass(frozen=True, slots=True)
class RailLine:
    """A page in the rail, and who finds it there; whoever finds it not may still be refused by the page alone."""

    title: Promise
    name: str
    """Of the page's address in `urls`."""
    is_for: Callable[[Standing], bool] = is_anybody
    count: Callable[[Standing], int] | None = None
    """How many wait there; a cheap query, asked for every page. None: no number."""


# One line a page that exists, under the heading it belongs to, in the order in which it is shown.
RAIL: tuple[RailLine, ...] = (
    # 今日の仕事
    RailLine(_("今日の仕事"), "show_today", has_role),
    #
    # さがす・受付
    RailLine(_("さがす・受付"), "find_child", finds_children),
    #
    # 名簿をしぼる
    RailLine(_("名簿をしぼる"), "narrow_list", reads_reasons),
    #
    # データの状態
    RailLine(_("データの状態"), "show_data_state", keeps_data),
    #
    # 監査・権限
    RailLine(_("監査・権限"), "show_trail", reads_trail),
    RailLine(_("役割の表"), "show_role_table", reads_no_trail),
    #
    # 設定
    RailLine(_("わたしの権限"), "home"),
    RailLine(_("職員の一覧"), "list_staff", is_administrator),
)


@dataclass(frozen=True, slots=True)
class RailEntry:
    """One line of the rail, as shown. `count` None: no number."""

    title: Promise
    address: str
    is_here: bool
    count: int | None


def describe_frame(request: HttpRequest) -> dict[str, Any]:
    """For every template: who is signed in, for which purpose, where they can go."""
    standing: Standing | None = getattr(request, "standing", None)
    if standing is None:
        return {}
    return {
        "standing": standing,
        "purpose_title": get_purpose_title(standing.purpose, _get_language()) if standing.purpose else "",
        "role_titles": [ROLE_TITLES[role.role] for role in standing.roles],
        "purpose_choices": list_purpose_titles(standing),
        "rail": _list_rail(request, standing),
        "take_undo": partial(take_undo, request),
        "shown_at": read_now(),
    }


def describe_scope(role: RoleAssignment) -> str:
    """What a role is limited to, in words."""
    if role.scope_kind in set(PlaceKind):
        return name_place(PlaceKind(role.scope_kind), role.scope_id)
    return f"{SCOPE_TITLES[role.scope_kind]} {role.scope_id}".strip()


def get_purpose_name(purpose: str) -> str:
    """What a purpose is called, in the language of the page."""
    return get_purpose_title(purpose, _get_language())


def list_purpose_titles(standing: Standing) -> dict[str, str]:
    """The purposes one may choose, and what they are called."""
    return {grant.purpose: get_purpose_title(grant.purpose, _get_language()) for grant in standing.purposes}


def _list_rail(request: HttpRequest, standing: Standing) -> list[RailEntry]:
    found = []
    for line in RAIL:
        if line.is_for(standing):
            address = reverse(line.name)
            count = line.count(standing) if line.count else None
            found.append(RailEntry(line.title, address, _is_under(request.path, address), count))
    return found


def _is_under(path: str, address: str) -> bool:
    """Whether a page is the line's own or one below it; everything is below the start page, which counts alone."""
    return path == address or (address != reverse("home") and path.startswith(address))


def _get_language() -> str:
    return get_language() or "ja"
