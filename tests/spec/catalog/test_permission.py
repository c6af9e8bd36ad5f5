"""May this be used? Only what is registered, for a purpose that was chosen, and — in a real city — adopted."""

from datetime import date
from pathlib import Path

import pytest

from tsunagu.catalog.adopting import draft_adoptions
from tsunagu.catalog.catalog import Catalog, UnknownDefinitionError
from tsunagu.catalog.checking import check_definitions, find_problems, open_catalog
from tsunagu.catalog.problems import DefinitionsError
from tsunagu.catalog.setting_up import initialise_municipality
from tsunagu.catalog.words import Role
from tsunagu.vocabulary.errors import ExitCode

ON = date(2026, 6, 1)
FICTIONAL = 'code: "999999"\nname: サンプル市\nactive_purposes: [helping]\n'
REAL = FICTIONAL.replace("999999", "131016")
ALL = (
    "purpose helping",
    "use absence:helping",
    "feed education/absences",
    "indicator absences",
    "indicator days_unseen",
    "pack help",
    "silence silence_watch",
)


def adopt(world, make_adoptions, *names: str, review_on: str = "2027-03-31") -> None:
    world.write_home(adoptions=make_adoptions(*names, review_on=review_on))
    unpinned = [problem for problem in world.find_problems() if problem.code == "adoption_unpinned"]
    by_line = sorted(unpinned, key=lambda problem: problem.line)
    prints = {
        name: problem.todo.split("fingerprint: ")[1][:12]
        for name, problem in zip(names, by_line, strict=True)
    }
    world.write_home(adoptions=make_adoptions(*names, review_on=review_on, fingerprints=prints))


def list_codes(world, on: date = ON) -> list[str]:
    return sorted({problem.code for problem in world.find_problems(on)})


def test_a_fictional_city_needs_no_adoption(world) -> None:
    catalog = world.open()
    assert catalog.may_use("absence", "helping", on=ON)
    assert catalog.may_judge("absence", "helping", on=ON)
    assert catalog.may_load("absence", on=ON)
    assert catalog.may_receive("education/absences", on=ON)
    assert [pack.id for pack in catalog.list_active_packs("helping", on=ON)] == ["help"]
    assert [one.id for one in catalog.list_active_indicators("helping", on=ON)] == ["absences"]
    assert catalog.find_silence_watch(on=ON) is not None


@pytest.mark.parametrize(
    ("item", "purpose", "reason"),
    [
        ("absence", "learning", "登録されていません"),
        ("absense", "helping", "台帳にありません"),
    ],
)
def test_what_is_not_registered_may_not_be_used(world, item: str, purpose: str, reason: str) -> None:
    permission = world.open().may_use(item, purpose, on=ON)
    assert not permission
    assert reason in permission.reason


@pytest.mark.parametrize("chosen", ["active_purposes: []", ""])
def test_no_purpose_is_active_until_it_is_chosen(world, chosen: str) -> None:
    world.write_home(municipality=FICTIONAL.replace("active_purposes: [helping]", chosen))
    assert_nothing_runs(world.open())


def test_without_a_municipality_nothing_is_active(world) -> None:
    assert_nothing_runs(check_definitions(world.shipped, None, on=ON))


def assert_nothing_runs(catalog: Catalog) -> None:
    assert catalog.active_purposes == ()
    assert not catalog.may_use("absence", "helping", on=ON)
    assert not catalog.may_load("absence", on=ON)
    assert catalog.list_active_packs("helping", on=ON) == []
    assert catalog.list_active_indicators("helping", on=ON) == []


def test_a_chosen_purpose_exists_and_is_chosen_once(world) -> None:
    world.write_home(municipality=FICTIONAL.replace("[helping]", "[helpin]"))
    assert list_codes(world) == ["unknown_purpose"]
    world.write_home(municipality=FICTIONAL.replace("[helping]", "[helping, helping]"))
    assert list_codes(world) == ["duplicate_id"]


def test_a_municipality_code_has_its_check_digit(world) -> None:
    world.write_home(municipality=FICTIONAL.replace("999999", "131017").replace("[helping]", "[]"))
    assert list_codes(world) == ["wrong_municipality_code"]


def test_somebody_who_is_no_recipient_may_not_see_it(world) -> None:
    catalog = world.open()
    assert catalog.may_show("absence", "helping", Role.SCHOOL, on=ON)
    assert not catalog.may_show("absence", "helping", Role.AUDITOR, on=ON)
    assert not catalog.may_show("absence", "learning", Role.SCHOOL, on=ON)


def test_what_is_kept_for_safety_may_be_used_and_not_judged_by(world) -> None:
    world.change(
        ("items/education.yaml", "      evidence: none", "      for_judgement: false"),
        ("packs/help.yaml", "    filled_by: data", "    filled_by: data\n    blank_unless_registered: true"),
    )
    catalog = world.open()
    assert catalog.may_use("absence", "helping", on=ON)
    assert not catalog.may_judge("absence", "helping", on=ON)


def test_a_real_city_runs_nothing_it_did_not_adopt(world, make_adoptions) -> None:
    world.write_home(municipality=REAL)
    assert list_codes(world) == ["not_adopted"]
    catalog, _ = find_problems(world.shipped, world.home, on=ON)
    assert not catalog.may_use("absence", "helping", on=ON)
    assert not catalog.may_receive("education/absences", on=ON)
    assert catalog.list_active_packs("helping", on=ON) == []
    assert catalog.find_silence_watch(on=ON) is None


