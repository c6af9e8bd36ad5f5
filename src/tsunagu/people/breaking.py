"""Opens one child in an emergency: one that is found already, or one whose whole name and birth date are known.

Called inside `acting_as`. Nobody looks through names here: a child that may not be found is shown by nothing less than its
whole name, or its whole reading, with its birth date, and the answer for "none" and "not for you" is one.
"""

from datetime import date
from typing import NoReturn

from django.db import connection

from tsunagu.access.auditing import DjangoSession, record_refusal
from tsunagu.access.breaking import BreakingForbiddenError, open_breaking
from tsunagu.access.models import Breaking
from tsunagu.access.session import Acting
from tsunagu.audit.rows import Outcome
from tsunagu.database.statements import read_statement
from tsunagu.japanese import fold_kana, fold_name
from tsunagu.people import PACKAGE
from tsunagu.people.models import DirectoryEntry
from tsunagu.people.operations import PersonNotFoundError
from tsunagu.pipeline.seam import key_child
from tsunagu.trail.recording import Act
from tsunagu.vocabulary.errors import ExitCode, TsunaguError
from tsunagu.vocabulary.identifiers import show_id


class NamedChildNotFoundError(TsunaguError):
    """None with exactly this name and birth date, or not for them, or more than one: one answer for all."""

    exit_code = ExitCode.NOT_FOUND


def open_found_child(acting: Acting, person_id: int, reason: str, hours: int) -> Breaking:
    """Open a child that whoever acts finds already, for what they do not see of it.

    Raises:
        PersonNotFoundError: there is none, or they do not find it; recorded as refused.
        BreakingFaultError: a reason too short, or hours that are too many.
        BreakingForbiddenError: no role of the day may; recorded as refused.
        NotRecordedError: no audit row, so nothing was opened.
    """
    if not DirectoryEntry.objects.filter(pk=person_id).exists():
        record_refusal(acting, Act("breaking.open", Outcome.REFUSED, "child", show_id(person_id)))
        raise PersonNotFoundError(
            "そのこどもは見つからないか、見ることができません。",
            why="どちらであるかは、お答えできません。",
            todo="氏名と生年月日が分かるときは、「さがす」の「緊急時の閲覧」から開けます。",
        )
    return open_breaking(acting, person_id, reason, hours)


def open_named_child(
    acting: Acting, name: str, birth_date: date, reason: str, hours: int, *, key: bytes
) -> Breaking:
    """Open the one child with exactly this name, or reading, and this birth date.

    Args:
        acting: who, for which purpose.
        name: the whole name or the whole reading, in any spelling; a former name counts too.
        birth_date: to the day.
        reason: why now.
        hours: for how long.
        key: the installation's search key.

    Raises:
        NamedChildNotFoundError: none, none for them, or more than one; recorded as refused.
        BreakingFaultError: a reason too short, or hours that are too many.
        NotRecordedError: no audit row, so nothing was opened.
    """
    joined = "".join(name.split())
    folded = {fold(joined) for fold in (fold_name, fold_kana)} - {None, ""}
    found = {child for text in folded if text for child in _list_named(key_child(key, text, birth_date))}
    if len(found) != 1:
        _refuse(acting)
    try:
        return open_breaking(acting, found.pop(), reason, hours)
    except BreakingForbiddenError:
        _refuse(acting)


def _list_named(asked: str) -> list[int]:
    session = DjangoSession(connection)
    session.run(read_statement(PACKAGE, "ask_for_child"), {"key": asked})
    found = session.run(read_statement(PACKAGE, "find_named_child"), {"key": asked})
    return [person_id for (person_id,) in found]


def _refuse(acting: Acting) -> NoReturn:
    record_refusal(acting, Act("breaking.open", Outcome.REFUSED, "purpose", acting.purpose))
    raise NamedChildNotFoundError(
        "氏名と生年月日がどちらもぴったり合うこどもを、一人には決められませんでした。",
        why="いないか、あなたには開けないか、同じ氏名と生年月日のこどもが二人以上います。どれであるかは、お答えできません。",
        todo="綴りと生年月日を確かめ、フリガナでも試してください。急ぐときは、係長か調整担当に電話してください。",
    )
