"""Night after night with what was kept, or each night from nothing: the same links, weights, households and persons.

The town is small, invented, and changes at random: births, moves, other surnames, corrections, people who leave, new
and corrected records of other departments, pregnancies, namesakes, late files, records that are gone, decisions, and days
on which somebody comes of age or is hidden.
"""

import shutil
from dataclasses import replace
from datetime import date, timedelta

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tsunagu.linkage import TABLES, link_records, nights, taking_over
from tsunagu.linkage.nights import get_child_birth_limit
from tsunagu.pipeline.run import _stage_weights
from tsunagu.store.commit import open_reader, open_writer
from tsunagu.store.engine import read_sql
from tsunagu.store.facts import CLOSURE
from tsunagu.store.identity import LINK_NIGHT, LINK_REACH, LINK_SPELLING, RECORD, REVIEW_DECISION
from tsunagu.vocabulary.identifiers import ID_BITS
from tsunagu.vocabulary.tables import Table, Zone, day, identifier, text

FIRST = date(2025, 6, 1)
FAMILIES, MEMBERS, KNOWN = 80, 4, 120
SURNAMES = dict(
    zip("青赤石江岡川北黒", ("アオ", "アカ", "イシ", "エ", "オカ", "カワ", "キタ", "クロ"), strict=True)
)
ENDS = dict(
    zip("田松原島口村野沢", ("タ", "マツ", "ハラ", "シマ", "グチ", "ムラ", "ノ", "サワ"), strict=True)
)
GIVEN = dict(
    zip("健大翔陸悠蓮直和", ("ケン", "ダイ", "ショウ", "リク", "ユウ", "レン", "ナオ", "カズ"), strict=True)
)
GIVEN_ENDS = dict(
    zip("郎太輔真斗也人希", ("ロウ", "タ", "スケ", "マ", "ト", "ヤ", "ヒト", "キ"), strict=True)
)
PROTECTION = Table(
    Zone.FACTS,
    "address_protection",
    "one version",
    (
        identifier("subject_id", ""),
        day("valid_from", ""),
        day("valid_to", ""),
        text("category", ""),
        text("target", ""),
        day("known_from", ""),
        identifier("record_id", ""),
        text("feed", ""),
        text("file_id", ""),
        identifier("row", ""),
    ),
)


