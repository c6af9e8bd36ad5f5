"""Fetches one child from the analytic half for one purpose, as the worker does when somebody has opened it.

The worker's process holds the owner's login; the process that serves pages asks for it and looks whether it came.
"""

from datetime import date
from enum import StrEnum
from pathlib import Path

from tsunagu.people.copying import is_opened, note_trouble, replace_child
from tsunagu.pipeline.seam import (
    ChildNotFoundError,
    ContactPoints,
    PurposeRefusedError,
    RunNotFoundError,
    Seam,
    fetch_child,
    fetch_contact_points,
    open_seam,
)
from tsunagu.vocabulary.errors import ExitCode, TsunaguError


class NotOpenedError(TsunaguError):
    """A copy was asked for without anybody having opened the child."""

    exit_code = ExitCode.NOT_ALLOWED


class Trouble(StrEnum):
    """Why a child could not be fetched."""

    NO_RUN = "no_run"
    NOT_IN_RUN = "not_in_run"
    PURPOSE_REFUSED = "purpose_refused"


def fetch_copy(home: Path, person_id: int, purpose: str, *, as_of: date, using: str) -> Trouble | None:
    """Put a child's copy for a purpose in place, or note why there is none.

    Args:
        home: the installation's folder.
        person_id: the child.
        purpose: for what somebody opened it.
        as_of: the day of the deed in Japan: what was known by its end.
        using: Django's connection as the owner of the tables.

    Returns:
        What stood in the way; None when the copy is there.

    Raises:
        NotOpenedError: nobody who may see the child has opened it on that day for that purpose.
    """
    if not is_opened(person_id, purpose, on=as_of, using=using):
        raise NotOpenedError(
            "そのこどもは、きょうその目的では開かれていません。",
            why="見てよい人が開いたこどもの記録だけを取り寄せます。",
            todo="こどものページを開き直してください。",
        )
    try:
        seam = open_seam(home, on=as_of)
        record = fetch_child(seam, person_id, purpose, as_of=as_of)
    except (RunNotFoundError, ChildNotFoundError, PurposeRefusedError) as error:
        trouble = _name_trouble(error)
        note_trouble(person_id, purpose, trouble, as_of=as_of, using=using)
        return trouble
    contacts = _find_contacts(seam, person_id, purpose, as_of)
    replace_child(record, contacts, purpose=purpose, as_of=as_of, using=using)
    return None


def _name_trouble(error: Exception) -> Trouble:
    if isinstance(error, PurposeRefusedError):
        return Trouble.PURPOSE_REFUSED
    return Trouble.NO_RUN if isinstance(error, RunNotFoundError) else Trouble.NOT_IN_RUN


def _find_contacts(seam: Seam, person_id: int, purpose: str, as_of: date) -> ContactPoints | None:
    """Where the child can be reached; None: the purpose may not know.

    Those under protection come along: the desk's table shows none of them before a reason stands in the request that
    asks, and keeps the reason.
    """
    try:
        return fetch_contact_points(seam, person_id, purpose, as_of=as_of, has_reason=True)
    except PurposeRefusedError:
        return None
