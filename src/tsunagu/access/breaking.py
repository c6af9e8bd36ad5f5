"""Emergency openings (緊急時の閲覧): one child for a written reason and some hours, looked into by another person afterwards.

Called inside `acting_as`. What may be opened, seen and said is decided by the row policies and constraints of the two
tables; each deed writes its row of the audit trail first, and every act under an opening names it (see `auditing`).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NoReturn
from uuid import UUID, uuid4

from django.db import DatabaseError, transaction
from django.db.models.functions import Now

from tsunagu.access.auditing import record, record_refusal
from tsunagu.access.models import (
    LONGEST_BREAKING,
    REASON_LETTERS,
    Breaking,
    BreakingEntry,
    BreakingKind,
    RoleRight,
)
from tsunagu.access.permission import do_by_right
from tsunagu.access.session import Acting
from tsunagu.audit.rows import Outcome
from tsunagu.catalog.roles import Right
from tsunagu.trail.recording import Act
from tsunagu.vocabulary.dates import JST
from tsunagu.vocabulary.errors import ExitCode, TsunaguError
from tsunagu.vocabulary.identifiers import show_id

HOURS = tuple(range(1, LONGEST_BREAKING // timedelta(hours=1) + 1))
REVIEW_DAYS = 3
"""After so many days an opening that nobody looked into is overdue."""
_WORDS = re.compile(r"\S{5}")
_FINAL = frozenset({BreakingKind.PROPER, BreakingKind.IMPROPER})
_FORBIDDEN, _BROKEN_RULE = "42501", "23"
"""The database's words for what a policy or a constraint forbids."""


class BreakingFaultError(TsunaguError):
    """What was written is not enough; nothing was kept. `field`: what is to be written anew."""

    exit_code = ExitCode.USAGE

    def __init__(self, what: str, *, why: str, todo: str, field: str) -> None:
        super().__init__(what, why=why, todo=todo)
        self.field = field


class BreakingForbiddenError(TsunaguError):
    """No role of the day may open this child in an emergency."""

    exit_code = ExitCode.NOT_ALLOWED


class BreakingNotFoundError(TsunaguError):
    """No such opening, or none that whoever acts may say this of: one answer for both."""

    exit_code = ExitCode.NOT_FOUND


@dataclass(frozen=True, slots=True)
class BreakingView:
    """One opening and what was said of it, in order. `is_mine`: whoever looks opened it."""

    breaking: Breaking
    entries: tuple[BreakingEntry, ...]
    is_mine: bool
    due_on: date
    is_overdue: bool

    @property
    def closed_at(self) -> datetime:
        """When it ended or ends."""
        stops = [one.at for one in self.entries if one.kind in (BreakingKind.ENDED, BreakingKind.IMPROPER)]
        return min([self.breaking.ends_at, *stops])

    @property
    def verdict(self) -> BreakingKind | None:
        """What another person said; `ASKED` when they wait for an explanation, None when nobody has looked yet."""
        said = [BreakingKind(one.kind) for one in self.entries if one.kind != BreakingKind.ENDED]
        final = [kind for kind in said if kind in _FINAL]
        return final[0] if final else said[-1] if said and said[-1] is BreakingKind.ASKED else None

    @property
    def is_judged(self) -> bool:
        """Whether the matter is closed."""
        return self.verdict in _FINAL


@dataclass(frozen=True, slots=True)
class StaffCount:
    """How often a member of staff opened children in an emergency, and what became of it."""

    staff_number: str
    staff_name: str
    openings: int
    children: int
    proper: int
    improper: int
    waiting: int


def name_breaking(breaking_id: UUID) -> str:
    """How an act names the opening it rests on, in the audit trail."""
    return f"breaking/{breaking_id}"


def open_breaking(acting: Acting, person_id: int, reason: str, hours: int) -> Breaking:
    """Open one child for some hours. Whether there is such a child, and how it was found, is for the caller to know.

    Raises:
        BreakingFaultError: a reason too short, or hours that are none of `HOURS`.
        BreakingForbiddenError: no role of the day may, or a seal stands before the child; recorded as refused.
        NotRecordedError: no audit row, so nothing was opened.
    """
    _check_opening(reason, hours)
    name = uuid4()
    act = Act("breaking.open", Outcome.CHANGED, "child", show_id(person_id), relationship=name_breaking(name))
    record(act)
    breaking = Breaking(
        id=name,
        staff=acting.staff,
        person_id=person_id,
        purpose=acting.purpose,
        reason=reason.strip(),
        ends_at=Now() + timedelta(hours=hours),
    )
    try:
        with transaction.atomic():
            Breaking.objects.bulk_create([breaking])
    except DatabaseError as error:
        if _get_code(error) != _FORBIDDEN:
            raise
        record_refusal(acting, Act("breaking.open", Outcome.REFUSED, "child", show_id(person_id)))
        raise BreakingForbiddenError(
            "そのこどもを緊急時として開くことはできません。",
            why="いまの役割と利用目的ではできないか、あなたには見せない決まりのこどもです。",
            todo="急ぐときは、係長か調整担当に電話してください。",
        ) from None
    return Breaking.objects.get(pk=name)


