"""受付 in a fictional city: a roster for two weeks, an intake about a child of the directory, and one about nobody in it."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from tsunagu.access.clock import read_moment
from tsunagu.access.models import Staff
from tsunagu.access.session import acting_as
from tsunagu.cases.duty import ROSTER_DAYS, find_duty, set_duty
from tsunagu.cases.entries import NewIntake
from tsunagu.cases.intake_models import Informed, Intake, Source, Urgency, WasSeen
from tsunagu.cases.intakes import begin_intake, receive_intake
from tsunagu.people.models import DirectoryEntry

_PURPOSE = "abuse_prevention"
# The coordinator writes and sets the roster; the caseworker and the supervisor are on duty.
_WRITER, _OFFICER, _DEPUTY = "D0002", "D0003", "D0009"


def give_demo_intakes(purposes: Sequence[str], today: date) -> None:
    """Two intakes of a moment ago, and who is on duty; the same a second time is nothing."""
    if not purposes:
        return
    writer, officer, deputy = (Staff.objects.get(staff_number=one) for one in (_WRITER, _OFFICER, _DEPUTY))
    with acting_as(writer, _PURPOSE if _PURPOSE in purposes else purposes[0], today) as acting:
        for day in (today + timedelta(days=number) for number in range(ROSTER_DAYS)):
            if find_duty(day) is None:
                set_duty(acting, day, officer, deputy)
        if Intake.objects.exists():
            return
        now = read_moment(today)
        child = DirectoryEntry.objects.filter(is_unborn=False, is_protected=False).order_by("pk").first()
        for person, new in (
            (child, _tell_of_child(child)),
            (None, _TELL_OF_NOBODY),
        ):
            draft = begin_intake(
                acting, person.pk if person else None, {}, searched_at=now, candidates=1 if person else 0
            )
            told = NewIntake(received_at=now - timedelta(minutes=5), **new)
            receive_intake(acting, draft.pk, told, takes_on=False)


def _tell_of_child(child: DirectoryEntry | None) -> dict[str, Any]:
    return {
        "source": Source.SCHOOL,
        "told_by": "架空小学校 教頭",
        "said": "月曜から三日、休んでいます。家に電話をしても出ません。先週、腕にあざがありました。",
        "name": (child.name or "") if child else "",
        "kana": (child.kana or "") if child else "",
        "was_seen": WasSeen.NOT_SEEN,
        "urgency": Urgency.TODAY,
        "tell_also": (Informed.SUPERVISOR, Informed.GUIDANCE_CENTER),
    }


_TELL_OF_NOBODY: dict[str, Any] = {
    "source": Source.NEIGHBOUR,
    "said": "青いアパートの二階で、夜遅くまで小さい子の泣き声がします。名前は知りません。",
    "born": "3歳くらい",
    "place": "架空町2丁目の青いアパート",
    "was_seen": WasSeen.SEEN,
    "seen_when": "きのうの夕方",
    "seen_by": "近所の人",
    "urgency": Urgency.IN_TIME,
}
