"""Fresh, due, late; complete months; usual size; usual make-up: on hand-made deliveries."""

from datetime import date, timedelta

import pytest

from tsunagu.catalog.checking import open_catalog
from tsunagu.catalog.words import Title
from tsunagu.pipeline.data_state.calendar import Mark, list_cells
from tsunagu.pipeline.data_state.drift import FAR, FEWEST_ROWS, Drift, Share, compare
from tsunagu.pipeline.data_state.findings import list_findings, say_freshness
from tsunagu.pipeline.data_state.months import add_months, end_month, list_months
from tsunagu.pipeline.data_state.parts import Part
from tsunagu.pipeline.data_state.rosters import Rosters
from tsunagu.pipeline.data_state.timing import Freshness, Timing, judge_timing
from tsunagu.pipeline.data_state.volume import Size, Volume, judge_volume
from tsunagu.pipeline.disclosure import Disclosure

MARKS, MONTHLY, REGISTER = (
    "education/attendance_marks",
    "education/attendance_monthly",
    "education/school_register",
)
NO_ROSTERS = Rosters({})
OPEN, REAL = Disclosure(is_open=True), Disclosure(is_open=False)


@pytest.fixture(scope="module")
def feeds():
    return open_catalog(on=date(2026, 3, 31)).feeds


def make_part(
    month, *, place="*", rows=100, known_from=None, reference_date=None, delivery="snapshot", **others
):
    """A part about a month, handed over on the fifth of the next unless said otherwise."""
    handed_over = known_from or end_month(month) + timedelta(days=4)
    return Part(
        feed=others.get("feed", MARKS),
        delivery=delivery,
        place=place,
        month=month,
        reference_date=reference_date or handed_over,
        known_from=handed_over,
        file_id=others.get("file_id", f"{month}{place}"),
        rows=rows,
        is_overridden=others.get("is_overridden", False),
    )


def make_months(first, count, **others):
    return [make_part(add_months(first, place), **others) for place in range(count)]


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2025, 12, 1), 1, date(2026, 1, 1)),
        (date(2025, 4, 10), 5, date(2025, 9, 10)),
        (date(2026, 1, 15), -12, date(2025, 1, 15)),
    ],
)
def test_some_months_later(day, months, later):
    assert add_months(day, months) == later


def test_the_months_up_to_a_day():
    assert list_months(date(2026, 2, 14), 3) == (date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1))


@pytest.mark.parametrize(
    ("as_of", "freshness", "days_late"),
    [
        # February came on 5 March; March is due when it is over.
        (date(2026, 3, 5), Freshness.FRESH, 0),
        (date(2026, 3, 31), Freshness.FRESH, 0),
        (date(2026, 4, 1), Freshness.DUE, 0),
        (date(2026, 4, 10), Freshness.DUE, 0),
        (date(2026, 4, 11), Freshness.LATE, 10),
        (date(2026, 5, 1), Freshness.LATE, 30),
    ],
)
def test_a_monthly_feed(feeds, as_of, freshness, days_late):
    timing = judge_timing(feeds[MONTHLY], make_months(date(2025, 4, 1), 11), NO_ROSTERS, as_of=as_of)
    assert (timing.freshness, timing.days_late) == (freshness, days_late)
    assert timing.due_on == date(2026, 4, 1)


def test_no_file_is_due_for_a_quiet_month(feeds):
    """After July comes September, which is over on 1 October."""
    parts = make_months(date(2025, 4, 1), 4)
    assert judge_timing(feeds[MARKS], parts, NO_ROSTERS, as_of=date(2025, 9, 30)).freshness is Freshness.FRESH
    assert judge_timing(feeds[MARKS], parts, NO_ROSTERS, as_of=date(2025, 10, 11)).freshness is Freshness.LATE
    assert (
        judge_timing(feeds[MONTHLY], parts, NO_ROSTERS, as_of=date(2025, 9, 30)).freshness is Freshness.LATE
    )


