"""What people did at the desk comes back dated, whole and once, and the next run knows of it; no earlier one does."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from tsunagu.catalog.items import get_fact_table
from tsunagu.judgement.rows import list_silence_rows
from tsunagu.pipeline.manifest import get_manifest
from tsunagu.pipeline.run import list_known_inputs, run_pipeline
from tsunagu.pipeline.seam import (
    Contact,
    ContactWay,
    Correction,
    DecisionsRefusedError,
    LinkDecision,
    Outcome,
    OutcomeKind,
    Seam,
    StopUse,
    TakingBack,
    fetch_child,
    list_children,
    record_decisions,
    recording,
)
from tsunagu.pipeline.views import attach_run
from tsunagu.store.commit import open_reader
from tsunagu.store.facts import CLOSURE, DESK_DECISION
from tsunagu.store.head import load_head
from tsunagu.store.identity import LINK, REVIEW_DECISION
from tsunagu.store.journal import list_lines
from tsunagu.vocabulary.identifiers import show_id

PURPOSE = "abuse_prevention"


def open_on(home, world, *, days_later):
    """What `open_seam` gives, without reading the definitions once more."""
    return Seam(home, replace(world.catalog, opened_for=world.as_of + timedelta(days=days_later)))


@pytest.fixture
def seam(world, world_copy):
    """The day after the run."""
    return open_on(world_copy, world, days_later=1)


@pytest.fixture(scope="module")
def silent(world):
    """Born children whom nobody has seen for too long."""
    today = open_on(world.home, world, days_later=0)
    found = [
        one for one in list_children(today, None, PURPOSE) if not one.is_unborn and one.silence.is_listed
    ]
    return [one.person_id for one in found if one.is_registered]


@pytest.fixture(scope="module")
def pair(world):
    """A record of one child, and another child."""
    with open_reader(world.home, "test") as reader:
        reader.attach(LINK, run=get_manifest(reader).run_id)
        return reader.engine.get_row(
            "SELECT min(subject_id), (SELECT max(person_id) FROM identity.link WHERE rule = 'register')"
            " FROM identity.link WHERE rule = 'opened'"
        )


def met(seam, person, number=1, **changes):
    contact = Contact(f"contact-{number}", person, PURPOSE, seam.on, ContactWay.VISIT, saw_child=True)
    return replace(contact, **changes)


def read_rows(home, sql, *tables):
    with open_reader(home, "test") as reader:
        for table in tables:
            reader.attach(table)
        return reader.engine.list_rows(sql)


def read_desk(home):
    return sorted(map(str, read_rows(home, "SELECT * FROM facts.desk_decision", DESK_DECISION)))


def read_known(home, day):
    with open_reader(home, "test") as reader:
        return list_known_inputs(reader, as_of=day)


def read_silence(home, *persons):
    with open_reader(home, "test") as reader:
        attach_run(reader, get_manifest(reader).run_id)
        rows = list_silence_rows(reader.engine, persons)
    return {row.person_id: (row.state, row.last_seen_on, row.days_unseen) for row in rows}


def test_a_contact_ends_a_silence_in_the_next_run(seam, silent):
    person, other = silent[:2]
    before = read_silence(seam.home, person, other)
    done = record_decisions(seam, [met(seam, person)])
    assert (done.new, done.sightings) == ({"contact": 1}, 1)
    run_pipeline(seam.home, seam.catalog, as_of=seam.on)
    after = read_silence(seam.home, person, other)
    assert before[person][1] != seam.on
    assert after[person] == ("seen", seam.on, 0)
    assert after[other][1] == before[other][1] != seam.on
    assert person not in {one.person_id for one in list_children(seam, None, PURPOSE)}
    record = fetch_child(seam, person, PURPOSE, as_of=seam.on)
    (fact,) = [one for one in record.facts if one.item == "council_contact" and one.occurred_on == seam.on]
    assert fact.source.ja == "職員の画面の記録"


def test_an_earlier_day_never_learns_of_it(world, seam, silent):
    """Nor can a door that is a day behind record after one that is not."""
    before = read_known(seam.home, world.as_of)
    record_decisions(seam, [met(seam, silent[0])])
    assert read_known(seam.home, world.as_of) == before
    assert read_known(seam.home, seam.on) != before
    yesterday = open_on(seam.home, world, days_later=0)
    with pytest.raises(DecisionsRefusedError, match="より前の日"):
        record_decisions(yesterday, [met(yesterday, silent[1], 2)])


def test_a_backdated_decision_would_be_seen(world, world_copy, silent):
    """The same check on a door that is a day behind finds the difference."""
    yesterday = open_on(world_copy, world, days_later=0)
    before = read_known(world_copy, world.as_of)
    record_decisions(yesterday, [met(yesterday, silent[0])])
    assert read_known(world_copy, world.as_of) != before


@pytest.mark.slow
def test_the_earlier_run_can_still_be_repeated(world, seam, silent):
    record_decisions(seam, [met(seam, silent[0])])
    assert run_pipeline(seam.home, seam.catalog, as_of=world.as_of).is_repeat


def make_batch(seam, silent, pair):
    one, other = silent[:2]
    return [
        met(seam, one),
        met(seam, other, 2, saw_child=False, way=ContactWay.TELEPHONE),
        Outcome("outcome-1", one, PURPOSE, seam.on, OutcomeKind.WATCH),
        Correction("correction-1", other, "vaccination", seam.on),
        StopUse("stop-1", other, "vaccination", seam.on),
        LinkDecision("link-1", *pair, "different", "生年月日が違う", "こども家庭課"),
    ]


def test_the_same_batch_twice_is_one_batch(world, seam, silent, pair):
    batch = make_batch(seam, silent, pair)
    done = record_decisions(seam, batch)
    assert sum(done.new.values()) == len(batch)
    state, rows = load_head(seam.home), read_desk(seam.home)
    again = record_decisions(seam, batch)
    assert (again.new, again.already, again.sightings) == ({}, len(batch), 0)
    tomorrow = open_on(seam.home, world, days_later=2)
    assert record_decisions(tomorrow, batch).new == {}
    assert load_head(seam.home) == state
    assert read_desk(seam.home) == rows
    details = [line.details for line in list_lines(seam.home) if line.event == "committed"][-1]
    assert (details["contact"], details["linkage"]) == (2, 1)
    # No text of the desk's reaches the facts.
    assert not [words for words in ("生年月日が違う", "こども家庭課") if words in "".join(rows)]


def test_however_a_batch_is_cut_and_repeated_the_same_is_kept(seam, silent, pair):
    """Seeded cuts with overlaps."""
    batch = make_batch(seam, silent, pair)
    dice = random.Random(7)
    shuffled = [dice.sample(batch, dice.randint(1, len(batch))) for _ in range(3)] + [batch]
    for some in shuffled:
        record_decisions(seam, some)
    rows = read_desk(seam.home)
    assert len(rows) == len(set(rows)) == len(batch)
    links = read_rows(seam.home, "SELECT decision, reason FROM identity.review_decision", REVIEW_DECISION)
    assert links == [("different", "生年月日が違う")]


def test_forgetting_what_was_kept_is_seen(seam, silent, pair, monkeypatch):
    """The mutant, to which everything is new, keeps every row twice."""
    batch = make_batch(seam, silent, pair)
    record_decisions(seam, batch)
    nothing = recording._Kept({}, {}, frozenset(), None)
    monkeypatch.setattr(recording, "_read_kept", lambda writer: nothing)
    record_decisions(seam, batch)
    assert len(read_desk(seam.home)) == 2 * len(batch)


def list_bad(seam, person, stranger):
    return {
        "最後の実行にいません": met(seam, stranger),
        "まだ来ていない": met(seam, person, occurred_on=seam.on + timedelta(days=1)),
        "使うことになっていません": met(seam, person, purpose="curiosity"),
        "台帳にありません": StopUse("stop-9", person, "shoe_size", seam.on),
        "取り消す記録": TakingBack("back-9", "contact-99"),
        "番号の記録か人": LinkDecision("link-9", 5, 6, "same", "理由", "誰か"),
        "判断・理由": LinkDecision("link-8", person, stranger, "perhaps", "", ""),
    }


def test_a_batch_with_a_fault_changes_nothing(seam, silent):
    person, stranger = silent[0], 12345
    state = load_head(seam.home)
    for words, bad in list_bad(seam, person, stranger).items():
        good = met(seam, silent[1], 7)
        with pytest.raises(DecisionsRefusedError, match=words) as refused:
            record_decisions(seam, [good, bad])
        said = str(refused.value)
        assert bad.desk_id in said
        assert str(stranger) not in said
        assert show_id(stranger) not in said
    assert load_head(seam.home) == state
    assert read_desk(seam.home) == []


def test_an_entry_never_changes(seam, silent):
    record_decisions(seam, [met(seam, silent[0])])
    with pytest.raises(DecisionsRefusedError, match="中身が違います"):
        record_decisions(seam, [met(seam, silent[1])])
    with pytest.raises(DecisionsRefusedError, match="一度に渡した中"):
        record_decisions(seam, [met(seam, silent[0], 3), met(seam, silent[1], 3)])


def test_a_contact_for_another_purpose_is_no_sighting(seam, silent):
    """The register lets only the prevention of abuse know that the council saw a child."""
    done = record_decisions(seam, [met(seam, silent[0], purpose="poverty_support")])
    assert (done.new, done.sightings) == ({"contact": 1}, 0)
    assert record_decisions(seam, [met(seam, silent[0], 2, saw_child=False)]).sightings == 0


def test_a_contact_recorded_in_error_is_taken_back(seam, silent):
    def list_contacts():
        return read_rows(
            seam.home,
            "SELECT f.occurred_on FROM facts.council_contact AS f WHERE f.feed = 'desk/decisions' AND NOT EXISTS ("
            "SELECT 1 FROM facts.closure AS c WHERE c.record_id = f.record_id"
            " AND c.version_known_from = f.known_from)",
            CLOSURE,
            get_fact_table(seam.catalog.get_item("council_contact")),
        )

    record_decisions(seam, [met(seam, silent[0])])
    assert len(list_contacts()) == 1
    back = TakingBack("back-1", "contact-1")
    record_decisions(seam, [back])
    assert list_contacts() == []
    assert record_decisions(seam, [back]).new == {}
    with pytest.raises(DecisionsRefusedError, match="取り消し済み"):
        record_decisions(seam, [replace(back, desk_id="back-2")])


def test_a_record_is_told_apart_in_the_run_after(seam, pair):
    """Linkage's own store has it, by the words its next run reads."""
    record_decisions(seam, [LinkDecision("link-1", *pair, "different", "別の子", "係長")])
    with open_reader(seam.home, "test") as reader:
        attach_run(reader, get_manifest(reader).run_id)
        known = list_known_inputs(reader, as_of=seam.on)[1]
    assert [min(pair), max(pair), "different"] in known
