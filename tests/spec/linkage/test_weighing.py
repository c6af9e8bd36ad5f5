"""What the weight of all fields joins, what it leaves to people, and what it leaves alone: one town of 800 people."""

from datetime import date, timedelta

import pytest

from tsunagu.store.engine import read_sql

FAMILY_SIGNS = {
    "青": "アオ",
    "赤": "アカ",
    "石": "イシ",
    "江": "エ",
    "岡": "オカ",
    "川": "カワ",
    "北": "キタ",
    "黒": "クロ",
}
FAMILY_ENDS = {
    "田": "タ",
    "松": "マツ",
    "原": "ハラ",
    "島": "シマ",
    "口": "グチ",
    "村": "ムラ",
    "野": "ノ",
    "沢": "サワ",
}
GIVEN_SIGNS = {
    "健": "ケン",
    "大": "ダイ",
    "翔": "ショウ",
    "陸": "リク",
    "悠": "ユウ",
    "蓮": "レン",
    "直": "ナオ",
    "和": "カズ",
}
GIVEN_ENDS = {
    "郎": "ロウ",
    "太": "タ",
    "輔": "スケ",
    "真": "マ",
    "斗": "ト",
    "也": "ヤ",
    "人": "ヒト",
    "希": "キ",
}
FAMILIES, MEMBERS = 200, 4
CHILD_PLACES = (2, 3)