def check_may_break(acting: Acting, rights: Iterable[Right]) -> None:
    """Refuse whoever has no role of the day that may open any child in an emergency; recorded.

    Raises:
        BreakingForbiddenError: it is not for them.
    """
    if Right.BREAK_GLASS in rights:
        return
    record_refusal(acting, Act("breaking.open", Outcome.REFUSED, "purpose", acting.purpose))
    raise BreakingForbiddenError(
        "緊急時の閲覧は、いまの役割ではできません。",
        why="できる役割は、市町村の役割の表で決まっています。開こうとしたことは記録しました。",
        todo="急ぐときは、係長か調整担当に電話してください。",
    )


def end_breaking(acting: Acting, breaking_id: UUID) -> Breaking:
    """It is over before its time. A second time is nothing.

    Raises:
        BreakingNotFoundError: none of theirs; recorded as refused.
        NotRecordedError: no audit row, so nothing was changed.
    """
    if BreakingEntry.objects.filter(breaking=breaking_id, kind=str(BreakingKind.ENDED)).exists():
        return _get(acting, breaking_id)
    return _say(acting, breaking_id, BreakingKind.ENDED, "")


def explain_breaking(acting: Acting, breaking_id: UUID, words: str) -> Breaking:
    """Explain what one did, as was asked.

    Raises:
        BreakingFaultError: nothing that reads like an explanation.
        BreakingNotFoundError: none of theirs; recorded as refused.
        NotRecordedError: no audit row, so nothing was kept.
    """
    return _say(acting, breaking_id, BreakingKind.EXPLAINED, words)


def review_breaking(acting: Acting, breaking_id: UUID, verdict: BreakingKind, words: str) -> Breaking:
    """Judge somebody else's opening, or ask for an explanation. Judged `IMPROPER`, it ends if it is still open.

    Raises:
        BreakingFaultError: no reason given.
        RightMissingError: no role of the day looks into openings; recorded as refused.
        BreakingNotFoundError: there is none, one's own, judged before, or one of a child they are kept away from;
            recorded as refused.
        NotRecordedError: no audit row, so nothing was kept.
    """
    assert verdict in _FINAL | {BreakingKind.ASKED}
    do_by_right(
        acting, Right.REVIEW_BREAKING, Act("breaking.look", Outcome.READ, "breaking", str(breaking_id))
    )
    return _say(acting, breaking_id, verdict, words)


def find_open_breaking(acting: Acting, person_id: int) -> BreakingView | None:
    """Under which opening whoever acts sees a child now."""
    found = Breaking.objects.filter(
        staff=acting.staff, purpose=acting.purpose, person_id=person_id, ends_at__gt=Now()
    ).exclude(entries__kind__in=[str(BreakingKind.ENDED), str(BreakingKind.IMPROPER)])
    latest = found.order_by("-begins_at").prefetch_related("entries").first()
    return None if latest is None else _view(acting, latest)


def list_own_breakings(acting: Acting, *, days: int) -> list[BreakingView]:
    """What whoever acts opened of late, and what is still waiting for their explanation."""
    since = Now() - timedelta(days=days)
    found = Breaking.objects.filter(staff=acting.staff, begins_at__gte=since)
    return _list_views(acting, found.order_by("-begins_at"))


def list_breakings(acting: Acting, first_day: date, last_day: date) -> list[BreakingView]:
    """The openings of some days and, whatever their day, those that nobody has judged yet; recorded.

    As far as the row policies show them: those who look into them, and auditors, see all but those of children they are
    kept away from; everybody else sees their own.
    """
    record(Act("breaking.list", Outcome.READ, "day", first_day.isoformat()))
    since = datetime.combine(first_day, time(), JST)
    until = datetime.combine(last_day, time(), JST) + timedelta(days=1)
    found = _list_views(acting, Breaking.objects.filter(begins_at__lt=until).order_by("-begins_at"))
    return [one for one in found if one.breaking.begins_at >= since or not one.is_judged]


