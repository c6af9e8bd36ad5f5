"""A search: what was typed finds children in any spelling, the likest first, each with how it is alike."""

from datetime import date

import psycopg
import pyarrow as pa
import pytest

from tsunagu.database.logins import Login
from tsunagu.japanese import fold_kana, fold_name, list_name_keys
from tsunagu.pipeline.seam import DIRECTORY, key_birth

DAY = date(2026, 6, 1)
PURPOSE = "poverty_support"
KEY = b"k" * 32
# number: name, reading, former name, birth date
CHILDREN = {
    1: ("髙橋　さくら", "タカハシ　サクラ", None, date(2018, 5, 5)),
    2: ("高橋　桜子", "タカハシ　サクラコ", None, date(2016, 1, 9)),
    3: ("渡邉　大輝", "ワタナベ　ダイキ", "高橋　大輝", date(2018, 5, 5)),
    4: ("山本　蓮", "ヤマモト　レン", None, date(2012, 12, 1)),
    5: ("山元　連", "ヤマモト　レン", None, None),
}
STRANGER = 4
MINE = sorted(set(CHILDREN) - {STRANGER})


@pytest.fixture
def supervisor(desk, put_roles, administrator, make_staff):
    """Who finds the children of team T1: all but one."""
    from tsunagu.access.models import PurposeGrant, Relationship, RoleAssignment
    from tsunagu.access.session import acting_as

    staff = make_staff("S0001")
    put_roles(desk)
    fill(desk)
    with acting_as(administrator, "administration", DAY):
        scope = {"scope_kind": "team", "scope_id": "T1", "valid_from": DAY}
        RoleAssignment.objects.create(staff=staff, role="supervisor", **scope)
        PurposeGrant.objects.create(staff=staff, purpose=PURPOSE, valid_from=DAY)
        for child in MINE:
            Relationship.objects.create(person_id=child, kind="team", **scope)
    return staff


def fill(desk, children=None) -> None:
    from tsunagu.access.owner import OWNER_ALIAS, owner_connection
    from tsunagu.people.loading import load_directory

    rows = [make_row(number, *one) for number, one in (children or CHILDREN).items()]
    with owner_connection(desk):
        load_directory([pa.RecordBatch.from_pylist(rows, schema=DIRECTORY)], on=DAY, using=OWNER_ALIAS)


def make_row(number, name, kana, former, birth) -> dict:
    keys = list_name_keys([fold_name(name), fold_kana(kana), *([fold_name(former)] if former else [])])
    return {
        "person_id": number,
        "name": name,
        "kana": kana,
        "birth_year": birth and birth.year,
        "is_unborn": False,
        "is_protected": False,
        "search_keys": keys + ([key_birth(KEY, birth)] if birth else []),
    }


def search(staff, text: str, key: bytes = KEY):
    from tsunagu.access.session import acting_as
    from tsunagu.people.finding import find_people, read_question

    with acting_as(staff, PURPOSE, DAY) as acting:
        return find_people(acting, read_question(text), key=key)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("高橋さくら", ["1 name"]),
        ("ｻｸﾗ　ﾀｶﾊｼ", ["1 kana", "2 part"]),
        ("たかはし", ["2 part", "1 part"]),
        ("高橋 サクラ", ["2 part", "1 part"]),
        ("渡辺 大輝", ["3 name"]),
        ("高橋 大輝", ["3 other_name"]),
        ("高橋 大樹", []),
        ("タカハシ サクロ", ["2 similar", "1 similar"]),
        ("輝", []),
        ("渡", ["3 part"]),
        ("山元 連", ["5 name"]),
        ("H30.5.5", ["3 birth_date", "1 birth_date"]),
        ("高橋 2018/5/5", ["1 part birth_date", "3 other_name birth_date", "2 part other_year"]),
        ("高橋 平成28年", ["2 part birth_year", "1 part other_year", "3 other_name other_year"]),
        ("やまもと れん", ["5 kana"]),
        ("山本 蓮", []),
        ("2018", []),
        ("", []),
    ],
)
def test_children_are_found_in_any_spelling_the_likest_first(supervisor, text: str, found: list[str]) -> None:
    answer = search(supervisor, text)
    assert [" ".join([str(one.person_id), *one.likenesses]) for one in answer.children] == found
    assert answer.total == len(found)


def test_a_birth_date_is_found_by_the_key_of_the_installation_alone(supervisor) -> None:
    assert search(supervisor, "H30.5.5", key=b"x" * 32).children == []


def test_at_most_fifty_are_shown_and_all_are_counted(desk, administrator, supervisor) -> None:
    from tsunagu.access.models import Relationship
    from tsunagu.access.session import acting_as

    numbers = range(1, 61)
    fill(desk, {number: ("鈴木　一", "スズキ　ハジメ", None, None) for number in numbers})
    with acting_as(administrator, "administration", DAY):
        for number in set(numbers) - set(MINE):
            Relationship.objects.create(
                person_id=number, kind="team", scope_kind="team", scope_id="T1", valid_from=DAY
            )
    answer = search(supervisor, "鈴木")
    assert (len(answer.children), answer.total) == (50, 60)


def test_nothing_is_searched_without_its_row(desk, supervisor) -> None:
    from tsunagu.trail.recording import NotRecordedError

    search(supervisor, "高橋")
    with psycopg.connect(desk.url(Login.CHECKPOINTER)) as connection:
        rows = connection.execute("SELECT act, outcome, object_id FROM audit_row").fetchall()
    assert rows == [("child.search", "read", PURPOSE)]
    with psycopg.connect(desk.url(Login.OWNER), autocommit=True) as owner:
        owner.execute("REVOKE INSERT (act) ON audit_row FROM tsunagu_app")
        try:
            with pytest.raises(NotRecordedError):
                search(supervisor, "高橋")
        finally:
            owner.execute("GRANT INSERT (act) ON audit_row TO tsunagu_app")


def test_keys_of_others_are_not_seen(supervisor) -> None:
    from tsunagu.access.session import acting_as
    from tsunagu.people.models import SearchKey

    with acting_as(supervisor, PURPOSE, DAY):
        assert sorted(set(SearchKey.objects.values_list("person_id", flat=True))) == MINE


def test_keys_that_anybody_sees_are_noticed(desk, supervisor) -> None:
    """The mutant of the test above: a policy that lets everybody see every key."""
    from tsunagu.access.session import acting_as
    from tsunagu.people.models import SearchKey

    with psycopg.connect(desk.url(Login.OWNER), autocommit=True) as owner:
        owner.execute("CREATE POLICY mutant ON people_search_key FOR SELECT USING (true)")
        try:
            with acting_as(supervisor, PURPOSE, DAY):
                seen = set(SearchKey.objects.values_list("person_id", flat=True))
        finally:
            owner.execute("DROP POLICY mutant ON people_search_key")
    assert STRANGER in seen
