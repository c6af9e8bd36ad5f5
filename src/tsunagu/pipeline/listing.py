"""Rows of children for the report: pseudonyms, age and grade, why. Never a name or an address."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.packs import NeedLevel
from tsunagu.judgement.explain import Explanation, Part, explain
from tsunagu.judgement.registration import withhold_reasons
from tsunagu.judgement.rows import ReasonRow, list_judgement_rows, list_reason_rows
from tsunagu.judgement.wording import LEVEL_TITLES, SILENCE_WORDING, UNKNOWN_WORDING
from tsunagu.pipeline.wording import show_age
from tsunagu.store.commit import Reader
from tsunagu.store.engine import read_sql
from tsunagu.vocabulary.identifiers import show_id

_PACKAGE = "tsunagu.pipeline"


@dataclass(frozen=True, slots=True)
class ListedPart:
    """A heading and its lines, each in Japanese and English."""

    title_ja: str
    title_en: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ListedChild:
    """One child put before people, by the loudest of the packs that list the child."""

    shown_id: str
    age_ja: str
    age_en: str
    level: str
    level_ja: str
    level_en: str
    headline_ja: str
    headline_en: str
    parts: tuple[ListedPart, ...]


@dataclass(frozen=True, slots=True)
class SilentChild:
    """One child whom nobody has seen for too long."""

    shown_id: str
    age_ja: str
    age_en: str
    days_unseen: int | None
    last_seen_ja: str
    last_seen_en: str


@dataclass(frozen=True, slots=True)
class ListedRow:
    """One child put before people; `need_level` None where only the silence watch lists the child."""

    person_id: int
    need_level: str | None
    age_months: int | None
    age_years: int | None
    grade: str | None
    school_id: str | None
    facility_id: str | None
    district: str | None
    is_unborn: bool
    is_registered: bool
    days_unseen: int | None
    is_silent: bool


def list_children(
    reader: Reader, catalog: Catalog, purposes: Sequence[str], *, most: int
) -> tuple[ListedChild, ...]:
    """The loudest `most` listed children of the attached run, with every reason in sentences."""
    rows = list_listed_rows(reader, purposes, reads_silence=True, lists_silent=False)[:most]
    found = explain_persons(reader, catalog, [row.person_id for row in rows], purposes)
    return tuple(_describe_listed(row, found[row.person_id]) for row in rows)


def list_listed_rows(
    reader: Reader, purposes: Sequence[str], *, reads_silence: bool, lists_silent: bool
) -> list[ListedRow]:
    """Every child that the attached run lists for these purposes, loudest first.

    Args:
        reader: with the run attached.
        purposes: whose packs count.
        reads_silence: whether what the silence watch knows may be told.
        lists_silent: whether a child that only the silence watch lists is listed.
    """
    rows = reader.engine.list_rows(
        read_sql(_PACKAGE, "listed_children"),
        purposes=list(purposes),
        reads_silence=reads_silence,
        lists_silent=lists_silent,
    )
    return [ListedRow(*row) for row in rows]


def explain_persons(
    reader: Reader, catalog: Catalog, person_ids: list[int], purposes: Sequence[str]
) -> dict[int, list[Explanation]]:
    """The explanations of these purposes' packs for each person, the loudest pack first.

    What the register allowed on the day of the run and does not allow today is left out.
    """
    judgements = [one for one in list_judgement_rows(reader.engine, person_ids) if one.purpose in purposes]
    purpose_of = {judgement.pack: judgement.purpose for judgement in judgements}
    by_pack: dict[str, list[ReasonRow]] = defaultdict(list)
    for row in list_reason_rows(reader.engine, person_ids):
        by_pack[row.pack].append(row)
    reasons: dict[tuple[int, str], list[ReasonRow]] = defaultdict(list)
    for pack, purpose in purpose_of.items():
        for row in withhold_reasons(by_pack[pack], purpose, catalog):
            reasons[row.person_id, pack].append(row)
    found: dict[int, list[Explanation]] = defaultdict(list)
    for one in judgements:
        found[one.person_id].append(explain(one, reasons[one.person_id, one.pack], catalog))
    for explanations in found.values():
        explanations.sort(key=lambda one: (-NeedLevel(one.judgement.need_level).rank, one.judgement.pack))
    return found


def list_silent_children(reader: Reader, catalog: Catalog, *, most: int) -> tuple[SilentChild, ...]:
    """The children of the silence list, longest unseen first; those whose birth is overdue come after."""
    rows = reader.engine.list_rows(read_sql(_PACKAGE, "silent_children"), most=most)
    silent = []
    for person_id, age_years, grade, is_unborn, days_unseen, last_seen_on, state, why, feeds in rows:
        age_ja, age_en = show_age(age_years, grade, is_unborn=is_unborn)
        if last_seen_on is None:
            ja, en = _say_never_seen(state, why)
        else:
            feed = (feeds or "").split(",")[0]
            title = catalog.name_feed(feed) if feed else None
            ja = f"{last_seen_on.year}年{last_seen_on.month}月{last_seen_on.day}日" + (
                f" {title.ja}" if title else ""
            )
            en = f"{last_seen_on}" + (f", {title.en}" if title else "")
        silent.append(SilentChild(show_id(person_id), age_ja, age_en, days_unseen, ja, en))
    return tuple(silent)


def _say_never_seen(state: str, why: str | None) -> tuple[str, str]:
    words = SILENCE_WORDING.get(why or "") or UNKNOWN_WORDING.get(why or "")
    if words is not None:
        return words.ja, words.en
    if state == "never_seen":
        return "調べた期間に、見た記録がない", "not seen in the time looked at"
    return "記録が届いていない", "no record delivered"


def _describe_listed(row: ListedRow, found: list[Explanation]) -> ListedChild:
    age_ja, age_en = show_age(row.age_years, row.grade, is_unborn=row.is_unborn)
    level = NeedLevel(row.need_level or NeedLevel.NO_FINDING)
    title = LEVEL_TITLES[level]
    headline_ja, headline_en = found[0].headline.ja, found[0].headline.en
    if row.is_silent and row.days_unseen is not None:
        headline_ja = f"{row.days_unseen:,}日間、誰も会えていません。{headline_ja}"
        headline_en = f"Unseen for {row.days_unseen:,} days. {headline_en}"
    parts = tuple(_show_part(part) for one in found for part in one.parts)
    return ListedChild(
        show_id(row.person_id), age_ja, age_en, level, title.ja, title.en, headline_ja, headline_en, parts
    )


def _show_part(part: Part) -> ListedPart:
    return ListedPart(part.title.ja, part.title.en, tuple((line.ja, line.en) for line in part.lines))
