"""Fields of forms that take what people type in Japanese: full width or half, era or western year."""

import re
from datetime import date, time
from typing import Any
from unicodedata import normalize

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tsunagu.japanese import parse_date


class TidyTextField(forms.CharField):
    """A line of text; ＡＢＣ１２３ and ﾔﾏﾀﾞ arrive as ABC123 and ヤマダ."""

    def to_python(self, value: Any) -> str:
        """The text in its usual width."""
        return super().to_python(normalize("NFKC", value) if isinstance(value, str) else value) or ""


class TidyNumberField(forms.IntegerField):
    """A whole number, in digits of either width."""

    widget = forms.TextInput

    def __init__(self, **named: Any) -> None:
        super().__init__(**named)
        self.error_messages["invalid"] = _("数字で入れてください。")
        self.widget.attrs.setdefault("inputmode", "numeric")

    def to_python(self, value: Any) -> int | None:
        """The number; what is between the digits only to be read (1,000) is left out."""
        if isinstance(value, str):
            value = normalize("NFKC", value).replace(",", "").strip()
        return super().to_python(value)


class DayField(forms.DateField):
    """A day: 2027-04-01, 2027/4/1, 令和9年4月1日, R9.4.1."""

    widget = forms.DateInput({"placeholder": "R9.4.1"}, format="%Y-%m-%d")

    def __init__(self, **named: Any) -> None:
        super().__init__(**named)
        self.error_messages["invalid"] = _(
            "日付を読めません。令和9年4月1日 や 2027-04-01 のように書いてください。"
        )

    def to_python(self, value: Any) -> date | None:
        """The day; a month or a year alone is none."""
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        read = parse_date(value)
        if read is None or read.precision != "day":
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return read.earliest


_TIME = re.compile(r"(午前|午後)?\s*(\d{1,2})\s*[:時]\s*(?:(\d{1,2})\s*分?|(半))?")
_NOON, _HOURS, _MINUTES = 12, 24, 60


class MomentField(forms.TimeField):
    """A time of the day: 14:05, 14時5分, 午後2時半."""

    widget = forms.TimeInput({"placeholder": "14:05"}, format="%H:%M")

    def __init__(self, **named: Any) -> None:
        super().__init__(**named)
        self.error_messages["invalid"] = _("時刻を読めません。14:05 や 午後2時5分 のように書いてください。")

    def to_python(self, value: Any) -> time | None:
        """The time, in digits of either width."""
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        found = _TIME.fullmatch(normalize("NFKC", value).strip())
        if found is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        half, hour, minute, thirty = found.groups()
        hours = int(hour) + (_NOON if half == "午後" and int(hour) < _NOON else 0)
        minutes = int(minute or 0) if not thirty else _MINUTES // 2
        if hours >= _HOURS or minutes >= _MINUTES:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return time(hours, minutes)
