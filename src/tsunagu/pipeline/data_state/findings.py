"""What is unusual about a feed, in sentences an officer can act on: what is so, what it means, what to do."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tsunagu.pipeline.data_state.calendar import Cell, Mark
from tsunagu.pipeline.data_state.drift import Drift
from tsunagu.pipeline.data_state.timing import Freshness, Timing
from tsunagu.pipeline.data_state.volume import Size, Volume
from tsunagu.pipeline.disclosure import Disclosure
from tsunagu.pipeline.wording import Words, show_day, show_figure, show_month, show_place

_PLACES_NAMED = 6
_MONTHS_NAMED = 3


MARKS: Final[Mapping[Mark, tuple[str, str, str]]] = {
    Mark.DELIVERED: ("●", "届いた", "delivered"),
    Mark.PARTLY: ("◐", "一部が届いていない", "parts missing"),
    Mark.MISSING: ("×", "届いていない", "not delivered"),
    Mark.NOT_DUE: ("・", "まだ・予定なし", "not due"),
}
"""Sign, Japanese and English words of a month."""


def say_freshness(timing: Timing) -> Words:
    """A feed's state in a word or two."""
    if timing.freshness is Freshness.LATE:
        return f"{timing.days_late:,}日遅れ", f"{timing.days_late:,} days late"
    return _FRESHNESS[timing.freshness]


