"""Who takes another surname depends on sex and age, and the files say how much."""

import numpy as np
import pyarrow as pa
import pytest

from tsunagu.linkage import renaming
from tsunagu.linkage.levels import BIRTH, GIVEN, SURNAME
from tsunagu.store.engine import Engine

KEPT, RENAMED = ((surname << SURNAME.shift) + (6 << GIVEN.shift) + (1 << BIRTH.shift) for surname in (6, 24))
MAN, WOMAN = 1, 2
SURE, OPEN = 12_000, 0


@pytest.fixture
def engine(tmp_path):
    """Of 4,000 men and women of one age each 40 women certainly took another surname, and 20 of each perhaps."""
    rows = [
        (sex, pattern, weight)
        for sex, renamed in ((MAN, 0), (WOMAN, 40))
        for pattern, weight, count in ((KEPT, SURE, 4_000), (RENAMED, SURE, renamed), (RENAMED, OPEN, 20))
        for _ in range(count)
    ]
    ids = pa.array(range(len(rows)), pa.int32())
    with Engine(spill=tmp_path, readable=[]) as engine:
        engine.register(
            "scoring_right",
            pa.table({"id": ids, "sex": [row[0] for row in rows], "birth": [19_900_101] * len(rows)}),
        )
        patterns = pa.array([row[1] for row in rows], pa.int64())
        engine.register(
            "scoring_judged",
            pa.table({"right_id": ids, "pattern": patterns, "match_millibits": [row[2] for row in rows]}),
        )
        for name in ("scoring_sample_pair", "scoring_settled"):
            engine.register(
                name, pa.table({"left_id": ids, "right_id": ids, "pattern": patterns}).slice(0, 0)
            )
        pairs = {"left_id": ids, "right_id": ids, "pattern": patterns}
        engine.register("scoring_pair", pa.table({**pairs, "rarity_millibits": [0] * len(rows)}))
        weights = {"pattern": [KEPT, RENAMED], "same_millibits": [0, 0], "relative_millibits": [-9_000] * 2}
        engine.register("scoring_weight", pa.table(weights))
        engine.register(
            "scoring_support",
            pa.table({"left_id": ids, "right_id": ids, "support_millibits": ids}).slice(0, 0),
        )
        yield engine


def weigh_renamed(engine):
    """The weight of a man and of a woman with another surname."""
    priors = {"free_prior": 0, "taken_prior": 0, "relative_prior": -20_000, "least": -20_000}
    engine.run_file("tsunagu.linkage", "scoring_weighed", **priors)
    return dict(
        engine.list_rows(
            "SELECT DISTINCT r.sex, w.weight_millibits FROM scoring_weighed AS w"
            " JOIN scoring_right AS r ON r.id = w.right_id WHERE w.pattern = $renamed",
            renamed=RENAMED,
        )
    )


def test_a_woman_of_the_age_is_likelier_to_be_found_under_another_surname(engine):
    renaming.learn_renaming(engine, 1.0)
    weight = weigh_renamed(engine)
    assert weight[WOMAN] > 500
    assert weight[MAN] < -2_000


def test_before_anything_is_learned_all_are_alike(engine):
    renaming.forget_renaming(engine)
    assert weigh_renamed(engine) == {MAN: 0, WOMAN: 0}


def test_a_few_people_say_little():
    cells = np.array([[24, 0, 20_000, 1], [6, 0, 20_000, 9], [24, 0, 20_000, 100], [6, 0, 20_000, 9_900]])
    bits = renaming.learn_bits(np.array([0, 0, 1, 1]), cells, 1.0)
    assert 0 < bits[0] < 1
    assert abs(bits[1]) < 0.05
