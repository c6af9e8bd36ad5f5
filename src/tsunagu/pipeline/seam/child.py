"""One child for one purpose: who it is, who lives with it, and the facts that the register allows, by date."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date

import pyarrow as pa

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.items import Item, ItemKind, ItemValue, get_fact_table
from tsunagu.catalog.words import Role
from tsunagu.judgement.phrases import Phrase
from tsunagu.pipeline.explain import ChildNotFoundError
from tsunagu.pipeline.manifest import Manifest
from tsunagu.pipeline.seam.directory import find_run
from tsunagu.pipeline.seam.opening import PurposeRefusedError, Seam, check_purpose
from tsunagu.pipeline.seam.protection import PROTECTION, mark_protected
from tsunagu.pipeline.views import attach_run
from tsunagu.pipeline.wording import show_age
from tsunagu.store.commit import Reader, open_reader
from tsunagu.store.engine import read_sql
from tsunagu.store.facts import CLOSURE, COVERAGE, MEMBERSHIP
from tsunagu.store.identity import LINK, RECORD

_PACKAGE = "tsunagu.pipeline"
_REGISTER_ITEM = "residence"
_PARENTS = frozenset({"parent", "grandparent"})


class ReasonNeededError(PurposeRefusedError):
    """An address under protection was asked for without a reason."""


@dataclass(frozen=True, slots=True)
class FactValue:
    """One value of a fact. `shown`: in words; codes by their titles. Values not recorded are left out.

    `is_place`: it tells where the child can be found.
    """

    name: str
    title: Phrase
    shown: Phrase
    unit: str
    is_sensitive: bool
    is_place: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact.

    Events have `occurred_on`; states `valid_from` (None: since before the records) and `valid_to` (first day no
    longer; None: still). `recipients`: the roles that the register lets receive the item.
    """

    item: str
    title: Phrase
    department: str
    occurred_on: date | None
    valid_from: date | None
    valid_to: date | None
    known_from: date
    source: Phrase
    values: tuple[FactValue, ...]
    recipients: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class Covered:
    """A stretch of time for which some data of a department came in that speaks for the child; `covers_to` exclusive."""

    department: str
    covers_from: date
    covers_to: date


@dataclass(frozen=True, slots=True)
class Relative:
    """Somebody who lives with the child. `relation`: what they are to the child, None where the register does not tell."""

    person_id: int
    name: str | None
    kana: str | None
    relation: str | None
    confidence: str | None
    birth_year: int | None

    @property
    def is_guardian(self) -> bool:
        """Whether they are a parent or grandparent by the register's codes; who has custody it does not say."""
        return self.relation in _PARENTS


@dataclass(frozen=True, slots=True)
class _Who:
    """Who somebody is, as last said; None: no record says."""

    name: str | None = None
    kana: str | None = None
    birth_date: date | None = None
    due_on: date | None = None
    sex: str | None = None


@dataclass(frozen=True, slots=True)
class ChildRecord:
    """One child as known on a day. `run_id`: whose links and households count.

    `is_protected`: address, telephone, school and household are not to be shown without a reason.
    `withheld_relatives`: how many live there and are under address protection while the child is not.
    `covered`: outside of it nothing is known of a department, which does not mean that nothing happened.
    """

    person_id: int
    run_id: str
    name: str | None
    kana: str | None
    birth_date: date | None
    due_on: date | None
    sex: str | None
    age: Phrase
    grade: str | None
    school_id: str | None
    facility_id: str | None
    is_unborn: bool
    is_registered: bool
    is_protected: bool
    relatives: tuple[Relative, ...]
    withheld_relatives: int
    facts: tuple[Fact, ...]
    covered: tuple[Covered, ...] = ()


@dataclass(frozen=True, slots=True)
class ChildHead:
    """Who one child is, without anything that is known about it."""

    person_id: int
    birth_date: date | None
    due_on: date | None
    sex: str | None
    grade: str | None


@dataclass(frozen=True, slots=True)
class ContactPoint:
    """What one source system last gave, None where it gave none."""

    system: str
    address: str | None
    postal_code: str | None
    phone: str | None
    known_from: date


