"""All children can be found, and one can be opened: what the purpose allows, as known on the day, the protected masked."""

import csv
import shutil
from dataclasses import replace
from datetime import timedelta

import pyarrow as pa
import pytest

from tsunagu.catalog.catalog import Catalog, Permission
from tsunagu.intake import FileStatus, intake_files
from tsunagu.japanese import fold_kana, fold_name, list_query_keys
from tsunagu.pipeline.explain import ChildNotFoundError
from tsunagu.pipeline.manifest import RunNotFoundError, get_manifest
from tsunagu.pipeline.seam import (
    DIRECTORY,
    PurposeRefusedError,
    ReasonNeededError,
    Seam,
    child,
    fetch_child,
    fetch_contact_points,
    key_birth,
    list_children,
    list_directory,
    open_seam,
    protection,
    read_search_key,
)
from tsunagu.pipeline.views import attach_run
from tsunagu.store.commit import open_reader
from tsunagu.store.engine import read_sql
from tsunagu.store.facts import MEMBERSHIP
from tsunagu.store.home import open_home
from tsunagu.store.identity import LINK, RECORD

PURPOSES = ("poverty_support", "school_screening", "abuse_prevention")
PROTECTION_HEADERS = ("申出番号", "宛名番号", "氏名", "対象者区分", "措置区分", "開始年月日", "終了年月日")


@pytest.fixture(scope="module")
def seam(world):
    return open_seam(world.home.path, on=world.as_of)


@pytest.fixture(scope="module")
def directory(world, seam):
    return pa.Table.from_batches(list_directory(seam, as_of=world.as_of))


@pytest.fixture(scope="module")
def listed(seam):
    return [one.person_id for one in list_children(seam, None, "poverty_support")][:1]


def query(home, sql, **parameters):
    with open_reader(home, "test") as reader:
        run = get_manifest(reader)
        attach_run(reader, run.run_id)
        reader.attach(LINK, run=run.run_id)
        reader.attach(RECORD)
        reader.attach(MEMBERSHIP, run=run.run_id)
        return reader.engine.list_rows(sql, **parameters)


def find_households(home):
    """Two pupils of two households, each with a grown-up there and the in-house numbers of both."""
    return query(
        home,
        "SELECT p.person_id, o.person_id, min(r.atena_number), min(q.atena_number) FROM runs.population AS p"
        " JOIN facts.membership AS m ON m.person_id = p.person_id AND m.valid_to IS NULL"
        " JOIN facts.membership AS o ON o.household_id = m.household_id AND o.role = 'head' AND o.valid_to IS NULL"
        " JOIN identity.link AS l ON l.person_id = p.person_id AND l.rule = 'register'"
        " JOIN identity.record AS r ON r.subject_id = l.subject_id"
        " JOIN identity.link AS k ON k.person_id = o.person_id AND k.rule = 'register'"
        " JOIN identity.record AS q ON q.subject_id = k.subject_id"
        " WHERE p.school_id IS NOT NULL GROUP BY p.person_id, o.person_id, m.household_id"
        " QUALIFY row_number() OVER (PARTITION BY m.household_id ORDER BY p.person_id) = 1"
        " ORDER BY p.person_id LIMIT 2",
    )


@pytest.fixture(scope="module")
def protected(world, tmp_path_factory):
    """The door on the day after the run, when measures came for the first pupil and for the second one's grown-up."""
    folder = tmp_path_factory.mktemp("protected")
    shutil.copytree(world.home.path, folder / "home")
    home = open_home(folder / "home")
    first, second = find_households(home)
    day = world.as_of + timedelta(days=1)
    file = folder / str(day) / f"支援措置対象者_{day:%Y%m%d}.csv"
    file.parent.mkdir()
    with file.open("w", encoding="cp932", newline="") as out:
        rows = [
            (f"S9{number}", number, "架空 太郎", "本人", "DV", f"{day:%Y/%m/%d}", "")
            for number in (first[2], second[3])
        ]
        csv.writer(out).writerows([PROTECTION_HEADERS, *rows])
    catalog = replace(world.catalog, opened_for=day)
    (done,) = intake_files(home, catalog, [file], override_reason="試験")
    assert done.status is FileStatus.ACCEPTED, done.refusal
    return Seam(home, catalog), first, second


