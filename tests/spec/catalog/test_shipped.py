"""Promises about what is shipped: examples only, nothing cited that nobody read, each benefit where it belongs."""

from datetime import date
from pathlib import Path

import pytest

from tsunagu.catalog.catalog import Catalog, list_adoptions
from tsunagu.catalog.checking import check_definitions
from tsunagu.catalog.loading import find_shipped_definitions
from tsunagu.catalog.words import Role, Status, ValueType

ON = date(2026, 6, 1)
SHIPPED = find_shipped_definitions()
EXAMPLE_CITY = SHIPPED.parent / "municipalities" / "example_city"

# item · purposes it is registered for (P poverty, S school screening, A abuse); small = not to judge by
REGISTER = """
residence               PSA
resident_event          PSA
move_in                 PSA
address_protection      psA
school_enrolment        PSA
attendance_mark         PSA
attendance_month        PSA
school_aid              PS
meal_fee_arrears        PS
school_health_check     PSA
learning_survey         PS
nurse_room_visit        SA
fitness_test            S
school_charge_arrears   PS
school_life_survey      S
school_transfer         PS
school_summons          SA
pupil_untraced          SA
pregnancy               PA
maternal_checkup        PA
newborn_visit           A
infant_checkup          PA
vaccination             PA
municipal_checkup       p
child_rearing_allowance P
child_allowance         p
public_assistance       P
single_parent_medical   P
disability_certificate  p
nursery_enrolment       PA
nursery_absence         PA
nursery_mark            PA
council_registration    SA
council_contact         A
family_consultation     A
whereabouts_unknown     A
"""
PURPOSES = {
    "P": "poverty_support",
    "S": "school_screening",
    "A": "abuse_prevention",
}
# item · day of the sighting · only if
SIGHTINGS = """
attendance_month    last_attended_on -
infant_checkup      - is_attended
vaccination         - is_given
school_health_check - -
newborn_visit       - is_met
council_contact     - -
"""


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return check_definitions(SHIPPED, None, on=ON)


def test_nothing_shipped_is_active_or_adopted(catalog: Catalog) -> None:
    assert catalog.active_purposes == ()
    assert {adoption.status for _, _, adoption in list_adoptions(catalog)} == {Status.EXAMPLE}


def test_the_register_is_this_table(catalog: Catalog) -> None:
    shown = [
        f"{item.id:<23} "
        + "".join(
            (letter if use.for_judgement else letter.lower())
            for letter, purpose in PURPOSES.items()
            if (use := item.find_use(purpose))
        )
        for item in catalog.items.values()
    ]
    assert sorted(shown) == sorted(REGISTER.strip().splitlines())
    assert {use.purpose for item in catalog.items.values() for use in item.uses} == set(PURPOSES.values())


def test_the_sightings_are_this_table(catalog: Catalog) -> None:
    shown = [
        (item.id, item.seen_on or "-", item.seen_if or "-")
        for item in catalog.items.values()
        if item.sighting
    ]
    assert sorted(shown) == sorted(tuple(line.split()) for line in SIGHTINGS.strip().splitlines())


def test_nothing_is_cited(catalog: Catalog) -> None:
    """Nobody has read a source for any of these yet; when somebody has, this test names it."""
    assert {use.evidence for item in catalog.items.values() for use in item.uses} == {"none"}


def test_every_legal_basis_is_marked_to_be_confirmed(catalog: Catalog) -> None:
    bases = {use.legal_basis for item in catalog.items.values() for use in item.uses}
    assert [basis for basis in bases if not basis.endswith("【要確認（例）】")] == []


def test_schools_receive_no_ledger_of_other_departments(catalog: Catalog) -> None:
    received = {
        item.id for item in catalog.items.values() for use in item.uses if Role.SCHOOL in use.recipients
    }
    assert {catalog.get_item(item).department for item in received} == {"education"}
    assert not received & {"school_aid", "meal_fee_arrears", "school_charge_arrears", "pupil_untraced"}


def test_flag_spellings_are_yes_and_no(catalog: Catalog) -> None:
    flags = {
        column.codes
        for feed in catalog.feeds.values()
        for column in feed.columns
        if column.type is ValueType.FLAG and column.codes
    }
    assert len(flags) > 6
    for name in sorted(flags):
        assert [code.id for code in catalog.get_code_list(name).codes] == ["yes", "no"]


def test_every_code_has_both_languages(catalog: Catalog) -> None:
    titles = [code.title for code_list in catalog.code_lists.values() for code in code_list.codes]
    titles += [value.title for item in catalog.items.values() for value in item.values.values()]
    assert [title.ja for title in titles if not title.en] == []


def test_the_example_city_opens_and_runs(catalog: Catalog) -> None:
    city = check_definitions(SHIPPED, EXAMPLE_CITY, on=ON)
    assert city.municipality is not None
    assert city.municipality.code == "999999"
    assert city.changes == ()
    for purpose in ("school_screening", "poverty_support"):
        assert city.list_active_packs(purpose, on=ON)
    assert [item for item in city.items if not city.may_load(item, on=ON)] == []
    assert city.find_silence_watch(on=ON) is not None


def test_every_file_names_its_schema() -> None:
    files = [*SHIPPED.rglob("*.yaml"), *EXAMPLE_CITY.rglob("*.yaml")]
    assert len(files) > 30
    for path in files:
        first_line = path.read_text(encoding="utf-8").splitlines()[0]
        before, _, schema = first_line.partition("$schema=")
        assert (before, path.name) == ("# yaml-language-server: ", path.name)
        assert Path(path.parent, schema).resolve().is_file(), path
