"""Emergency openings in words."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tsunagu.access.breaking import HOURS, BreakingView
from tsunagu.access.clock import read_now
from tsunagu.access.models import BreakingKind
from tsunagu.web.framing import ROLE_TITLES

VERDICT_TITLES: dict[str, Promise] = {
    BreakingKind.PROPER: _("妥当"),
    BreakingKind.IMPROPER: _("不適切"),
    BreakingKind.ASKED: _("説明を求める"),
}
ENTRY_TITLES: dict[str, Promise] = {
    **VERDICT_TITLES,
    BreakingKind.ENDED: _("終わりました"),
    BreakingKind.EXPLAINED: _("説明"),
}
_MARKS = {BreakingKind.PROPER: "good", BreakingKind.IMPROPER: "bad", BreakingKind.ASKED: "warn"}


@dataclass(frozen=True, slots=True)
class ShownBreaking:
    """One opening in words."""

    view: BreakingView
    state: Promise
    mark: str
    is_open: bool
    entries: list[tuple[Promise, str, str]]
    """What, by whom, in which words."""


def describe_breaking(view: BreakingView) -> ShownBreaking:
    """An opening, how it stands with it, and what was said."""
    verdict = view.verdict
    state = (
        VERDICT_TITLES[verdict] if verdict else _("期限切れ") if view.is_overdue else _("まだ確かめていない")
    )
    mark = _MARKS[verdict] if verdict else "bad" if view.is_overdue else ""
    entries = [(ENTRY_TITLES[one.kind], one.staff.name, one.words) for one in view.entries]
    return ShownBreaking(view, state, mark, view.closed_at > read_now(), entries)


def make_hours() -> list[tuple[int, str]]:
    """How long an opening may last."""
    return [(hours, str(_("%(hours)s 時間")) % {"hours": hours}) for hours in HOURS]


def name_reviewers(roles: list[str]) -> str:
    """Who looks into openings."""
    return "・".join(str(ROLE_TITLES[role]) for role in roles)
