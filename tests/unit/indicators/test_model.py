"""What a definition of an indicator may and may not say."""

from typing import Any

import pytest
from pydantic import ValidationError

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.indicator_checks import Surroundings, list_faults
from tsunagu.catalog.indicators import Indicator

GOOD: dict[str, Any] = {
    "id": "absences",
    "title": {"ja": "欠席"},
    "sentence": {"ja": "{value}日欠席しています。"},
    "kind": "count",
    "item": "attendance_mark",
    "where": [{"value": "mark", "equals": "absent"}],
    "window": {"days": 30},
    "empty": "zero",
}


def make(**changes: Any) -> Indicator:
    words = {**GOOD, **changes}
    return Indicator.model_validate({name: word for name, word in words.items() if word is not None})


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"empty": None}, "Field required"),
        ({"window": None}, "window が要ります"),
        ({"value": "mark"}, "value を使えません"),
        ({"window": {"days": 3, "months": 1}}, "どちらか一つ"),
        ({"window": "at_as_of"}, "state_at にだけ"),
        ({"where": [{"value": "mark"}]}, "どれか一つ"),
        ({"where": [{"value": "mark", "equals": "a", "at_least": 1}]}, "どれか一つ"),
        ({"sentence": {"ja": "{name}さん"}}, "{name} は使えません"),
        ({"sentence": {"ja": "{value"}}, "閉じていません"),
        ({"kind": "latest", "value": "mark"}, "記録がないことは0ではありません"),
        (
            {"kind": "missing", "window": None, "due": {"from_age_months": 0, "until_age_months": 3}},
            "missing にだけ",
        ),
        ({"kind": "change", "measure": "sum"}, "value は"),
        ({"kind": "change", "measure": "count", "window": "since_birth"}, "比べる過去がありません"),
        ({"kind": "days_since", "sightings": ["vaccination"], "empty": "nothing"}, "どちらか一つ"),
        ({"kind": "household", "item": None, "where": None, "window": None}, "が要ります"),
        ({"quiet_months": [13]}, "less than or equal to 12"),
        ({"sql": "SELECT 1"}, "Extra inputs"),
    ],
)
def test_a_definition_that_means_nothing_is_refused(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        make(**changes)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"item": "attendance_marks"}, "unknown_name"),
        ({"where": [{"value": "marks", "equals": "absent"}]}, "unknown_name"),
        ({"where": [{"value": "mark", "equals": "欠席"}]}, "unknown_name"),
        ({"where": [{"value": "mark", "at_least": 3}]}, "wrong_value_type"),
        ({"where": [], "times": {"event": "valid_from"}}, "unknown_name"),
        ({"kind": "sum", "value": "mark"}, "wrong_value_type"),
        ({"kind": "state_at", "window": "at_as_of"}, "wrong_item_kind"),
        (
            {"item": "school_aid", "where": [], "kind": "spell", "consecutive": "months", "take": "latest"},
            "wrong_item_kind",
        ),
        (
            {
                "kind": "days_since",
                "item": None,
                "where": None,
                "sightings": ["learning_survey"],
                "empty": "nothing",
            },
            "not_a_sighting",
        ),
        (
            {
                "kind": "household",
                "item": None,
                "where": None,
                "window": None,
                "over": "siblings",
                "relatives_indicator": "siblings_absent_long",
                "counts_when": {"at_least": 1},
            },
            "nested_household",
        ),
        (
            {
                "kind": "household",
                "item": None,
                "where": None,
                "window": None,
                "over": "siblings",
                "relatives_indicator": "council_category",
                "counts_when": {"at_least": 1},
            },
            "wrong_value_type",
        ),
    ],
)
def test_a_definition_that_names_what_is_not_there_is_found(
    shipped: Catalog, changes: dict[str, Any], code: str
) -> None:
    around = Surroundings(
        items=shipped.items,
        codes={name: frozenset(code.id for code in one.codes) for name, one in shipped.code_lists.items()},
        indicators=shipped.indicators,
    )
    assert [fault.code for fault in list_faults(make(**changes), around)] == [code]


def test_items_and_references_are_told() -> None:
    household = make(
        kind="household",
        item=None,
        where=None,
        window=None,
        relatives_indicator="absences",
        over="siblings",
        counts_when={"at_least": 1},
    )
    assert (make().items, make().references) == (("attendance_mark",), ())
    assert (household.items, household.references) == ((), ("absences",))
