"""Which entries make sense, before anything is kept. Whose they may be is for the row policies."""

import re
from datetime import date, datetime
from typing import NoReturn

from tsunagu.cases.entries import NewContact, NewDecision, NewFeedback, NewIntake
from tsunagu.cases.intake_models import WasSeen
from tsunagu.cases.models import CLOSING, Verdict
from tsunagu.pipeline.seam import ContactWay
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

UNSEEING = frozenset({ContactWay.LETTER, ContactWay.TELEPHONE})
"""Ways of being in touch by which nobody sees the child."""
_WORDS = re.compile(r"\S{2}")


class EntryFaultError(TsunaguError):
    """What was written makes no sense as it is; nothing was kept. `field`: what is to be written anew."""

    exit_code = ExitCode.NOT_ALLOWED

    def __init__(self, what: str, *, why: str, todo: str, field: str) -> None:
        super().__init__(what, why=why, todo=todo)
        self.field = field


def check_decision(new: NewDecision, *, on_date: date) -> None:
    """A reason, and a next date for every child that stays with somebody.

    Raises:
        EntryFaultError: what is missing.
    """
    check_reason(new.reason)
    if new.outcome not in CLOSING and new.next_action_on is None:
        _refuse(
            "next_action_on",
            "次に動く日がありません。",
            why="日付がないと、誰も思い出さないまま日が過ぎてしまいます。",
            todo="次に様子を見る日か、会いに行く日を入れてください。",
        )
    if new.next_action_on is not None and new.next_action_on < on_date:
        _refuse_past("next_action_on")


def check_feedback(new: NewFeedback) -> None:
    """What is wrong is wrong in somebody's data.

    Raises:
        EntryFaultError: it does not say in whose.
    """
    if new.verdict is Verdict.WRONG and not _WORDS.search(new.source):
        _refuse(
            "source",
            "どの元データが誤りかが、選ばれていません。",
            why="もとのデータを持つ課に返して、直してもらうためです。",
            todo="誤りのある元データを選んでください。",
        )


def check_contact(new: NewContact, *, on_date: date) -> None:
    """A day that has come; a letter sees nobody.

    Raises:
        EntryFaultError: what is wrong.
    """
    if new.occurred_on > on_date:
        _refuse(
            "occurred_on",
            "まだ来ていない日付です。",
            why="これからの予定は、連絡の記録にはなりません。",
            todo="連絡した日を入れてください。予定は「次に動く日」に入れます。",
        )
    if new.saw_child and new.way in UNSEEING:
        _refuse(
            "saw_child",
            "手紙や電話では、こどもの姿は見られません。",
            why="姿を見た日は、しばらく姿の見えないこどもを探すのに使います。",
            todo="「姿を見た」を外すか、方法を選び直してください。",
        )


def check_deferral(until: date, reason: str, *, on_date: date) -> None:
    """A day to come, and why.

    Raises:
        EntryFaultError: what is wrong.
    """
    check_reason(reason)
    if until <= on_date:
        _refuse_past("until")


def check_intake(new: NewIntake, *, at: datetime) -> None:
    """What was said, and a time that has come; who saw the child says when.

    Raises:
        EntryFaultError: what is missing.
    """
    if not _WORDS.search(new.said):
        _refuse(
            "said",
            "言われたことが書かれていません。",
            why="あとで読む人が、要約ではなく、言われたままの言葉から考えられるようにするためです。",
            todo="言われたままを、短くても書いてください。",
        )
    if new.received_at > at:
        _refuse(
            "received_at",
            "まだ来ていない時刻です。",
            why="48時間の時計は、知らせを受けた時刻から動きます。",
            todo="知らせを受けた日と時刻を入れてください。",
        )
    if new.was_seen is WasSeen.SEEN and not _WORDS.search(new.seen_when):
        _refuse(
            "seen_when",
            "いつ見たかが書かれていません。",
            why="姿を見たのがいつかで、急ぎ方が変わります。",
            todo="「けさ8時ごろ」のように書いてください。分からなければ、「見たかは分からない」を選んでください。",
        )


def check_sighting(occurred_on: date, way: str, *, received_on: date, on_date: date) -> None:
    """One of us saw the child, on a day since it came in.

    Raises:
        EntryFaultError: what is wrong.
    """
    if occurred_on > on_date:
        _refuse(
            "occurred_on",
            "まだ来ていない日付です。",
            why="これから見る予定では、時計は止まりません。",
            todo="姿を見た日を入れてください。",
        )
    if occurred_on < received_on:
        _refuse(
            "occurred_on",
            "知らせを受けた日より前の日付です。",
            why="知らせのあとに姿を見たことだけが、安全の確認になります。",
            todo="知らせを受けたあとに、姿を見た日を入れてください。",
        )
    if not way or way in UNSEEING:
        _refuse(
            "way",
            "どうやって見たかが、選ばれていません。",
            why="手紙や電話では、こどもの姿は見られません。",
            todo="訪問・面談・その他から選んでください。",
        )


def check_ending(note: str) -> None:
    """Why the clock is over though nobody of us saw the child.

    Raises:
        EntryFaultError: it is not written.
    """
    if not _WORDS.search(note):
        _refuse(
            "note",
            "終えるわけが書かれていません。",
            why="姿を見ないまま終えるので、だれが何を確かめたかを、あとから分かるようにします。",
            todo="だれが、いつ、何を確かめたかを書いてください。",
        )


def check_reason(reason: str) -> None:
    """A reason is words.

    Raises:
        EntryFaultError: it is none.
    """
    if not _WORDS.search(reason):
        _refuse(
            "reason",
            "理由が書かれていません。",
            why="あとから見た人が、なぜそう決めたかを分かるようにするためです。",
            todo="理由を短く書いてください。",
        )


def _refuse_past(field: str) -> NoReturn:
    _refuse(
        field,
        "もう過ぎた日付です。",
        why="過ぎた日には、誰も動けません。",
        todo="今日より後の日付を入れてください。",
    )


def _refuse(field: str, what: str, *, why: str, todo: str) -> NoReturn:
    raise EntryFaultError(what, why=why, todo=todo, field=field)
