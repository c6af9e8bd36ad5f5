"""The pairs of records that people may decide about: same person or not, the most useful first."""

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np

from tsunagu.judgement.phrases import Phrase
from tsunagu.linkage.levels import ADDRESS, FIELDS, PHONE, SEX, Field, agreement_of, describe_level
from tsunagu.linkage.review_queue import ExpectedErrors, QueuedPair, is_hidden_pair, list_queue, list_values
from tsunagu.pipeline.link_explain import HELD_BACK
from tsunagu.pipeline.manifest import find_latest_run_id, get_manifest
from tsunagu.pipeline.seam.opening import Seam
from tsunagu.pipeline.seam.protection import mark_protected
from tsunagu.pipeline.wording import describe_system
from tsunagu.store.commit import open_reader
from tsunagu.store.engine import read_sql

_PACKAGE = "tsunagu.pipeline"
_RECORD_TITLES = ("氏名", "カナ", "生年月日", "性別", "住所", "電話", "保護者")
_PERSON_TITLES = ("氏名", "カナ", "生年月日", "性別", "住所")
_HANDLING = {"link": "いまは同じ人として結んでいます", "review": "いまは別の人として開いています"}
_APART = "いまは別の人として開いています"
_SEXES = {"male": "男", "female": "女"}
# Both parts of a name stand in one row.
_ROWS = {"氏": "氏名", "名": "氏名"}
# Where somebody lives and can be reached is not even compared aloud under address protection.
_HIDDEN = (ADDRESS, PHONE)


class Tone(StrEnum):
    """What a comparison speaks for."""

    AGREES = "agrees"
    DIFFERS = "differs"
    SILENT = "silent"


_TONES = (Tone.SILENT, Tone.AGREES, Tone.DIFFERS)
"""By whether a field could not be compared, agrees, or does not."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two values compare, in words."""

    words: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class ComparedField:
    """One field: how the two sides compare, and what each says; None: not shown, or not said."""

    title: str
    comparisons: tuple[Comparison, ...]
    record: str | None
    person: str | None


@dataclass(frozen=True, slots=True)
class ReviewPair:
    """A record and a resident. `is_protected`: what either side says is withheld."""

    subject_id: int
    person_id: int
    system: Phrase
    handling: str
    percent: str
    rivals: int
    note: str
    is_protected: bool
    fields: tuple[ComparedField, ...]


@dataclass(frozen=True, slots=True)
class ReviewQueue:
    """The pairs most worth a decision of those that wait; errors expected now, and after these are decided."""

    run_as_of: date
    waiting: int
    pairs: tuple[ReviewPair, ...]
    missed_before: int
    missed_after: int
    wrong_before: int
    wrong_after: int


def list_review_pairs(
    seam: Seam, *, capacity: int, with_values: int = 1, hidden: Collection[int] = ()
) -> ReviewQueue | None:
    """The queue of the last run; None before the first one.

    Args:
        seam: the door.
        capacity: how many pairs people can decide.
        with_values: of how many pairs, from the first, what both sides say is shown as well: names and addresses.
        hidden: persons of whom whoever asks may see nothing (their own relatives); no pair leads to them.
    """
    details = {"capacity": capacity, "with_values": with_values}
    with open_reader(seam.home, "seam review", details=details) as reader:
        run_id = find_latest_run_id(reader, as_of=seam.on)
        if run_id is None:
            return None
        run = get_manifest(reader, run_id)
        queue = list_queue(reader, run_id, capacity=capacity, hidden=hidden)
        shown = queue.pairs[:with_values]
        values = list_values(reader, run_id, shown)
        mark_protected(reader, seam, run)
        protected = set(reader.engine.list_rows(read_sql(_PACKAGE, "seam_review_protected")))
        titles = _name_systems(seam)
        return ReviewQueue(
            run.as_of,
            queue.waiting,
            tuple(_describe(pair, titles, protected, values) for pair in shown),
            *_round(queue.before, queue.after),
        )


def is_review_hidden(seam: Seam, subject_id: int, person_id: int, *, hidden: Collection[int]) -> bool:
    """Whether a pair leads to somebody of whom whoever asks may see nothing, or its record may be about them."""
    if not hidden:
        return False
    with open_reader(seam.home, "seam review", details={"hidden": len(hidden)}) as reader:
        run_id = find_latest_run_id(reader, as_of=seam.on)
        return run_id is not None and is_hidden_pair(
            reader, run_id, subject_id=subject_id, person_id=person_id, hidden=hidden
        )


def _name_systems(seam: Seam) -> dict[str, tuple[str, str]]:
    return {
        feed.subject.system: (feed.title.ja, feed.title.en or feed.title.ja)
        for feed in seam.catalog.feeds.values()
    }


def _round(before: ExpectedErrors, after: ExpectedErrors) -> Iterator[int]:
    yield from (math.ceil(value) for value in (before.missed, after.missed, before.wrong, after.wrong))


def _describe(
    pair: QueuedPair,
    titles: dict[str, tuple[str, str]],
    protected: set[tuple[int, int]],
    values: dict[tuple[int, int], tuple[str | None, ...]],
) -> ReviewPair:
    key = pair.subject_id, pair.person_id
    is_protected = key in protected
    said = values.get(key)
    return ReviewPair(
        subject_id=pair.subject_id,
        person_id=pair.person_id,
        system=Phrase(*describe_system(pair.system, titles)),
        handling=_HANDLING.get(pair.decision, _APART),
        percent=f"{pair.match_probability:.1%}",
        rivals=pair.rivals,
        note=HELD_BACK[pair.held_back] if pair.held_back else "",
        is_protected=is_protected,
        fields=tuple(_compare(pair.pattern, None if is_protected else said, is_hidden=is_protected)),
    )


def _compare(
    pattern: int, said: tuple[str | None, ...] | None, *, is_hidden: bool
) -> Iterator[ComparedField]:
    """What both sides say beside each other, with how the fields of the row compare."""
    record = dict(zip(_RECORD_TITLES, said[: len(_RECORD_TITLES)], strict=True)) if said else {}
    person = dict(zip(_PERSON_TITLES, said[len(_RECORD_TITLES) :], strict=True)) if said else {}
    for title in _RECORD_TITLES:
        fields = [field for field in FIELDS if _ROWS.get(field.title, field.title) == title]
        if is_hidden and (not fields or set(fields) & set(_HIDDEN)):
            continue
        if fields or record.get(title) or person.get(title):
            words = tuple(_say_level(field, pattern) for field in fields)
            yield ComparedField(title, words, _show(record.get(title)), _show(person.get(title)))


def _say_level(field: Field, pattern: int) -> Comparison:
    packed = np.array([pattern], dtype=np.int64)
    words = describe_level(field, int(field.unpack(packed)[0]))
    tone = _TONES[int(agreement_of(field, packed)[0])]
    if field is SEX and int(field.unpack(packed)[0]) == 1:
        tone = Tone.AGREES  # says little, but does not differ
    return Comparison(f"{field.title}: {words}" if field.is_name else words, tone)


def _show(value: str | None) -> str | None:
    return None if value is None else _SEXES.get(value, value)
