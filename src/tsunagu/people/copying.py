"""Copies of single children, for one purpose each: put in place whole, kept while somebody opens them, taken away.

As the owner of the tables, never as the web process. The owner adds and takes away; it reads no child's row.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import connections, transaction

from tsunagu.database.sessions import bind
from tsunagu.database.statements import read_statement
from tsunagu.people import PACKAGE
from tsunagu.pipeline.seam import ChildHead, ChildRecord, ContactPoints, Fact, FactValue, Phrase

KEPT_DAYS = 30
"""A copy that nobody opened for so long is taken away."""

_OF_PURPOSE = ("people_fact", "people_fact_count", "people_relative")
Row = dict[str, Any]


def replace_child(
    record: ChildRecord, contacts: ContactPoints | None, *, purpose: str, as_of: date, using: str
) -> None:
    """Put what was fetched of a child in place of an earlier copy, whole or not at all; twice is the same as once.

    Args:
        record: the child for one purpose.
        contacts: where it can be reached; None: the purpose may not know, so nothing is kept for it.
        purpose: for which it was fetched.
        as_of: the day up to which it was known.
        using: Django's connection as the owner of the tables.
    """
    person_id = record.person_id
    fetched = {
        "as_of": as_of,
        "run_id": record.run_id,
        "is_registered": record.is_registered,
        "withheld_relatives": record.withheld_relatives,
        "covered": [
            [one.department, one.covers_from.isoformat(), one.covers_to.isoformat()] for one in record.covered
        ],
    }
    with transaction.atomic(using):
        _run(using, "lock_child", {"person_id": person_id})
        _take_away([person_id], purpose, using)
        _take_away_heads([person_id], using)
        _add(using, "people_child", [describe_head(record)])
        facts = list(enumerate(record.facts))
        _add(
            using,
            "people_fact",
            [row for number, fact in facts for row in _split(person_id, purpose, number, fact)],
        )
        _add(using, "people_fact_count", _count(person_id, purpose, record.facts))
        _add(
            using,
            "people_relative",
            [_describe_relative(one, person_id, purpose) for one in record.relatives],
        )
        points = contacts.points if contacts else ()
        _add(
            using,
            "people_contact",
            [
                {**_pick(point, _CONTACT), "person_id": person_id, "purpose": purpose, "place": place}
                for place, point in enumerate(points, 1)
            ],
        )
        _note(person_id, purpose, fetched, using)


def note_trouble(person_id: int, purpose: str, trouble: str, *, as_of: date, using: str) -> None:
    """Note why a child could not be fetched; what was copied of it for the purpose goes.

    Args:
        person_id: the child.
        purpose: for which it was asked.
        trouble: a word of `fetching.Trouble`.
        as_of: the day that was asked for.
        using: Django's connection as the owner of the tables.
    """
    with transaction.atomic(using):
        _run(using, "lock_child", {"person_id": person_id})
        _take_away([person_id], purpose, using)
        _note(person_id, purpose, {"as_of": as_of, "trouble": trouble}, using)


def fill_heads(heads: Iterable[ChildHead], *, using: str) -> int:
    """Put the heads of children somebody has to do with in place of those that are there; how many."""
    found = list(heads)
    with transaction.atomic(using):
        _take_away_heads([head.person_id for head in found], using)
        _add(using, "people_child", [describe_head(head) for head in found])
    return len(found)


def is_opened(person_id: int, purpose: str, *, on: date, using: str) -> bool:
    """Whether somebody who may see the child's head opened it on a day for a purpose."""
    asked = {"person_id": person_id, "purpose": purpose, "opened_on": on}
    return bool(_run(using, "find_opening", asked))


def drop_forgotten(*, on: date, using: str) -> int:
    """Take away the copies that nobody has opened for `KEPT_DAYS`; how many.

    Args:
        on: the day in Japan.
        using: Django's connection as the owner of the tables.
    """
    since = on - timedelta(days=KEPT_DAYS)
    count = 0
    with transaction.atomic(using):
        for purpose, persons in _run(using, "list_forgotten", {"since": since}):
            _take_away(persons, purpose, using)
            kept = {row[0] for row in _run(using, "list_kept", {"persons": persons})}
            _take_away_heads([person for person in persons if person not in kept], using)
            count += len(persons)
        _run(using, "clear_openings", {"since": since})
    return count


