"""The first administrator of a municipality, appointed on the server by whoever holds the owner's login."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from django.contrib.auth.hashers import make_password

from tsunagu.access.session import ADMINISTRATION
from tsunagu.audit.rows import Outcome
from tsunagu.database.connecting import Server
from tsunagu.database.logins import Login
from tsunagu.database.sessions import open_session
from tsunagu.database.statements import read_statement
from tsunagu.trail.recording import Act, Context, record_act, set_context
from tsunagu.vocabulary.errors import ExitCode, TsunaguError
from tsunagu.web.accounts import FirstPassword, make_first_password

PACKAGE = "tsunagu.web"


class AppointmentError(TsunaguError):
    """Number, name or department that nobody could be known by."""

    exit_code = ExitCode.USAGE


@dataclass(frozen=True, slots=True)
class Appointee:
    """Who is to give and take rights."""

    staff_number: str
    name: str
    department: str


def appoint_administrator(
    server: Server, appointee: Appointee, *, valid_from: date, now: datetime, database: str | None = None
) -> FirstPassword:
    """Put somebody on the list of staff if they are not on it, make them administrator, and give a first password.

    A second step they had is to be set up anew, so that a city whose only administrator lost everything gets in again.

    Everything in one transaction, the row of the trail included. Whoever holds the owner's login could write all this
    by hand; this way it is on record.

    Raises:
        AppointmentError: a blank or overlong word.
        NotRecordedError: no audit row, so nothing was done.
    """
    if not all((appointee.staff_number, appointee.name, appointee.department)):
        raise AppointmentError(
            "職員番号・氏名・所属のどれかが空です。",
            why="誰に任せたかが分からなくなります。",
            todo="三つとも書いて、もう一度実行してください。",
        )
    given = make_first_password(now)
    words = {
        "staff_number": appointee.staff_number,
        "name": appointee.name,
        "department": appointee.department,
        "password": make_password(given.password),
        "until": given.until,
    }
    with open_session(server, Login.OWNER, database=database) as owner:
        ((staff_id,),) = owner.run(read_statement(PACKAGE, "put_on_list"), words)
        set_context(owner, Context("", ADMINISTRATION, str(uuid4())))
        record_act(owner, Act("operator.appoint", Outcome.CHANGED, "staff", str(staff_id)))
        owner.run(read_statement(PACKAGE, "drop_second_step"), {"staff_id": staff_id})
        owner.run(
            read_statement(PACKAGE, "appoint_first_administrator"),
            {"staff_id": staff_id, "valid_from": valid_from},
        )
    return given
