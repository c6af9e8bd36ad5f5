"""Five deliveries of one feed, in all 120 orders, end in one state; what is refused on the way is sent again.

A file that a newer one has overtaken is refused, and its refusal says what to do: take the newer ones back, then
hand everything over again in order. The tests do just that, and must then be where the right order leads.
"""

import shutil
from datetime import date, timedelta
from itertools import permutations

import pytest

from tsunagu.intake import deliveries, withdraw_delivery
from tsunagu.intake.withdraw import DeliveryNotFoundError, WithdrawalRefusedError
from tsunagu.store.home import open_home

FAR = date(2030, 1, 1)
AGAIN = date(2024, 7, 1)

STAY = "番号,氏名,園,開始日,終了日"
MARK = "学校,年月,番号,日付,区分"
ROSTER = "学校,番号,園,開始日,終了日"
MONTHLY = "年月,番号,日付,区分"
MEASURE = "宛名番号,測定日,身長,歯,予定日,整理"


def send(name, day, header, *rows):
    return "take", name, day, "\n".join([header, *rows])


def take_back(name, day):
    return "withdraw", name, day, ""


# In the order in which they reached the city: the first word, another one, a correction, the first bytes once more
# (which restore), a withdrawal.
FEEDS = {
    "whole city": [
        send("a_20240501.csv", "2024-05-01", STAY, "1,甲,い,2024-04-01,", "2,乙,い,2024-04-01,"),
        send("b_20240501.csv", "2024-05-03", STAY, "1,甲,ろ,2024-04-01,", "3,丙,い,2024-04-01,"),
        send("a_20240501.csv", "2024-05-08", STAY, "1,甲,い,2024-04-01,", "2,乙,い,2024-04-01,"),
        send("c_20240531.csv", "2024-06-04", STAY, "1,甲,い,2024-04-01,", "3,丙,は,2024-05-01,"),
        take_back("c_20240531.csv", "2024-06-10"),
    ],
    "by school": [
        send("a_20240501.csv", "2024-05-01", ROSTER, "S1,1,い,2024-04-01,", "S2,2,い,2024-04-01,"),
        send("b_20240501.csv", "2024-05-02", ROSTER, "S2,2,ろ,2024-04-01,", "S2,3,ろ,2024-04-01,"),
        send("c_20240601.csv", "2024-06-02", ROSTER, "S1,4,い,2024-05-01,", "S1,3,い,2024-05-01,"),
        send("c_20240601.csv", "2024-06-03", ROSTER, "S1,4,い,2024-05-01,", "S1,3,い,2024-05-01,"),
        take_back("b_20240501.csv", "2024-06-10"),
    ],
    "by school and month": [
        send(
            *("a_20240505.csv", "2024-05-05", MARK),
            *("S1,202404,1,2024-04-09,欠席", "S1,202404,2,2024-04-09,欠席", "S2,202404,3,2024-04-10,遅刻"),
        ),
        send(
            "b_20240510.csv", "2024-05-10", MARK, "S2,202404,3,2024-04-11,欠席", "S2,202404,1,2024-04-09,遅刻"
        ),
        send("c_20240605.csv", "2024-06-05", MARK, "S1,202405,1,2024-05-09,欠席"),
        send("d_20240505.csv", "2024-06-06", MARK, "S1,202404,1,2024-04-09,遅刻"),
        take_back("b_20240510.csv", "2024-06-10"),
    ],
    "by month": [
        send("a_20240505.csv", "2024-05-05", MONTHLY, "202404,1,2024-04-09,欠席", "202404,2,2024-04-09,欠席"),
        send("b_20240505.csv", "2024-05-06", MONTHLY, "202404,1,2024-04-09,欠席"),
        send("b_20240505.csv", "2024-05-20", MONTHLY, "202404,1,2024-04-09,欠席"),
        send("c_20240605.csv", "2024-06-05", MONTHLY, "202405,1,2024-05-09,欠席", "202404,3,2024-04-12,遅刻"),
        take_back("c_20240605.csv", "2024-06-10"),
    ],
    "changes": [
        send("a_20240501.csv", "2024-05-01", MEASURE, "1,2024-04-01,90,0,,A001", "2,2024-04-01,91,0,,A001"),
        send("b_20240510.csv", "2024-05-10", MEASURE, "1,2024-04-01,95,1,,A001", "3,2024-05-01,80,0,,A001"),
        # Late: of an older day than the one before, received after it.
        send("c_20240505.csv", "2024-05-20", MEASURE, "1,2024-04-01,99,9,,A001", "2,2024-04-01,92,1,,A001"),
        send("b_20240510.csv", "2024-05-25", MEASURE, "1,2024-04-01,95,1,,A001", "3,2024-05-01,80,0,,A001"),
        take_back("a_20240501.csv", "2024-06-10"),
    ],
    "list and changes": [
        send(
            "a全件_20240501.csv", "2024-05-01", MEASURE, "1,2024-04-01,90,0,,A001", "2,2024-04-01,91,0,,A001"
        ),
        send(
            "b異動_20240510.csv", "2024-05-10", MEASURE, "1,2024-04-01,95,1,,A001", "3,2024-05-01,80,0,,A001"
        ),
        send("c異動_20240510.csv", "2024-05-12", MEASURE, "3,2024-05-01,85,0,,A001"),
        send(
            "d全件_20240601.csv", "2024-06-01", MEASURE, "1,2024-04-01,95,1,,A001", "4,2024-05-20,70,0,,A001"
        ),
        take_back("b異動_20240510.csv", "2024-06-10"),
    ],
}