def describe_head(head: ChildHead | ChildRecord) -> Row:
    """The row of `people_child`."""
    return _pick(head, ("person_id", "birth_date", "due_on", "sex", "grade"))


_CONTACT = ("system", "address", "postal_code", "phone", "known_from")
_RELATIVE = ("name", "kana", "relation", "confidence", "birth_year", "is_guardian")


def _pick(thing: object, names: Sequence[str]) -> Row:
    return {name: getattr(thing, name) for name in names}


def _describe_relative(relative: object, person_id: int, purpose: str) -> Row:
    row = _pick(relative, _RELATIVE)
    return {**row, "person_id": person_id, "purpose": purpose, "relative_id": relative.person_id}  # type: ignore[attr-defined]


def _split(person_id: int, purpose: str, number: int, fact: Fact) -> Iterable[Row]:
    """The fact's row, and a second one with what tells where the child is."""
    row = {
        **_pick(fact, ("item", "occurred_on", "valid_from", "valid_to", "known_from")),
        "person_id": person_id,
        "purpose": purpose,
        "number": number,
        "lane": str(fact.department),
        "title": _say(fact.title),
        "source": _say(fact.source),
        "recipients": [str(role) for role in fact.recipients],
    }
    plain = [value for value in fact.values if not value.is_place]
    yield {**row, "is_place": False, "values": [_show(value) for value in plain]}
    if len(plain) < len(fact.values):
        places = [_show(value) for value in fact.values if value.is_place]
        yield {**row, "is_place": True, "values": places}


def _count(person_id: int, purpose: str, facts: Sequence[Fact]) -> list[Row]:
    counts: dict[tuple[str, tuple[str, ...]], int] = {}
    for fact in facts:
        group = (str(fact.department), tuple(str(role) for role in fact.recipients))
        counts[group] = counts.get(group, 0) + 1
    return [
        {
            "person_id": person_id,
            "purpose": purpose,
            "lane": lane,
            "recipients": list(roles),
            "facts": facts_there,
        }
        for (lane, roles), facts_there in counts.items()
    ]


def _show(value: FactValue) -> Row:
    return {
        **_pick(value, ("name", "unit", "is_sensitive")),
        "title": _say(value.title),
        "shown": _say(value.shown),
    }


def _say(phrase: Phrase) -> Row:
    return {"ja": phrase.ja, "en": phrase.en}


def _note(person_id: int, purpose: str, fetched: Mapping[str, Any], using: str) -> None:
    _run(using, "drop_copies", {"persons": [person_id], "purpose": purpose}, table="people_fetched")
    plain = {"run_id": "", "is_registered": False, "withheld_relatives": 0, "trouble": "", "covered": []}
    _add(using, "people_fetched", [{**plain, **fetched, "person_id": person_id, "purpose": purpose}])


def _take_away(persons: Sequence[int], purpose: str, using: str) -> None:
    """Everything of these children that is kept for one purpose."""
    _run(using, "name_taken_away", {"persons": list(persons), "purpose": purpose})
    for table in (*_OF_PURPOSE, "people_contact"):
        _run(using, "clear_table", table=table)
    _run(using, "drop_copies", {"persons": list(persons), "purpose": purpose}, table="people_fetched")


def _take_away_heads(persons: Sequence[int], using: str) -> None:
    _run(using, "name_taken_away", {"persons": list(persons), "purpose": ""})
    _run(using, "clear_table", table="people_child")


def _add(using: str, table: str, rows: Sequence[Row]) -> None:
    if rows:
        text = json.dumps(rows, default=date.isoformat, ensure_ascii=False)
        _run(
            using, "add_rows", {"rows": text}, table=table, columns=", ".join(f'"{name}"' for name in rows[0])
        )


def _run(
    using: str, name: str, parameters: Mapping[str, Any] | None = None, **names: str
) -> list[tuple[Any, ...]]:
    with connections[using].cursor() as cursor:
        cursor.execute(bind(read_statement(PACKAGE, name, **names), parameters), parameters)
        return cursor.fetchall() if cursor.description else []
