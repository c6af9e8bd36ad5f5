"""The shipped indicators: read, well formed, and naming only what exists."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tsunagu.catalog.indicator_checks import Surroundings, list_faults
from tsunagu.catalog.indicators import Indicator, IndicatorKind
from tsunagu.catalog.items import Item
from tsunagu.catalog.purposes import CodeList

DEFINITIONS = Path(__file__).parents[3] / "definitions"


def read_all(folder: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = []
    for path in sorted((DEFINITIONS / folder).glob("*.yaml")):
        loaded = yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - text only
        entries.extend(loaded if isinstance(loaded, list) else [loaded])
    return entries


@pytest.fixture(scope="module")
def around() -> Surroundings:
    items = [Item.model_validate(entry) for entry in read_all("items")]
    lists = [CodeList.model_validate(entry) for entry in read_all("codes")]
    indicators = [Indicator.model_validate(entry) for entry in read_all("indicators")]
    assert len({one.id for one in indicators}) == len(indicators)
    return Surroundings(
        items={item.id: item for item in items},
        codes={one.id: frozenset(code.id for code in one.codes) for one in lists},
        indicators={one.id: one for one in indicators},
    )


def test_shipped_indicators_name_only_what_exists(around: Surroundings) -> None:
    faults = {one.id: list_faults(one, around) for one in around.indicators.values()}
    assert {name: found for name, found in faults.items() if found} == {}


def test_shipped_indicators_use_all_ten_kinds_and_all_departments(around: Surroundings) -> None:
    assert {one.kind for one in around.indicators.values()} == set(IndicatorKind)
    used = {around.items[name].department for one in around.indicators.values() for name in one.items}
    assert used == {item.department for item in around.items.values()}
    assert len(around.indicators) >= 24
