"""Whatever was there and whatever a list says: before its day nothing changes, from its day on the list holds."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tsunagu.access import staff_terms
from tsunagu.access.staff_terms import Deed, Held, Kind, Period, Person, plan_changes

FIRST = date(2026, 4, 1)
DAYS = [FIRST + timedelta(days=number) for number in range(16)]
THINGS = [
    Held(Kind.ROLE, "caseworker", "team", "1"),
    Held(Kind.PURPOSE, "poverty_support"),
    Held(Kind.ADMINISTRATOR),
]
periods = st.builds(
    lambda start, days: Period(DAYS[start], DAYS[start] + timedelta(days=days) if days else None),
    st.integers(0, 11),
    st.integers(0, 4),
)
terms = st.lists(st.tuples(st.sampled_from(THINGS), periods), max_size=5)
people = st.dictionaries(st.sampled_from(["S1", "S2", "S3"]), terms, max_size=3)


def make(number: str, held) -> Person:
    # A term begins once a day, as the tables have it.
    once = {(thing, period.valid_from): (thing, period) for thing, period in held}
    return Person(number, "架空", "課", tuple(once.values()))


def hold(terms, held: Held, day: date) -> bool:
    return any(one == held and period.valid_from <= day < period.end for one, period in terms)


def carry_out(present: dict[str, Person], plan) -> dict[str, list]:
    found = {number: list(person.terms) for number, person in present.items()}
    for deed in (Deed.WITHDRAW, Deed.END, Deed.CHANGE, Deed.BEGIN):
        for change in (one for one in plan.changes if one.deed is deed):
            mine = found.setdefault(change.number, [])
            if change.before is not None:
                mine.remove((change.held, change.before))
            if change.after is not None:
                assert change.after.valid_to is None or change.after.valid_from < change.after.valid_to
                assert (change.held, change.after.valid_from) not in [(h, p.valid_from) for h, p in mine]
                mine.append((change.held, change.after))
    return found


def find_wrong_days(before, listed, *, on: date) -> list:
    present = {number: make(number, held) for number, held in before.items()}
    wanted = {number: make(number, held) for number, held in listed.items()}
    after = carry_out(present, plan_changes(present, wanted.values(), on=on))
    return [
        (number, held, day)
        for number in {*present, *wanted}
        for held in THINGS
        for day in DAYS
        for said in [present if day < on else wanted]
        if hold(after.get(number, ()), held, day)
        != hold(said[number].terms if number in said else (), held, day)
    ]


@given(before=people, listed=people, on=st.sampled_from(DAYS[:12]))
def test_the_past_stays_and_the_list_holds_from_its_day(before, listed, on):
    assert find_wrong_days(before, listed, on=on) == []


@given(before=people, on=st.sampled_from(DAYS[:12]))
def test_a_list_of_what_is_there_changes_nothing(before, on):
    present = {number: make(number, held) for number, held in before.items()}
    plan = plan_changes(present, present.values(), on=on)
    assert (plan.changes, plan.joined, plan.renamed, plan.left) == ([], [], [], [])


def test_a_plan_that_ends_a_day_late_would_be_seen(monkeypatch):
    role = THINGS[0]
    before = {"S1": [(role, Period(FIRST))]}

    def end_late(number, held, period, on):
        late = Period(period.valid_from, on + timedelta(days=1))
        return staff_terms.Change(number, Deed.END, held, period, late)

    assert find_wrong_days(before, {}, on=DAYS[5]) == []
    monkeypatch.setattr(staff_terms, "_take_away", end_late)
    assert find_wrong_days(before, {}, on=DAYS[5]) == [("S1", role, DAYS[5])]
