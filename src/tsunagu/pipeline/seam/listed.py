"""The children that one run puts before people for one purpose, with every reason in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.packs import NeedLevel, Pack, Strength
from tsunagu.catalog.purpose_checks import list_items_read
from tsunagu.judgement.explain import Explanation, Reason
from tsunagu.judgement.phrases import NO_PHRASE, Phrase
from tsunagu.judgement.registration import list_blocked_indicators
from tsunagu.judgement.rows import list_silence_rows
from tsunagu.judgement.sentences import say_silence
from tsunagu.judgement.wording import STRENGTH_WORDING
from tsunagu.pipeline.listing import ListedRow, explain_persons, list_listed_rows
from tsunagu.pipeline.manifest import Manifest, get_manifest
from tsunagu.pipeline.seam.opening import Seam, check_purpose
from tsunagu.pipeline.seam.protection import mark_protected
from tsunagu.pipeline.views import attach_run
from tsunagu.pipeline.wording import show_age
from tsunagu.store.commit import Reader, open_reader
from tsunagu.store.engine import read_sql

_PACKAGE = "tsunagu.pipeline"
_CHILDREN_AT_ONCE = 500
_DAYS_A_MONTH = 365 / 12


@dataclass(frozen=True, slots=True)
class Difficulty:
    """A kind of difficulty with at least one reason. `parts`: the reasons' parts; the pack has one level for all."""

    id: str
    title: Phrase
    strength: Phrase
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PackResult:
    """What one pack says of one child.

    `overall_class`: None where the pack has no look-up. `withheld`: indicators that the register does not allow for
    the purpose; nothing they said is here. Where it changed after the run, the level rests on them until the next.
    `reasons`: all kinds (floor = red flag, raises, value, protective, unknown), each with the items it rests on.
    """

    pack: str
    version: int
    title: Phrase
    need_level: NeedLevel
    level: Phrase
    is_listed: bool
    has_red_flag: bool
    overall_class: str | None
    class_title: Phrase
    difficulties: tuple[Difficulty, ...]
    headline: Phrase
    reasons: tuple[Reason, ...]
    withheld: tuple[str, ...]
    expires_on: date


@dataclass(frozen=True, slots=True)
class Silence:
    """How long nobody has seen the child. `days_unseen` None: not known; `last_seen_on` None: on no record."""

    state: str
    last_seen_on: date | None
    days_unseen: int | None
    is_listed: bool
    is_urgent: bool
    words: Phrase


@dataclass(frozen=True, slots=True)
class ChildResult:
    """One listed child.

    `need_level`: the loudest of the packs that list the child; None where only the silence watch does. `silence`:
    None where the purpose may not know of some sighting the watch counts. `months_unseen`: whole months, None where
    `silence` does not say. `known_until`: the latest day on which anything this purpose judges by was received for
    the child, None where nothing ever was. `is_protected`: address, telephone, school and household of this child
    are not to be shown without a reason. School, facility and grade None: none known.
    """

    person_id: int
    need_level: NeedLevel | None
    age: Phrase
    age_months: int | None
    age_years: int | None
    grade: str | None
    school_id: str | None
    facility_id: str | None
    district: str | None
    is_unborn: bool
    is_registered: bool
    is_protected: bool
    months_unseen: int | None
    known_until: date | None
    silence: Silence | None
    results: tuple[PackResult, ...]


def list_children(seam: Seam, run_id: str | None, purpose: str) -> Iterator[ChildResult]:
    """The children that a run lists for one purpose, loudest first; nobody else's row is read.

    Args:
        seam: the door.
        run_id: the run; the latest when None.
        purpose: the purpose; other purposes' packs, reasons and lists stay behind.

    Raises:
        PurposeRefusedError: not in force on the day, or the run was not made for it.
        RunNotFoundError: no such run.
    """
    check_purpose(seam, purpose)
    return _read_children(seam, run_id, purpose)


def _read_children(seam: Seam, run_id: str | None, purpose: str) -> Iterator[ChildResult]:
    details = {"run_id": run_id} if run_id else {}
    with open_reader(seam.home, "seam list", purpose=purpose, details=details) as reader:
        run = get_manifest(reader, run_id)
        check_purpose(seam, purpose, run.purposes)
        attach_run(reader, run.run_id)
        mark_protected(reader, seam, run)
        tells_silence = may_tell_silence(seam.catalog, purpose, run)
        rows = select_listed(reader, purpose, tells_silence=tells_silence)
        for first in range(0, len(rows), _CHILDREN_AT_ONCE):
            some = rows[first : first + _CHILDREN_AT_ONCE]
            yield from _describe_children(reader, seam, purpose, some, tells_silence)


def select_listed(reader: Reader, purpose: str, *, tells_silence: bool) -> list[ListedRow]:
    """Whom the attached run lists for a purpose: by its packs, and by the watch where its sightings may be told."""
    return list_listed_rows(reader, [purpose], reads_silence=tells_silence, lists_silent=tells_silence)