@dataclass(frozen=True, slots=True)
class ContactPoints:
    """Where a child can be reached; the register first."""

    person_id: int
    is_protected: bool
    points: tuple[ContactPoint, ...]


def fetch_child(seam: Seam, person_id: int, purpose: str, *, as_of: date) -> ChildRecord:
    """One child, listed or not, with the facts that may be used for the purpose.

    Args:
        seam: the door.
        person_id: the child.
        purpose: for what.
        as_of: only what was known by the end of this day.

    Raises:
        PurposeRefusedError: not in force on the day of the deed.
        ChildNotFoundError: no child of the last run up to the day.
        RunNotFoundError: no run up to the day.
    """
    check_purpose(seam, purpose)
    with open_reader(seam.home, "seam child", purpose=purpose) as reader:
        run = _attach_child(reader, seam, person_id, as_of)
        is_protected = _is_protected(reader, person_id)
        relatives, withheld = _list_relatives(reader, seam, purpose, person_id, run, as_of)
        facts = tuple(_list_facts(reader, seam.catalog, person_id, purpose, as_of))
        record = _describe_head(
            reader,
            person_id,
            run,
            as_of,
            is_protected=is_protected,
            relatives=relatives,
            withheld=withheld,
            facts=facts,
        )
        return replace(record, covered=_list_covered(reader, seam.catalog, record, purpose, as_of))


def list_heads(seam: Seam, person_ids: Collection[int], *, as_of: date) -> list[ChildHead]:
    """Who some children are; those that are not children of the last run up to the day are left out.

    Args:
        seam: the door.
        person_ids: the children.
        as_of: only what was known by the end of this day.

    Raises:
        RunNotFoundError: no run up to the day.
    """
    with open_reader(seam.home, "seam heads", details={"children": len(person_ids)}) as reader:
        run = find_run(reader, as_of)
        attach_run(reader, run.run_id)
        reader.attach(LINK, run=run.run_id)
        reader.attach(RECORD)
        asked = "SELECT person_id, grade FROM runs.population WHERE person_id IN (SELECT unnest($ids))"
        grades = dict(reader.engine.list_rows(asked, ids=list(person_ids)))
        who = _identify(reader, sorted(grades), as_of)
    return [
        ChildHead(one, who[one].birth_date, who[one].due_on, who[one].sex, grade)
        for one, grade in sorted(grades.items())
    ]


def list_households(seam: Seam, person_ids: Collection[int], *, as_of: date) -> list[tuple[int, int]]:
    """Who lives with some children, the protected included: pairs of a child and somebody else of its household.

    For keeping staff away from their own relatives; never to be shown.

    Raises:
        RunNotFoundError: no run up to the day.
    """
    with open_reader(seam.home, "seam households", details={"children": len(person_ids)}) as reader:
        run = find_run(reader, as_of)
        reader.attach(MEMBERSHIP, run=run.run_id)
        return reader.engine.list_rows(
            read_sql(_PACKAGE, "seam_households"), ids=list(person_ids), run_day=run.as_of
        )


def fetch_contact_points(
    seam: Seam, person_id: int, purpose: str, *, as_of: date, has_reason: bool = False
) -> ContactPoints:
    """Where one child can be reached, asked for apart from everything else.

    Args:
        seam: the door.
        person_id: the child.
        purpose: for what.
        as_of: only what was known by the end of this day.
        has_reason: whoever asks has given a reason, and the desk keeps it.

    Raises:
        ReasonNeededError: address protection, and no reason.
        PurposeRefusedError: not in force, or the register's data is not registered for it.
        ChildNotFoundError: no child of the last run up to the day.
    """
    check_purpose(seam, purpose)
    if not seam.catalog.may_use(_REGISTER_ITEM, purpose, on=seam.on):
        raise _refuse_contact(purpose)
    with open_reader(
        seam.home, "seam contact", purpose=purpose, details={"has_reason": has_reason}
    ) as reader:
        _attach_child(reader, seam, person_id, as_of)
        is_protected = _is_protected(reader, person_id)
        if is_protected and not has_reason:
            raise _need_reason()
        rows = reader.engine.list_rows(read_sql(_PACKAGE, "seam_contact"), person_id=person_id, as_of=as_of)
    return ContactPoints(person_id, is_protected, tuple(ContactPoint(*row) for row in rows))