@pytest.fixture(scope="module")
def make_steps(make_home, intake_town, tmp_path_factory):
    """Start a feed: a town, and a function that carries one step out on a copy of a home."""
    return lambda feed: Steps(intake_town, make_home, tmp_path_factory.mktemp("orders"), feed)


class Steps:
    """Homes that share one set of keys, and the steps on them."""

    def __init__(self, towns, make_home, folder, feed):
        self.steps, self.folder, self.count = FEEDS[feed], folder, 0
        self.empty = make_home(folder / "empty")
        self.town = towns.Town(self.empty, folder / "inbox", make_catalog(towns, feed))

    def copy(self, home):
        self.count += 1
        shutil.copytree(home.path, self.folder / str(self.count))
        return open_home(self.folder / str(self.count))

    def carry_out(self, home, step, day=None):
        """Whether the step was accepted; a refusal changes nothing."""
        what, name, own_day, text = step
        town, on = self.town, day or date.fromisoformat(own_day)
        town.home, before = home, read_head(home)
        if what == "withdraw":
            try:
                withdraw_delivery(home, town.catalog, name, reason="誤り", withdrawn_on=on)
            except (DeliveryNotFoundError, WithdrawalRefusedError):
                assert read_head(home) == before
                return False
            return True
        path = town.write(name, text, day=own_day)
        (outcome,) = town.take(path, received_on=day)
        assert (outcome.status == "accepted") == (read_head(home) != before)
        assert outcome.refusal is None or outcome.refusal.code == "older_than_known"
        return outcome.refusal is None and outcome.status != "withdrawn"

    def describe(self, home):
        """What is known in the end, and what is covered; versions of a record never overlap in time."""
        self.town.home = home
        town = self.town
        known = {
            item: town.list_known(item, f"subject_id, record_id, {columns}", FAR)
            for item, columns in COLUMNS.items()
        }
        covered = town.query(
            "SELECT DISTINCT item, scope_kind, scope_id, covers_from, covers_to FROM facts.coverage "
            "WHERE known_to IS NULL ORDER BY ALL"
        )
        identities = town.query(
            "SELECT subject_id, name, atena_number FROM identity.record AS r WHERE NOT EXISTS (SELECT 1 FROM "
            "identity.record_closure AS c WHERE c.record_id = r.record_id AND c.version_known_from = r.known_from)"
            " ORDER BY ALL"
        )
        for item in COLUMNS:
            assert town.query(OVERLAPS.format(item=item)) == []
        assert town.query("SELECT file_id FROM landing.file GROUP BY 1 HAVING count(*) > 1") == []
        return known, covered, identities


COLUMNS = {
    "mark": "occurred_on, mark",
    "stay": "place, valid_from, valid_to",
    "measure": "occurred_on, height, teeth",
}
OVERLAPS = """
WITH version AS (
  SELECT v.record_id, v.known_from, coalesce(min(c.known_to), DATE '2999-01-01') AS known_to, count(*) AS closures
  FROM facts.{item} AS v
  LEFT JOIN facts.closure AS c
    ON c.item = '{item}' AND c.record_id = v.record_id AND c.version_known_from = v.known_from
  GROUP BY ALL
)
SELECT * FROM (
  SELECT *, lead(known_from) OVER (PARTITION BY record_id ORDER BY known_from) AS next_from FROM version
) WHERE known_to > next_from OR known_to <= known_from OR closures > 1
"""