@pytest.mark.parametrize(
    ("feed", "reference_date", "due_on", "late_on"),
    [
        ("resident/address_protection", date(2026, 3, 31), date(2026, 4, 1), date(2026, 4, 4)),
        ("benefits/child_rearing_allowance", date(2026, 1, 31), date(2026, 4, 30), date(2026, 5, 20)),
        ("education/school_aid", date(2026, 1, 31), date(2026, 6, 30), date(2026, 7, 20)),
        ("education/school_health", date(2025, 6, 30), date(2026, 6, 30), date(2026, 7, 30)),
    ],
)
def test_every_other_cadence(feeds, feed, reference_date, due_on, late_on):
    parts = [
        make_part(reference_date.replace(day=1), reference_date=reference_date, known_from=reference_date)
    ]

    def judge(day):
        return judge_timing(feeds[feed], parts, NO_ROSTERS, as_of=day).freshness

    day = timedelta(days=1)
    assert judge(due_on - day) is Freshness.FRESH
    assert judge(due_on) is judge(late_on - day) is Freshness.DUE
    assert judge(late_on) is Freshness.LATE


def test_old_data_handed_over_today_is_not_fresh(feeds):
    """The day it speaks for counts, not the day it came."""
    old = make_part(date(2025, 6, 1), known_from=date(2026, 3, 31), reference_date=date(2025, 6, 30))
    timing = judge_timing(feeds["welfare/council_register"], [old], NO_ROSTERS, as_of=date(2026, 3, 31))
    assert timing.freshness is Freshness.LATE
    assert timing.received_on == date(2026, 3, 31)


def test_what_never_came_is_neither_fresh_nor_late(feeds):
    assert judge_timing(feeds[MARKS], [], NO_ROSTERS, as_of=date(2026, 3, 31)) == Timing(
        Freshness.NOT_RECEIVED
    )


def list_marks(cells):
    signs = {Mark.DELIVERED: "D", Mark.PARTLY: "P", Mark.MISSING: "M", Mark.NOT_DUE: "."}
    return "".join(signs[cell.mark] for cell in cells)


def test_twelve_months(feeds):
    """Nothing for August is nothing missing; a month that is not there between others is."""
    parts = [part for part in make_months(date(2025, 6, 1), 8) if part.month.month not in (8, 11)]
    as_of = date(2026, 3, 5)
    # From April 2025: June is the first month ever, February may still come.
    assert list_marks(list_cells(feeds[MARKS], parts, NO_ROSTERS, as_of=as_of)) == "..DD.DDMDD.."
    assert list_marks(list_cells(feeds[MARKS], parts, NO_ROSTERS, as_of=date(2026, 3, 11))) == "..DD.DDMDDM."


def test_only_a_monthly_feed_misses_months(feeds):
    parts = [make_part(date(2025, 7, 1)), make_part(date(2025, 10, 1))]
    cells = list_cells(feeds["benefits/child_rearing_allowance"], parts, NO_ROSTERS, as_of=date(2026, 3, 31))
    assert list_marks(cells) == "...D..D....."


def make_schools(months, *schools):
    return [make_part(month, place=f"school={school}") for month in months for school in schools]


def test_which_school_has_not_delivered_which_month(feeds):
    months = [date(2025, 9, 1), date(2025, 10, 1), date(2025, 11, 1)]
    parts = [*make_schools(months, "a", "b"), *make_schools(months[:1], "c"), *make_schools(months[2:], "c")]
    cells = list_cells(feeds[MONTHLY], parts, NO_ROSTERS, as_of=date(2025, 12, 20))
    found = {cell.month: cell.missing for cell in cells if cell.mark is Mark.PARTLY}
    assert found == {date(2025, 10, 1): ("school=c",)}


def test_a_schools_month_that_comes_late_is_complete(feeds):
    parts = make_schools([date(2025, 9, 1), date(2025, 10, 1)], "a", "b")
    late = make_part(date(2025, 10, 1), place="school=c", known_from=date(2025, 12, 5))
    first = make_part(date(2025, 9, 1), place="school=c")
    as_of = date(2025, 12, 5)
    assert list_marks(list_cells(feeds[MONTHLY], [*parts, first], NO_ROSTERS, as_of=as_of))[-3] == "P"
    assert list_marks(list_cells(feeds[MONTHLY], [*parts, first, late], NO_ROSTERS, as_of=as_of))[-3] == "D"


