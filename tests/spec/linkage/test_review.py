"""What people decided holds in every later run: told as small cities of a few people."""

from datetime import date

import pytest

from tsunagu.linkage import review as review_module
from tsunagu.linkage.review import Decision, resolve_decisions
from tsunagu.store.commit import open_writer
from tsunagu.store.engine import read_sql
from tsunagu.store.identity import REVIEW_DECISION


def resident(subject, atena, name, kana, **more):
    return {
        "subject_id": subject,
        "record_id": 1000 + subject,
        "system": "resident",
        "source_key": str(atena),
        "atena_number": str(atena),
        "name_folded": name,
        "kana_folded": kana,
        "birth_date": date(2015, 5, 5),
        "sex": "male",
        "household_number": f"H{atena}",
        "relationship_code": "20",
        "resident_status": "resident",
        "resident_from": date(2015, 5, 5),
        "history_number": 1000,
        "known_from": date(2024, 4, 1),
        "feed": "resident/resident_register",
        "file_id": "f1",
        "row": subject,
    } | more


def record(subject, **more):
    return {
        "subject_id": subject,
        "record_id": 1000 + subject,
        "system": "school",
        "source_key": str(subject),
        "known_from": date(2024, 5, 1),
        "feed": "education/school",
        "file_id": "f2",
        "row": subject,
    } | more


TARO, JIRO = resident(1, 11, "甲野太郎", "コウノタロウ"), resident(2, 12, "乙川次郎", "オツカワジロウ")
LIKE_TARO = {"name_folded": "甲野太郎", "kana_folded": "コウノタロウ", "birth_date": date(2015, 5, 5)}
UNKNOWN = {"name_folded": "丙山空", "kana_folded": "ヘイヤマソラ", "birth_date": date(2016, 2, 2)}
PERSON = {"taro": 1, "jiro": 2}


@pytest.fixture
def decide(home, link):
    """Link once to learn the persons' ids, write decisions, link again: {record: (person's subject or id, rule)}."""

    def run(*decisions, rows, as_of=date(2025, 6, 1)):
        first = link(TARO, JIRO, *rows)
        ids = {name: first[subject][0] for name, subject in PERSON.items()}
        with open_writer(home, "test") as writer:
            for sequence, (one, other, decision, *day) in enumerate(decisions):
                pair = sorted((ids.get(one, one), ids.get(other, other)))
                writer.append(
                    REVIEW_DECISION,
                    "SELECT $sequence AS sequence, $one AS one_id, $other AS other_id, $decision AS decision,"
                    " 'x' AS reason, 'x' AS decided_by, CAST($day AS DATE) AS known_from",
                    tags={},
                    sequence=sequence,
                    one=pair[0],
                    other=pair[1],
                    decision=decision,
                    day=day[0] if day else date(2025, 1, 1),
                )
            writer.commit()

        def read(engine):
            names = {person: name for name, person in ids.items()}
            links = engine.list_rows("SELECT subject_id, person_id, rule FROM linkage_link")
            conflicts = engine.list_rows("SELECT kind FROM linkage_review_conflict ORDER BY kind")
            found = {subject: (names.get(person, person), rule) for subject, person, rule in links}
            return found, [row[0] for row in conflicts]

        return link(then=read, as_of=as_of)

    return run


def test_a_must_link_joins_what_no_key_joins(decide):
    found, conflicts = decide((50, "taro", "same"), rows=[record(50, **UNKNOWN)])
    assert found[50] == ("taro", "reviewed")
    assert conflicts == []


def test_a_must_link_beats_the_number(decide):
    found, _ = decide((50, "jiro", "same"), rows=[record(50, atena_number="11", **LIKE_TARO)])
    assert found[50] == ("jiro", "reviewed")


@pytest.mark.parametrize("row", [{"atena_number": "11"}, {}], ids=["number", "key"])
def test_a_cannot_link_holds_against_number_and_key(decide, row):
    found, conflicts = decide((50, "taro", "different"), rows=[record(50, **LIKE_TARO, **row)])
    assert found[50][1] == "opened"
    assert conflicts == []


def test_decisions_chain(decide):
    found, _ = decide(
        (50, 51, "same"),
        (51, "jiro", "same"),
        (51, 52, "different"),
        rows=[record(50, **UNKNOWN), record(51), record(52)],
    )
    assert found[50] == found[51] == ("jiro", "reviewed")
    assert found[52][1] == "opened"


def test_records_decided_one_follow_the_one_that_is_found(decide):
    found, _ = decide((50, 51, "same"), rows=[record(50, **LIKE_TARO), record(51, **UNKNOWN)])
    assert found[51] == ("taro", "reviewed")


