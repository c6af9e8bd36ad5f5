"""What the desk is told of a run: the listed children of one purpose, with reasons, and nothing of another's."""

from dataclasses import replace

import pytest

from tsunagu.pipeline import listing
from tsunagu.pipeline.manifest import RunNotFoundError
from tsunagu.pipeline.seam import PurposeRefusedError, Seam, describe_run, list_children, listed, open_seam
from tsunagu.pipeline.views import attach_run
from tsunagu.store.commit import open_reader
from tsunagu.store.journal import list_lines

PURPOSES = ("poverty_support", "school_screening", "abuse_prevention")


@pytest.fixture(scope="module")
def seam(world):
    return open_seam(world.home.path, on=world.as_of)


@pytest.fixture(scope="module")
def lists(seam):
    return {purpose: list(list_children(seam, None, purpose)) for purpose in PURPOSES}


def read_rows(world, sql):
    with open_reader(world.home, "test") as reader:
        attach_run(reader, describe_run(open_seam(world.home.path, on=world.as_of)).run_id)
        return reader.engine.list_rows(sql)


def drop_use(seam, item, purpose):
    """The register after somebody took one use out of it."""
    kept = seam.catalog.get_item(item)
    spoiled = kept.model_copy(update={"uses": tuple(use for use in kept.uses if use.purpose != purpose)})
    items = {**seam.catalog.items, item: spoiled}
    return Seam(seam.home, replace(seam.catalog, items=items))


def list_strangers(seam, purpose, children):
    """Items behind what the list tells that the register does not allow for the purpose."""
    told = {
        item
        for child in children
        for result in child.results
        for reason in result.reasons
        if reason.row.unknown_reason != "not_registered"
        for item in reason.items
    }
    return {item for item in told if not seam.catalog.may_judge(item, purpose, on=seam.on)}


def test_a_run_says_what_it_is(world, seam, lists):
    run = describe_run(seam)
    assert run.as_of == world.as_of
    assert run.purposes == PURPOSES
    assert run.has_present_definitions
    assert run.listed == {purpose: len(children) for purpose, children in lists.items()}
    assert {pack.purpose for pack in run.packs} == {"poverty_support", "school_screening"}
    assert run.expires_on == min(pack.expires_on for pack in run.packs) > world.as_of
    judged = {pack.pack: sum(level.least for level in pack.levels.values()) for pack in run.packs}
    assert all(0 < count <= run.children.least for count in judged.values())


def test_only_listed_children_come_out(world, lists):
    rows = read_rows(world, "SELECT DISTINCT purpose, person_id FROM runs.judgement WHERE is_listed")
    silent = {row[0] for row in read_rows(world, "SELECT person_id FROM runs.silence WHERE is_listed")}
    for purpose in ("poverty_support", "school_screening"):
        wanted = {person for one, person in rows if one == purpose}
        assert {child.person_id for child in lists[purpose]} == wanted
        assert wanted
    # No pack judges for it; the watch lists, and this purpose alone may know of every sighting.
    assert {child.person_id for child in lists["abuse_prevention"]} == silent
    assert len(silent) > 5


def test_every_listed_child_has_reasons_in_words(lists):
    for purpose in ("poverty_support", "school_screening"):
        for child in lists[purpose]:
            assert child.age.ja
            listing_packs = [result for result in child.results if result.is_listed]
            assert max(result.need_level.rank for result in listing_packs) == child.need_level.rank
            for result in listing_packs:
                why = [reason for reason in result.reasons if reason.row.kind in ("raises", "floor")]
                assert why
                assert all(reason.title.ja and reason.value.ja and reason.items for reason in why)
                assert result.has_red_flag == any(reason.row.kind == "floor" for reason in result.reasons)
                assert {part for one in result.difficulties for part in one.parts} <= {
                    reason.row.part for reason in why
                }
    assert any(result.difficulties for child in lists["poverty_support"] for result in child.results)
    assert any(child.known_until for child in lists["poverty_support"])


def test_the_loudest_come_first(lists):
    """And of those whom the watch alone lists, the longest unseen."""
    ranks = [child.need_level.rank for child in lists["poverty_support"]]
    assert ranks == sorted(ranks, reverse=True)
    days = [
        (one.silence.is_urgent, one.silence.days_unseen)
        for one in lists["abuse_prevention"]
        if one.silence.days_unseen is not None
    ]
    assert len(days) > 2
    assert days == sorted(days, reverse=True)