def make_catalog(towns, feed):
    roster = [
        {"header": "学校", "to": ["scope.school"], "required": True},
        {"header": "番号", "required": True},
        {"header": "園", "to": ["stay.place"]},
        {"header": "開始日", "to": ["stay.valid_from"], "type": "date", "required": True},
        {"header": "終了日", "to": ["stay.valid_to"], "type": "date", "is_last_day": True},
    ]
    marks = towns.MARKS.model_dump(mode="json", exclude_defaults=True)["columns"]
    subject = {"system": "school", "column": "番号"}
    made = {
        "whole city": towns.STAYS,
        "by school": towns.make_feed(
            *("education/roster", roster),
            subject=subject,
            record_key=["番号"],
            coverage={"scope": "school", "period": "reference_day", "stale_after_days": 30},
        ),
        "by school and month": towns.MARKS,
        "by month": towns.make_feed(
            *("education/monthly", marks[1:]),
            subject=subject,
            record_key=["番号", "日付"],
            coverage={"period": "month", "stale_after_days": 30},
        ),
        "changes": towns.MEASURES,
        "list and changes": type(towns.MEASURES).model_validate(
            towns.MEASURES.model_dump(mode="json", exclude_defaults=True)
            | {"delivery": "snapshot", "delta_when_name_has": "異動"}
        ),
    }
    return towns.make_catalog(made[feed])


def read_head(home):
    return home.head_file.read_bytes() if home.head_file.exists() else b""


def finish(steps, home, order, refused):
    """Send again what was refused, in order; what is refused still needs the newer ones taken back."""
    again = [step for step in steps.steps if step in refused]
    still = [step for step in again if not steps.carry_out(home, step)]
    stuck = [step for step in still if step[0] == "take" and not is_withdrawn(steps, home, step)]
    if not stuck:
        return bool(again)
    first = min(steps.steps.index(step) for step in stuck)
    for step in steps.steps[first:]:
        if step[0] == "take":
            steps.carry_out(home, ("withdraw", step[1], "", ""), AGAIN)
    for turn, step in enumerate(steps.steps[first:], start=1):
        assert steps.carry_out(home, step, AGAIN + timedelta(days=turn)), (order, step)
    return True


def is_withdrawn(steps, home, step):
    """Whether the step's file was taken back: then it has nothing to say, whenever it came."""
    steps.town.home = home
    rows = steps.town.query(
        f"SELECT count(*) FROM landing.file WHERE file_name = '{step[1]}' AND withdrawn_on IS NOT NULL"  # noqa: S608 - our own name
    )
    return rows[0][0] > 0


def compare(steps, orders):
    """Every order must end where the right one ends; returns how many met a refusal on the way."""
    right = steps.copy(steps.empty)
    assert all(steps.carry_out(right, step) for step in steps.steps)
    expected, met = steps.describe(right), 0
    kept = {(): (steps.empty, ())}
    for order in orders:
        home, refused = follow(steps, kept, order)
        home = steps.copy(home)
        met += finish(steps, home, order, [steps.steps[number] for number in refused])
        assert steps.describe(home) == expected, [steps.steps[number][:3] for number in order]
        shutil.rmtree(home.path)
    return met


def follow(steps, kept, order):
    """The home after these steps, and those refused; orders that begin alike share their beginning."""
    if order not in kept:
        home, refused = follow(steps, kept, order[:-1])
        home = steps.copy(home)
        if not steps.carry_out(home, steps.steps[order[-1]]):
            refused = (*refused, order[-1])
        kept[order] = home, refused
    return kept[order]


ALL = list(permutations(range(5)))


@pytest.mark.parametrize(
    ("feed", "order", "met"),
    [
        ("whole city", (3, 4, 1, 0, 2), 1),
        ("by school and month", (4, 1, 3, 2, 0), 1),
        # A withdrawal, then another month's file: what was restated must not count as left out of it.
        ("by school and month", (0, 1, 3, 4, 2), 0),
    ],
)
def test_some_orders_end_in_one_state(make_steps, feed, order, met):
    assert compare(make_steps(feed), [order]) == met


@pytest.mark.slow
@pytest.mark.parametrize("feed", FEEDS)
def test_all_orders_end_in_one_state(make_steps, feed):
    met = compare(make_steps(feed), ALL)
    # Orders that begin with the withdrawal, at least.
    assert met >= 24


GUARDS = {
    "older files are refused": ("whole city", (3, 2, 1, 0, 4), "check_not_older", lambda *_: None),
    "late changes give way": ("changes", (0, 1, 3, 2, 4), "list_later_files", lambda *_: []),
}


@pytest.mark.slow
@pytest.mark.parametrize("guard", GUARDS)
def test_without_the_guard_the_order_would_matter(make_steps, monkeypatch, guard):
    feed, order, method, mutant = GUARDS[guard]
    monkeypatch.setattr(deliveries.DeliveryLog, method, mutant)
    with pytest.raises(AssertionError):
        compare(make_steps(feed), [order])