def test_the_schools_lists_say_who_delivers(feeds):
    """A school that was closed is no longer asked for, a new one is; lists with other codes say nothing."""
    parts = [*make_schools([date(2026, 3, 1)], "a", "closed"), *make_schools([date(2026, 4, 1)], "a")]

    def list_missing(schools):
        rosters = Rosters({2025: frozenset({"a", "closed"}), 2026: frozenset(schools)})
        cells = list_cells(feeds[MONTHLY], parts, rosters, as_of=date(2026, 5, 20))
        return {cell.month.month: cell.missing for cell in cells if cell.mark is Mark.PARTLY}

    assert list_missing({"a"}) == {}
    assert list_missing({"a", "new"}) == {4: ("school=new",)}
    assert list_missing({"1", "2"}) == {4: ("school=closed",)}
    assert list_missing(set()) == {4: ("school=closed",)}


def test_a_nursery_that_stopped_is_asked_for_for_a_year(feeds):
    parts = [make_part(add_months(date(2024, 4, 1), n), place="facility=a") for n in range(24)]
    parts += [make_part(date(2024, 9, 1), place="facility=gone")]
    cells = list_cells(feeds["childcare/nursery_enrolment"], parts, NO_ROSTERS, as_of=date(2026, 3, 31))
    missing = [cell.month for cell in cells if cell.missing]
    assert missing == [add_months(date(2025, 4, 1), n) for n in range(6)]


@pytest.mark.parametrize(
    ("before", "rows", "size", "usual"),
    [
        ([100, 110, 90], 105, Size.USUAL, 100),
        ([100, 110, 90], 151, Size.MORE, 100),
        ([100, 110, 90], 66, Size.FEWER, 100),
        # Large as ever in a year with its seasons.
        ([100, 300, 90, 110], 160, Size.USUAL, 105),
        ([100], 900, Size.NOT_COMPARED, 0),
        # Small numbers jump.
        ([4, 9, 5], 15, Size.NOT_COMPARED, 0),
    ],
)
def test_the_latest_delivery_beside_those_before(feeds, before, rows, size, usual):
    first = date(2025, 4, 1)
    parts = [make_part(add_months(first, n), rows=count) for n, count in enumerate([*before, rows])]
    assert judge_volume(feeds[MONTHLY], parts) == Volume(size, rows, usual)


def test_only_the_same_schools_and_the_same_kind_are_compared(feeds):
    months = [date(2025, 9, 1), date(2025, 10, 1), date(2025, 11, 1)]
    full = make_schools(months, "a", "b")
    alone = make_schools([date(2025, 12, 1)], "a")
    assert judge_volume(feeds[MONTHLY], full + alone) == Volume(Size.USUAL, 100, 100)
    everybody = [make_part(date(2025, 4, 1), rows=9_000)]
    deltas = make_months(date(2025, 5, 1), 4, rows=150, delivery="delta")
    volume = judge_volume(feeds["resident/resident_register"], everybody + deltas)
    assert volume == Volume(Size.USUAL, 150, 150)


def test_a_place_that_delivers_again_counts_once(feeds):
    parts = make_months(date(2025, 4, 1), 4)
    again = make_part(
        date(2025, 7, 1), rows=120, known_from=date(2025, 8, 20), file_id="again", is_overridden=True
    )
    volume = judge_volume(feeds[MONTHLY], [*parts, again])
    assert (volume.rows, volume.is_overridden) == (120, True)


COLUMN = Title(ja="出欠の印の理由", en="reason")
TITLES = {"illness": Title(ja="病気", en="illness"), "home": Title(ja="家庭の事情", en="family")}


def test_the_total_variation_distance():
    """(|0.8 - 0.5| + |0.1 - 0.3| + |0.1 - 0.2|) / 2."""
    drift = compare(
        COLUMN, {"illness": 160, "home": 20, None: 20}, {"illness": 50, "home": 30, None: 20}, TITLES
    )
    assert drift.distance == pytest.approx(0.3)
    assert drift.widest == Share(TITLES["illness"], 0.8, 0.5)
    assert (drift.blank_before, drift.blank_now) == pytest.approx((0.1, 0.2))
    assert drift.is_shifted
    assert not drift.is_blanker


def test_the_same_make_up_is_not_worth_saying():
    drift = compare(COLUMN, {"illness": 900, "home": 100}, {"illness": 88, "home": 12}, TITLES)
    assert not drift.is_worth_saying