def test_other_purposes_stay_behind(seam, lists):
    for purpose, children in lists.items():
        packs = {result.pack for child in children for result in child.results}
        assert {seam.catalog.get_pack(pack).purpose for pack in packs} <= {purpose}
        assert list_strangers(seam, purpose, children) == set()


def test_how_long_nobody_saw_a_child_is_told_where_every_sighting_may_be_known(seam, lists):
    """The days alone would tell poverty support that the protection council saw the child."""
    assert all(child.silence is None for child in lists["poverty_support"])
    assert all(child.months_unseen is None for child in lists["school_screening"])
    assert all(child.silence.words.ja for child in lists["abuse_prevention"])
    spoiled = drop_use(seam, "vaccination", "abuse_prevention")
    assert list(list_children(spoiled, None, "abuse_prevention")) == []


def test_what_the_register_no_longer_allows_is_withheld(seam, lists, monkeypatch):
    """And the mutant, in which the door believes the run, is caught."""
    spoiled = drop_use(seam, "learning_survey", "poverty_support")
    told = list(list_children(spoiled, None, "poverty_support"))
    assert [child.person_id for child in told] == [child.person_id for child in lists["poverty_support"]]
    assert list_strangers(spoiled, "poverty_support", told) == set()
    gone = {name for child in told for result in child.results for name in result.withheld}
    before = {
        name for child in lists["poverty_support"] for result in child.results for name in result.withheld
    }
    assert "language_score" in gone - before
    for child in told:
        for reason in (reason for result in child.results for reason in result.reasons):
            if reason.row.indicator in gone:
                assert (reason.row.value, reason.row.feeds, reason.row.latest_event_on) == (None, None, None)
    monkeypatch.setattr(listing, "withhold_reasons", lambda reasons, purpose, catalog: reasons)
    assert list_strangers(spoiled, "poverty_support", list_children(spoiled, None, "poverty_support"))


def test_a_planted_reason_of_an_unregistered_item_does_not_come_out(seam, monkeypatch):
    """A row that the judgement should never have written: the council's list, for poverty support."""
    read = listing.list_reason_rows
    indicator = next(
        name
        for name, one in sorted(seam.catalog.indicators.items())
        if one.item == "council_registration" and not one.references
    )

    def plant(engine, ids):
        rows = read(engine, ids)
        return [replace(row, indicator=indicator) if row.kind == "raises" else row for row in rows]

    monkeypatch.setattr(listing, "list_reason_rows", plant)
    told = list(list_children(seam, None, "poverty_support"))
    assert list_strangers(seam, "poverty_support", told) == set()
    monkeypatch.setattr(listing, "withhold_reasons", lambda reasons, purpose, catalog: reasons)
    assert list_strangers(seam, "poverty_support", list_children(seam, None, "poverty_support")) == {
        "council_registration"
    }


@pytest.mark.parametrize("purpose", ["abuse_prevention", "no_such_purpose"])
def test_a_purpose_not_in_force_is_refused(world, seam, purpose):
    city = seam.catalog.municipality.model_copy(update={"active_purposes": ("poverty_support",)})
    narrow = Seam(seam.home, replace(seam.catalog, municipality=city))
    with pytest.raises(PurposeRefusedError, match="目的"):
        list_children(narrow, None, purpose)


def test_a_run_for_other_purposes_is_refused(seam, monkeypatch):
    get = listed.get_manifest
    monkeypatch.setattr(
        listed, "get_manifest", lambda reader, run_id: replace(get(reader, run_id), purposes=PURPOSES[:1])
    )
    with pytest.raises(PurposeRefusedError, match="実行"):
        next(list_children(seam, None, "abuse_prevention"))


def test_an_unknown_run_is_refused(seam):
    with pytest.raises(RunNotFoundError):
        describe_run(seam, "2020-01-01-00000000")


def test_every_reading_is_journalled(world, seam):
    next(list_children(seam, None, "poverty_support"))
    line = list_lines(world.home)[-1]
    assert (line.command, line.purpose) == ("seam list", "poverty_support")