_FRESHNESS: Final[Mapping[Freshness, Words]] = {
    Freshness.FRESH: ("最新", "fresh"),
    Freshness.DUE: ("そろそろ届く", "due"),
    Freshness.AWAITING_ROSTER: ("新年度の名簿待ち", "awaiting new lists"),
    Freshness.NOT_RECEIVED: ("未受領", "not received"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence in Japanese and in English."""

    ja: str
    en: str


def list_findings(
    timing: Timing,
    cells: Sequence[Cell],
    volume: Volume,
    drifts: Sequence[Drift],
    disclosure: Disclosure,
) -> tuple[Finding, ...]:
    """Everything worth saying about one feed, the most pressing first; shares are said in a fictional city only."""
    said = [*_say_timing(timing), *_say_gaps(timing, cells), *_say_volume(volume, disclosure)]
    return (*said, *(finding for drift in drifts for finding in _say_drift(drift, disclosure)))


def _say_timing(timing: Timing) -> Iterator[Finding]:
    if timing.freshness is Freshness.AWAITING_ROSTER:
        names = _join_names(timing.awaited)
        yield Finding(
            f"新しい年度の名簿がまだ届いていない学校があります({names[0]})。届くまで、その学校に誰が在籍しているかは"
            "「いない」ではなく「分からない」として扱います。",
            f"Schools without this school year's list: {names[1]}. Until it comes, who is a pupil there is unknown,"
            " not “nobody”.",
        )
    if timing.freshness is Freshness.LATE and timing.due_on is not None:
        due_ja, due_en = show_day(timing.due_on)
        yield Finding(
            f"{timing.days_late:,}日遅れています({due_ja}から受け取れるはずでした)。いつ届くか、担当課に確かめてください。",
            f"Late by {timing.days_late:,} days (due from {due_en}). Ask the department when it will come.",
        )


def _say_gaps(timing: Timing, cells: Sequence[Cell]) -> Iterator[Finding]:
    """Months without a delivery between others, and months that some school has not delivered."""
    came = [place for place, cell in enumerate(cells) if cell.mark in (Mark.DELIVERED, Mark.PARTLY)]
    gaps = [cell for cell in cells[: max(came, default=0)] if cell.mark is Mark.MISSING]
    if gaps:
        ja, en = _join_months(gaps)
        yield Finding(
            f"{ja}分が届いていません。担当課に送ってもらってください。",
            f"Nothing came for {en}. Ask the department for it.",
        )
    partly = [cell for cell in cells if cell.mark is Mark.PARTLY]
    for cell in partly[-_MONTHS_NAMED:]:
        month, names = show_month(cell.month), _join_names(cell.missing)
        yield Finding(
            f"{month[0]}分が届いていない学校・施設があります({names[0]})。担当課に送ってもらってください。",
            f"{month[1]} has not come from {names[1]}. Ask the department for it.",
        )
    if len(partly) > _MONTHS_NAMED:
        ja, en = _join_months(partly[:-_MONTHS_NAMED])
        yield Finding(f"ほかに、{ja}分も一部が届いていません。", f"Parts of {en} have not come either.")


def _say_volume(volume: Volume, disclosure: Disclosure) -> Iterator[Finding]:
    if volume.size in (Size.MORE, Size.FEWER):
        rows, usual = (show_figure(disclosure.show_rows(count)) for count in (volume.rows, volume.usual))
        more = volume.size is Size.MORE
        yield Finding(
            f"今回は {rows[0]} 行で、これまで(ふつう {usual[0]} 行)よりずっと{'多く' if more else '少なく'}なっています。"
            "受け取りましたが、重なりや抜けがないか、担当課に確かめてください。",
            f"{rows[1]} rows this time, far {'more' if more else 'fewer'} than usual ({usual[1]})."
            " Accepted; ask the department whether it is right.",
        )
    if volume.is_overridden:
        yield Finding(
            "件数が大きく違うファイルを、理由を記録して受け取っています。",
            "A file of an unusual size was accepted with a recorded reason.",
        )


def _say_drift(drift: Drift, disclosure: Disclosure) -> Iterator[Finding]:
    ja, en = drift.column.ja, drift.column.en
    if drift.unknown_share is not None:
        share = f"({drift.unknown_share:.0%})" if disclosure.is_open else ""
        yield Finding(
            f"「{ja}」に、決まった書き方のどれでもない値が目立ちます{share}。区分が新しくなっていないか、担当課に確かめてください。",
            f"{en}: many spellings that are none of the agreed ones {share}. Has the department new codes?",
        )
    if drift.is_shifted and drift.widest is not None and drift.widest.title is not None:
        code = drift.widest.title
        shares = _show_shares(drift.widest.before, drift.widest.now, disclosure)
        way_ja, way_en = ("増え", "more") if drift.widest.now > drift.widest.before else ("減り", "less")
        yield Finding(
            f"「{ja}」の内訳がこれまでと大きく違います(とくに「{code.ja}」が{way_ja}ました{shares})。"
            "区分の付け方が変わっていないか、担当課に確かめてください。",
            f"{en}: made up quite differently from before ({way_en} “{code.en or 'one code'}”{shares})."
            " Has the way of coding changed?",
        )
    if drift.is_blanker:
        shares = _show_shares(drift.blank_before, drift.blank_now, disclosure)
        way_ja, way_en = ("増え", "more") if drift.blank_now > drift.blank_before else ("減り", "fewer")
        yield Finding(
            f"「{ja}」の空欄がずっと{way_ja}ました{shares}。出力の設定が変わっていないか、担当課に確かめてください。",
            f"{en}: far {way_en} blanks than before{shares}. Has the export changed?",
        )
    if drift.new_codes:
        names = "、".join(code.ja for code in drift.new_codes)
        yield Finding(
            f"「{ja}」に、これまでなかった区分が現れました({names})。",
            f"{en}: codes that were never there before ({', '.join(code.en or 'one' for code in drift.new_codes)}).",
        )


def _show_shares(before: float, now: float, disclosure: Disclosure) -> str:
    return f" {before:.0%}→{now:.0%}" if disclosure.is_open else ""


def _join_names(places: Sequence[str]) -> Words:
    names = [show_place(place) for place in places]
    rest = len(names) - _PLACES_NAMED
    joined = names[:_PLACES_NAMED]
    return (
        "、".join(joined) + (f" ほか{rest}か所" if rest > 0 else ""),
        ", ".join(joined) + (f" and {rest} more" if rest > 0 else ""),
    )


def _join_months(cells: Sequence[Cell]) -> Words:
    shown = [show_month(cell.month) for cell in cells]
    return "・".join(ja for ja, _ in shown), ", ".join(en for _, en in shown)
