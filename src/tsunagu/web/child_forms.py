"""The forms of こどものページ, and the words of their choices."""

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tsunagu.cases.models import MEETING_LENGTH, Verdict
from tsunagu.cases.sharing import Section
from tsunagu.pipeline.seam import ContactWay, OutcomeKind
from tsunagu.web.breaking_words import make_hours
from tsunagu.web.fields import DayField, TidyTextField

OUTCOME_TITLES: dict[str, Promise] = {
    OutcomeKind.WATCH: _("見守り"),
    OutcomeKind.OFFER: _("案内する"),
    OutcomeKind.VISIT: _("訪問・面談する"),
    OutcomeKind.COUNCIL: _("要対協へ"),
    OutcomeKind.CHILD_GUIDANCE: _("児童相談所へ"),
    OutcomeKind.ALREADY_SUPPORTED: _("すでに支援している"),
    OutcomeKind.NO_SUPPORT: _("支援はいらない"),
    OutcomeKind.DATA_ERROR: _("データの誤り"),
}
WAY_TITLES: dict[str, Promise] = {
    ContactWay.VISIT: _("訪問"),
    ContactWay.INTERVIEW: _("面談"),
    ContactWay.TELEPHONE: _("電話"),
    ContactWay.LETTER: _("手紙"),
    ContactWay.OTHER: _("その他"),
}
VERDICT_TITLES: dict[str, Promise] = {
    Verdict.CORRECT: _("正しい"),
    Verdict.WRONG: _("誤り"),
    Verdict.CHANGED: _("状況が変わった"),
}
SECTION_TITLES: dict[str, Promise] = {
    Section.REASONS: _("気づきの理由"),
    Section.FACTS: _("各課の記録"),
    Section.DECISIONS: _("判断"),
    Section.CONTACTS: _("連絡の記録"),
    Section.TIES: _("かかわっている人・部署"),
}
_NOTE_LENGTH = 2000


class ReasonForm(forms.Form):
    """Why an address is to be shown."""

    reason = forms.CharField(
        label=_("見る理由"),
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("見る理由を短く書いてください。")},
    )


class DecisionForm(forms.Form):
    """What follows for the child."""

    prefix = "decision"
    outcome = forms.ChoiceField(
        label=_("判断"),
        choices=list(OUTCOME_TITLES.items()),
        error_messages={"required": _("判断を一つ選んでください。")},
    )
    reason = forms.CharField(
        label=_("判断の理由"),
        max_length=_NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("判断の理由を書いてください。")},
    )
    next_action_on = DayField(label=_("次に動く日"), required=False)


class ContactForm(forms.Form):
    """A contact that was made."""

    prefix = "contact"
    occurred_on = DayField(label=_("連絡した日"), error_messages={"required": _("日付を入れてください。")})
    way = forms.ChoiceField(
        label=_("方法"),
        choices=list(WAY_TITLES.items()),
        error_messages={"required": _("方法を一つ選んでください。")},
    )
    saw_child = forms.BooleanField(label=_("こどもの姿を見た"), required=False)
    note = forms.CharField(
        label=_("メモ"), max_length=_NOTE_LENGTH, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class SharingForm(forms.Form):
    """What a meeting is to be shown of the child."""

    prefix = "sharing"
    meeting = TidyTextField(
        label=_("会議"),
        max_length=MEETING_LENGTH,
        error_messages={"required": _("何の会議かを書いてください。")},
    )
    last_day = DayField(
        label=_("この日まで開ける"), error_messages={"required": _("会議の日を入れてください。")}
    )
    sections = forms.MultipleChoiceField(
        label=_("載せるもの"),
        choices=list(SECTION_TITLES.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("会議で要るものを一つ以上選んでください。")},
    )
    reason = forms.CharField(
        label=_("共有する理由"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("共有する理由を書いてください。")},
    )


class FeedbackForm(forms.Form):
    """Whether a reason is right."""

    pack = forms.CharField(max_length=64)
    indicator = forms.CharField(max_length=64)
    verdict = forms.ChoiceField(choices=list(VERDICT_TITLES.items()))
    source = forms.CharField(max_length=64, required=False)
    note = forms.CharField(max_length=_NOTE_LENGTH, required=False)


class BreakForm(forms.Form):
    """Why now, and for how long."""

    prefix = "breaking"
    reason = forms.CharField(
        label=_("いま見る理由"),
        help_text=_(
            "誰から何を聞き、なぜいま見る必要があるか。15字以上。あとで別の人が読みます。こどもの氏名は書かないでください。"
        ),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("いま見る理由を書いてください。")},
    )
    hours = forms.TypedChoiceField(label=_("何時間"), coerce=int, choices=make_hours, initial=1)
