"""The list of staff as a sheet of a workbook: a row for each role of each person, with its purposes and its days."""

import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from tsunagu.access.models import NAME_LENGTH, STAFF_NUMBER_LENGTH, WORD_LENGTH, ScopeKind
from tsunagu.access.staff_terms import Held, Kind, Period, Person
from tsunagu.catalog.workbooks.cells import label, read_name
from tsunagu.catalog.workbooks.sheets import Book, CellFault, Field, Line, Sheet, write_workbook
from tsunagu.japanese import parse_date

SHEET = "職員"
NUMBER, NAME, DEPARTMENT, ROLE, SCOPE, SCOPE_ID, PURPOSES, FIRST, LAST = TITLES = (
    "職員番号",
    "氏名",
    "所属",
    "役割",
    "範囲",
    "範囲の番号",
    "利用目的",
    "この日から",
    "この日まで",
)
ADMINISTRATOR = "administrator"
_ADMINISTRATOR_TITLE = "権限の管理者"
_ADVICE = (
    "一人が二つの役割を持つときは、行を分けます。利用目的は、一つの升に改行して並べます。"
    "「この日まで」は最後の日で、空欄なら終わりを決めません。ここにない人の権限は、新しい一覧が始まる日になくなります。"
)
_SCOPE_TITLES = {
    ScopeKind.MUNICIPALITY: "市町村の全体",
    ScopeKind.SCHOOL: "学校",
    ScopeKind.FACILITY: "施設",
    ScopeKind.DISTRICT: "地区",
    ScopeKind.TEAM: "係・チーム",
}
_FIELDS = (
    Field(NUMBER, 12),
    Field(NAME, 18),
    Field(DEPARTMENT, 22),
    Field(ROLE, 36, choices="役割"),
    Field(SCOPE, 24, choices="範囲"),
    Field(SCOPE_ID, 14),
    Field(PURPOSES, 44, choices="利用目的"),
    Field(FIRST, 14),
    Field(LAST, 14),
)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Words:
    """The roles and purposes there are, and what they are called."""

    roles: Mapping[str, str]
    purposes: Mapping[str, str]

    @property
    def all_roles(self) -> dict[str, str]:
        """The roles, and that of whoever gives and takes rights."""
        return {**self.roles, ADMINISTRATOR: _ADMINISTRATOR_TITLE}


def write_staff_list(people: Iterable[Person], words: Words) -> bytes:
    """The workbook. Without people: an empty one, to be filled in."""
    rows = tuple(row for person in people for row in _lay_out(person, words))
    choices = {
        "役割": [label(title, name) for name, title in words.all_roles.items()],
        "範囲": [label(title, kind) for kind, title in _SCOPE_TITLES.items()],
        "利用目的": [label(title, name) for name, title in words.purposes.items()],
    }
    with tempfile.TemporaryDirectory(prefix="tsunagu-staff-") as folder:
        path = Path(folder) / "staff.xlsx"
        write_workbook(path, [Sheet(SHEET, _FIELDS, rows, advice=_ADVICE, frozen=2)], choices)
        return path.read_bytes()


def _lay_out(person: Person, words: Words) -> Iterator[tuple[str, ...]]:
    """A row for each role; purposes stand beside the first role of the same days, or in a row of their own."""
    who = (person.number, person.name, person.department)
    purposes: dict[Period, list[str]] = {}
    for held, period in person.terms:
        if held.kind is Kind.PURPOSE:
            title = label(words.purposes.get(held.what, held.what), held.what)
            purposes.setdefault(period, []).append(title)
    is_bare = True
    for held, period in person.terms:
        if held.kind is not Kind.PURPOSE:
            is_bare = False
            listed = purposes.pop(period, []) if held.kind is Kind.ROLE else []
            yield (*who, *_write_role(held, words), "\n".join(listed), *_write_days(period))
    for period, listed in purposes.items():
        is_bare = False
        yield (*who, "", "", "", "\n".join(listed), *_write_days(period))
    if is_bare:
        yield (*who, "", "", "", "", "", "")


def _write_role(held: Held, words: Words) -> tuple[str, str, str]:
    if held.kind is Kind.ADMINISTRATOR:
        return label(_ADMINISTRATOR_TITLE, ADMINISTRATOR), "", ""
    scope = label(_SCOPE_TITLES[ScopeKind(held.scope_kind)], held.scope_kind)
    return label(words.roles.get(held.what, held.what), held.what), scope, held.scope_id


def _write_days(period: Period) -> tuple[str, str]:
    last = "" if period.valid_to is None else (period.valid_to - _DAY).isoformat()
    return period.valid_from.isoformat(), last


def read_staff_list(content: bytes, words: Words) -> tuple[list[Person], list[CellFault]]:
    """The people of a workbook, and everything that is wrong with it.

    Raises:
        UnreadableWorkbookError: it is no workbook, or none of ours.
    """
    faults: list[CellFault] = []
    people: dict[str, Person] = {}
    for line in Book(content).list_lines(SHEET, _FIELDS):
        person = _read_person(line, faults)
        known = people.setdefault(person.number, person)
        faults += _compare_names(line, known, person)
        terms = tuple(_read_terms(line, words, faults))
        people[person.number] = replace(known, terms=known.terms + terms)
    if not people:
        faults.append(CellFault(SHEET, "職員が一人も書かれていません。", "一人ずつ、行に書いてください。"))
    return list(people.values()), faults


