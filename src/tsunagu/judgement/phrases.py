"""Text in two languages, and how numbers and dates are written in each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Phrase:
    """The same text in Japanese and English."""

    ja: str
    en: str


NO_PHRASE = Phrase("", "")


def join_phrases(phrases: Iterable[Phrase]) -> Phrase:
    """Sentences one after the other; empty ones are left out."""
    kept = [phrase for phrase in phrases if phrase.ja]
    return Phrase("".join(phrase.ja for phrase in kept), " ".join(phrase.en for phrase in kept))


def say_date(day: date | None) -> Phrase:
    """A day; 日付不明 when there is none."""
    if day is None:
        return Phrase("日付不明", "an unknown date")
    return Phrase(f"{day.year}年{day.month}月{day.day}日", day.isoformat())


def say_number(value: float) -> str:
    """A number without needless decimals; a minus sign that is read as one."""
    text = f"{value:.0f}" if value == int(value) else f"{value:.1f}"
    return text.replace("-", "−") if float(text) != 0 else "0"
