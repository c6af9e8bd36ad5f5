"""Saved views: ways somebody looks at the list, under names of theirs. Inside `acting_as`; recorded like every act."""

from tsunagu.access.auditing import record
from tsunagu.access.session import Acting
from tsunagu.audit.rows import Outcome
from tsunagu.cases.models import SavedView
from tsunagu.trail.recording import Act
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

VIEWS_AT_MOST = 30


class ViewNotFoundError(TsunaguError):
    """No such view, or somebody else's."""

    exit_code = ExitCode.NOT_FOUND


class TooManyViewsError(TsunaguError):
    """More than anybody finds their way among."""

    exit_code = ExitCode.NOT_ALLOWED


def list_views(acting: Acting) -> list[SavedView]:
    """One's own for the purpose in force, by name."""
    return list(SavedView.objects.filter(staff=acting.staff, purpose=acting.purpose).order_by("name"))


def save_view(acting: Acting, name: str, query: str) -> SavedView:
    """Keep a way of looking under a name; the same name again takes the place of what was there.

    Raises:
        TooManyViewsError: there are `VIEWS_AT_MOST` already.
        NotRecordedError: no audit row, so nothing was kept.
    """
    own = SavedView.objects.filter(staff=acting.staff, purpose=acting.purpose)
    if own.exclude(name=name).count() >= VIEWS_AT_MOST:
        raise TooManyViewsError(
            f"保存した見方が、もう {VIEWS_AT_MOST} あります。",
            why="多すぎると、要るものが見つからなくなります。",
            todo="使っていないものを消してから、もう一度保存してください。",
        )
    record(Act("view.save", Outcome.CHANGED, "purpose", acting.purpose))
    own.filter(name=name).delete()
    return SavedView.objects.create(staff=acting.staff, purpose=acting.purpose, name=name, query=query)


def delete_view(acting: Acting, view_id: int) -> SavedView:
    """Take one of one's own away; what it was is handed back, so that it can be saved again.

    Raises:
        ViewNotFoundError: none of theirs.
        NotRecordedError: no audit row, so it stays.
    """
    view = SavedView.objects.filter(staff=acting.staff, purpose=acting.purpose, pk=view_id).first()
    if view is None:
        raise ViewNotFoundError(
            "その見方は見つかりません。",
            why="もう消したか、ほかの目的で保存したものです。",
            todo="一覧を開き直してください。",
        )
    record(Act("view.delete", Outcome.CHANGED, "purpose", acting.purpose))
    view.delete()
    return view
