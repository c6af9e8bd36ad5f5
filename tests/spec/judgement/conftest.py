"""An engine with the tables that judgement reads, filled from plain values."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from tsunagu.catalog.packs import Pack
from tsunagu.catalog.validation import build_model
from tsunagu.catalog.yaml_text import read_yaml
from tsunagu.judgement.oracle import KnownValue
from tsunagu.store.engine import Engine
from tsunagu.vocabulary.knowing import Knowledge

DEFINITIONS = Path(__file__).parents[3] / "definitions"
VALUES = {
    "person_id": pa.int64(),
    "indicator": pa.string(),
    "state": pa.string(),
    "value": pa.float64(),
    "text_value": pa.string(),
    "unknown_reason": pa.string(),
    "is_lower_bound": pa.bool_(),
    "latest_event_on": pa.date32(),
    "latest_known_from": pa.date32(),
    "evidence_rows": pa.int32(),
    "feeds": pa.string(),
}
Children = Mapping[int, Mapping[str, KnownValue]]


@pytest.fixture(scope="session")
def load_pack() -> Callable[[str], Pack]:
    """A shipped pack by its id."""

    def load(pack_id: str) -> Pack:
        document = read_yaml(DEFINITIONS / "packs" / f"{pack_id}.yaml", pack_id)
        pack = build_model(Pack, document.data, document, ())
        assert document.problems == []
        assert pack is not None
        return pack

    return load


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine for one module of tests."""
    folder = tmp_path_factory.mktemp("engine")
    with Engine(spill=folder, readable=[folder]) as engine:
        engine.set_pseudonym_key(b"a fictional key")
        yield engine


@pytest.fixture(scope="session")
def load_children() -> Callable[..., None]:
    """Fills `runs_indicator_value` and `runs_population`; every value is 3 rows of an attendance feed."""

    def load(engine: Engine, children: Children, *, cohorts: Mapping[int, int | None] | None = None) -> None:
        rows = [
            describe(person, name, known) for person in children for name, known in children[person].items()
        ]
        engine.register("runs_indicator_value", pa.Table.from_pylist(rows, schema=pa.schema(VALUES)))
        people = [
            {"person_id": person, "school_cohort": (cohorts or {}).get(person, 2014), "is_unborn": False}
            for person in children
        ]
        engine.register("runs_population", pa.Table.from_pylist(people))

    return load


def describe(person: int, indicator: str, known: KnownValue) -> dict[str, object]:
    is_value = known.state is Knowledge.VALUE
    return {
        "person_id": person,
        "indicator": indicator,
        "state": known.state.value,
        "value": known.value,
        "text_value": known.text,
        "unknown_reason": "not_loaded" if known.state is Knowledge.UNKNOWN else None,
        "is_lower_bound": known.is_lower_bound,
        "latest_event_on": date(2024, 12, 20) if is_value else None,
        "latest_known_from": date(2025, 1, 5) if is_value else None,
        "evidence_rows": 3 if is_value else 0,
        "feeds": "education/attendance_marks" if is_value else None,
    }