def test_every_child_can_be_found(world, seam, directory):
    population = {row[0] for row in query(world.home, "SELECT person_id FROM runs.population")}
    assert directory.schema.equals(DIRECTORY)
    assert set(directory["person_id"].to_pylist()) == population
    assert directory.num_rows == len(population) > 200
    for row in directory.to_pylist():
        for text, fold in ((row["name"], fold_name), (row["kana"], fold_kana)):
            folded = fold(text) if text else None
            if folded:
                assert set(list_query_keys(folded)) <= set(row["search_keys"])
    assert sum(row["name"] is not None for row in directory.to_pylist()) > 0.9 * directory.num_rows


def test_a_former_name_is_a_key_too(world, directory):
    rows = query(
        world.home,
        "SELECT l.person_id, r.name_folded FROM identity.record AS r JOIN identity.link AS l"
        " ON l.subject_id = r.subject_id JOIN runs.population AS p ON p.person_id = l.person_id"
        " WHERE r.name_folded IS NOT NULL",
    )
    keys = dict(zip(directory["person_id"].to_pylist(), directory["search_keys"].to_pylist(), strict=True))
    assert len(rows) > directory.num_rows
    assert [name for person, name in rows if not set(list_query_keys(name)) <= set(keys[person])] == []


def test_a_birth_date_is_found_by_its_hash_and_stands_nowhere(world, seam, directory):
    born = query(
        world.home,
        "SELECT l.person_id, max(r.birth_date) FROM identity.record AS r JOIN identity.link AS l"
        " ON l.subject_id = r.subject_id JOIN runs.population AS p ON p.person_id = l.person_id"
        " WHERE r.birth_date IS NOT NULL AND NOT p.is_unborn GROUP BY 1 HAVING count(DISTINCT r.birth_date) = 1",
    )
    rows = {row["person_id"]: row for row in directory.to_pylist()}
    key = read_search_key(seam.home.path)
    assert len(born) > 100
    assert [one for one, day in born if key_birth(key, day) not in rows[one]["search_keys"]] == []
    assert [one for one, day in born if key_birth(b"x" * 32, day) in rows[one]["search_keys"]] == []
    assert [
        row for row in rows.values() if row["is_unborn"] and "#" in {text[0] for text in row["search_keys"]}
    ] == []
    assert {day.isoformat() for _, day in born} & {
        text for row in rows.values() for text in row["search_keys"]
    } == set()


def test_the_directory_has_no_address_and_no_telephone_number(world, directory):
    places = query(world.home, "SELECT DISTINCT address, phone_folded FROM identity.record")
    told = {
        text
        for name in directory.column_names
        for cell in directory[name].to_pylist()
        for text in (cell if isinstance(cell, list) else [cell])
        if isinstance(text, str)
    }
    assert told & {text for row in places for text in row if text} == set()
    assert len(places) > 100


def test_a_day_before_any_run_has_no_directory(world, seam):
    with pytest.raises(RunNotFoundError):
        list(list_directory(seam, as_of=world.as_of - timedelta(days=400)))


def list_strangers(seam, purpose, record):
    allowed = {item for item in seam.catalog.items if seam.catalog.may_use(item, purpose, on=seam.on)}
    return {fact.item for fact in record.facts} - allowed


def fetch(seam, world, person, purpose="poverty_support"):
    return fetch_child(seam, person, purpose, as_of=world.as_of)


def test_a_child_comes_with_what_the_purpose_allows(world, seam, directory, listed):
    names = dict(zip(directory["person_id"].to_pylist(), directory["name"].to_pylist(), strict=True))
    seen = set()
    for person in listed:
        for purpose in PURPOSES:
            record = fetch(seam, world, person, purpose)
            assert (record.person_id, record.name) == (person, names[person])
            assert record.birth_date is not None
            assert len(record.facts) > 10
            assert list_strangers(seam, purpose, record) == set()
            assert all(fact.title.ja and fact.source.ja and fact.recipients for fact in record.facts)
            assert all(value.shown.ja for fact in record.facts for value in fact.values)
            seen |= {(purpose, fact.item) for fact in record.facts}
    # Each purpose has something that another may not know.
    assert ("poverty_support", "school_aid") in seen
    assert ("abuse_prevention", "school_aid") not in seen
    assert any(
        one.is_guardian and one.name for person in listed for one in fetch(seam, world, person).relatives
    )


