"""The random audit: a few unlisted children per purpose, repeatable, and nobody who is listed."""

from collections.abc import Iterator

import pytest

from tsunagu.store.engine import Engine

PEOPLE = 300
LISTED = range(0, PEOPLE, 3)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("engine")
    with Engine(spill=folder, readable=[folder]) as engine:
        engine.set_pseudonym_key(b"a fictional key")
        engine.run(
            "CREATE TEMP TABLE runs_judgement AS SELECT purpose, person_id, person_id % 3 = 0 AS is_listed"
            " FROM (SELECT unnest(['poverty_support', 'school_screening']) AS purpose),"
            " (SELECT unnest(range(300)) AS person_id)"
        )
        engine.run(
            "CREATE TEMP TABLE runs_silence AS SELECT unnest(range(300)) AS person_id,"
            " unnest(range(300)) % 10 = 1 AS is_listed"
        )
        yield engine


def draw(engine: Engine, *, seed: str = "2025-01-10", size: int = 20) -> list[tuple[object, ...]]:
    engine.run_file("tsunagu.judgement", "audit_sample", seed=seed, size=size)
    return engine.list_rows("SELECT purpose, draw, person_id FROM runs_audit_sample ORDER BY purpose, draw")


def test_the_draw_can_be_repeated(engine: Engine) -> None:
    assert draw(engine) == draw(engine)


def test_another_day_draws_others(engine: Engine) -> None:
    assert draw(engine) != draw(engine, seed="2025-07-10")


def test_each_purpose_has_its_own_draw_of_the_size_asked(engine: Engine) -> None:
    rows = draw(engine, size=7)
    assert [row[:2] for row in rows] == [
        (purpose, number) for purpose in ("poverty_support", "school_screening") for number in range(1, 8)
    ]
    drawn = [{person for purpose, _, person in rows if purpose == name} for name in {row[0] for row in rows}]
    assert drawn[0] != drawn[1]


def test_nobody_listed_or_unseen_is_drawn(engine: Engine) -> None:
    drawn = {person for _, _, person in draw(engine, size=PEOPLE)}
    assert drawn == set(range(PEOPLE)) - set(LISTED) - {
        person for person in range(PEOPLE) if person % 10 == 1
    }


def test_every_unlisted_child_has_a_chance(engine: Engine) -> None:
    drawn = {person for day in range(60) for _, _, person in draw(engine, seed=f"run {day}")}
    assert drawn == {person for _, _, person in draw(engine, size=PEOPLE)}
