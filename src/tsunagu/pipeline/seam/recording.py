"""What people did and decided at the desk, back into the analytic half: append-only, dated, all of a batch or none.

A decision counts from the day it is recorded, so no earlier day's run ever changes. No free text comes in but the reason
of a linkage decision, which stays in the identity zone.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import pyarrow as pa

from tsunagu.catalog.feeds import DESK_FEED
from tsunagu.catalog.items import get_fact_table
from tsunagu.linkage.review import DECISIONS
from tsunagu.linkage.review_queue import NewDecision, find_unknown_ids, stage_decisions
from tsunagu.pipeline.manifest import find_latest_run_id
from tsunagu.pipeline.seam.opening import Seam
from tsunagu.store.commit import Writer, open_writer
from tsunagu.store.engine import read_sql
from tsunagu.store.facts import CLOSURE, DESK_DECISION
from tsunagu.store.identity import LINK
from tsunagu.vocabulary.errors import ExitCode, TsunaguError
from tsunagu.vocabulary.identifiers import ID_BITS

_PACKAGE = "tsunagu.pipeline"
SIGHTING_ITEM = "council_contact"
"""What a contact becomes when the child was seen and the contact's purpose may use the item."""
_MOST_FAULTS_SHOWN = 20


class DecisionsRefusedError(TsunaguError):
    """A batch with a decision that cannot be kept; nothing of it was."""

    exit_code = ExitCode.FILE_REFUSED


class ContactWay(StrEnum):
    """How somebody was in touch with the child or the family."""

    VISIT = "visit"
    INTERVIEW = "interview"
    TELEPHONE = "telephone"
    LETTER = "letter"
    OTHER = "other"


