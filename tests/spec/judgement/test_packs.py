"""The shipped packs: every promise of the sheet, and every example child."""

from collections import Counter
from pathlib import Path

import pytest

from tsunagu.catalog.packs import FilledBy, NeedLevel, Pack
from tsunagu.catalog.silence import SilenceWatch
from tsunagu.catalog.validation import build_model
from tsunagu.catalog.yaml_text import read_yaml
from tsunagu.judgement.examples import check_examples

DEFINITIONS = Path(__file__).parents[3] / "definitions"
PACKS = sorted((DEFINITIONS / "packs").glob("*.yaml"))


def load_pack(path: Path) -> Pack:
    document = read_yaml(path, path.name)
    pack = build_model(Pack, document.data, document, ())
    assert document.problems == []
    assert pack is not None
    return pack


@pytest.fixture
def sheet() -> Pack:
    return load_pack(DEFINITIONS / "packs" / "school_screening_37.yaml")


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.stem)
def test_every_example_child_comes_out_as_written(path: Path) -> None:
    assert [str(fault) for fault in check_examples(load_pack(path))] == []


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.stem)
def test_shipped_packs_are_examples_and_claim_no_evidence(path: Path) -> None:
    pack = load_pack(path)
    assert (pack.adoption.status, pack.evidence) == ("example", "none")


def test_a_wrong_expectation_is_reported() -> None:
    pack = load_pack(PACKS[0])
    wrong = pack.examples[0].model_copy(update={"level": NeedLevel.URGENT})
    faults = check_examples(pack.model_copy(update={"examples": (wrong,)}))
    assert [fault.what for fault in faults] == [
        f"必要度は urgent と書いてありますが、判定は {pack.examples[0].level} です。"
    ]


def test_the_sheet_has_its_37_items_in_8_domains(sheet: Pack) -> None:
    assert Counter(item.domain for item in sheet.items) == {
        "school_life": 10,
        "learning": 4,
        "home": 4,
        "development": 3,
        "health": 5,
        "economy": 3,
        "welfare": 4,
        "community": 4,
    }
    assert len(sheet.items) == 37


# The cut points of the sheet as the field has them (item, indicator, from, points).
CUT_POINTS = """
moved_in         move_ins              1  1
moved_in         move_ins              2  2
absent_last_year absent_days_last_year     30  1
absent_last_year absent_days_last_year     90  2
absent_this_year absent_days_this_year    7  1
absent_this_year absent_run_days         7  2
late_or_early    late_early_times_4_weeks    4  1
late_or_early    late_early_times_4_weeks   12  2
special_class    special_class        1  1
illness          untreated_teeth            5  2
illness          treatment_not_reported 1  1
nurse_room       nurse_visits_4_weeks    4  1
nurse_room       nurse_visits_4_weeks   12  2
fee_arrears      arrears_months    1  1
fee_arrears      charge_arrears_lists    1  1
fee_arrears      arrears_months    3  2
fee_arrears      long_charge_arrears_lists    1  2
council          council_ended 1  1
council          council_registered     1  2
bullying_survey  saw_bullying    1  1
bullying_survey  says_bullied    1  2
"""


def test_cut_points_are_those_of_the_sheet(sheet: Pack) -> None:
    steps = [
        (item.id, step.indicator, step.at_least, step.points)
        for item in sheet.items
        for step in item.steps
        if step.at_least is not None
    ]
    rows = [line.split() for line in CUT_POINTS.strip().splitlines()]
    assert steps == [(item, indicator, float(cut), int(points)) for item, indicator, cut, points in rows]
    aid = next(item for item in sheet.items if item.id == "school_aid")
    assert [(step.is_one_of, step.points) for step in aid.steps] == [
        (("quasi_protection",), 1),
        (("needs_protection",), 2),
    ]


def test_people_fill_the_rest(sheet: Pack) -> None:
    owners = Counter(item.owner.value for item in sheet.items if item.filled_by is FilledBy.PEOPLE)
    assert owners == {
        "homeroom": 11,
        "school_nurse": 3,
        "management": 3,
        "special_needs": 2,
        "community": 2,
        "office": 1,
    }


def test_economy_and_welfare_rows_stay_blank_unless_registered(sheet: Pack) -> None:
    rows = [item for item in sheet.items if item.filled_by is FilledBy.DATA]
    guarded = {item.id for item in rows if item.blank_unless_registered}
    assert guarded == {item.id for item in rows if item.domain in ("economy", "welfare")}
    assert set(sheet.indicator_ids) - set(sheet.required_indicator_ids) == {
        "school_aid_category",
        "arrears_months",
        "charge_arrears_lists",
        "long_charge_arrears_lists",
        "council_ended",
        "council_registered",
    }


def test_the_silence_watch_is_readable_and_takes_every_child() -> None:
    document = read_yaml(DEFINITIONS / "silence.yaml", "silence.yaml")
    watch = build_model(SilenceWatch, document.data, document, ())
    assert document.problems == []
    assert watch is not None
    assert watch.bands[-1].is_open
    assert watch.soonest.listed_after_days == 80
