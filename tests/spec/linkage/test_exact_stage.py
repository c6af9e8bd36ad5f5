"""Which record lands on whom, told as small cities of a few people."""

from datetime import date

import pytest

from tsunagu.linkage import link as link_module
from tsunagu.store.engine import read_sql


def resident(subject, atena, name, kana, born, **more):
    row = {
        "subject_id": subject,
        "record_id": 1000 + subject,
        "system": "resident",
        "source_key": str(atena),
        "atena_number": str(atena),
        "name_folded": name,
        "kana_folded": kana,
        "birth_date": born,
        "sex": "male",
        "household_number": "H1",
        "relationship_code": "20",
        "resident_status": "resident",
        "resident_from": date(2010, 1, 1),
        "history_number": 1000,
        "known_from": date(2024, 4, 1),
        "feed": "resident/resident_register",
        "file_id": "f1",
        "row": subject,
    }
    return row | more


def record(subject, system, **more):
    row = {
        "subject_id": subject,
        "record_id": 1000 + subject,
        "system": system,
        "source_key": str(subject),
        "known_from": date(2024, 5, 1),
        "feed": f"education/{system}",
        "file_id": "f2",
        "row": subject,
    }
    return row | more


TARO = resident(1, 11, "甲野太郎", "コウノタロウ", date(2015, 5, 5), address_folded="中央1-1")
JIRO = resident(2, 12, "甲野次郎", "コウノシロウ", date(2015, 5, 5), address_folded="中央1-1")
HANA = resident(
    3,
    13,
    "甲野花",
    "コウノハナ",
    date(1985, 1, 1),
    sex="female",
    relationship_code="02",
    address_folded="中央1-1",
)


def test_the_in_house_number_links(link):
    links = link(TARO, record(50, "health", atena_number="11"))
    assert links[50] == (links[1][0], "atena_number")


def test_a_mistyped_number_does_not_put_a_record_on_another_child(link):
    """Birth date and reading both say somebody else: the keys then find the right child."""
    links = link(
        TARO,
        JIRO,
        record(
            50,
            "school",
            atena_number="12",
            name_folded="甲野太郎",
            kana_folded="コウノタロウ",
            birth_date=date(2015, 5, 6),
        ),
        record(
            51,
            "school",
            atena_number="99",
            name_folded="甲野太郎",
            kana_folded="コウノタロウ",
            birth_date=date(2015, 5, 5),
        ),
    )
    assert links[50][1] == "opened"
    assert links[51] == (links[1][0], "name_kana_birth")


def test_without_the_contradiction_check_the_mistyped_number_would_link(link, monkeypatch):
    """The mutant of the guard above."""
    whole = read_sql("tsunagu.linkage", "link_atena_number")
    unguarded = whole[: whole.index("  AND NOT (")]
    monkeypatch.setattr(
        "tsunagu.store.engine.read_sql",
        lambda package, name: unguarded if name == "link_atena_number" else read_sql(package, name),
    )
    links = link(
        TARO,
        JIRO,
        record(
            50,
            "school",
            atena_number="12",
            name_folded="甲野太郎",
            kana_folded="コウノタロウ",
            birth_date=date(2015, 5, 6),
        ),
    )
    assert links[50] == (links[2][0], "atena_number")


def test_a_key_that_two_people_share_links_nobody(link):
    twin_names = [
        resident(1, 11, "佐藤光", "サトウヒカル", date(2015, 5, 5), household_number="A"),
        resident(2, 12, "佐藤光", "サトウヒカル", date(2015, 5, 5), household_number="B"),
    ]
    links = link(
        *twin_names,
        record(50, "school", name_folded="佐藤光", kana_folded="サトウヒカル", birth_date=date(2015, 5, 5)),
    )
    assert links[50][1] == "opened"


def test_a_contradicting_sex_links_nobody(link):
    links = link(
        TARO,
        record(
            50,
            "school",
            name_folded="甲野太郎",
            kana_folded="コウノタロウ",
            birth_date=date(2015, 5, 5),
            sex="female",
        ),
    )
    assert links[50][1] == "opened"


def test_a_former_surname_learned_by_number_links_the_next_system(link):
    """The school knows the number and the old surname; the council knows only the old surname."""
    links = link(
        TARO,
        record(
            50,
            "school",
            atena_number="11",
            name_folded="乙川太郎",
            kana_folded="オツカワタロウ",
            birth_date=date(2015, 5, 5),
        ),
        record(
            51, "council", name_folded="乙川太郎", kana_folded="オツカワタロウ", birth_date=date(2015, 5, 5)
        ),
    )
    assert links[51] == (links[1][0], "name_kana_birth")


def test_without_birth_date_a_third_thing_must_agree(link):
    links = link(
        TARO,
        HANA,
        record(50, "fees", name_folded="甲野太郎", kana_folded="コウノタロウ"),
        record(51, "fees", name_folded="甲野太郎", kana_folded="コウノタロウ", guardian_name_folded="甲野花"),
    )
    assert links[50][1] == "opened"
    assert links[51] == (links[1][0], "name_kana_guardian")


def test_the_unmatched_open_one_person_across_systems(link):
    stranger = {"name_folded": "丙山空", "kana_folded": "ヘイヤマソラ", "birth_date": date(2016, 2, 2)}
    links = link(TARO, record(50, "school", **stranger), record(51, "council", **stranger))
    assert links[50] == links[51]
    assert links[50][1] == "opened"