def test_few_rows_are_not_compared():
    many, few = {"illness": FEWEST_ROWS}, {"home": FEWEST_ROWS - 1}
    assert compare(COLUMN, many, few, TITLES) is None
    assert compare(COLUMN, few, many, TITLES) is None
    assert compare(COLUMN, {}, {}, TITLES) is None


@pytest.mark.parametrize(("rows", "is_said"), [(9, False), (10, True)])
def test_a_code_that_was_never_there(rows, is_said):
    drift = compare(COLUMN, {"illness": 200}, {"illness": 200, "home": rows}, TITLES)
    assert drift.new_codes == ((TITLES["home"],) if is_said else ())


def test_blanks_that_became_more():
    drift = compare(COLUMN, {"illness": 190, None: 10}, {"illness": 70, None: 30}, TITLES)
    assert drift.blank_now - drift.blank_before >= FAR
    assert drift.is_blanker


def test_only_codes_of_the_catalogue_are_ever_named():
    """A number's or a text's values count as given or blank, whatever they are."""
    drift = compare(COLUMN, {"": 200}, {"": 20, None: 180}, {})
    assert drift.widest is None
    assert drift.new_codes == ()
    assert not drift.is_shifted
    assert drift.is_blanker


def say(timing=None, cells=(), volume=None, drifts=(), disclosure=OPEN):
    timing = timing or Timing(Freshness.FRESH)
    return [
        (one.ja, one.en)
        for one in list_findings(timing, cells, volume or Volume(Size.USUAL), drifts, disclosure)
    ]


DRIFTS = (
    Drift(COLUMN, 0.42, widest=Share(TITLES["home"], 0.123, 0.456)),
    Drift(COLUMN, blank_before=0.05, blank_now=0.61),
    Drift(COLUMN, new_codes=(TITLES["home"],)),
    Drift(COLUMN, unknown_share=0.17),
)


def test_a_feed_without_fault_is_not_spoken_of():
    assert say() == []


def test_every_sentence_is_said_in_both_languages():
    """And names what to do where there is something to do."""
    late = Timing(Freshness.LATE, due_on=date(2026, 4, 1), days_late=49)
    awaiting = Timing(Freshness.AWAITING_ROSTER, awaited=("a", "b"))
    said = say(late, volume=Volume(Size.FEWER, 20, 100, is_overridden=True), drifts=DRIFTS) + say(awaiting)
    assert len(said) == 8
    assert all(ja and en and not any(ord(sign) > 0x3000 for sign in en) for ja, en in said)
    assert "49日遅れています(2026年4月1日から" in said[0][0]
    assert "「分からない」" in said[-1][0]
    assert "家庭の事情" in said[3][0]
    assert "12%→46%" in said[3][0]


def test_a_real_city_tells_no_share_and_no_exact_number():
    said = say(volume=Volume(Size.FEWER, 23, 108), drifts=DRIFTS, disclosure=REAL)
    text = " ".join(ja + en for ja, en in said)
    assert "%" not in text
    assert "20〜29" in text
    assert "100〜109" in text


def test_a_late_feeds_last_months_are_told_once(feeds):
    """As late, not as gaps as well."""
    parts = make_months(date(2025, 4, 1), 8)
    as_of = date(2026, 3, 31)
    timing = judge_timing(feeds[MONTHLY], parts, NO_ROSTERS, as_of=as_of)
    cells = list_cells(feeds[MONTHLY], parts, NO_ROSTERS, as_of=as_of)
    assert [cell.mark for cell in cells].count(Mark.MISSING) == 3
    assert len(say(timing, cells)) == 1


def test_many_schools_are_cut_short(feeds):
    schools = [f"{number:02}" for number in range(20)]
    parts = [*make_schools([date(2025, 9, 1)], *schools), *make_schools([date(2025, 10, 1)], "00")]
    cells = list_cells(feeds[MONTHLY], parts, NO_ROSTERS, as_of=date(2025, 12, 20))
    ((ja, en),) = say(cells=cells[:-1])
    assert "(01、02、03、04、05、06 ほか13か所)" in ja
    assert "and 13 more" in en


@pytest.mark.parametrize("freshness", list(Freshness))
def test_every_state_has_words(freshness):
    ja, en = say_freshness(Timing(freshness, days_late=3))
    assert ja
    assert en
