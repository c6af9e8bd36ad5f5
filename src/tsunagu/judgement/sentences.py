"""Sentences about one indicator's value: what it is, what it is compared with, where it comes from."""

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.indicators import Indicator
from tsunagu.judgement.phrases import NO_PHRASE, Phrase, join_phrases, say_date, say_number
from tsunagu.judgement.rows import ReasonRow, SilenceRow
from tsunagu.judgement.wording import MISSING_WORDING, SILENCE_WORDING, UNKNOWN_WORDING
from tsunagu.vocabulary.knowing import UnknownReason

_MOVED_IN = UnknownReason.MOVED_IN_LATER.value


def say_value(row: ReasonRow, catalog: Catalog) -> Phrase:
    """The indicator's own sentence, filled in."""
    if row.indicator is None:
        return NO_PHRASE
    indicator = catalog.get_indicator(row.indicator)
    if row.value is None and row.text_value is None:
        return Phrase(
            f"{indicator.title.ja}は、記録の上ではありません。", f"{indicator.title.en}: none on record."
        )
    if row.value == 0 and not row.evidence_rows:
        unit = indicator.unit
        return Phrase(f"{indicator.title.ja}は0{unit}です。", f"{indicator.title.en}: 0.")
    number = say_number(row.value) if row.value is not None else ""
    event, known = say_date(row.latest_event_on), say_date(row.latest_known_from)
    word = _say_word(indicator, row.text_value, catalog)
    fill = {"unit": indicator.unit, "rows": row.evidence_rows or 0}
    least = Phrase("少なくとも", "at least ") if row.is_lower_bound else NO_PHRASE
    return Phrase(
        indicator.sentence.ja.format(
            value=least.ja + number, text=word.ja, event_on=event.ja, known_on=known.ja, **fill
        ),
        (indicator.sentence.en or indicator.title.en).format(
            value=least.en + number, text=word.en, event_on=event.en, known_on=known.en, **fill
        ),
    )


def say_comparison(row: ReasonRow, catalog: Catalog) -> Phrase:
    """The rule's cut point, and what is usual in the same school year."""
    if row.indicator is None or row.threshold is None or row.value is None:
        return NO_PHRASE
    unit = catalog.get_indicator(row.indicator).unit
    cut, is_less = say_number(row.threshold), row.direction == "less"
    rule = Phrase(
        f"目安は{cut}{unit}{'以下' if is_less else '以上'}です。",
        f"The rule's cut point is {cut} or {'less' if is_less else 'more'}.",
    )
    usual = _say_usual(row, unit, is_less=is_less)
    return Phrase(rule.ja + usual.ja, f"{rule.en} {usual.en}".rstrip())


def say_silence(row: SilenceRow, catalog: Catalog) -> Phrase:
    """How long nobody has seen the child, or why that is not known."""
    return join_phrases(
        [
            _say_unseen(row),
            _say_silence_reason(row),
            say_origin(row, catalog),
            _say_silence_rule(row),
        ]
    )


def _say_unseen(row: SilenceRow) -> Phrase:
    if row.state == "not_born":
        return Phrase("まだ生まれていません。", "Not yet born.") if row.why is None else NO_PHRASE
    if row.last_seen_on is not None:
        seen = say_date(row.last_seen_on)
        return Phrase(
            f"市の関係者が最後に姿を確かめたのは{seen.ja}で、{row.days_unseen}日たっています。",
            f"Last seen on {seen.en}, {row.days_unseen} days ago.",
        )
    if row.days_unseen is None:
        return Phrase(
            "姿が確かめられているかどうか、わかりません。", "Whether anybody sees the child is not known."
        )
    if row.why == _MOVED_IN:
        return Phrase(
            f"転入してから{row.days_unseen}日、市の関係者が姿を確かめた記録がありません。",
            f"No record of anybody seeing the child in the {row.days_unseen} days since moving in.",
        )
    return Phrase(
        f"少なくとも{row.days_unseen}日、市の関係者が姿を確かめた記録がありません。",
        f"No record of anybody seeing the child for at least {row.days_unseen} days.",
    )


def _say_silence_reason(row: SilenceRow) -> Phrase:
    if row.why is not None and row.why != _MOVED_IN:
        reason = SILENCE_WORDING.get(row.why) or UNKNOWN_WORDING[row.why]
        return Phrase(f"{reason.ja}。", f"{reason.en[:1].upper()}{reason.en[1:]}.")
    if row.is_partly_known:
        return Phrase(
            "そのあとの記録が一部届いていないので、誰かが見ているかもしれません。",
            "Some later records have not arrived, so somebody may have.",
        )
    return NO_PHRASE


def _say_silence_rule(row: SilenceRow) -> Phrase:
    # Only where the days decide; whoever is listed for another reason has it in words.
    if row.band is None or row.listed_after_days is None or (row.days_unseen or 0) < row.listed_after_days:
        return NO_PHRASE
    if not row.is_listed:
        return NO_PHRASE
    return Phrase(
        f"「{row.band}」では{row.listed_after_days}日で知らせる決まりです。",
        f"At this age it is said aloud after {row.listed_after_days} days.",
    )


def say_origin(row: ReasonRow | SilenceRow, catalog: Catalog) -> Phrase:
    """The feeds the records came by, and when we learned of the latest."""
    if not row.feeds:
        return NO_PHRASE
    known = say_date(row.latest_known_from)
    titles = [(feed, catalog.name_feed(feed)) for feed in row.feeds.split(",")]
    ja, en = zip(*((title.ja, title.en or feed) for feed, title in titles), strict=True)
    return Phrase(
        f"出どころは{'、'.join(f'「{name}」' for name in ja)}で、{known.ja}に届いたものです。",
        f"Source: {', '.join(en)}, received on {known.en}.",
    )


def say_unknown(row: ReasonRow, catalog: Catalog) -> Phrase:
    """What cannot be told and why."""
    if row.unknown_reason is None:
        known = say_value(row, catalog)
        return Phrase(
            known.ja + "そのほかの期間は記録がなく、わかりません。",
            f"{known.en} The rest of the time is not known.",
        )
    reason = UNKNOWN_WORDING[row.unknown_reason]
    if row.indicator is None:
        return Phrase(f"{reason.ja}。", f"{reason.en}.")
    title = catalog.get_indicator(row.indicator).title
    return Phrase(f"「{title.ja}」がわかりません。{reason.ja}。", f"{title.en} is not known: {reason.en}.")


def _say_usual(row: ReasonRow, unit: str, *, is_less: bool) -> Phrase:
    if row.cohort_median is None or row.cohort_p90 is None:
        return NO_PHRASE
    middle, most = say_number(row.cohort_median), say_number(row.cohort_p90)
    if is_less:
        return Phrase(
            f"同じ学年のまん中は{middle}{unit}です。", f"In the same school year the middle is {middle}."
        )
    return Phrase(
        f"同じ学年のまん中は{middle}{unit}、多いほうで{most}{unit}です。",
        f"In the same school year the middle is {middle}, the upper end {most}.",
    )


def _say_word(indicator: Indicator, word: str | None, catalog: Catalog) -> Phrase:
    if word is None:
        return NO_PHRASE
    if word in MISSING_WORDING:
        return MISSING_WORDING[word]
    if indicator.item is None or indicator.value is None:
        return Phrase(word, word)
    codes = catalog.get_item(indicator.item).values[indicator.value].codes
    known = catalog.get_code_list(codes).codes if codes is not None else ()
    title = next((code.title for code in known if code.id == word), None)
    return Phrase(title.ja, title.en or word) if title else Phrase(word, word)
