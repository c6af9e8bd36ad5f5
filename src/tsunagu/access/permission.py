"""Rights that are about no single child: asked for by name before something is done, refusals recorded."""

from tsunagu.access.auditing import record, record_refusal
from tsunagu.access.queries import holds_right
from tsunagu.access.session import Acting
from tsunagu.audit.rows import Outcome
from tsunagu.catalog.roles import ASKED_BY_NAME, Right
from tsunagu.trail.recording import Act
from tsunagu.vocabulary.errors import ExitCode, TsunaguError


class RightMissingError(TsunaguError):
    """None of the roles of the day has the right."""

    exit_code = ExitCode.NOT_ALLOWED


def do_by_right(acting: Acting, right: Right, act: Act) -> None:
    """Record an act for which a right is needed, or that it was refused.

    Args:
        acting: who.
        right: one of `ASKED_BY_NAME`; other rights over children are for the row policies to decide.
        act: what, as it is recorded when it may be done.

    Raises:
        RightMissingError: refused.
        NotRecordedError: no audit row; the act must not happen.
    """
    assert right in ASKED_BY_NAME
    if holds_right(acting.staff, right, on_date=acting.on_date):
        record(act)
        return
    record_refusal(acting, Act(act.act, Outcome.REFUSED, act.object_kind, act.object_id))
    raise RightMissingError(
        "これを行う権限がありません。",
        why="決められた役割の人だけができます。行おうとしたことは記録しました。",
        todo="必要なときは、権限の管理者に頼んでください。",
    )