class OutcomeKind(StrEnum):
    """What people decided about a child they were shown."""

    NO_SUPPORT = "no_support"
    WATCH = "watch"
    OFFER = "offer"
    VISIT = "visit"
    COUNCIL = "council"
    CHILD_GUIDANCE = "child_guidance"
    ALREADY_SUPPORTED = "already_supported"
    DATA_ERROR = "data_error"


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody of the municipality was in touch. `desk_id`: the desk's own id of the entry."""

    desk_id: str
    person_id: int
    purpose: str
    occurred_on: date
    way: ContactWay
    saw_child: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was decided about a listed child."""

    desk_id: str
    person_id: int
    purpose: str
    occurred_on: date
    outcome: OutcomeKind


@dataclass(frozen=True, slots=True)
class Correction:
    """A family or an officer says that an item is wrong for a child; `occurred_on`: the day it was said."""

    desk_id: str
    person_id: int
    item: str
    occurred_on: date


@dataclass(frozen=True, slots=True)
class StopUse:
    """The use of an item about a child has been stopped (利用停止) from a day on."""

    desk_id: str
    person_id: int
    item: str
    occurred_on: date


@dataclass(frozen=True, slots=True)
class TakingBack:
    """An entry recorded before was made in error; `about`: its `desk_id`."""

    desk_id: str
    about: str


@dataclass(frozen=True, slots=True)
class LinkDecision:
    """Whether two ids (a record's and a person's, or two records') are one person; see `identity.review_decision`."""

    desk_id: str
    one_id: int
    other_id: int
    decision: str
    reason: str
    decided_by: str


Entry = Contact | Outcome | Correction | StopUse | TakingBack | LinkDecision
_KINDS: Mapping[type[Entry], str] = {
    Contact: "contact",
    Outcome: "outcome",
    Correction: "correction",
    StopUse: "stop_use",
    TakingBack: "taking_back",
    LinkDecision: "linkage",
}


@dataclass(frozen=True, slots=True)
class Recorded:
    """How many entries of each kind were new, how many were kept before, and how many contacts became a sighting."""

    new: Mapping[str, int]
    already: int
    sightings: int


@dataclass(frozen=True, slots=True)
class _Kept:
    """What earlier batches left: every entry's content hash, the sightings made, what was taken back, the last day."""

    hashes: Mapping[str, str]
    sightings: Mapping[str, tuple[int, date]]
    taken_back: frozenset[str]
    latest: date | None


def record_decisions(seam: Seam, batch: Sequence[Entry]) -> Recorded:
    """Keep what people did and decided; it is known from the day of the deed (`seam.on`).

    The same entry a second time changes nothing; a batch with any fault is refused whole.

    Raises:
        DecisionsRefusedError: with every fault; nothing was kept.
        WriterBusyError: somebody else is writing; try again later.
    """
    with open_writer(seam.home, "seam record") as writer:
        kept = _read_kept(writer)
        hashes = {entry.desk_id: _hash_entry(entry) for entry in batch}
        new = [
            entry
            for entry in {entry.desk_id: entry for entry in batch}.values()
            if kept.hashes.get(entry.desk_id) != hashes[entry.desk_id]
        ]
        subjects = _find_subjects(writer, seam, new)
        faults = [*_list_faults(seam, new, subjects, kept), *_list_link_faults(writer, new)]
        faults += _list_repeats(batch)
        if faults:
            raise _refuse(faults)
        if not new:
            return Recorded({}, len(batch), 0)
        seen = [entry for entry in new if isinstance(entry, Contact) and _is_sighting(seam, entry)]
        _stage_entries(writer, seam, new, hashes, subjects)
        _stage_sightings(writer, seam, seen, hashes, subjects)
        _stage_taken_back(writer, seam, new, kept)
        _stage_links(writer, seam, new)
        counts = dict(Counter(_KINDS[type(entry)] for entry in new))
        writer.commit(details={**counts, "sightings": len(seen)})
    return Recorded(counts, len(batch) - len(new), len(seen))


def _hash_entry(entry: Entry) -> str:
    content = {"kind": _KINDS[type(entry)], **asdict(entry)}
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def _read_kept(writer: Writer) -> _Kept:
    writer.attach(DESK_DECISION)
    rows = writer.engine.list_rows(
        "SELECT desk_id, content_hash, sighting_id, known_from, about FROM facts.desk_decision"
    )
    return _Kept(
        hashes={row[0]: row[1] for row in rows},
        sightings={row[0]: (row[2], row[3]) for row in rows if row[2] is not None},
        taken_back=frozenset(row[4] for row in rows if row[4]),
        latest=max((row[3] for row in rows), default=None),
    )


def _find_subjects(writer: Writer, seam: Seam, entries: Sequence[Entry]) -> dict[int, int]:
    """For each person the record that a fact is kept under: it goes wherever linkage puts that record later."""
    persons = sorted(
        {entry.person_id for entry in entries if not isinstance(entry, TakingBack | LinkDecision)}
    )
    run_id = find_latest_run_id(writer, as_of=seam.on)
    if run_id is None or not persons:
        return {}
    writer.attach(LINK, run=run_id)
    writer.engine.register("seam_asked", pa.table({"person_id": pa.array(persons, pa.int64())}))
    return dict(writer.engine.list_rows(read_sql(_PACKAGE, "seam_subjects")))


def _list_faults(
    seam: Seam, entries: Sequence[Entry], subjects: Mapping[int, int], kept: _Kept
) -> Iterator[str]:
    """What is wrong, by the desk's own ids: never who it is about."""
    for entry in entries:
        if entry.desk_id in kept.hashes:
            yield f"{entry.desk_id}: 前の記録と中身が違います。直すときは、取り消して新しく記録します。"
        if kept.latest is not None and seam.on < kept.latest:
            yield f"{entry.desk_id}: 最後に記録した日（{kept.latest}）より前の日には、記録できません。"
        if isinstance(entry, TakingBack) and entry.about not in kept.hashes:
            yield f"{entry.desk_id}: 取り消す記録がありません。"
        if isinstance(entry, TakingBack) and entry.about in kept.taken_back:
            yield f"{entry.desk_id}: もう取り消し済みです。"
        if not isinstance(entry, TakingBack | LinkDecision):
            yield from _list_faults_about_a_child(seam, entry, subjects)


def _list_faults_about_a_child(
    seam: Seam, entry: Contact | Outcome | Correction | StopUse, subjects: Mapping[int, int]
) -> Iterator[str]:
    if entry.person_id not in subjects:
        yield f"{entry.desk_id}: その番号の人が、最後の実行にいません。"
    if entry.occurred_on > seam.on:
        yield f"{entry.desk_id}: まだ来ていない日付です。"
    if isinstance(entry, Contact | Outcome) and entry.purpose not in seam.catalog.active_purposes:
        yield f"{entry.desk_id}: 目的「{entry.purpose}」は、この市では使うことになっていません。"
    if isinstance(entry, Correction | StopUse) and entry.item not in seam.catalog.items:
        yield f"{entry.desk_id}: 項目「{entry.item}」は台帳にありません。"


def _list_link_faults(writer: Writer, entries: Sequence[Entry]) -> Iterator[str]:
    links = [entry for entry in entries if isinstance(entry, LinkDecision)]
    if not links:
        return
    unknown = find_unknown_ids(writer, [one_id for one in links for one_id in (one.one_id, one.other_id)])
    for one in links:
        if {one.one_id, one.other_id} & unknown or one.one_id == one.other_id:
            yield f"{one.desk_id}: 番号の記録か人が、ここにはありません。"
        if one.decision not in DECISIONS or not one.reason or not one.decided_by:
            yield f"{one.desk_id}: 判断・理由・判断した人が要ります。"


def _list_repeats(batch: Sequence[Entry]) -> Iterator[str]:
    contents: dict[str, str] = {}
    for entry in batch:
        if contents.setdefault(entry.desk_id, _hash_entry(entry)) != _hash_entry(entry):
            yield f"{entry.desk_id}: 一度に渡した中に、同じ番号で中身の違うものがあります。"


def _is_sighting(seam: Seam, entry: Contact) -> bool:
    return entry.saw_child and bool(seam.catalog.may_use(SIGHTING_ITEM, entry.purpose, on=seam.on))


def _make_id(content_hash: str) -> int:
    return int(content_hash[: ID_BITS // 4], 16)


def _stage_entries(
    writer: Writer,
    seam: Seam,
    entries: Sequence[Entry],
    hashes: Mapping[str, str],
    subjects: Mapping[int, int],
) -> None:
    rows = [_make_row(seam, entry, hashes[entry.desk_id], subjects) for entry in entries]
    writer.append_rows(DESK_DECISION, _make_table(rows, DESK_DECISION.column_names), tags={})


def _make_row(seam: Seam, entry: Entry, content_hash: str, subjects: Mapping[int, int]) -> dict[str, Any]:
    said = {} if isinstance(entry, LinkDecision) else asdict(entry)
    is_sighting = isinstance(entry, Contact) and _is_sighting(seam, entry)
    return {
        **said,
        "desk_id": entry.desk_id,
        "content_hash": content_hash,
        "kind": _KINDS[type(entry)],
        "subject_id": subjects.get(said.get("person_id", 0)),
        "code": said.get("way") or said.get("outcome"),
        "sighting_id": _make_id(content_hash) if is_sighting else None,
        "known_from": seam.on,
    }


def _stage_sightings(
    writer: Writer,
    seam: Seam,
    contacts: Sequence[Contact],
    hashes: Mapping[str, str],
    subjects: Mapping[int, int],
) -> None:
    table = get_fact_table(seam.catalog.get_item(SIGHTING_ITEM))
    rows = [
        {
            "subject_id": subjects[one.person_id],
            "occurred_on": one.occurred_on,
            "known_from": seam.on,
            "record_id": _make_id(hashes[one.desk_id]),
            "feed": DESK_FEED,
            "file_id": hashes[one.desk_id],
            "row": 0,
        }
        for one in contacts
    ]
    if rows:
        writer.append_rows(table, _make_table(rows, table.column_names), tags={"feed": DESK_FEED})


def _stage_taken_back(writer: Writer, seam: Seam, entries: Sequence[Entry], kept: _Kept) -> None:
    """A sighting made in error is no longer known from today; what else was taken back says so by its own row."""
    rows = [
        {
            "item": SIGHTING_ITEM,
            "record_id": kept.sightings[entry.about][0],
            "version_known_from": kept.sightings[entry.about][1],
            "known_to": seam.on,
            "feed": DESK_FEED,
            "file_id": _hash_entry(entry),
        }
        for entry in entries
        if isinstance(entry, TakingBack) and entry.about in kept.sightings
    ]
    if rows:
        writer.append_rows(CLOSURE, _make_table(rows, CLOSURE.column_names), tags={"feed": DESK_FEED})


def _stage_links(writer: Writer, seam: Seam, entries: Sequence[Entry]) -> None:
    decisions = [
        NewDecision(one.one_id, one.other_id, one.decision, one.reason, one.decided_by)
        for one in entries
        if isinstance(one, LinkDecision)
    ]
    stage_decisions(writer, decisions, known_from=seam.on)


def _make_table(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> pa.Table:
    return pa.table({name: [row.get(name) for row in rows] for name in names})


def _refuse(faults: Sequence[str]) -> DecisionsRefusedError:
    shown = "\n".join(f"    {fault}" for fault in faults[:_MOST_FAULTS_SHOWN])
    more = f"\n    ほか {len(faults) - _MOST_FAULTS_SHOWN} 件" if len(faults) > _MOST_FAULTS_SHOWN else ""
    return DecisionsRefusedError(
        f"画面からの記録に、受け取れないものが {len(faults)} 件あります。\n{shown}{more}",
        why="一部だけを受け取ると、どこまで済んだか分からなくなるので、一つも記録していません。",
        todo="上の記録を画面で直してから、もう一度渡してください。",
    )