def _read_person(line: Line, faults: list[CellFault]) -> Person:
    number = "".join(unicodedata.normalize("NFKC", line.get(NUMBER)).split())
    for title, text, longest in (
        (NUMBER, number, STAFF_NUMBER_LENGTH),
        (NAME, line.get(NAME), NAME_LENGTH),
        (DEPARTMENT, line.get(DEPARTMENT), NAME_LENGTH),
    ):
        if not text:
            faults.append(_say(line, title, f"「{title}」が空欄です。", "書くか、行を消してください。"))
        elif len(text) > longest:
            faults.append(
                _say(line, title, f"「{title}」が長すぎます。", f"{longest} 字までで書いてください。")
            )
    return Person(number, line.get(NAME), line.get(DEPARTMENT))


def _compare_names(line: Line, known: Person, person: Person) -> Iterator[CellFault]:
    for title, before, now in (
        (NAME, known.name, person.name),
        (DEPARTMENT, known.department, person.department),
    ):
        if before != now:
            yield _say(
                line, title, f"同じ職員番号で「{title}」の違う行があります。", "どちらかに揃えてください。"
            )


def _read_terms(line: Line, words: Words, faults: list[CellFault]) -> Iterator[tuple[Held, Period]]:
    found = [*_read_role(line, words, faults), *_read_purposes(line, words, faults)]
    if not found and not line.get(FIRST) and not line.get(LAST):
        return
    period = _read_period(line, faults)
    if period is not None:
        yield from ((held, period) for held in found)


def _read_role(line: Line, words: Words, faults: list[CellFault]) -> Iterator[Held]:
    if not line.get(ROLE):
        if line.get(SCOPE) or line.get(SCOPE_ID):
            faults.append(_say(line, ROLE, "範囲があるのに、役割が空欄です。", "役割を選んでください。"))
        return
    role = _choose(line.get(ROLE), words.all_roles)
    if role is None:
        faults.append(_say(line, ROLE, "その役割はありません。", "一覧から選んでください。"))
    elif role == ADMINISTRATOR:
        if line.get(SCOPE) or line.get(SCOPE_ID):
            faults.append(_say(line, SCOPE, "権限の管理者に範囲はありません。", "空欄にしてください。"))
        yield Held(Kind.ADMINISTRATOR)
    else:
        yield from _read_scope(line, role, faults)


def _read_scope(line: Line, role: str, faults: list[CellFault]) -> Iterator[Held]:
    kind = _choose(line.get(SCOPE) or ScopeKind.MUNICIPALITY, {str(k): v for k, v in _SCOPE_TITLES.items()})
    number = unicodedata.normalize("NFKC", line.get(SCOPE_ID))
    if kind is None:
        faults.append(_say(line, SCOPE, "その範囲はありません。", "一覧から選んでください。"))
    elif len(number) > WORD_LENGTH:
        faults.append(
            _say(line, SCOPE_ID, "範囲の番号が長すぎます。", f"{WORD_LENGTH} 字までで書いてください。")
        )
    elif (kind == ScopeKind.MUNICIPALITY) == bool(number):
        todo = "空欄にしてください。" if number else "学校や係などの番号を書いてください。"
        faults.append(_say(line, SCOPE_ID, "範囲と、範囲の番号が合いません。", todo))
    else:
        yield Held(Kind.ROLE, role, kind, number)


def _read_purposes(line: Line, words: Words, faults: list[CellFault]) -> Iterator[Held]:
    for text in line.get(PURPOSES).splitlines():
        known = _choose(text, words.purposes)
        for part in [text] if known else text.replace(",", "、").split("、"):
            if not part.strip():
                continue
            purpose = known or _choose(part, words.purposes)
            if purpose is None:
                faults.append(
                    _say(line, PURPOSES, "この市で使わない利用目的があります。", "一覧から選んでください。")
                )
            else:
                yield Held(Kind.PURPOSE, purpose)


def _read_period(line: Line, faults: list[CellFault]) -> Period | None:
    first, last = _read_day(line, FIRST, faults), _read_day(line, LAST, faults)
    if first is None:
        if not line.get(FIRST):
            faults.append(_say(line, FIRST, "はじまりの日が空欄です。", "日付を書いてください。"))
        return None
    if last is not None and last < first:
        faults.append(_say(line, LAST, "終わりが、はじまりより前です。", "どちらかの日付を直してください。"))
        return None
    return Period(first, None if last is None else last + _DAY)


def _read_day(line: Line, title: str, faults: list[CellFault]) -> date | None:
    text = line.get(title)
    read = parse_date(text) if text else None
    if text and (read is None or read.precision != "day" or read.earliest >= date.max):
        todo = "2027-04-01 や 令和9年4月1日 のように書いてください。"
        faults.append(_say(line, title, "日付を読めません。", todo))
        return None
    return read.earliest if read else None


def _choose(text: str, titles: Mapping[str, str]) -> str | None:
    """By the name behind the title, or by the title alone."""
    name = read_name(text)
    if name in titles:
        return name
    return next((one for one, title in titles.items() if title == text.strip()), None)


def _say(line: Line, title: str, what: str, todo: str) -> CellFault:
    return CellFault(line.get_place(title), what, todo)