def count_by_staff(views: Iterable[BreakingView]) -> list[StaffCount]:
    """Who opened how often, the most first."""
    by_staff: dict[int, list[BreakingView]] = {}
    for one in views:
        by_staff.setdefault(one.breaking.staff_id, []).append(one)
    counts = [
        StaffCount(
            mine[0].breaking.staff.staff_number,
            mine[0].breaking.staff.name,
            len(mine),
            len({one.breaking.person_id for one in mine}),
            sum(one.verdict is BreakingKind.PROPER for one in mine),
            sum(one.verdict is BreakingKind.IMPROPER for one in mine),
            sum(not one.is_judged for one in mine),
        )
        for mine in by_staff.values()
    ]
    return sorted(counts, key=lambda one: (-one.openings, one.staff_number))


def list_reviewing_roles() -> list[str]:
    """The roles that look into openings, as the table of roles in force says."""
    found = RoleRight.objects.filter(permission=str(Right.REVIEW_BREAKING)).order_by("id")
    return list(dict.fromkeys(found.values_list("role", flat=True)))


def _check_opening(reason: str, hours: int) -> None:
    if len("".join(reason.split())) < REASON_LETTERS:
        raise BreakingFaultError(
            f"理由が短すぎます（{REASON_LETTERS} 字以上）。",
            why="あとで別の人が、この理由を読んで、正しかったかどうかを確かめます。",
            todo="誰から何を聞き、なぜいま見る必要があるかを書いてください。",
            field="reason",
        )
    if hours not in HOURS:
        raise BreakingFaultError(
            "時間を選び直してください。",
            why=f"緊急時の閲覧は、長くても {HOURS[-1]} 時間で終わります。",
            todo="いるだけの時間を選んでください。",
            field="hours",
        )


def _say(acting: Acting, breaking_id: UUID, kind: BreakingKind, words: str) -> Breaking:
    if kind is not BreakingKind.ENDED and not _WORDS.search(words):
        raise BreakingFaultError(
            "わけが書かれていません。",
            why="あとから読んだ人に、なぜそう決めたかが分かるようにするためです。",
            todo="短くてもよいので、文で書いてください。",
            field="words",
        )
    breaking = _get(acting, breaking_id)
    outcome = Outcome.DECIDED if kind in _FINAL else Outcome.CHANGED
    about = show_id(breaking.person_id)
    record(Act(f"breaking.{kind}", outcome, "child", about, relationship=name_breaking(breaking_id)))
    entry = BreakingEntry(
        breaking=breaking,
        opened_by_id=breaking.staff_id,
        staff=acting.staff,
        kind=str(kind),
        words=words.strip(),
    )
    try:
        with transaction.atomic():
            BreakingEntry.objects.bulk_create([entry])
    except DatabaseError as error:
        code = _get_code(error)
        if code != _FORBIDDEN and not code.startswith(_BROKEN_RULE):
            raise
        _refuse(acting, breaking_id)
    return breaking


def _get(acting: Acting, breaking_id: UUID) -> Breaking:
    found = Breaking.objects.filter(pk=breaking_id).first()
    if found is None:
        _refuse(acting, breaking_id)
    return found


def _refuse(acting: Acting, breaking_id: UUID) -> NoReturn:
    record_refusal(acting, Act("breaking.say", Outcome.REFUSED, "breaking", str(breaking_id)))
    raise BreakingNotFoundError(
        "その緊急時の閲覧は、見つからないか、あなたには扱えません。",
        why="自分の閲覧は自分では確かめられず、一度決めたことは変えられません。どれであるかは、お答えできません。",
        todo="一覧を開き直してください。",
    )


def _list_views(acting: Acting, found: Iterable[Breaking]) -> list[BreakingView]:
    wanted = found.select_related("staff").prefetch_related("entries__staff")  # type: ignore[attr-defined]
    return [_view(acting, one) for one in wanted]


def _view(acting: Acting, breaking: Breaking) -> BreakingView:
    entries = tuple(sorted(breaking.entries.all(), key=lambda one: one.at))
    # A fictional city's day may lie before the moment at which somebody tries it.
    begun_on = min(breaking.begins_at.astimezone(JST).date(), acting.on_date)
    due_on = begun_on + timedelta(days=REVIEW_DAYS)
    is_mine = breaking.staff_id == acting.staff.pk
    return BreakingView(breaking, entries, is_mine, due_on, is_overdue=due_on < acting.on_date)


def _get_code(error: DatabaseError) -> str:
    return str(getattr(error.__cause__, "sqlstate", "") or "")