def make_name(family, person):
    first, last = (list(signs.items()) for signs in (FAMILY_SIGNS, FAMILY_ENDS))
    given, end = (list(signs.items()) for signs in (GIVEN_SIGNS, GIVEN_ENDS))
    surname = [first[family % 8], last[family * 3 // 8 % 8]]
    name = [given[person * 5 % 8], end[person * 11 // 8 % 8]]
    return tuple("".join(sign[side] for sign in pair) for side in (0, 1) for pair in (surname, name))


def resident(family, member):
    number = family * MEMBERS + member
    surname, given, surname_kana, given_kana = make_name(family, number)
    born = date(2010 if member in CHILD_PLACES else 1980, 1, 2) + timedelta(days=(number * 97) % 3000)
    if family % 20 == 0 and member == 3:
        # A twin.
        born = date(2010, 1, 2) + timedelta(days=((number - 1) * 97) % 3000)
    address = f"緑町{1 + family % 3}丁目{1 + family % 37}番{1 + family % 11}号"
    return {
        "subject_id": number + 1,
        "record_id": 10_000 + number,
        "system": "resident",
        "source_key": str(number),
        "atena_number": str(number),
        "name": f"{surname}　{given}",
        "name_folded": surname + given,
        "kana": f"{surname_kana}　{given_kana}",
        "kana_folded": surname_kana + given_kana,
        "birth_date": born,
        "sex": "male" if number % 2 else "female",
        "address": address,
        "address_folded": address,
        "household_number": f"H{family}",
        "relationship_code": ("02", "12", "20", "20")[member],
        "resident_status": "resident",
        "resident_from": born,
        "history_number": 1000,
        "known_from": date(2024, 4, 1),
        "feed": "resident/resident_register",
        "file_id": "f1",
        "row": number,
    }


def at_school(person, subject, **changed):
    """A school's record of a resident, with what the school says otherwise."""
    taken = ("name", "name_folded", "kana", "kana_folded", "birth_date", "sex", "address", "address_folded")
    row = {
        "subject_id": subject,
        "record_id": 50_000 + subject,
        "system": "school_office",
        "source_key": str(subject),
        "known_from": date(2024, 5, 1),
        "feed": "education/roster",
        "file_id": "f2",
        "row": subject,
        **{name: person[name] for name in taken},
    }
    row |= changed
    for written in ("name", "kana", "address"):
        if written in changed:
            row[f"{written}_folded"] = changed[written] and changed[written].replace("　", "")
    return row


RESIDENTS = [resident(family, member) for family in range(FAMILIES) for member in range(MEMBERS)]
CHILDREN = [RESIDENTS[family * MEMBERS + member] for family in range(FAMILIES) for member in CHILD_PLACES]
MISTYPED, MARRIED, TWIN, OTHER_SEX, OTHER_NUMBER, THIN, STRANGER = range(5001, 5008)


def shift(person, days):
    return person["birth_date"] + timedelta(days=days)


def list_odd_records():
    """One record for each promise; the first 300 children are known to the school by number."""
    child = CHILDREN[301:]
    twin = RESIDENTS[180 * MEMBERS + 3]
    return [
        at_school(child[0], MISTYPED, birth_date=shift(child[0], 1)),
        at_school(child[2], MARRIED, name="新妻　" + child[2]["name"].split("　")[1], kana=None, address=None)
        | {
            "guardian_name_folded": RESIDENTS[int(child[2]["atena_number"]) // MEMBERS * MEMBERS][
                "name_folded"
            ]
        },
        at_school(twin, TWIN, kana=None, name=twin["name"][:-1] + "々"),
        at_school(
            child[6],
            OTHER_SEX,
            birth_date=shift(child[6], 1),
            sex="male" if child[6]["sex"] == "female" else "female",
        ),
        at_school(child[8], OTHER_NUMBER, birth_date=shift(child[8], 1), atena_number="0"),
        at_school(child[10], THIN, birth_date=None, address=None) | {"system": "meal_fee"},
        at_school(
            child[12],
            STRANGER,
            name="他所野　陽葵",
            kana="ヨソノ　ヒマリ",
            birth_date=date(2015, 7, 7),
            address="となり市西浜9番9号",
        ),
    ]


def list_rows(*records):
    known = [
        at_school(child, 1000 + place, atena_number=child["atena_number"])
        for place, child in enumerate(CHILDREN[:300])
    ]
    return [*RESIDENTS, *known, *records]


def read_matches(engine):
    rows = engine.list_rows(
        "SELECT subject_id, decision, person_id, rule, match_millibits, match_probability, held_back"
        " FROM linkage_match WHERE place = 1 ORDER BY subject_id"
    )
    persons = dict(engine.list_rows("SELECT person_id, CAST(atena_number AS INTEGER) FROM linkage_spine"))
    links = dict(engine.list_rows("SELECT subject_id, person_id FROM linkage_link"))
    return {
        row[0]: {
            "decision": row[1],
            "candidate": persons.get(row[2]),
            "joined": persons.get(links[row[0]]),
            "rule": row[3],
            "millibits": row[4],
            "probability": row[5],
            "held_back": row[6],
        }
        for row in rows
    }


def number_of(person):
    return int(person["atena_number"])


def test_the_weight_joins_who_is_beyond_doubt_and_leaves_the_rest_to_people(link):
    found = link(*list_rows(*list_odd_records()), then=read_matches)
    child = CHILDREN[301:]
    for subject, person in ((MISTYPED, child[0]), (MARRIED, child[2]), (TWIN, RESIDENTS[180 * MEMBERS + 3])):
        assert found[subject]["decision"] == "link", subject
        assert found[subject]["rule"] == "weight"
        assert found[subject]["joined"] == number_of(person)
        assert found[subject]["probability"] >= 0.99
    for subject, person, why in (
        (OTHER_SEX, child[6], "sex"),
        (OTHER_NUMBER, child[8], "number"),
    ):
        assert found[subject]["decision"] == "review", subject
        assert (found[subject]["candidate"], found[subject]["held_back"]) == (number_of(person), why)
        assert found[subject]["joined"] is None
    # Two residents bear the name, and without a date of birth it tells no more.
    assert (found[THIN]["decision"], found[THIN]["held_back"]) == ("review", "thin")
    assert found[THIN]["joined"] is None
    assert found[STRANGER]["decision"] == "none"
    assert found[STRANGER]["candidate"] is None
    assert found[1000]["rule"] == "atena_number"
    assert found[1000]["probability"] is None


@pytest.mark.parametrize(
    ("guard", "subject"), [("% 4 = 2 THEN 'sex'", OTHER_SEX), ("<> j.person_id THEN 'number'", OTHER_NUMBER)]
)
def test_without_the_guard_a_contradiction_would_be_joined(link, monkeypatch, guard, subject):
    """The mutants of the two guards above."""
    whole = read_sql("tsunagu.linkage", "weighing_candidates")
    assert guard in whole
    unguarded = whole.replace(guard, guard.replace("THEN", "AND false THEN"))
    monkeypatch.setattr(
        "tsunagu.store.engine.read_sql",
        lambda package, name: unguarded if name == "weighing_candidates" else read_sql(package, name),
    )
    found = link(*list_rows(*list_odd_records()), then=read_matches)
    assert found[subject]["decision"] == "link"


def test_a_small_register_teaches_nothing_so_nothing_is_weighed(link):
    few = RESIDENTS[: MEMBERS * 3]
    found = link(
        *few, at_school(few[2], 5001, birth_date=shift(few[2], 1), kana="ベツノ　ヨミ"), then=read_matches
    )
    assert found[5001]["decision"] == "none"


def test_the_same_records_once_more_and_in_another_order_change_nothing(link):
    def read_all(engine):
        return engine.hash_rows(
            "linkage_match", ("subject_id", "person_id", "match_millibits", "pattern", "decision")
        )

    rows = list_rows(*list_odd_records())
    assert link(*rows, then=read_all) == link(*reversed(rows), then=read_all)