def _attach_child(reader: Reader, seam: Seam, person_id: int, as_of: date) -> Manifest:
    run = find_run(reader, as_of)
    attach_run(reader, run.run_id)
    reader.attach(LINK, run=run.run_id)
    reader.attach(RECORD)
    found = reader.engine.get_value(
        "SELECT count(*) FROM runs.population WHERE person_id = $person_id", person_id=person_id
    )
    if not found:
        raise ChildNotFoundError(
            "その番号のこどもは、その日までの最後の実行の対象にいません。",
            todo="さがす画面で、こどもを選び直してください。",
        )
    mark_protected(reader, seam, run)
    return run


def _is_protected(reader: Reader, person_id: int) -> bool:
    return bool(
        reader.engine.get_value(
            "SELECT count(*) FROM seam_protected WHERE person_id = $person_id", person_id=person_id
        )
    )


def _list_relatives(
    reader: Reader, seam: Seam, purpose: str, person_id: int, run: Manifest, as_of: date
) -> tuple[tuple[Relative, ...], int]:
    """Who lives with the child, where the purpose may know of the register; and how many are withheld."""
    if not seam.catalog.may_use(_REGISTER_ITEM, purpose, on=seam.on):
        return (), 0
    rows = reader.engine.list_rows(
        read_sql(_PACKAGE, "seam_relatives"), person_id=person_id, run_day=run.as_of
    )
    shown = [row for row in rows if not row[-1]]
    who = _identify(reader, [row[0] for row in shown], as_of)
    relatives = [
        Relative(one, who[one].name, who[one].kana, relation, confidence, birth_year)
        for one, _, relation, confidence, birth_year, _ in shown
    ]
    return tuple(relatives), len(rows) - len(shown)


def _identify(reader: Reader, persons: list[int], as_of: date) -> dict[int, _Who]:
    """Who each of these persons is."""
    reader.engine.register("seam_asked", pa.table({"person_id": pa.array(persons, pa.int64())}))
    rows = reader.engine.list_rows(read_sql(_PACKAGE, "seam_identity"), as_of=as_of)
    return dict.fromkeys(persons, _Who()) | {row[0]: _Who(*row[1:]) for row in rows}


def _describe_head(
    reader: Reader,
    person_id: int,
    run: Manifest,
    as_of: date,
    *,
    is_protected: bool,
    relatives: tuple[Relative, ...],
    withheld: int,
    facts: tuple[Fact, ...],
) -> ChildRecord:
    age_years, grade, school, facility, is_unborn, is_registered = reader.engine.get_row(
        "SELECT age_years, grade, school_id, facility_id, is_unborn, is_registered FROM runs.population"
        " WHERE person_id = $person_id",
        person_id=person_id,
    )
    who = _identify(reader, [person_id], as_of)[person_id]
    return ChildRecord(
        person_id=person_id,
        run_id=run.run_id,
        name=who.name,
        kana=who.kana,
        birth_date=who.birth_date,
        due_on=who.due_on,
        sex=who.sex,
        age=Phrase(*show_age(age_years, grade, is_unborn=is_unborn)),
        grade=grade,
        school_id=school,
        facility_id=facility,
        is_unborn=is_unborn,
        is_registered=is_registered,
        is_protected=is_protected,
        relatives=relatives,
        withheld_relatives=withheld,
        facts=facts,
    )


