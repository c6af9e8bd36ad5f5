"""共有版: what a meeting is shown of a child, for a reason, until a day. Inside `acting_as`; recorded like every act.

It is a copy of what whoever writes it sees: whoever opens it needs no right to the facts and reasons themselves. So
nothing goes in that the register does not let a member of a meeting receive, no place, and under address protection no
text that somebody typed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import connections, transaction

from tsunagu.access.auditing import record, record_refusal
from tsunagu.access.session import Acting
from tsunagu.audit.rows import Outcome
from tsunagu.cases import PACKAGE
from tsunagu.cases.models import SHARED_DAYS_AT_MOST, SharedVersion, TakingBack
from tsunagu.cases.operations import write_entries
from tsunagu.cases.policies import EntryFaultError, check_reason
from tsunagu.database.sessions import bind
from tsunagu.database.statements import read_statement
from tsunagu.trail.recording import Act
from tsunagu.vocabulary.errors import ExitCode, TsunaguError
from tsunagu.vocabulary.identifiers import show_id


class Section(StrEnum):
    """What can be chosen to go in; who the child is goes in always."""

    REASONS = "reasons"
    FACTS = "facts"
    DECISIONS = "decisions"
    CONTACTS = "contacts"
    TIES = "ties"


@dataclass(frozen=True, slots=True)
class NewSharing:
    """For which meeting, why, what, and through which day."""

    meeting: str
    reason: str
    sections: Sequence[Section]
    last_day: date


class SharedNotFoundError(TsunaguError):
    """No such version, or expired, or taken back, or not theirs: one answer for all."""

    exit_code = ExitCode.NOT_FOUND


def share_child(
    acting: Acting, person_id: int, new: NewSharing, content: Mapping[str, Any], *, is_protected: bool
) -> SharedVersion:
    """Keep a version for a meeting.

    Raises:
        EntryFaultError: no meeting, no reason, nothing chosen, or a day that is past or too far.
        NotTheirsError: not theirs to share; recorded as refused.
        NotRecordedError: no audit row, so nothing was kept.
    """
    _check(new, acting.on_date)
    version = SharedVersion(
        person_id=person_id,
        purpose=acting.purpose,
        staff=acting.staff,
        meeting=new.meeting.strip(),
        reason=new.reason.strip(),
        sections=[str(section) for section in new.sections],
        content=dict(content),
        is_protected=is_protected,
        shared_on=acting.on_date,
        expires_on=new.last_day + timedelta(days=1),
    )
    return write_entries(acting, "case.share", [version])[0]


def list_shared(person_id: int) -> list[SharedVersion]:
    """Those that can be opened now, the latest first."""
    back = TakingBack.objects.filter(person_id=person_id).values("about")
    found = SharedVersion.objects.filter(person_id=person_id).exclude(pk__in=back)
    return list(found.select_related("staff").defer("content").order_by("-recorded_at"))


def open_shared(acting: Acting, person_id: int, version_id: UUID, *, is_protected: bool) -> SharedVersion:
    """Open one.

    Args:
        acting: who.
        person_id: of which child.
        version_id: which.
        is_protected: whether the child is under address protection now.

    Raises:
        SharedNotFoundError: none they may open now; recorded as refused.
        NotRecordedError: no audit row, so nothing was read.
    """
    record(Act("child.shared", Outcome.READ, "child", show_id(person_id)))
    back = TakingBack.objects.filter(person_id=person_id).values("about")
    found = SharedVersion.objects.filter(pk=version_id, person_id=person_id).exclude(pk__in=back)
    version = found.select_related("staff").first()
    # What was typed before the protection began may tell where the child is.
    if version is None or (is_protected and not version.is_protected):
        record_refusal(acting, Act("child.shared", Outcome.REFUSED, "child", show_id(person_id)))
        raise SharedNotFoundError(
            "その共有版は開けません。",
            why="期限が過ぎたか、取り消されたか、支援措置が始まったか、見る権限がありません。どれであるかは、お答えできません。",
            todo="会議を開く人に、作り直すよう頼んでください。",
        )
    return version


def drop_expired(*, on: date, using: str) -> None:
    """Delete what no meeting may open any more. As the owner of the tables.

    Args:
        on: today in Japan.
        using: Django's connection as the owner.
    """
    with transaction.atomic(using), connections[using].cursor() as cursor:
        day = {"on": on.isoformat()}
        cursor.execute(bind(read_statement(PACKAGE, "set_day"), day), day)
        cursor.execute(read_statement(PACKAGE, "clear_expired", table="cases_shared"))


def _check(new: NewSharing, on_date: date) -> None:
    check_reason(new.reason)
    if not new.sections:
        raise EntryFaultError(
            "載せるものが選ばれていません。",
            why="何も選ばないと、氏名と年齢だけの版になります。",
            todo="会議で要るものを一つ以上選んでください。",
            field="sections",
        )
    if not on_date <= new.last_day < on_date + timedelta(days=SHARED_DAYS_AT_MOST):
        raise EntryFaultError(
            f"開ける日は、今日から {SHARED_DAYS_AT_MOST} 日のうちにしてください。",
            why="会議が終わったあとまで開けると、見てよい人が分からなくなります。",
            todo="会議の日を入れてください。",
            field="last_day",
        )
