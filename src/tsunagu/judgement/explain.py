"""One child's judgement in sentences an officer can read aloud: Japanese first, English second.

Never a percentage, never "of 100 similar children", never a bare score.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.packs import NeedLevel, Owner, Pack, PackItem, Strength
from tsunagu.catalog.purpose_checks import list_items_read
from tsunagu.judgement.phrases import NO_PHRASE, Phrase, join_phrases, say_date
from tsunagu.judgement.rows import JudgementRow, ReasonRow
from tsunagu.judgement.sentences import say_comparison, say_origin, say_unknown, say_value
from tsunagu.judgement.wording import LEVEL_WORDING, OWNER_WORDING, PART_TITLES, STRENGTH_WORDING

_FACT_KINDS = ("floor", "raises", "value", "protective")
_NAMED_IN_HEADLINE = 3
_MAY_BE_MORE = Phrase(
    "わからない記録もあり、実際はもっと重いことがあります。", "Some of it is not known; it may be more."
)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an explanation: a heading and its lines."""

    title: Phrase
    lines: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """One row behind a judgement in words; what has nothing to say is empty.

    `value`: what is known, or why it is not. `strength`: how much it weighs. `remark`: that it may be worse.
    `items`: whatever the register must allow to whoever reads it.
    """

    row: ReasonRow
    items: tuple[str, ...]
    title: Phrase
    strength: Phrase
    value: Phrase
    comparison: Phrase
    origin: Phrase
    remark: Phrase


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one pack puts one child where it does; parts without a line are left out.

    `reasons`: what the parts are made of, one by one; rows that stay blank have none.
    """

    judgement: JudgementRow
    level: Phrase
    headline: Phrase
    parts: tuple[Part, ...]
    reasons: tuple[Reason, ...]


def explain(judgement: JudgementRow, reasons: Iterable[ReasonRow], catalog: Catalog) -> Explanation:
    """Put one judgement into sentences.

    Args:
        judgement: the row.
        reasons: reasons of any child and pack; those of this one are taken.
        catalog: the definitions of the run.
    """
    pack = catalog.get_pack(judgement.pack)
    rows = [row for row in reasons if (row.person_id, row.pack) == (judgement.person_id, judgement.pack)]
    titles = _get_part_titles(pack)
    told = tuple(_describe_reason(row, titles[row.part], catalog) for row in rows if row.kind != "blank")
    parts = [
        *(Part(PART_TITLES[kind], _write_facts(told, kind)) for kind in _FACT_KINDS),
        Part(PART_TITLES["unknown"], _write_unknowns(pack, told)),
        Part(PART_TITLES["people"], _write_people(pack)),
        Part(PART_TITLES["blank"], _write_blanks(pack, rows)),
        Part(PART_TITLES["rule"], _write_rule(judgement, pack)),
    ]
    return Explanation(
        judgement=judgement,
        level=LEVEL_WORDING[NeedLevel(judgement.need_level)],
        headline=_write_headline(judgement, pack, rows),
        parts=tuple(part for part in parts if part.lines),
        reasons=told,
    )


def _describe_reason(row: ReasonRow, title: Phrase, catalog: Catalog) -> Reason:
    items = () if row.indicator is None else tuple(list_items_read(row.indicator, catalog))
    if row.kind == "unknown":
        return Reason(
            row, items, title, NO_PHRASE, say_unknown(row, catalog), NO_PHRASE, NO_PHRASE, NO_PHRASE
        )
    return Reason(
        row,
        items,
        title,
        STRENGTH_WORDING[Strength(row.strength)] if row.strength is not None else NO_PHRASE,
        say_value(row, catalog),
        say_comparison(row, catalog),
        say_origin(row, catalog),
        _MAY_BE_MORE if row.is_certain_minimum else NO_PHRASE,
    )


def _write_headline(judgement: JudgementRow, pack: Pack, rows: list[ReasonRow]) -> Phrase:
    titles = _get_part_titles(pack)
    for kind, word in (("floor", PART_TITLES["floor"]), ("raises", PART_TITLES["raises"])):
        found = [titles[part] for part in dict.fromkeys(row.part for row in rows if row.kind == kind)]
        if found:
            return _name_some(word, found)
    if judgement.need_level == NeedLevel.UNKNOWN:
        return Phrase("わからないことが多く、判定できません。", "Too much is unknown to say.")
    return Phrase("記録の上では、挙げる理由がありません。", "Nothing on record gives a reason.")


def _name_some(word: Phrase, titles: list[Phrase]) -> Phrase:
    named, rest = titles[:_NAMED_IN_HEADLINE], len(titles) - _NAMED_IN_HEADLINE
    return Phrase(
        f"{word.ja}：{'、'.join(title.ja for title in named)}" + (f" ほか{rest}件" if rest > 0 else ""),
        f"{word.en}: {', '.join(title.en for title in named)}" + (f" and {rest} more" if rest > 0 else ""),
    )


def _get_part_titles(pack: Pack) -> dict[str, Phrase]:
    titles = [(part.id, part.title) for part in pack.items]
    titles += [(part.id, part.title) for part in pack.combinations]
    return {part: Phrase(title.ja, title.en or part) for part, title in titles}


def _group_by_part(reasons: Iterable[Reason], kind: str) -> Iterable[list[Reason]]:
    chosen = [reason for reason in reasons if reason.row.kind == kind]
    return (list(group) for _, group in groupby(chosen, key=lambda reason: reason.row.part))


def _write_facts(reasons: Sequence[Reason], kind: str) -> tuple[Phrase, ...]:
    return tuple(
        join_phrases([_write_lead(group[0]), *_list_sentences(group)])
        for group in _group_by_part(reasons, kind)
    )


def _write_lead(reason: Reason) -> Phrase:
    title, strength = reason.title, reason.strength
    if not strength.ja:
        return Phrase(f"{title.ja}：", f"{title.en}:")
    return Phrase(f"【{strength.ja}】{title.ja}：", f"[{strength.en}] {title.en}:")


def _list_sentences(group: list[Reason]) -> Iterable[Phrase]:
    for reason in group:
        yield from (reason.value, reason.comparison, reason.origin, reason.remark)


def _write_unknowns(pack: Pack, reasons: Sequence[Reason]) -> tuple[Phrase, ...]:
    flags = {floor.id for floor in pack.floors}
    return tuple(
        join_phrases(
            [
                _say_unchecked(group[0].title) if group[0].row.part in flags else _write_lead(group[0]),
                *(reason.value for reason in group),
            ]
        )
        for group in _group_by_part(reasons, "unknown")
    )


def _say_unchecked(title: Phrase) -> Phrase:
    return Phrase(
        f"緊急の兆し「{title.ja}」は確かめられていません。", f'Red flag "{title.en}" could not be checked.'
    )


def _write_people(pack: Pack) -> tuple[Phrase, ...]:
    # Only what a person has to look at beside the records; rows wholly left to people stand under `blank`.
    added = [(item.title, item.people_add) for item in pack.items if item.people_add is not None]
    return tuple(Phrase(f"{title.ja}：{what.ja}", f"{title.en}: {what.en}") for title, what in added)


def _write_blanks(pack: Pack, rows: list[ReasonRow]) -> tuple[Phrase, ...]:
    blank = {row.part: row.unknown_reason for row in rows if row.kind == "blank"}
    lines = [
        _list_items(OWNER_WORDING[owner], items)
        for owner in Owner
        if (items := [one for one in pack.items if blank.get(one.id) == "people" and one.owner is owner])
    ]
    unregistered = [one for one in pack.items if blank.get(one.id) == "not_registered"]
    if unregistered:
        lines.append(_list_items(PART_TITLES["not_registered"], unregistered))
    return tuple(lines)


def _list_items(lead: Phrase, items: list[PackItem]) -> Phrase:
    return Phrase(
        f"{lead.ja}：{'、'.join(item.title.ja for item in items)}",
        f"{lead.en}: {', '.join(item.title.en or item.id for item in items)}",
    )


def _write_rule(judgement: JudgementRow, pack: Pack) -> tuple[Phrase, ...]:
    expires = say_date(judgement.expires_on)
    lines = [
        Phrase(
            f"規則集「{pack.title.ja}」第{judgement.pack_version}版。{expires.ja}からは使えません。",
            f'Pack "{pack.title.en}", version {judgement.pack_version}. Not to be used from {expires.en}.',
        ),
        Phrase(
            f"記録で答えた項目{judgement.filled_items}、空欄{judgement.blank_items}、"
            f"わからない項目{judgement.unknown_items}。空欄やわからない項目は「0点」ではありません。",
            f"{judgement.filled_items} items answered by records, {judgement.blank_items} blank, "
            f"{judgement.unknown_items} unknown. Blank and unknown are not zero.",
        ),
        Phrase(
            "これは人が見るための順番づけです。決めるのは人です。",
            "This only puts children in front of people; people decide.",
        ),
    ]
    if pack.lookup is not None and judgement.overall_class is not None:
        title = next(one.title for one in pack.lookup.classes if one.id == judgement.overall_class)
        lines.insert(0, Phrase(f"対応表による段階：{title.ja}", f"Class by the table: {title.en}"))
    return tuple(lines)