def test_an_item_taken_out_of_the_register_does_not_come_out(world, seam, listed, monkeypatch):
    """And the mutant, in which the register is not asked, is caught."""
    kept = seam.catalog.get_item("attendance_mark")
    items = {**seam.catalog.items, "attendance_mark": kept.model_copy(update={"uses": ()})}
    narrow = Seam(seam.home, replace(seam.catalog, items=items))
    before = [fetch(seam, world, person) for person in listed]
    assert any(fact.item == "attendance_mark" for record in before for fact in record.facts)
    after = [fetch(narrow, world, person) for person in listed]
    assert not [fact for record in after for fact in record.facts if fact.item == "attendance_mark"]
    use = kept.uses[0]
    with monkeypatch.context() as patch:
        patch.setattr(Catalog, "may_use", lambda *asked, on: Permission(True, "", use))
        careless = [fetch(narrow, world, person) for person in listed]
    assert any(list_strangers(narrow, "poverty_support", record) for record in careless)


def test_a_child_is_told_as_known_on_the_day(world, seam, listed, monkeypatch):
    """By the run's links, but with the facts of an earlier day; a statement that looks ahead is caught."""
    early = world.as_of - timedelta(days=120)
    monkeypatch.setattr(child, "find_run", lambda reader, as_of: get_manifest(reader))

    def list_late():
        records = [fetch_child(seam, person, "school_screening", as_of=early) for person in listed]
        assert all(record.facts for record in records)
        return [fact for record in records for fact in record.facts if fact.known_from > early]

    assert list_late() == []
    spoiled = read_sql("tsunagu.pipeline", "seam_timeline").replace(
        "f.known_from <= $as_of", "$as_of IS NOT NULL"
    )
    monkeypatch.setattr(
        child,
        "read_sql",
        lambda package, name: spoiled if name == "seam_timeline" else read_sql(package, name),
    )
    assert list_late()


def test_a_purpose_not_in_force_opens_nobody(world, seam, listed):
    with pytest.raises(PurposeRefusedError, match="目的"):
        fetch(seam, world, listed[0], "no_such_purpose")
    with pytest.raises(PurposeRefusedError):
        fetch_contact_points(seam, listed[0], "no_such_purpose", as_of=world.as_of)


def test_nobody_but_a_child_of_the_run_is_opened(world, seam):
    (grown_up,) = query(
        world.home,
        "SELECT min(person_id) FROM facts.person WHERE person_id NOT IN (SELECT person_id FROM runs.population)",
    )[0]
    for person in (grown_up, 1):
        with pytest.raises(ChildNotFoundError):
            fetch(seam, world, person)


def test_an_address_is_asked_for_apart(world, seam, listed):
    record = fetch(seam, world, listed[0])
    points = fetch_contact_points(seam, listed[0], "poverty_support", as_of=world.as_of).points
    assert points[0].system == "resident"
    given = {text for point in points for text in (point.address, point.phone) if text}
    assert given
    assert not [text for text in given if text in repr(record)]


def test_a_measure_received_after_the_run_already_hides(world, protected, monkeypatch):
    """By its in-house number alone; the mutant that believes the run's own day is caught."""
    seam, (person, grown_up, *_), _ = protected
    record = fetch(seam, world, person)
    assert record.is_protected
    # Whoever lives under the same measure stays a family.
    assert grown_up in {one.person_id for one in record.relatives}
    assert record.withheld_relatives == 0
    with pytest.raises(ReasonNeededError, match="支援措置"):
        fetch_contact_points(seam, person, "poverty_support", as_of=world.as_of)
    asked = fetch_contact_points(seam, person, "poverty_support", as_of=world.as_of, has_reason=True)
    assert asked.is_protected
    assert asked.points
    mark = protection.mark_protected_persons
    monkeypatch.setattr(
        protection,
        "mark_protected_persons",
        lambda reader, table, *, as_of: mark(reader, table, as_of=world.as_of),
    )
    assert not fetch_contact_points(seam, person, "poverty_support", as_of=world.as_of).is_protected


def test_the_directory_marks_the_household_of_whoever_is_protected(world, protected, directory):
    seam, first, second = protected
    shown = pa.Table.from_batches(list_directory(seam, as_of=world.as_of)).to_pylist()
    marked = {row["person_id"] for row in shown if row["is_protected"]}
    assert {first[0], second[0]} <= marked
    assert not [row for row in shown if row["is_protected"] and row["district"] is not None]
    assert not {first[0], second[0]} & {
        row["person_id"] for row in directory.to_pylist() if row["is_protected"]
    }


def test_a_protected_person_is_not_found_through_a_child(world, seam, protected):
    after_seam, _, (person, grown_up, *_) = protected
    before = fetch(seam, world, person)
    (told,) = [one for one in before.relatives if one.person_id == grown_up]
    after = fetch(after_seam, world, person)
    assert after.is_protected
    assert grown_up not in {one.person_id for one in after.relatives}
    assert after.withheld_relatives == 1
    assert told.name not in repr(after)