def may_tell_silence(catalog: Catalog, purpose: str, run: Manifest) -> bool:
    """Whether every sighting that the run could count is registered for the purpose.

    The days alone would tell that the protection council saw a child.
    """
    watch = catalog.find_silence_watch(on=catalog.opened_for)
    if watch is None:
        return False
    items = [catalog.get_item(item) for item in list_items_read(watch.indicator, catalog)]
    counted = [item for item in items if any(item.is_registered_for(one) for one in run.purposes)]
    return all(catalog.may_use(item.id, purpose, on=catalog.opened_for) for item in counted)


def _describe_children(
    reader: Reader, seam: Seam, purpose: str, rows: list[ListedRow], tells_silence: bool
) -> Iterator[ChildResult]:
    ids = [row.person_id for row in rows]
    found = explain_persons(reader, seam.catalog, ids, [purpose])
    silent = _describe_silence(reader, seam.catalog, ids) if tells_silence else {}
    protected = {
        row[0]
        for row in reader.engine.list_rows(
            "SELECT person_id FROM seam_protected WHERE person_id IN (SELECT unnest($ids))", ids=ids
        )
    }
    known = _list_known_until(reader, seam.catalog, purpose, ids)
    for row in rows:
        results = tuple(_describe_result(one, seam.catalog) for one in found.get(row.person_id, []))
        yield _describe_child(
            row,
            results,
            silent.get(row.person_id),
            is_protected=row.person_id in protected,
            known_until=known.get(row.person_id),
        )


def _describe_child(
    row: ListedRow,
    results: tuple[PackResult, ...],
    silence: Silence | None,
    *,
    is_protected: bool,
    known_until: date | None,
) -> ChildResult:
    days = silence.days_unseen if silence else None
    return ChildResult(
        person_id=row.person_id,
        need_level=NeedLevel(row.need_level) if row.need_level else None,
        age=Phrase(*show_age(row.age_years, row.grade, is_unborn=row.is_unborn)),
        age_months=row.age_months,
        age_years=row.age_years,
        grade=row.grade,
        school_id=row.school_id,
        facility_id=row.facility_id,
        district=None if is_protected else row.district,
        is_unborn=row.is_unborn,
        is_registered=row.is_registered,
        is_protected=is_protected,
        months_unseen=None if days is None else int(days / _DAYS_A_MONTH),
        known_until=known_until,
        silence=silence,
        results=results,
    )


def _describe_silence(reader: Reader, catalog: Catalog, ids: list[int]) -> dict[int, Silence]:
    return {
        row.person_id: Silence(
            row.state,
            row.last_seen_on,
            row.days_unseen,
            row.is_listed,
            row.is_urgent,
            say_silence(row, catalog),
        )
        for row in list_silence_rows(reader.engine, ids)
    }


def _list_known_until(reader: Reader, catalog: Catalog, purpose: str, ids: list[int]) -> dict[int, date]:
    packs = [pack for pack in catalog.packs.values() if pack.purpose == purpose]
    allowed = {
        name for pack in packs for name in set(pack.indicator_ids) - list_blocked_indicators(pack, catalog)
    }
    rows = reader.engine.list_rows(
        read_sql(_PACKAGE, "seam_known_until"), ids=ids, indicators=sorted(allowed)
    )
    return dict(rows)


def _describe_result(explanation: Explanation, catalog: Catalog) -> PackResult:
    judgement = explanation.judgement
    pack = catalog.get_pack(judgement.pack)
    classes = pack.lookup.classes if pack.lookup else ()
    title = next((one.title for one in classes if one.id == judgement.overall_class), None)
    withheld = {
        reason.row.indicator
        for reason in explanation.reasons
        if reason.row.indicator and reason.row.unknown_reason == "not_registered"
    }
    return PackResult(
        pack=pack.id,
        version=judgement.pack_version,
        title=Phrase(pack.title.ja, pack.title.en or pack.id),
        need_level=NeedLevel(judgement.need_level),
        level=explanation.level,
        is_listed=judgement.is_listed,
        has_red_flag=judgement.red_flag,
        overall_class=judgement.overall_class,
        class_title=Phrase(title.ja, title.en) if title else NO_PHRASE,
        difficulties=tuple(_list_difficulties(pack, explanation.reasons)),
        headline=explanation.headline,
        reasons=explanation.reasons,
        withheld=tuple(sorted(withheld)),
        expires_on=judgement.expires_on,
    )


def _list_difficulties(pack: Pack, reasons: tuple[Reason, ...]) -> Iterator[Difficulty]:
    order = list(Strength)
    for one in pack.difficulties:
        raising = [
            reason for reason in reasons if reason.row.kind == "raises" and reason.row.part in one.items
        ]
        if raising:
            strongest = max((Strength(reason.row.strength or "weak") for reason in raising), key=order.index)
            parts = tuple(dict.fromkeys(reason.row.part for reason in raising))
            title = Phrase(one.title.ja, one.title.en or one.id)
            yield Difficulty(one.id, title, STRENGTH_WORDING[strongest], parts)
