"""What goes into a shared version of a child, and how it is read again: words and days, never a place."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tsunagu.cases.sharing import Section
from tsunagu.catalog.words import Role
from tsunagu.people.models import Fact
from tsunagu.people.record import Lane, Words
from tsunagu.web.child_page import ChildPage
from tsunagu.web.child_reasons import PackView, ReasonView
from tsunagu.web.network import Tie, list_ties

_FACTS_AT_MOST = 60


@dataclass(frozen=True, slots=True)
class SharedFact:
    """One fact of a version."""

    title: Words
    department: str
    begins: date | None
    ends: date | None
    is_event: bool
    values: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class SharedLine:
    """A decision, a contact or a tie: when, what, who; `note` is left out under address protection."""

    on: date | None
    what: str
    who: str
    note: str = ""
    next_on: date | None = None
    saw_child: bool = False
    department: str = ""
    title: Words | None = None


def compose(page: ChildPage, sections: Collection[Section], age: str) -> dict[str, Any]:
    """What whoever opened the page may share of it. Inside the transaction in which the page was read."""
    allowed = _list_allowed(page.person.entry.pk)
    content: dict[str, Any] = {"head": _say_head(page, age)}
    if Section.REASONS in sections:
        content["packs"] = [_say_pack(pack, allowed) for pack in page.reasons.content.packs]
    if Section.FACTS in sections:
        content["facts"] = list(_list_facts(page, allowed))
    if Section.DECISIONS in sections:
        content["decisions"] = [
            {
                "on": one.decided_on.isoformat(),
                "what": one.outcome,
                "who": one.staff.name,
                "next_on": one.next_action_on and one.next_action_on.isoformat(),
                "note": "" if page.person.entry.is_protected else one.reason,
            }
            for one in page.entries.content.decisions
        ]
    if Section.CONTACTS in sections:
        content["contacts"] = [
            {
                "on": one.occurred_on.isoformat(),
                "what": one.way,
                "who": one.staff.name,
                "saw_child": one.saw_child,
                "note": "" if page.person.entry.is_protected else one.note,
            }
            for one in page.entries.content.contacts
        ]
    if Section.TIES in sections:
        content["ties"] = [_say_tie(tie) for tie in _list_ties(page, allowed)]
    return content


def read_head(head: Mapping[str, Any]) -> dict[str, Any]:
    """Who the child is, again."""
    return {**head, "born": _read_day(head["born"])}


def read_lines(lines: Sequence[Mapping[str, Any]]) -> list[SharedLine]:
    """Decisions, contacts or ties again."""
    return [
        SharedLine(**{**line, **{name: _read_day(line[name]) for name in ("on", "next_on") if name in line}})
        for line in lines
    ]


def read_facts(facts: Sequence[Mapping[str, Any]]) -> list[SharedFact]:
    """Facts again."""
    return [
        SharedFact(**{**fact, **{name: _read_day(fact[name]) for name in ("begins", "ends")}})
        for fact in facts
    ]


def _read_day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def _list_allowed(person_id: int) -> frozenset[str]:
    """The items of the child that a member of a meeting may receive by the register, as the facts themselves say."""
    rows = Fact.objects.filter(person_id=person_id, recipients__contains=[str(Role.COUNCIL_MEMBER)])
    return frozenset(rows.values_list("item", flat=True))


def _say_head(page: ChildPage, age: str) -> dict[str, Any]:
    entry, head = page.person.entry, page.person.head
    born = head.birth_date if head else None
    return {
        "name": entry.name or "",
        "kana": entry.kana or "",
        "born": born.isoformat() if born else None,
        "age": age,
        "sex": (head.sex or "") if head else "",
        "is_unborn": entry.is_unborn,
    }


def _say_pack(pack: PackView, allowed: Collection[str]) -> dict[str, Any]:
    shown = [one for one in pack.reasons if _may_share(one, allowed)]
    return {
        "title": pack.title,
        "raising": [_say_reason(one) for one in shown if one.kind in ("floor", "raises")],
        "protective": [_say_reason(one) for one in shown if one.kind == "protective"],
        "withheld": len([one for one in pack.reasons if one.kind != "unknown"])
        - len([one for one in shown if one.kind != "unknown"]),
    }


def _may_share(reason: ReasonView, allowed: Collection[str]) -> bool:
    return bool(reason.items) and set(reason.items) <= set(allowed)


def _say_reason(reason: ReasonView) -> dict[str, Any]:
    words = ("title", "strength", "value", "comparison", "origin", "remark")
    return {"kind": reason.kind, **{name: getattr(reason, name) for name in words}}


def _list_facts(page: ChildPage, allowed: Collection[str]) -> Iterator[dict[str, Any]]:
    shown = [(lane, fact) for lane, fact in page.facts if fact.item in allowed]
    for lane, fact in shown[:_FACTS_AT_MOST]:
        yield {
            "title": fact.title,
            "department": str(lane.department),
            "begins": fact.begins and fact.begins.isoformat(),
            "ends": fact.ends and fact.ends.isoformat(),
            "is_event": fact.is_event,
            "values": fact.own_values,
        }


def _list_ties(page: ChildPage, allowed: Collection[str]) -> list[Tie]:
    lanes = [
        Lane(lane.department, None, lane.count, tuple(one for one in lane.facts if one.item in allowed), ())
        for lane in page.lanes.content
        if lane.shut is None
    ]
    return list_ties(page.assigned.content, page.entries.content.contacts, lanes)


def _say_tie(tie: Tie) -> dict[str, Any]:
    return {
        "on": tie.last_on and tie.last_on.isoformat(),
        "what": tie.contact.way if tie.contact else "",
        "who": tie.name,
        "department": str(tie.department or ""),
        "title": tie.fact,
    }