def _list_covered(
    reader: Reader, catalog: Catalog, record: ChildRecord, purpose: str, as_of: date
) -> tuple[Covered, ...]:
    """For which time the departments' data speak: for the municipality, and for the places the child was at."""
    places = {value.shown.ja for fact in record.facts for value in fact.values if value.is_place}
    places |= {place for place in (record.school_id, record.facility_id) if place}
    departments = {
        item.id: str(item.department)
        for item in catalog.items.values()
        if item.id != PROTECTION and catalog.may_use(item.id, purpose, on=catalog.opened_for)
    }
    reader.attach(COVERAGE)
    reader.engine.register(
        "seam_allowed",
        pa.table(
            {
                "item": pa.array(departments.keys(), pa.string()),
                "department": pa.array(departments.values(), pa.string()),
            }
        ),
    )
    rows = reader.engine.list_rows(read_sql(_PACKAGE, "seam_covered"), places=sorted(places), as_of=as_of)
    return tuple(Covered(*row) for row in rows)


def _list_facts(
    reader: Reader, catalog: Catalog, person_id: int, purpose: str, as_of: date
) -> Iterator[Fact]:
    """The facts of every item that may be used, item by item."""
    reader.engine.run(
        "CREATE OR REPLACE TEMP TABLE seam_subject AS"
        " SELECT subject_id FROM facts.subject_person WHERE person_id = $person_id",
        person_id=person_id,
    )
    reader.attach(CLOSURE)
    for item in catalog.items.values():
        permission = catalog.may_use(item.id, purpose, on=catalog.opened_for)
        # The protection is a mark on the child, never a fact to be read.
        if permission.use is None or not permission or item.id == PROTECTION:
            continue
        yield from _read_item(reader, catalog, item, permission.use.recipients, as_of)


def _read_item(
    reader: Reader, catalog: Catalog, item: Item, recipients: tuple[Role, ...], as_of: date
) -> Iterator[Fact]:
    table = get_fact_table(item)
    segments = reader.head.list_segments(table.full_name)
    if not segments:
        return
    is_event = item.kind is ItemKind.EVENT
    select = read_sql(_PACKAGE, "seam_timeline").format(
        item=table.name,
        facts=f"({reader.select_segments(table, segments)})",
        dates="f.occurred_on, CAST(NULL AS DATE)" if is_event else "f.valid_from, f.valid_to",
        columns="".join(f", f.{name}" for name in item.values),
    )
    for first, last, known_from, feed, *cells in reader.engine.list_rows(select, as_of=as_of):
        values = [
            _show_value(name, value, cell, catalog)
            for (name, value), cell in zip(item.values.items(), cells, strict=True)
            if cell is not None
        ]
        yield Fact(
            item=item.id,
            title=Phrase(item.title.ja, item.title.en),
            department=item.department,
            occurred_on=first if is_event else None,
            valid_from=None if is_event else first,
            valid_to=last,
            known_from=known_from,
            source=_name_feed(feed, catalog),
            values=tuple(values),
            recipients=recipients,
        )


def _show_value(name: str, value: ItemValue, cell: object, catalog: Catalog) -> FactValue:
    title = Phrase(value.title.ja, value.title.en or name)
    return FactValue(name, title, _say_cell(value, cell, catalog), value.unit, value.sensitive, value.place)


def _say_cell(value: ItemValue, cell: object, catalog: Catalog) -> Phrase:
    if value.codes is not None and not isinstance(cell, bool):
        title = next((one.title for one in catalog.get_code_list(value.codes).codes if one.id == cell), None)
        return Phrase(title.ja, title.en or str(cell)) if title else Phrase(str(cell), str(cell))
    if isinstance(cell, bool):
        return Phrase("はい", "yes") if cell else Phrase("いいえ", "no")
    return Phrase(str(cell), str(cell))


def _name_feed(feed: str, catalog: Catalog) -> Phrase:
    title = catalog.name_feed(feed)
    return Phrase(title.ja, title.en or feed)


def _refuse_contact(purpose: str) -> PurposeRefusedError:
    return PurposeRefusedError(
        f"目的「{purpose}」では、住民登録の項目が使えません。",
        why="住所と電話番号は、台帳に登録した目的の外では見られません。",
        todo="画面の上に出ている目的を選び直してください。",
    )


def _need_reason() -> ReasonNeededError:
    return ReasonNeededError(
        "この世帯には、支援措置があります。",
        why="住所や電話番号が知られると、命に危険が及ぶことがあります。",
        todo="見る理由を書いてから、もう一度開いてください。",
    )
