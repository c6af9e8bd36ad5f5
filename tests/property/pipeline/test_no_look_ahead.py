"""The state of the data on a day is made of what was known by then: a later delivery changes nothing."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tsunagu.catalog.items import get_fact_table
from tsunagu.pipeline import status
from tsunagu.pipeline.data_state import drift as drift_module
from tsunagu.pipeline.data_state import parts as parts_module
from tsunagu.pipeline.data_state.drift import list_drifts
from tsunagu.pipeline.data_state.months import add_months
from tsunagu.pipeline.data_state.parts import list_parts
from tsunagu.pipeline.status import describe_data
from tsunagu.store.engine import read_sql
from tsunagu.store.facts import CLOSURE
from tsunagu.store.landing import FILE, PROBLEM

FEED, STATES = "education/attendance_marks", "childcare/nursery_enrolment"
AS_OF = date(2026, 2, 10)
SHARED_FIXTURES = [HealthCheck.function_scoped_fixture]


def tell_marks(reader, catalog, file_id, known_from, reasons):
    """Marks of one file, as many of each reason as asked for."""
    rows = [
        {"subject_id": n, "occurred_on": known_from, "mark": "absence", "reason": reason, "known_from": known_from,
         "record_id": hash((file_id, reason, n)) % 10**12, "feed": FEED, "file_id": file_id, "row": n}
        for reason, count in reasons.items()
        for n in range(count)
    ]  # fmt: skip
    reader.add(get_fact_table(catalog.items["attendance_mark"]), *rows)


def hand_over_month(reader, catalog, deliver, month, *, schools=("a", "b"), reasons, known_from=None):
    day = known_from or add_months(month, 1) + timedelta(days=4)
    rows = sum(reasons.values()) // len(schools)
    parts = [(f"school={one}", f"month={month}", rows, month, add_months(month, 1)) for one in schools]
    file_id = deliver(reader, FEED, day, parts, file_id=f"{month}{day}{schools}", item="attendance_mark")
    tell_marks(reader, catalog, file_id, day, reasons)
    return file_id


@pytest.fixture
def city(make_reader, catalog, deliver):
    """Half a year of marks, all alike."""

    def make():
        reader = make_reader()
        for n in range(5):
            month = add_months(date(2025, 9, 1), n)
            hand_over_month(reader, catalog, deliver, month, reasons={"illness": 80, "family": 30, None: 10})
        return reader

    return make


LATER = st.lists(
    st.tuples(
        st.integers(1, 60),
        st.integers(0, 5),
        st.sampled_from([("a", "b"), ("a",), ("b", "c")]),
        st.sampled_from([{"illness": 30}, {"family": 200}, {None: 150}, {"unreported": 90, "illness": 1}]),
    ),
    min_size=1,
    max_size=3,
)


@given(later=LATER)
@settings(max_examples=12, deadline=None, suppress_health_check=SHARED_FIXTURES)
def test_a_later_delivery_changes_nothing(city, catalog, deliver, later):
    reader = city()
    before = describe_data(reader_with_head(reader), catalog, as_of=AS_OF)
    plant(reader, catalog, deliver, later)
    assert describe_data(reader_with_head(reader), catalog, as_of=AS_OF) == before


def plant(reader, catalog, deliver, later):
    """Deliveries, problems and closures that become known after the day."""
    for days, months_back, schools, reasons in later:
        known_from = AS_OF + timedelta(days=days)
        month = add_months(date(2026, 2, 1), -months_back)
        file_id = hand_over_month(
            reader, catalog, deliver, month, schools=schools, reasons=reasons, known_from=known_from
        )
        problem = {
            "feed": FEED,
            "file_id": file_id,
            "column_name": "理由",
            "code": "unknown_code",
            "message": "x",
        }
        reader.add(PROBLEM, *({**problem, "row": n, "is_row_dropped": 0} for n in range(50)))
        facts = reader.tables["facts.attendance_mark"][:40]
        reader.add(
            CLOSURE,
            *(
                {"item": "attendance_mark", "record_id": fact["record_id"], "version_known_from": fact["known_from"],
                 "known_to": known_from, "feed": FEED, "file_id": file_id}
                for fact in facts
            ),
        )  # fmt: skip


class Head:
    def list_segments(self, name, tags=None):
        return []


def reader_with_head(reader):
    """No run has been made."""
    reader.head = Head()
    return reader


@pytest.mark.parametrize(
    ("module", "statement", "guard"),
    [
        (parts_module, "delivered_parts", r"(\w\.)?known_from <= \$as_of"),
        (status, "problem_counts", r"f\.known_from <= \$as_of"),
        (status, "feed_states", r"known_from <= \$as_of"),
        (drift_module, "value_counts_of_files", r"c\.known_to <= \$as_of"),
    ],
)
def test_looking_ahead_is_seen(city, catalog, deliver, monkeypatch, module, statement, guard):
    """The mutants: one statement reads what was not known yet."""
    reader = city()
    march = {"illness": 80, "family": 30, None: 10}
    before = describe_shares(reader, catalog)
    plant(reader, catalog, deliver, [(9, 1, ("a", "b"), march)])
    assert describe_shares(reader, catalog) == before

    def read_everything(package, name):
        text = read_sql(package, name)
        if name != statement:
            return text
        spoiled = re.sub(guard, "$as_of IS NOT NULL", text)
        assert spoiled != text
        return spoiled

    monkeypatch.setattr(module, "read_sql", read_everything)
    assert describe_shares(reader, catalog) != before


def describe_shares(reader, catalog):
    """The data state, and how often each code was counted, however little it changed."""
    item, feed = catalog.items["attendance_mark"], catalog.feeds[FEED]
    state = describe_data(reader_with_head(reader), catalog, as_of=AS_OF)
    parts = list_parts(reader, [feed], as_of=AS_OF)[FEED]
    list_drifts(reader, catalog, feed, parts, as_of=AS_OF)
    return state, drift_module._count_values(reader, feed, item, as_of=AS_OF)


def test_a_shift_of_reasons_is_found(city, catalog, deliver):
    """And of blanks, and of spellings nobody knows; the deliveries before are pooled."""
    reader = city()
    reasons = {"illness": 40, "family": 70, None: 10}
    file_id = hand_over_month(reader, catalog, deliver, date(2026, 2, 1), reasons=reasons, known_from=AS_OF)
    problem = {
        "feed": FEED,
        "file_id": file_id,
        "column_name": "理由",
        "code": "unknown_code",
        "message": "x",
    }
    reader.add(PROBLEM, *({**problem, "row": n, "is_row_dropped": 0} for n in range(12)))
    feed = catalog.feeds[FEED]
    parts = list_parts(reader, [feed], as_of=AS_OF)[FEED]
    shifted, unknown = list_drifts(reader, catalog, feed, parts, as_of=AS_OF)
    assert shifted.distance == pytest.approx(40 / 120)
    assert shifted.column.ja.endswith("理由")
    assert unknown.unknown_share == pytest.approx(0.1)


def test_what_a_later_file_took_back_is_not_counted(city, catalog, deliver):
    """Two hundred wrong marks, closed again before the day."""
    reader = city()
    feed = catalog.feeds[FEED]
    tell_marks(
        reader, catalog, reader.tables[FILE.full_name][-1]["file_id"], date(2026, 2, 5), {"family": 200}
    )
    parts = list_parts(reader, [feed], as_of=AS_OF)[FEED]
    assert list_drifts(reader, catalog, feed, parts, as_of=AS_OF)
    wrong = reader.tables["facts.attendance_mark"][-200:]
    reader.add(
        CLOSURE,
        *(
            {"item": "attendance_mark", "record_id": fact["record_id"], "version_known_from": fact["known_from"],
             "known_to": AS_OF, "feed": FEED, "file_id": "x"}
            for fact in wrong
        ),
    )  # fmt: skip
    assert list_drifts(reader, catalog, feed, parts, as_of=AS_OF) == ()


def test_a_state_is_compared_as_known_before_and_after(make_reader, catalog, deliver):
    """A snapshot says anew only what changed: the whole list counts, not the changed rows."""
    reader = make_reader()
    for day in (date(2025, 12, 31), date(2026, 1, 31)):
        part = ("facility=x", "", 150, day - timedelta(days=30), day + timedelta(days=1))
        deliver(reader, STATES, day, [part], item="nursery_enrolment")
    common = {"feed": STATES, "facility_id": "x", "valid_from": date(2025, 4, 1)}
    table = get_fact_table(catalog.items["nursery_enrolment"])
    old = [
        {**common, "subject_id": n, "record_id": n, "row": n, "fee_class": "class_b" if n < 15 else "class_c1",
         "known_from": date(2025, 12, 31), "file_id": "1"}
        for n in range(150)
    ]  # fmt: skip
    changed = [
        {**row, "fee_class": "class_b", "known_from": date(2026, 1, 31), "file_id": "2"} for row in old[15:75]
    ]
    reader.put(table, [*old, *changed])
    reader.put(
        CLOSURE,
        [
            {"item": "nursery_enrolment", "record_id": row["record_id"], "version_known_from": date(2025, 12, 31),
             "known_to": date(2026, 1, 31), "feed": STATES, "file_id": "2"}
            for row in changed
        ],
    )  # fmt: skip
    feed = catalog.feeds[STATES]
    parts = list_parts(reader, [feed], as_of=AS_OF)[STATES]
    (drift,) = list_drifts(reader, catalog, feed, parts, as_of=AS_OF)
    assert (drift.widest.before, drift.widest.now) == pytest.approx((0.1, 0.5))
    assert drift.distance == pytest.approx(0.4)
    assert list_drifts(reader, catalog, feed, parts[:1], as_of=date(2026, 1, 30)) == ()