def test_records_decided_one_open_one_person(decide):
    found, _ = decide((50, 51, "same"), rows=[record(50, **UNKNOWN), record(51, name_folded="別名")])
    assert found[50] == found[51]
    assert found[50][1] == "opened"


def test_records_decided_two_open_two_persons_though_they_say_the_same(decide):
    found, _ = decide((50, 51, "different"), rows=[record(50, **UNKNOWN), record(51, **UNKNOWN)])
    assert found[50][0] != found[51][0]


def test_records_decided_two_never_stand_on_one_person(decide):
    found, conflicts = decide(
        (50, 51, "different"), rows=[record(50, atena_number="11"), record(51, **LIKE_TARO)]
    )
    assert found[50] == ("taro", "atena_number")
    assert found[51][1] == "opened"
    assert conflicts == ["cut"]


def test_a_later_row_undoes(decide):
    found, _ = decide((50, "jiro", "same"), (50, "jiro", "undo"), rows=[record(50, **LIKE_TARO)])
    assert found[50] == ("taro", "name_kana_birth")


def test_what_was_decided_later_changes_nothing_earlier(decide):
    found, _ = decide((50, "jiro", "same", date(2025, 6, 2)), rows=[record(50, **LIKE_TARO)])
    assert found[50] == ("taro", "name_kana_birth")


def test_nobody_is_put_on_two_people(decide):
    found, conflicts = decide((50, "taro", "same"), (50, "jiro", "same"), rows=[record(50, **LIKE_TARO)])
    assert found[50] == ("taro", "name_kana_birth")
    assert conflicts == ["two_people"]


def test_a_chain_that_was_also_told_apart_is_left_alone_and_reported(decide):
    found, conflicts = decide(
        (50, 51, "same"),
        (51, "jiro", "same"),
        (50, "jiro", "different"),
        rows=[record(50, **LIKE_TARO), record(51)],
    )
    assert found[50] == ("taro", "name_kana_birth")
    assert found[51][1] == "opened"
    assert conflicts == ["different"]


def test_records_decided_one_that_lead_to_two_people_are_reported(decide):
    found, conflicts = decide(
        (50, 51, "same"), rows=[record(50, atena_number="11"), record(51, atena_number="12")]
    )
    assert (found[50][0], found[51][0]) == ("taro", "jiro")
    assert conflicts == ["two_links"]


def forget(monkeypatch, kind):
    """Decisions of one kind are no longer heard."""
    whole = resolve_decisions

    def deaf(decisions, persons):
        return whole([one for one in decisions if one.decision != kind], persons)

    monkeypatch.setattr(review_module, "resolve_decisions", deaf)


def test_a_must_link_ignored_is_noticed(decide, monkeypatch):
    """The mutant of every test above that rests on a must-link."""
    forget(monkeypatch, "same")
    found, _ = decide((50, "taro", "same"), rows=[record(50, **UNKNOWN)])
    assert found[50][1] == "opened"


def test_a_cannot_link_ignored_is_noticed(decide, monkeypatch):
    """The mutant of every test above that rests on a cannot-link."""
    forget(monkeypatch, "different")
    found, _ = decide((50, "taro", "different"), rows=[record(50, **LIKE_TARO)])
    assert found[50] == ("taro", "name_kana_birth")


@pytest.mark.parametrize("step", ["link_atena_number", "link_exact_key"])
def test_a_step_that_forgets_the_cannot_link_is_noticed(decide, monkeypatch, step):
    whole = read_sql("tsunagu.linkage", step)
    deaf = whole.replace("f.person_id = s.person_id", "false")
    assert deaf != whole
    monkeypatch.setattr(
        "tsunagu.store.engine.read_sql",
        lambda package, name: deaf if name == step else read_sql(package, name),
    )
    monkeypatch.setattr(
        "tsunagu.linkage.link.read_sql",
        lambda package, name: deaf if name == step else read_sql(package, name),
    )
    row = {"atena_number": "11"} if step == "link_atena_number" else {}
    found, _ = decide((50, "taro", "different"), rows=[record(50, **LIKE_TARO, **row)])
    assert found[50][0] == "taro"


def test_the_order_of_decisions_is_no_matter():
    decisions = [Decision(1, 2, "same"), Decision(2, 3, "same"), Decision(3, 9, "different")]
    assert resolve_decisions(reversed(decisions), {9}) == resolve_decisions(decisions, {9})
    assert resolve_decisions(decisions, {9}).forbidden == ((1, 9), (2, 9), (3, 9))