def spell(first, last, place):
    signs, ends = list(first.items()), list(last.items())
    one, other = signs[place % 8], ends[place // 8 % 8]
    return one[0] + other[0], one[1] + other[1]


def write(row, **changed):
    """A row with its comparable forms, as intake would have written it."""
    row = row | changed
    folded = {
        f"{name}_folded": row[name] and row[name].replace("　", "") for name in ("name", "kana", "address")
    }
    return row | folded


def write_address(place):
    """Every seventh home writes it in Latin letters."""
    if place % 7 == 3:
        return f"{1 + place % 37} Harbour Street Midori Heights {1000 + place % 11}"
    return f"緑町{1 + place % 3}丁目{1 + place % 37}番{1 + place % 11}号"


def resident(number):
    family, member = divmod(number, MEMBERS)
    surname, surname_kana = spell(SURNAMES, ENDS, family)
    given, given_kana = spell(GIVEN, GIVEN_ENDS, number * 5)
    return write(
        {
            "subject_id": number + 1,
            "record_id": 10_000 + number,
            "system": "resident",
            "source_key": str(number),
            "atena_number": str(number),
            "name": f"{surname}　{given}",
            "kana": f"{surname_kana}　{given_kana}",
            "birth_date": date(2010 if member > 1 else 1980, 1, 2) + timedelta(days=number * 97 % 3000),
            "sex": "male" if number % 2 else "female",
            "address": write_address(family),
            "household_number": f"H{family}",
            "relationship_code": ("02", "12", "20", "20")[member],
            "resident_status": "resident",
            "history_number": 1000,
            "known_from": date(2024, 4, 1),
            "feed": "resident/resident_register",
            "file_id": "f1",
            "row": number,
        }
    )


def record(person, subject, known_from, **changed):
    """What a department says of a resident."""
    taken = {name: person[name] for name in ("name", "kana", "birth_date", "sex", "address")}
    return write(
        {
            **taken,
            "subject_id": subject,
            "record_id": 50_000 + subject,
            "system": "school_office",
            "source_key": str(subject),
            "known_from": known_from,
            "feed": "education/roster",
            "file_id": "f2",
            "row": subject,
        },
        **changed,
    )


class Town:
    """The register's present rows and the departments' records, to be changed."""

    def __init__(self):
        self.people = [resident(number) for number in range(FAMILIES * MEMBERS)]
        self.children = [number for number in range(FAMILIES * MEMBERS) if number % MEMBERS > 1]
        self.records = [
            record(self.people[child], 1000 + place, date(2024, 5, 1), atena_number=str(child))
            for place, child in enumerate(self.children[:KNOWN])
        ]
        self.records += [self.misspell(child) for child in self.children[KNOWN : KNOWN + 6]]
        self.records += [self.tell_without_number(child) for child in self.children[60:100]]
        self.decisions = []
        self.protections = []

    def tell_without_number(self, child, known_from=date(2024, 5, 1), **changed):
        """A record that an exact key has to link: by date of birth, address, telephone or guardian, in turn."""
        person = self.people[child]
        told = [
            {},
            {"birth_date": None},
            {"birth_date": None, "address": None, "guardian_name_folded": self.name_guardian(child)},
            {"birth_date": None, "address": None, "phone_folded": f"05213{child:05}"},
        ][(child // MEMBERS + child) % 4]
        return record(person, 7000 + child, known_from, **{**told, "system": "school_aid", **changed})

    def name_guardian(self, child):
        return self.people[child // MEMBERS * MEMBERS]["name_folded"]

    def misspell(self, child, known_from=date(2024, 5, 1), **changed):
        person = self.people[child]
        wrong = person["birth_date"] + timedelta(days=1)
        return record(person, 5000 + child, known_from, **{"birth_date": wrong, **changed})

    def change(self, kind, number, today):
        """New rows of one change, known today."""
        child = self.children[number % len(self.children)]
        if kind in NEWCOMERS:
            return [self.add_person(kind, child, number, today)]
        if kind in REGISTER:
            return [self.change_register(kind, child, number, today)]
        if kind in PROTECTIONS:
            self.protect(child, today, kind)
            return []
        return [self.change_record(kind, child, number, today)]

    def add_person(self, kind, child, number, today):
        person, other = self.people[child], resident(len(self.people))
        self.people.append(other)
        if kind == "birth":
            household = {"household_number": person["household_number"], "address": person["address"]}
            return write(other, birth_date=today - timedelta(days=9), known_from=today, **household)
        same = {name: person[name] for name in ("name", "kana", "birth_date", "sex", "address")}
        return write(other, known_from=today, household_number=f"N{number}", **same)

    def change_register(self, kind, child, number, today):
        person = self.people[child]
        later = {"known_from": today}
        match kind:
            case "move":
                return self.keep(child, address=write_address(number), household_number=f"M{number}", **later)
            case "rename":
                given = person["name"].partition("　")[2]
                return self.keep(child, name=f"新妻　{given}", kana=None, **later)
            case "guardian renamed":
                return self.keep(child // MEMBERS * MEMBERS, name=f"新妻　{number}", **later)
            case "correct":
                return self.keep(child, birth_date=person["birth_date"] + timedelta(days=10), **later)
            case "leave":
                return self.keep(child, resident_status="moved_out", removed_on=today, **later)
            case "goes later":
                return self.keep(child, removed_on=today + timedelta(days=1), **later)
            case _:
                # Tonight the last day as a child: the next night the limit has passed.
                return self.keep(child, birth_date=get_child_birth_limit(today), **later)

    def change_record(self, kind, child, number, today):
        match kind:
            case "record":
                return self.misspell(child, today, name=f"{self.people[child]['name']}々")
            case "guardian":
                named = self.name_guardian(child)
                return self.misspell(child, today, kana=None, address=None, guardian_name_folded=named)
            case "by key":
                return self.tell_without_number(child, today)
            case "telephone":
                phone = f"05213{child:05}"
                return self.tell_without_number(child, today, phone_folded=phone, system="meal_fee")
            case "late":
                return self.tell_without_number(child, today - timedelta(days=200))
            case "ahead":
                # Handed in today, to count from tomorrow.
                return self.tell_without_number(child, today + timedelta(days=1))
            case "pregnancy":
                return self.expect(child, today)
            case "new system":
                return self.misspell(child, today, system="meal_fee", phone_folded=f"05212{child:05}")
            case _:
                return write(self.records[number % KNOWN], known_from=today, address=f"谷町{number}番地")

    def expect(self, child, today):
        mother = self.people[child // MEMBERS * MEMBERS + 1]
        expected = {"birth_date": None, "due_on": today + timedelta(days=20), "system": "pregnancy"}
        taken = {"name": None, "kana": None, "address": None, "sex": None}
        return record(
            mother, 9000 + child, today, mother_atena_number=mother["atena_number"], **expected, **taken
        )

    def protect(self, child, today, kind):
        """Hidden from tomorrow on, or until tomorrow; every other time of somebody whom only this names."""
        is_over = kind == "shown"
        # Handed in today: what had been known for long, or what is to count from tomorrow.
        known_from = {"hidden late": FIRST - timedelta(days=30), "hidden ahead": today + timedelta(days=1)}
        self.protections.append(
            {
                "subject_id": child + 1 if child % 2 else 600_000 + child,
                "valid_from": today if is_over else today + timedelta(days=1),
                "valid_to": today + timedelta(days=1) if is_over else None,
                "known_from": known_from.get(kind, today),
                "record_id": 800_000 + len(self.protections),
                "feed": "resident/protection",
                "file_id": "f3",
                "row": len(self.protections),
            }
        )

    def keep(self, number, **changed):
        changed["history_number"] = self.people[number]["history_number"] + 1
        self.people[number] = write(
            self.people[number], record_id=90_000 + number + 1000 * changed["history_number"], **changed
        )
        return self.people[number]


NEWCOMERS = ("birth", "namesake")
REGISTER = ("move", "rename", "guardian renamed", "correct", "leave", "goes later", "comes of age")
RECORDS = (
    "school corrects",
    "record",
    "guardian",
    "by key",
    "telephone",
    "late",
    "ahead",
    "pregnancy",
    "new system",
)
PROTECTIONS = ("hidden", "shown", "hidden late", "hidden ahead")
KINDS = (*NEWCOMERS, *REGISTER, *RECORDS, *PROTECTIONS)
NIGHTS = st.lists(
    # Few people, so that changes meet.
    st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 40)), min_size=1, max_size=6),
    min_size=3,
    max_size=3,
)


def take_in(home, rows, table=RECORD):
    types = {"BIGINT": pa.int64(), "INTEGER": pa.int32(), "DATE": pa.date32(), "BOOLEAN": pa.bool_()}
    schema = pa.schema([(column.name, types.get(column.type.value, pa.string())) for column in table.columns])
    with open_writer(home, "test") as writer:
        content = [{name: row.get(name) for name in table.column_names} for row in rows]
        writer.append_rows(table, pa.Table.from_pylist(content, schema=schema), tags={})
        writer.commit()


def link(reader, today, fact_tables):
    for table in (*fact_tables, CLOSURE):
        reader.attach(table)
    linked = link_records(reader, as_of=today, fact_tables=fact_tables)
    hashes = {
        table.name: reader.engine.hash_rows(f"linkage_{table.name}", table.column_names) for table in TABLES
    }
    return linked, hashes


def count_reached(writer):
    """Share of the subjects whose links were worked out."""
    return writer.engine.get_value(
        "SELECT avg(CASE WHEN a.id IS NULL THEN 0 ELSE 1 END)"
        " FROM linkage_link AS l LEFT JOIN night_affected AS a ON a.id = l.subject_id"
    )


def link_with_what_was_kept(home, today, fact_tables=(PROTECTION,)):
    """Tonight's linkage, kept for the next; also how many spellings it had to work out and whom it reached."""
    with open_writer(home, "test") as writer:
        linked, hashes = link(writer, today, fact_tables)
        for table in TABLES:
            made = f"SELECT * FROM linkage_{table.name}"  # noqa: S608 - declared tables
            writer.replace(table, made, tags={"run": str(today)})
        _stage_weights(writer, linked, run_id=str(today), as_of=today)
        worked_out = writer.engine.get_value("SELECT count(*) FROM weighing_unknown")
        reached = count_reached(writer) if linked.night else 1.0
        writer.commit()
    return linked, {**hashes, "ways not kept": []}, worked_out, reached


def link_from_nothing(home, today, fact_tables=(PROTECTION,)):
    """With the ways by which anybody can be met tomorrow that tonight's linkage did not keep, where there must be none."""
    with open_reader(home, "test") as reader:
        kept = dict(reader.head.tables)
        ways = reader.head.list_segments(LINK_REACH.full_name)
        for table in (LINK_NIGHT, LINK_REACH, LINK_SPELLING):
            kept.pop(table.full_name)
        reader.head = replace(reader.head, tables=kept)
        linked, hashes = link(reader, today, fact_tables)
        reader.attach_segments(LINK_REACH, ways)
        every = taking_over._select_ways(nights.select_keys())
        missed = reader.engine.list_rows(f"({every}) EXCEPT SELECT * FROM identity.link_reach")  # noqa: S608 - our own files
        return linked, {**hashes, "ways not kept": missed}


@pytest.fixture(scope="module")
def first_night(make_home, tmp_path_factory):
    """A home after its first linkage, which learned the version and kept every spelling."""
    home = make_home(tmp_path_factory.mktemp("first") / "home")
    town = Town()
    take_in(home, [*town.people, *town.records])
    linked, _, worked_out, _ = link_with_what_was_kept(home, FIRST)
    assert linked.is_new_version
    assert worked_out >= FAMILIES * MEMBERS
    return home


@pytest.fixture
def copy(first_night, tmp_path_factory):
    def make():
        path = tmp_path_factory.mktemp("night") / "home"
        shutil.copytree(first_night.path, path)
        return type(first_night)(path)

    return make


def decide(home, town, number, today):
    """A person says that a record is, or is not, of a resident."""
    with open_reader(home, "test") as reader:
        person = reader.engine.get_value(
            "SELECT keyed_id('person', $anchor)", anchor=f"atena:{town.children[number % KNOWN]}"
        )
    subject = town.records[number % len(town.records)]["subject_id"]
    assert subject < person < 2**ID_BITS
    town.decisions.append(
        {
            "sequence": len(town.decisions) + 1,
            "one_id": subject,
            "other_id": person,
            "decision": "same" if number % 2 else "different",
            "reason": "",
            "decided_by": "",
            "known_from": today,
        }
    )
    take_in(home, town.decisions[-1:], REVIEW_DECISION)


def live_through(home, nights_of_changes):
    """Both ways of linking, night after night; yields what was built on, the two results and the work of the first way."""
    town = Town()
    for place, changes in enumerate(nights_of_changes, 1):
        today = FIRST + timedelta(days=place)
        protected = len(town.protections)
        rows = [row for kind, number in changes for row in town.change(kind, number, today)]
        take_in(home, {row["record_id"]: row for row in rows}.values())
        take_in(home, town.protections[protected:], PROTECTION)
        if changes[0][1] % 2:
            decide(home, town, changes[0][1], today)
        linked, kept, worked_out, reached = link_with_what_was_kept(home, today)
        assert not linked.is_new_version
        yield linked.night, kept, link_from_nothing(home, today)[1], worked_out, reached


def check_nights(home, nights_of_changes):
    """Every night is built on the one before, and gives what it gives from nothing."""
    for night, kept, anew, *_ in live_through(home, nights_of_changes):
        assert night is not None
        assert kept == anew


MANY = settings(max_examples=12, deadline=None, database=None, suppress_health_check=list(HealthCheck))
MOVED = 8
NIGHT_OF_A_MOVE = [[("guardian", 3)], [("rename", MOVED), ("move", MOVED), ("record", MOVED)]]


@pytest.fixture(autouse=True)
def everybody_may_be_reached(monkeypatch):
    """In so small a town a few changes reach a fifth of it, from where on everybody would be linked."""
    monkeypatch.setattr(nights, "_MOST_SHARE", 1.0)


def test_what_was_kept_changes_nothing_and_a_small_change_reaches_few(copy):
    """Those who changed or wait, their families and whoever shares a key with them."""
    for night, kept, anew, worked_out, reached in live_through(copy(), NIGHT_OF_A_MOVE):
        assert night is not None
        assert kept == anew
        assert reached < 0.2
        assert worked_out <= 6


@pytest.mark.slow
@MANY
@given(changes=NIGHTS)
def test_what_was_kept_changes_nothing_on_random_nights(copy, changes):
    check_nights(copy(), changes)


BY_GUARDIAN, BY_BIRTH = 80, 84
"""Children with a record that an exact key links, by the guardian's name and by the date of birth."""


def replace_sql(monkeypatch, name, part, other):
    """One statement without what a part of it says."""
    statement = read_sql("tsunagu.linkage", name)
    assert part in statement
    blind = statement.replace(part, other)
    for module in ("tsunagu.store.engine", "tsunagu.linkage.taking_over"):
        monkeypatch.setattr(
            f"{module}.read_sql", lambda package, asked: blind if asked == name else read_sql(package, asked)
        )


def overlook_keys(monkeypatch):
    replace_sql(monkeypatch, "night_grown", "reach_key IN (SELECT reach_key FROM shared)", "false")


def overlook_homes(monkeypatch):
    replace_sql(monkeypatch, "night_seeds", "r.kind = 'home'", "false")


def overlook_age_limit(monkeypatch):
    monkeypatch.setattr(nights, "get_child_birth_limit", lambda _: date(2000, 1, 1))


def overlook_dates(monkeypatch):
    replace_sql(monkeypatch, "night_touched", "<= $as_of", "<= $kept_as_of AND $as_of IS NOT NULL")


def overlook_late_facts(monkeypatch):
    only_facts_that(monkeypatch, f"known_from > DATE '{FIRST}'")


def overlook_announced_facts(monkeypatch):
    """Nothing is known before it is handed in here, so what is left are rows of tonight's segments."""
    select = nights._select_new_facts
    monkeypatch.setattr(nights, "_select_new_facts", lambda *given: select(*given[:3], date.max))


def overlook_spellings(monkeypatch):
    replace_sql(monkeypatch, "night_met", "r.kind = 'spelling'", "false")


def keep_too_little(monkeypatch):
    replace_sql(
        monkeypatch, "night_new_ways", "night_affected AS a ON a.id = w", "night_touched AS a ON a.id = w"
    )


def only_facts_that(monkeypatch, condition):
    select = nights._select_new_facts
    monkeypatch.setattr(
        nights,
        "_select_new_facts",
        lambda *given: f"(SELECT * FROM {select(*given)} WHERE {condition})",  # noqa: S608 - our own statement
    )


def overlook_facts_read_before(monkeypatch):
    monkeypatch.setattr(nights, "_NAMED_BY_FACTS", "(SELECT * FROM night_link WHERE false)")


NAMED_BY_FACTS_ALONE = 4
OVERLOOKED = {
    "whom a waiting record might be": (overlook_spellings, [[("guardian", 4)], [("guardian", 130)]]),
    "a record's ways": (keep_too_little, [[("guardian", 4)], [("by key", 20)]]),
    "a fact that comes late": (
        overlook_late_facts,
        [[("guardian", 4)], [("hidden late", NAMED_BY_FACTS_ALONE)]],
    ),
    "a fact whose day has come": (
        overlook_announced_facts,
        [[("hidden ahead", NAMED_BY_FACTS_ALONE)], [("guardian", 6)]],
    ),
    "whom only facts name": (
        overlook_facts_read_before,
        [[("hidden", NAMED_BY_FACTS_ALONE)], [("guardian", 6)]],
    ),
    "a namesake": (overlook_keys, [[("guardian", 4)], [("namesake", BY_BIRTH)]]),
    "a guardian's name": (overlook_homes, [[("guardian", 4)], [("guardian renamed", BY_GUARDIAN)]]),
    "the age limit": (overlook_age_limit, [[("comes of age", BY_GUARDIAN)], [("guardian", 4)]]),
    "a day that has come": (overlook_dates, [[("goes later", 8)], [("guardian", 6)]]),
}


@pytest.mark.slow
@pytest.mark.parametrize("what", [*OVERLOOKED])
def test_overlooking_a_change_is_seen(copy, monkeypatch, what):
    """The mutants: one way by which a change travels is not followed."""
    overlook, changes = OVERLOOKED[what]
    overlook(monkeypatch)
    assert [kept == anew for _, kept, anew, *_ in live_through(copy(), changes)][-1] is False


@pytest.mark.slow
def test_without_overlooking_them_the_same_nights_change_nothing(copy):
    every = [changes for _, changes in OVERLOOKED.values()]
    check_nights(copy(), [[night for changes in every for night in changes[place]] for place in (0, 1)])


CONTACT = replace(PROTECTION, name="council_contact")


def link_two_tables_then_one(home):
    """Whether a person whom only the other table named is gone when that is no longer read."""
    town = Town()
    town.protect(NAMED_BY_FACTS_ALONE * 2, FIRST, "hidden")
    take_in(home, town.protections, CONTACT)
    first, second = (FIRST + timedelta(days=days) for days in (1, 2))
    link_with_what_was_kept(home, first, (PROTECTION, CONTACT))
    linked, kept, *_ = link_with_what_was_kept(home, second)
    assert linked.night.kept_as_of == first
    return kept == link_from_nothing(home, second)[1]


@pytest.mark.slow
def test_who_was_named_by_facts_that_are_no_longer_read_is_gone(copy):
    assert link_two_tables_then_one(copy())


@pytest.mark.slow
def test_overlooking_that_facts_are_no_longer_read_is_seen(copy, monkeypatch):
    monkeypatch.setattr(nights, "_list_gone", lambda *_: [])
    assert not link_two_tables_then_one(copy())


@pytest.mark.slow
def test_where_much_is_reached_everybody_is_linked(copy, monkeypatch):
    monkeypatch.setattr(nights, "_MOST_SHARE", 0.0)
    night, kept, anew, *_ = next(live_through(copy(), NIGHT_OF_A_MOVE))
    assert night is None
    assert kept == anew


def test_after_records_were_rewritten_everybody_is_linked(copy):
    home = copy()
    with open_writer(home, "test") as writer:
        writer.merge(RECORD, writer.head.list_segments(RECORD.full_name), tags={})
        writer.commit()
    linked, *_ = link_with_what_was_kept(home, FIRST + timedelta(days=1))
    assert linked.night is None


@pytest.mark.parametrize("days_before", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_the_same_or_an_earlier_day_builds_on_nothing_and_leaves_what_was_kept(copy, days_before):
    """So a repeat checks what was kept."""
    home = copy()
    linked, *_ = link_with_what_was_kept(home, FIRST - timedelta(days=days_before))
    assert linked.night is None
    linked, *_ = link_with_what_was_kept(home, FIRST + timedelta(days=1))
    assert linked.night.kept_as_of == FIRST


def test_what_another_program_kept_is_not_used(copy, monkeypatch):
    """It may have folded a name into another form."""
    home = copy()
    monkeypatch.setattr(nights.metadata, "version", lambda _: "0.0.1")
    linked, _, worked_out, _ = link_with_what_was_kept(home, FIRST)
    assert linked.night is None
    assert worked_out >= FAMILIES * MEMBERS