def test_a_fact_whose_subject_nobody_named_still_has_a_person(link):
    fact = {
        "subject_id": 77,
        "valid_from": date(2024, 1, 1),
        "known_from": date(2024, 1, 1),
        "record_id": 1,
        "feed": "x/y",
        "row": 2,
    }
    assert link(TARO, protection=[fact])[77][1] == "opened"


def test_a_pregnancy_becomes_the_child_born_of_it(link):
    mother = resident(4, 14, "丁田愛", "テイダアイ", date(1995, 3, 3), sex="female", relationship_code="12")
    baby = resident(5, 15, "丁田蓮", "テイダレン", date(2025, 5, 20), known_from=date(2025, 6, 1))
    pregnancy = record(60, "pregnancy", mother_atena_number="14", due_on=date(2025, 5, 25))
    before = link(mother, baby, pregnancy, as_of=date(2025, 5, 31))
    assert before[60][1] == "opened"


def test_after_birth_the_pregnancy_is_the_childs(link):
    mother = resident(4, 14, "丁田愛", "テイダアイ", date(1995, 3, 3), sex="female", relationship_code="12")
    baby = resident(5, 15, "丁田蓮", "テイダレン", date(2025, 5, 20), known_from=date(2025, 6, 1))
    pregnancy = record(60, "pregnancy", mother_atena_number="14", due_on=date(2025, 5, 25))
    links = link(mother, baby, pregnancy)
    assert links[60] == (links[5][0], "birth_of_pregnancy")


@pytest.mark.parametrize(
    ("ends", "district"),
    [(None, None), (date(2026, 1, 1), None), (date(2023, 1, 1), None), (date(2025, 1, 1), "901")],
    ids=["open", "ends later", "ends before it begins: a typing mistake never lifts it", "ended"],
)
def test_a_protected_persons_district_is_hidden(link, ends, district):
    protection = {
        "subject_id": 70,
        "valid_from": date(2024, 1, 1),
        "valid_to": ends,
        "known_from": date(2024, 6, 1),
        "record_id": 1,
        "feed": "resident/address_protection",
        "row": 2,
    }
    rows = (
        TARO | {"district": "901"},
        JIRO | {"district": "901"},
        record(70, "protection", atena_number="11"),
    )
    districts = link(
        *rows,
        protection=[protection],
        then=lambda engine: engine.list_rows(
            "SELECT l.subject_id, p.district FROM linkage_person AS p JOIN linkage_link AS l USING (person_id)"
            " WHERE l.rule = 'register' ORDER BY 1"
        ),
    )
    assert districts == [(1, district), (2, "901")]


def test_kin_live_under_one_roof(link):
    kin = link(
        TARO,
        JIRO,
        HANA,
        then=lambda engine: engine.list_rows(
            "SELECT a.subject_id, b.subject_id, k.relation, k.confidence FROM linkage_kin AS k"
            " JOIN linkage_link AS a ON a.person_id = k.person_id"
            " JOIN linkage_link AS b ON b.person_id = k.relative_id ORDER BY 1, 2"
        ),
    )
    assert kin == [
        (1, 2, "sibling", "likely"),
        (1, 3, "parent", "certain"),
        (2, 1, "sibling", "likely"),
        (2, 3, "parent", "certain"),
        (3, 1, "child", "certain"),
        (3, 2, "child", "certain"),
    ]


def test_a_household_change_ends_one_stay_and_begins_the_next(link):
    moved = TARO | {
        "record_id": 2001,
        "household_number": "H2",
        "history_number": 2000,
        "changed_on": date(2025, 1, 10),
        "known_from": date(2025, 2, 1),
    }
    stays = link(
        TARO,
        moved,
        then=lambda engine: engine.list_rows(
            "SELECT valid_from, valid_to FROM linkage_membership ORDER BY valid_from"
        ),
    )
    assert stays == [(date(2010, 1, 1), date(2025, 1, 10)), (date(2025, 1, 10), None)]


@pytest.mark.parametrize(
    ("born", "cohort"),
    [(date(2015, 4, 1), 2014), (date(2015, 4, 2), 2015), (date(2016, 4, 1), 2015), (date(2016, 3, 31), 2015)],
)
def test_a_child_born_on_1_april_belongs_to_the_year_before(link, born, cohort):
    found = link(
        TARO | {"birth_date": born},
        then=lambda engine: engine.list_rows("SELECT school_cohort, birth_month FROM linkage_person"),
    )
    assert found == [(cohort, born.replace(day=1))]


def test_what_was_learned_later_changes_nothing_earlier(link):
    later = record(50, "school", atena_number="11", known_from=date(2025, 6, 2))
    assert 50 not in link(TARO, later)


def test_two_people_never_share_an_id(link, monkeypatch):
    one_id = read_sql("tsunagu.linkage", "spine").replace("keyed_id('person', 'atena:' || atena_number)", "7")
    monkeypatch.setattr(
        "tsunagu.store.engine.read_sql",
        lambda package, name: one_id if name == "spine" else read_sql(package, name),
    )
    with pytest.raises(link_module.PersonIdCollisionError):
        link(TARO, JIRO)
