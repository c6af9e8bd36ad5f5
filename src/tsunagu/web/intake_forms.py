"""The forms of 受付 and of the duty roster, and the words of their choices."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tsunagu.access.models import Staff
from tsunagu.cases.entries import NewIntake
from tsunagu.cases.intake_models import Ending, Informed, Source, Urgency, WasSeen
from tsunagu.cases.intake_reading import Alikeness, Turn
from tsunagu.pipeline.seam import ContactWay
from tsunagu.vocabulary.dates import JST
from tsunagu.web.fields import DayField, MomentField, TidyTextField

SOURCE_TITLES: dict[str, Promise] = {
    Source.SCHOOL: _("学校"),
    Source.NURSERY: _("保育所・幼稚園"),
    Source.HEALTH: _("保健師・保健センター"),
    Source.HOSPITAL: _("病院・医院"),
    Source.POLICE: _("警察"),
    Source.GUIDANCE_CENTER: _("児童相談所"),
    Source.WELFARE_VOLUNTEER: _("民生委員・児童委員"),
    Source.OTHER_OFFICE: _("ほかの課・ほかの市町村"),
    Source.NEIGHBOUR: _("近所の人"),
    Source.CHILD: _("こども本人"),
    Source.FAMILY: _("いっしょに住む家族"),
    Source.RELATIVE: _("親戚・知人"),
    Source.UNNAMED: _("名前を言わない人"),
    Source.OTHER: _("その他"),
}
URGENCY_TITLES: dict[str, Promise] = {
    Urgency.NOW: _("いますぐ（すぐ当番に、15分で副当番にも回ります）"),
    Urgency.TODAY: _("きょう中（1時間で当番に回ります）"),
    Urgency.IN_TIME: _("48時間のうち（2時間で当番に回ります）"),
}
URGENCY_WORDS: dict[str, Promise] = {
    Urgency.NOW: _("いますぐ"),
    Urgency.TODAY: _("きょう中"),
    Urgency.IN_TIME: _("48時間のうち"),
}
SEEN_TITLES: dict[str, Promise] = {
    WasSeen.SEEN: _("姿を見た"),
    WasSeen.NOT_SEEN: _("見ていない"),
    WasSeen.UNKNOWN: _("見たかは分からない"),
}
INFORMED_TITLES: dict[str, Promise] = {
    Informed.SUPERVISOR: _("係長・課長"),
    Informed.GUIDANCE_CENTER: _("児童相談所"),
    Informed.POLICE: _("警察"),
    Informed.SCHOOL: _("学校"),
    Informed.NURSERY: _("保育所・幼稚園"),
    Informed.HEALTH: _("保健師"),
    Informed.COUNCIL: _("要対協の事務局"),
}
ENDING_TITLES: dict[str, Promise] = {
    Ending.SEEN_BY_OTHERS: _("ほかの機関が姿を見た"),
    Ending.HANDED_OVER: _("児童相談所やほかの市町村が引き継いだ"),
    Ending.SAME_AS_OTHER: _("ほかの受付にまとめた（受け付け直した）"),
    Ending.NO_CHILD: _("こどもの安全のことではなかった"),
    Ending.OTHER: _("その他"),
}
ALIKE_TITLES: dict[str, tuple[Promise, str]] = {
    Alikeness.SAME_CHILD: (_("同じこども"), "warn"),
    Alikeness.NAME: (_("氏名か読みが同じ"), "warn"),
    Alikeness.BIRTH_DATE: (_("生年月日が同じ"), "warn"),
    Alikeness.SIMILAR: (_("氏名か読みが似ている"), ""),
    Alikeness.PLACE: (_("住所・いるところが似ている"), ""),
}
TURN_TITLES: dict[str, Promise] = {
    Turn.ANYBODY: _("まだ誰も受け取っていません"),
    Turn.DUTY: _("誰も受け取らないので、当番に回りました"),
    Turn.DEPUTY: _("当番も受け取らないので、副当番にも回りました"),
    Turn.RECEIVED: _("受け取りました"),
    Turn.OVER: _("終わりました"),
}
_LINE_LENGTH, _SAID_LENGTH = 200, 8000
_HOUR_MINUTES, _MINUTE_SECONDS = 60, 60
_MANY_HOURS = 2
_PICK = _("下から選んでください。")


class IntakeForm(forms.Form):
    """What somebody tells about a child."""

    source = forms.ChoiceField(
        label=_("だれから"),
        choices=[("", _("選んでください")), *SOURCE_TITLES.items()],
        error_messages={"required": _("だれからの知らせかを選んでください。"), "invalid_choice": _PICK},
    )
    told_by = TidyTextField(
        label=_("その人の名前と連絡先"),
        help_text=_("聞けたところまで。聞けなければ、あけておきます。"),
        required=False,
        max_length=_LINE_LENGTH,
    )
    received_on = DayField(
        label=_("知らせを受けた日"), error_messages={"required": _("知らせを受けた日を入れてください。")}
    )
    received_time = MomentField(
        label=_("その時刻"),
        error_messages={"required": _("知らせを受けた時刻を入れてください。")},
    )
    said = forms.CharField(
        label=_("言われたこと（言われたままに）"),
        help_text=_("要約せず、その人の言葉のまま書きます。受け付けたあとは変えられません。"),
        max_length=_SAID_LENGTH,
        widget=forms.Textarea({"rows": 7}),
        error_messages={"required": _("言われたことを、そのまま書いてください。")},
    )
    name = TidyTextField(
        label=_("こどもの氏名"), required=False, max_length=_LINE_LENGTH, widget=forms.TextInput
    )
    kana = TidyTextField(label=_("読み"), required=False, max_length=_LINE_LENGTH)
    born = TidyTextField(
        label=_("生年月日か年齢"),
        help_text=_("H30.5.5、5歳くらい など"),
        required=False,
        max_length=_LINE_LENGTH,
    )
    is_unborn = forms.BooleanField(label=_("これから生まれるこども"), required=False)
    place = TidyTextField(
        label=_("住所・学校・いるところ"),
        help_text=_("「二丁目の青いアパート」のような言い方のままで。"),
        required=False,
        max_length=_LINE_LENGTH,
    )
    was_seen = forms.ChoiceField(
        label=_("知らせた人は、こどもの姿を見ましたか"),
        choices=list(SEEN_TITLES.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("見たかどうかを選んでください。"), "invalid_choice": _PICK},
    )
    seen_when = TidyTextField(label=_("見たのは、いつ"), required=False, max_length=_LINE_LENGTH)
    seen_by = TidyTextField(label=_("見たのは、だれ"), required=False, max_length=_LINE_LENGTH)
    urgency = forms.ChoiceField(
        label=_("急ぎ"),
        choices=list(URGENCY_TITLES.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("どれくらい急ぐかを選んでください。"), "invalid_choice": _PICK},
    )
    tell_also = forms.MultipleChoiceField(
        label=_("ほかに知らせる先"),
        choices=list(INFORMED_TITLES.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _PICK},
    )
    takes_on = forms.BooleanField(
        label=_("自分で受け取る"),
        help_text=_("姿を見るところまで、自分が受け持ちます。印がなければ、受付のできる全員に出ます。"),
        required=False,
    )

    def describe(self) -> NewIntake:
        """What is told, once it is valid."""
        said = self.cleaned_data
        received_at = datetime.combine(said["received_on"], said["received_time"], tzinfo=JST)
        texts = ("told_by", "said", "name", "kana", "born", "place", "seen_when", "seen_by")
        return NewIntake(
            received_at=received_at,
            source=Source(said["source"]),
            was_seen=WasSeen(said["was_seen"]),
            urgency=Urgency(said["urgency"]),
            is_unborn=said["is_unborn"],
            tell_also=tuple(Informed(one) for one in said["tell_also"]),
            **{name: said[name].strip() for name in texts},
        )


class SightingForm(forms.Form):
    """One of us saw the child."""

    prefix = "sighting"
    occurred_on = DayField(
        label=_("姿を見た日"), error_messages={"required": _("姿を見た日を入れてください。")}
    )
    way = forms.ChoiceField(
        label=_("方法"),
        choices=[
            (ContactWay.VISIT, _("訪問")),
            (ContactWay.INTERVIEW, _("面談")),
            (ContactWay.OTHER, _("その他")),
        ],
        error_messages={"required": _("どうやって見たかを選んでください。"), "invalid_choice": _PICK},
    )
    note = forms.CharField(
        label=_("だれが、どこで見て、どんな様子だったか"),
        max_length=_SAID_LENGTH,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )


class ClosingForm(forms.Form):
    """It is over though none of us saw the child."""

    prefix = "closing"
    ending = forms.ChoiceField(
        label=_("終えるわけ"),
        choices=[("", _("選んでください")), *ENDING_TITLES.items()],
        error_messages={"required": _("終えるわけを選んでください。"), "invalid_choice": _PICK},
    )
    note = forms.CharField(
        label=_("だれが、いつ、何を確かめたか"),
        max_length=_SAID_LENGTH,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("終えるわけを書いてください。")},
    )


class TakerChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic for the checker alone
    """One of those who may take intakes, by name and department."""

    def label_from_instance(self, staff: Any) -> str:
        """What the list shows."""
        return f"{staff.name}（{staff.department}）"


class DutyForm(forms.Form):
    """Who is on duty on a day, or on several."""

    on = DayField(label=_("この日から"), error_messages={"required": _("日付を入れてください。")})
    until = DayField(
        label=_("この日まで"), required=False, help_text=_("一日だけなら、あけておきます。31日まで。")
    )
    officer = TakerChoice(
        Staff.objects.none(),
        label=_("当番"),
        error_messages={"required": _("当番を選んでください。"), "invalid_choice": _PICK},
    )
    deputy = TakerChoice(
        Staff.objects.none(),
        label=_("副当番"),
        error_messages={"required": _("副当番を選んでください。"), "invalid_choice": _PICK},
    )

    def __init__(self, takers: Iterable[Staff], posted: QueryDict | None = None, *, on: date) -> None:
        super().__init__(posted, initial={"on": on})
        chosen = Staff.objects.filter(pk__in=[one.pk for one in takers]).order_by(
            "department", "staff_number"
        )
        for name in ("officer", "deputy"):
            field = self.fields[name]
            assert isinstance(field, TakerChoice)
            field.queryset = chosen


def read_typed(posted: QueryDict) -> dict[str, Any]:
    """What was typed so far, as a draft keeps it."""
    fields = IntakeForm.base_fields
    return {
        name: posted.getlist(name) if name == "tell_also" else posted.get(name, "")
        for name in fields
        if name in posted
    }


def describe_clock(due_at: datetime, at: datetime) -> str:
    """How long it is until then, or since then, in words."""
    minutes = int(abs((due_at - at).total_seconds()) // _MINUTE_SECONDS)
    if minutes < _MANY_HOURS * _HOUR_MINUTES:
        span = _("%(count)s分") % {"count": minutes}
    else:
        hours = minutes // _HOUR_MINUTES
        span = _("%(count)s時間") % {"count": hours}
    if due_at > at:
        return str(_("あと %(span)s")) % {"span": span}
    return str(_("期限を %(span)s 過ぎています")) % {"span": span}
