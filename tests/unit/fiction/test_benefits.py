"""Who is entitled and who receives: by rules anybody can follow, and not the same people."""

from collections import defaultdict
from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from tsunagu.fiction import benefits
from tsunagu.fiction.build import Plan, make_records
from tsunagu.fiction.circumstances import HARDSHIP


@pytest.fixture(scope="module")
def records():
    return make_records(Plan(children=900, seed=2, start=date(2023, 4, 1), months=20, feeds="main"))


@pytest.mark.parametrize("benefit", benefits.CLASSES)
def test_some_families_entitled_to_a_benefit_do_not_receive_it(records, benefit: str) -> None:
    found = records.benefits
    entitled, received = found.entitled[benefit] > 0, found.received[benefit] > 0
    open_share = (entitled & ~received)[:, 12:].sum() / entitled[:, 12:].sum()
    assert 0.005 < open_share < 0.75
    assert not (received & (np.cumsum(entitled, axis=1) == 0)).any(), "nobody receives before being entitled"


def test_the_rearing_allowance_follows_income_and_a_roof_without_the_other_parent(records) -> None:
    found, column = records.benefits, 14
    day = records.months[column].first
    level = found.entitled_class(benefits.REARING_ALLOWANCE, found.children, column)
    alone = records.is_lone_parent_child(found.children, day)
    income = benefits.estimate_income_yen(records, found.children, alone, day)
    assert income[level == benefits.FULL].max() < income[level == benefits.SUSPENDED].max()
    with_both = found.children[(level > 0) & ~alone]
    assert (records.role_at(with_both, day) == benefits.GRANDCHILD).all()
    assert (level[alone] > 0).mean() > 0.7


def test_hardship_opens_school_aid(records) -> None:
    found, column = records.benefits, 18
    pupils = records.schooling.persons[records.schooling.school[:, column] >= 0]
    poor = records.circumstances.level(HARDSHIP, pupils, records.months[column].first) > 0
    entitled = found.entitled_class(benefits.SCHOOL_AID, pupils, column) > 0
    assert entitled[poor].mean() > 3 * entitled[~poor].mean()


def test_school_aid_once_granted_lasts_to_march_and_is_decided_anew(records) -> None:
    received = records.benefits.received[benefits.SCHOOL_AID] > 0
    months = [month.month for month in records.months]
    for column in range(1, len(months)):
        if months[column] in (4, 5):
            assert not received[:, column].any()
        else:
            assert (received[:, column] >= received[:, column - 1]).all()


def test_the_truth_tells_stretches_without_gaps_or_overlaps(read_truth) -> None:
    rows = defaultdict(list)
    for row in read_truth("benefit"):
        assert row["entitled_class"] or row["received_class"]
        rows[row["person_id"], row["benefit"]].append((row["started_on"], row["ended_on"] or date.max))
    assert len(rows) > 1000
    for stretches in rows.values():
        assert all(before[1] <= after[0] for before, after in pairwise(stretches))
