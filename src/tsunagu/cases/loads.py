"""担当の持ち分: who is in charge of how many children, for whoever says who is in charge. Nobody is ranked by it.

The row policies decide whose children there are: a supervisor's team's, a coordinator's all. Reading is recorded first.
"""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from tsunagu.access.auditing import DjangoSession, record, record_refusal
from tsunagu.access.permission import RightMissingError
from tsunagu.access.queries import list_rights
from tsunagu.access.session import Acting
from tsunagu.audit.rows import Outcome
from tsunagu.cases import PACKAGE
from tsunagu.catalog.roles import Right
from tsunagu.database.statements import read_statement
from tsunagu.trail.recording import Act


@dataclass(frozen=True, slots=True)
class Load:
    """What one member of staff has, or a team (`team_id`), or nobody (neither of them).

    `children`: in charge of; for nobody, those with a task. Of these `overdue`: the next date is past; `soon`: within seven days; `undecided`: listed,
    and nobody has decided. `hands_over_on`: from when on they have another duty; None: no such day is known.
    """

    staff_id: int | None
    name: str
    department: str
    team_id: str
    hands_over_on: date | None
    children: int
    overdue: int
    soon: int
    undecided: int

    @property
    def is_nobodys(self) -> bool:
        """Whether nobody is in charge of these."""
        return self.staff_id is None and not self.team_id


def list_loads(acting: Acting) -> list[Load]:
    """Nobody's children first, then teams, then staff, those with most children first.

    Raises:
        RightMissingError: whoever asks does not say who is in charge of anybody; recorded as refused.
        NotRecordedError: no audit row, so nothing was read.
    """
    if Right.ASSIGN not in list_rights(acting.staff, on_date=acting.on_date):
        record_refusal(acting, Act("task.loads", Outcome.REFUSED, "purpose", acting.purpose))
        raise RightMissingError(
            "担当の持ち分を見る権限がありません。",
            why="担当を決める人だけが見ます。見ようとしたことは記録しました。",
            todo="自分の仕事は「今日の仕事」にあります。",
        )
    record(Act("task.loads", Outcome.READ, "purpose", acting.purpose))
    rows = DjangoSession(connection).run(read_statement(PACKAGE, "list_loads"), {"on": acting.on_date})
    return [Load(*row) for row in rows]
