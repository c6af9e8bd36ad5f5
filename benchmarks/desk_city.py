"""The city of `desk.py`: its children, those listed for a purpose with their records, its staff with their sessions.

Everything goes in the way the desk's own loads put it in, as the owner of the tables; the children's records in sets.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pyarrow as pa
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from tsunagu.access.models import PurposeGrant, Relationship, RelationshipKind, RoleAssignment, Staff
from tsunagu.access.owner import OWNER_ALIAS, owner_connection
from tsunagu.access.session import ADMINISTRATION, acting_as
from tsunagu.cases.loading import receive_run
from tsunagu.catalog.packs import NeedLevel
from tsunagu.database.connecting import Server
from tsunagu.database.logins import Login
from tsunagu.database.sessions import open_session
from tsunagu.japanese import fold_kana, fold_name, list_name_keys
from tsunagu.judgement.explain import Reason
from tsunagu.judgement.phrases import Phrase
from tsunagu.judgement.rows import ReasonRow
from tsunagu.people.loading import load_directory
from tsunagu.pipeline.disclosure import Figure
from tsunagu.pipeline.seam import DIRECTORY, ChildResult, Difficulty, PackResult, PackRun, Silence

PURPOSE = "poverty_support"
CHILDREN_AT_ONCE = 5_000
SCHOOLS, DISTRICTS, TEAMS = 40, 12, 4
FACTS, REASONS, CHILDREN_OF_ONE = 60, 9, 40
KINDS = ("money", "silence_of_a_family", "health", "school")
FAMILIES = [
    "佐藤",
    "鈴木",
    "高橋",
    "田中",
    "伊藤",
    "渡辺",
    "山本",
    "中村",
    "小林",
    "加藤",
    "吉田",
    "山田",
    "佐々木",
    "山口",
    "松本",
    "井上",
    "木村",
    "林",
    "斎藤",
    "清水",
]
GIVEN = [
    "太郎",
    "花子",
    "陽菜",
    "蓮",
    "湊",
    "葵",
    "凛",
    "結衣",
    "大翔",
    "悠真",
    "咲良",
    "美咲",
    "翔太",
    "健太",
    "さくら",
    "七海",
    "拓海",
    "直樹",
    "千尋",
    "楓",
]
KANA = [
    "タロウ",
    "ハナコ",
    "ヒナ",
    "レン",
    "ミナト",
    "アオイ",
    "リン",
    "ユイ",
    "ヒロト",
    "ユウマ",
    "サクラ",
    "ミサキ",
    "ショウタ",
    "ケンタ",
    "サクラ",
    "ナナミ",
]

# How 20 members of staff are made up; a city has as many of each twenty as it has.
ROLES = (
    *["coordinator"] * 5,
    *["caseworker"] * 7,
    *["public_health_nurse"] * 3,
    *["school_social_worker"] * 2,
    *["supervisor"] * 2,
    "auditor",
)
BOUND = {"caseworker": "assigned", "public_health_nurse": "assigned", "supervisor": "team"}

RECORDS = Path(__file__).with_name("desk_records.sql")


@dataclass(frozen=True)
class Person:
    """A signed-in member of staff, and the listed children they may open."""

    role: str
    session: str
    children: Sequence[int]


def name_child(number: int) -> str:
    return f"{FAMILIES[number % len(FAMILIES)]} {GIVEN[number // len(FAMILIES) % len(GIVEN)]}"


def is_at_school(number: int) -> bool:
    return number % 18 >= 6


def fill_city(server: Server, *, children: int, listed: int, today: date) -> None:
    """Numbers 1 to `children`; those up to `listed` are listed."""
    with owner_connection(server):
        load_directory(list_directory(children), on=today, using=OWNER_ALIAS)
        run = describe_run(children, listed, today)
        receive_run(
            run,  # type: ignore[arg-type]  # what is read of a run
            (make_listed(number, today) for number in range(1, listed + 1)),
            purpose=PURPOSE,
            on=today,
            using=OWNER_ALIAS,
        )
    with open_session(server, Login.OWNER) as owner:
        values = {"listed": listed, "purpose": PURPOSE, "today": today, "facts": FACTS}
        text = RECORDS.read_text(encoding="utf-8")
        code = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
        for statement in filter(str.strip, code.split(";")):
            owner.run(statement, values)


def settle(server: Server) -> None:
    """What PostgreSQL does by itself within minutes of a load."""
    with psycopg.connect(server.url(Login.OWNER), autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE")


def list_directory(children: int) -> Iterator[pa.RecordBatch]:
    for first in range(1, children + 1, CHILDREN_AT_ONCE):
        numbers = range(first, min(first + CHILDREN_AT_ONCE, children + 1))
        yield pa.RecordBatch.from_pylist([describe_entry(number) for number in numbers], schema=DIRECTORY)


def describe_entry(number: int) -> dict[str, object]:
    name, kana = name_child(number), f"カクウ {KANA[number // len(FAMILIES) % len(KANA)]}"
    folded = [one for one in (fold_name(name), fold_kana(kana)) if one]
    return {
        "person_id": number,
        "name": name,
        "kana": kana,
        "birth_year": 2025 - number % 18,
        "is_unborn": False,
        "school_id": f"S{number % SCHOOLS:03}" if is_at_school(number) else None,
        "facility_id": None,
        "district": f"架空{number % DISTRICTS}区",
        "is_protected": number % 200 == 0,
        "search_keys": list_name_keys(folded),
    }


def describe_run(children: int, listed: int, today: date) -> SimpleNamespace:
    pack = PackRun(
        "poverty",
        1,
        Phrase("貧困", "poverty"),
        PURPOSE,
        {NeedLevel.HIGH: Figure(listed, listed)},
        soon(today),
    )
    return SimpleNamespace(
        run_id="r1", as_of=today, packs=(pack,), listed={PURPOSE: listed}, children=Figure(children, children)
    )


def soon(today: date) -> date:
    return today + timedelta(days=60)


def make_listed(number: int, today: date) -> ChildResult:
    level = list(NeedLevel)[-1 - min(number % 20 // 3, 2)]
    entry = describe_entry(number)
    unseen = number % 300
    words = Phrase(f"{unseen}日、姿の記録がありません", f"not seen for {unseen} days")
    return ChildResult(
        person_id=number,
        need_level=level,
        age=Phrase(f"{number % 18}歳", f"{number % 18} y"),
        age_months=number % 18 * 12,
        age_years=number % 18,
        grade="P4" if is_at_school(number) else None,
        school_id=str(entry["school_id"]) if entry["school_id"] else None,
        facility_id=None,
        district=str(entry["district"]),
        is_unborn=False,
        is_registered=number % 40 != 0,
        is_protected=bool(entry["is_protected"]),
        months_unseen=unseen // 30,
        known_until=today - timedelta(days=number % 400),
        silence=Silence(
            "known", today - timedelta(days=unseen), unseen, unseen > 250, is_urgent=unseen > 290, words=words
        ),
        results=(make_result(number, level, today),),
    )


def make_result(number: int, level: NeedLevel, today: date) -> PackResult:
    words = Phrase(
        "就学援助を受け、給食費の未納が三か月あります", "school aid, and meal fees three months late"
    )
    kinds = KINDS[number % 4 :][:2]
    return PackResult(
        pack="poverty",
        version=1,
        title=Phrase("貧困", "poverty"),
        need_level=level,
        level=Phrase("高い", "high"),
        is_listed=True,
        has_red_flag=number % 25 == 0,
        overall_class=None,
        class_title=Phrase("", ""),
        difficulties=tuple(Difficulty(kind, Phrase(kind, kind), words, ("part",)) for kind in kinds),
        headline=words,
        reasons=tuple(make_reason(number, place, words) for place in range(REASONS)),
        withheld=(),
        expires_on=soon(today),
    )


def make_reason(number: int, place: int, words: Phrase) -> Reason:
    kind = ("raises", "raises", "value", "protective", "unknown")[place % 5]
    fields = dict.fromkeys(ReasonRow.__dataclass_fields__) | {
        "person_id": number,
        "pack": "poverty",
        "part": "part",
        "kind": kind,
        "indicator": f"indicator_{place}",
        "points": 1,
        "strength": "strong",
        "feeds": "attendance_mark",
    }
    return Reason(ReasonRow(**fields), ("attendance_mark",), words, words, words, words, words, words)  # type: ignore[arg-type]  # as the rows are read


def make_staff(server: Server, count: int, *, listed: int, today: date) -> list[Person]:
    """Staff with both steps and a session each, as if they had signed in just now."""
    chance = random.Random(1)  # noqa: S311 - a made-up city, not a secret
    administrator = Staff.objects.create_staff("B0000", name="架空 管理", department="架空課")
    with open_session(server, Login.OWNER) as owner:
        owner.run(
            "INSERT INTO access_administratorship (staff_id, valid_from) VALUES ($staff, $since)",
            {"staff": administrator.pk, "since": today},
        )
    people = []
    for number in range(count):
        role = ROLES[number * 7 % len(ROLES)]
        staff = Staff.objects.create_staff(f"B{number + 1:04}", name=f"架空 {number}", department="架空課")
        TOTP.activate(staff, generate_totp_secret())
        scope = choose_scope(role, number)
        children = choose_children(role, scope, listed, chance)
        with acting_as(administrator, ADMINISTRATION, today):
            RoleAssignment.objects.create(staff=staff, role=role, valid_from=today, **scope)
            PurposeGrant.objects.create(staff=staff, purpose=PURPOSE, valid_from=today)
            if role in BOUND:
                Relationship.objects.bulk_create(bind_children(staff, role, children, today))
        people.append(Person(role, sign_in(staff), children))
    return people


def choose_scope(role: str, number: int) -> dict[str, str]:
    if role == "school_social_worker":
        return {"scope_kind": "school", "scope_id": f"S{number % SCHOOLS:03}"}
    if role == "supervisor":
        return {"scope_kind": "team", "scope_id": f"T{number % TEAMS}"}
    return {"scope_kind": "municipality", "scope_id": ""}


def choose_children(role: str, scope: dict[str, str], listed: int, chance: random.Random) -> list[int]:
    everybody = range(1, listed + 1)
    if scope["scope_kind"] == "school":
        school = int(scope["scope_id"][1:])
        return [one for one in everybody if one % SCHOOLS == school and is_at_school(one)]
    return chance.sample(everybody, min(CHILDREN_OF_ONE, listed)) if role in BOUND else list(everybody)


def bind_children(staff: Staff, role: str, children: Sequence[int], today: date) -> Iterator[Relationship]:
    for child in children:
        yield Relationship(
            staff=staff, person_id=child, kind=str(RelationshipKind(BOUND[role])), valid_from=today
        )


def sign_in(staff: Staff) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(staff.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = staff.get_session_auth_hash()
    session["purpose"] = PURPOSE
    session.create()
    assert session.session_key
    return session.session_key