def test_a_real_city_runs_what_it_adopted(world, make_adoptions) -> None:
    world.write_home(municipality=REAL)
    adopt(world, make_adoptions, *ALL)
    catalog = world.open()
    assert catalog.may_use("absence", "helping", on=ON)
    assert catalog.may_receive("education/absences", on=ON)
    assert [pack.id for pack in catalog.list_active_packs("helping", on=ON)] == ["help"]
    assert catalog.get_purpose("helping").adoption.adopted_by == "課長"
    assert catalog.list_reviews_due(on=date(2027, 3, 1), within_days=20) == []
    assert len(catalog.list_reviews_due(on=date(2027, 3, 1), within_days=30)) == len(ALL)


@pytest.mark.parametrize(
    "missing", ["purpose helping", "use absence:helping", "indicator absences", "silence silence_watch"]
)
def test_an_adopted_pack_needs_all_it_rests_on_adopted(world, make_adoptions, missing: str) -> None:
    world.write_home(municipality=REAL)
    adopt(world, make_adoptions, *(name for name in ALL if name != missing))
    (problem,) = world.find_problems()
    assert problem.code == "not_adopted"
    assert missing.split()[1] in problem.what


@pytest.mark.parametrize(
    ("on", "codes", "allowed"),
    [
        (date(2026, 3, 31), [], False),  # the day before it was adopted
        (date(2026, 4, 1), [], True),
        (date(2027, 3, 31), [], True),  # the review day itself
        (date(2027, 4, 1), ["expired"], False),
    ],
)
def test_an_adoption_holds_from_its_day_to_its_review(world, make_adoptions, on, codes, allowed) -> None:
    world.write_home(municipality=REAL)
    adopt(world, make_adoptions, *ALL)
    catalog, problems = find_problems(world.shipped, world.home, on=on)
    assert sorted({problem.code for problem in problems}) == codes
    assert bool(catalog.may_use("absence", "helping", on=on)) is allowed


def test_without_the_adoption_guard_a_real_city_would_run_examples(world, monkeypatch) -> None:
    """The mutant: a real code is taken for a fictional one."""
    world.write_home(municipality=REAL)
    catalog, _ = find_problems(world.shipped, world.home, on=ON)
    assert not catalog.may_use("absence", "helping", on=ON)
    monkeypatch.setattr("tsunagu.catalog.catalog.is_fictional", lambda _: True)
    assert catalog.may_use("absence", "helping", on=ON)


def test_asking_for_what_does_not_exist_says_what_may_be_meant(world) -> None:
    with pytest.raises(UnknownDefinitionError, match="「absence」のことですか。"):
        world.open().get_item("absense")


def test_problems_come_as_one_error_with_its_exit_code(world) -> None:
    world.change(("items/education.yaml", "kind: event", "kind: evnet"))
    with pytest.raises(DefinitionsError) as caught:
        check_definitions(world.shipped, world.home, on=ON)
    assert caught.value.exit_code is ExitCode.DEFINITIONS
    assert "標準の定義/items/education.yaml:4 [unknown_word]" in str(caught.value)


def test_the_content_hash_follows_the_content_alone(world, tmp_path: Path) -> None:
    before = world.open().get_content_hash()
    world.change(("items/education.yaml", "  holder: 学校教育課", "  # a note\n  holder:   学校教育課"))
    assert world.open().get_content_hash() == before
    world.change(("items/education.yaml", "retain_years: 5", "retain_years: 4"))
    assert world.open().get_content_hash() != before


def test_the_day_of_asking_is_no_part_of_the_content(world) -> None:
    early, late = world.open(date(2026, 6, 1)), world.open(date(2026, 7, 1))
    assert (early.opened_for, late.opened_for) == (date(2026, 6, 1), date(2026, 7, 1))
    assert early.get_content_hash() == late.get_content_hash()


def test_resolved_definitions_are_plain_and_complete(world) -> None:
    resolved = world.open().resolve()
    assert resolved["municipality"]["code"] == "999999"
    assert set(resolved["items"]) == {"absence"}
    assert resolved["feeds"]["education/absences"]["department"] == "education"
    assert str(world.shipped) not in str(resolved)


@pytest.mark.parametrize("purpose", ["poverty_support", "school_screening", "abuse_prevention"])
def test_a_drafted_adoption_lets_a_real_city_run_one_purpose(tmp_path: Path, purpose: str) -> None:
    initialise_municipality(tmp_path, "131016", "試験市")
    shipped = open_catalog(tmp_path, on=ON)
    draft = draft_adoptions(
        shipped, purpose, adopted_by="課長", adopted_on=date(2026, 4, 1), review_on=date(2027, 3, 31)
    )
    (tmp_path / "definitions/adoptions.yaml").write_text(draft, encoding="utf-8")
    settings = tmp_path / "municipality.yaml"
    text = settings.read_text(encoding="utf-8").replace(
        "active_purposes: []", f"active_purposes: [{purpose}]"
    )
    settings.write_text(text, encoding="utf-8")
    catalog = open_catalog(tmp_path, on=ON)
    registered = [item for item in catalog.items.values() if item.is_registered_for(purpose)]
    assert registered
    assert [item.id for item in registered if not catalog.may_load(item.id, on=ON)] == []
    packs = [pack for pack in catalog.packs.values() if pack.purpose == purpose]
    assert catalog.list_active_packs(purpose, on=ON) == packs
    assert not catalog.may_use("school_enrolment", "another_purpose", on=ON)
