"""What the results promise: purpose before data, blanks in sight, terms compared fairly, reasons complete."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.checking import open_catalog
from tsunagu.catalog.municipality import Municipality
from tsunagu.catalog.packs import Pack
from tsunagu.judgement import judge
from tsunagu.judgement.examples import read_value
from tsunagu.judgement.explain import explain
from tsunagu.judgement.judge import describe_use, judge_packs
from tsunagu.judgement.oracle import KnownValue
from tsunagu.judgement.rows import list_judgement_rows, list_reason_rows
from tsunagu.judgement.rules import PackInUse
from tsunagu.judgement.tables import TABLES
from tsunagu.store.engine import Engine
from tsunagu.vocabulary.knowing import Knowledge

AS_OF = date(2025, 1, 10)
SHEET, LOOKUP = "school_screening_37", "child_growth_lookup"
Load = Callable[..., None]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    city = Municipality(
        code="999999", name="架空の市", active_purposes=("school_screening", "poverty_support")
    )
    return replace(open_catalog(on=AS_OF), municipality=city)


@pytest.fixture
def sheet(load_pack: Callable[[str], Pack]) -> Pack:
    return load_pack(SHEET)


def values(**written: str) -> dict[str, KnownValue]:
    return {name: read_value(text) for name, text in written.items()}


def fill(pack: Pack, **written: str) -> dict[str, KnownValue]:
    """Every indicator of the pack: as written, else nothing happened."""
    return {**dict.fromkeys(pack.indicator_ids, KnownValue(Knowledge.NOTHING)), **values(**written)}


def without_item(catalog: Catalog, item: str, purpose: str) -> Catalog:
    """The catalogue with one use taken out of the register."""
    uses = tuple(use for use in catalog.items[item].uses if use.purpose != purpose)
    narrowed = catalog.items[item].model_copy(update={"uses": uses})
    return replace(catalog, items={**catalog.items, item: narrowed})


# Purpose first


def test_everything_shipped_is_registered_for_its_pack(catalog: Catalog) -> None:
    assert {pack: sorted(describe_use(catalog.packs[pack], catalog).blocked) for pack in (SHEET, LOOKUP)} == {
        SHEET: [],
        LOOKUP: [],
    }


def test_what_is_not_registered_stays_blank_in_sight(
    tables: Engine, catalog: Catalog, sheet: Pack, load_children: Load
) -> None:
    narrowed = without_item(catalog, "school_aid", "school_screening")
    load_children(tables, {1: fill(sheet, school_aid_category="needs_protection")})
    judge_packs(tables, [describe_use(sheet, narrowed)], as_of=AS_OF)
    assert tables.list_rows(
        "SELECT kind, unknown_reason, value, feeds FROM runs_reason WHERE part = 'school_aid'"
    ) == [("blank", "not_registered", None, None)]
    assert tables.get_row("SELECT points, blank_items FROM runs_judgement") == (0, 23)


def test_an_unregistered_axis_is_unknown_and_never_the_mildest(
    tables: Engine, catalog: Catalog, load_pack: Callable[[str], Pack], load_children: Load
) -> None:
    narrowed = without_item(catalog, "meal_fee_arrears", "poverty_support")
    pack = load_pack(LOOKUP)
    good = dict.fromkeys(("language_score", "mathematics_score"), "50") | dict.fromkeys(
        ("self_esteem", "belonging", "life_habit", "motivation"), "3"
    )
    load_children(tables, {1: fill(pack, **good)})
    judge_packs(tables, [describe_use(pack, catalog)], as_of=AS_OF)
    assert tables.get_row("SELECT need_level, overall_class FROM runs_judgement") == (
        "no_finding",
        "nothing_found",
    )
    judge_packs(tables, [describe_use(pack, narrowed)], as_of=AS_OF)
    assert tables.get_row("SELECT need_level, overall_class FROM runs_judgement") == (
        "unknown",
        "unknown_overall",
    )


def test_an_item_kept_for_safety_is_blocked_too(catalog: Catalog, sheet: Pack) -> None:
    item = catalog.items["school_aid"]
    uses = tuple(use.model_copy(update={"for_judgement": False}) for use in item.uses)
    items = {**catalog.items, "school_aid": item.model_copy(update={"uses": uses})}
    assert describe_use(sheet, replace(catalog, items=items)).blocked == {"school_aid_category"}


def test_only_active_purposes_are_judged(
    tables: Engine, catalog: Catalog, sheet: Pack, load_children: Load
) -> None:
    load_children(tables, {1: fill(sheet)})
    quiet = replace(catalog, silence_watches={})
    judge(tables, quiet, as_of=AS_OF)
    assert tables.list_rows("SELECT DISTINCT purpose FROM runs_judgement ORDER BY 1") == [
        ("poverty_support",),
        ("school_screening",),
    ]
    judge(tables, quiet, as_of=AS_OF, purposes=["school_screening"])
    assert tables.list_rows("SELECT DISTINCT purpose FROM runs_judgement") == [("school_screening",)]
    judge(tables, replace(quiet, municipality=None), as_of=AS_OF)
    assert tables.get_value("SELECT count(*) FROM runs_judgement") == 0


def test_a_pack_not_in_force_on_the_day_does_not_run(
    tables: Engine, catalog: Catalog, sheet: Pack, load_children: Load
) -> None:
    load_children(tables, {1: fill(sheet)})
    judge(tables, replace(catalog, silence_watches={}), as_of=date(2020, 3, 31))
    assert tables.get_value("SELECT count(*) FROM runs_judgement") == 0


def test_results_have_the_declared_columns(
    tables: Engine, catalog: Catalog, sheet: Pack, load_children: Load
) -> None:
    load_children(tables, {1: fill(sheet, absent_run_days="20")})
    judge(tables, replace(catalog, silence_watches={}), as_of=AS_OF)
    for table in TABLES:
        columns = ", ".join(f"CAST({column.name} AS {column.type})" for column in table.columns)
        tables.list_rows(f"SELECT {columns} FROM runs_{table.name}")  # noqa: S608 - declared names
        keys = ", ".join(table.key)
        counted = f"SELECT count(*), count(DISTINCT ({keys})) FROM runs_{table.name}"  # noqa: S608 - declared names
        rows, distinct = tables.get_row(counted)
        assert rows == distinct, table.name


# Who is judged

AUDIENCE = """
born  judged
2008  no
2009  yes
2014  yes
2017  yes
2018  no
-     yes
"""


def test_every_child_of_school_age_or_of_unknown_age_is_judged(
    tables: Engine, sheet: Pack, load_children: Load
) -> None:
    lines = [line.split() for line in AUDIENCE.strip().splitlines()[1:]]
    cohorts = {number: None if born == "-" else int(born) for number, (born, _) in enumerate(lines)}
    load_children(tables, {number: fill(sheet) for number in cohorts}, cohorts=cohorts)
    judge_packs(tables, [PackInUse(sheet)], as_of=AS_OF)
    judged = {row[0] for row in tables.list_rows("SELECT person_id FROM runs_judgement")}
    assert judged == {number for number, (_, word) in enumerate(lines) if word == "yes"}


# Terms compared

# Absences this school year begin anew in April, and so does school aid, beside the arrears, in economy; the change
# in weight does not.
TERMS = """
earlier_on  now_on      domain      earlier now     change
2024-07-20  2025-01-10  school_life 3       9       worse
2024-07-20  2025-01-10  school_life 9       3       better
2024-07-20  2025-01-10  school_life 9       10      same
2025-03-20  2025-07-20  school_life 9       3       not_comparable
2025-03-20  2025-07-20  school_life 3       9       worse
2025-03-20  2025-07-20  economy     3       nothing not_comparable
2025-03-20  2025-07-20  health      -3      1       better
2024-07-20  2025-01-10  school_life 9       unknown not_comparable
2024-07-20  2025-01-10  economy     nothing 1       worse
"""


@pytest.mark.parametrize("line", TERMS.strip().splitlines()[1:])
def test_a_term_is_compared_with_the_last(
    tables: Engine, catalog: Catalog, sheet: Pack, load_children: Load, line: str
) -> None:
    earlier_on, now_on, domain, earlier, now, change = line.split()
    indicator = {
        "school_life": "absent_days_this_year",
        "economy": "arrears_months",
        "health": "weight_kg_change",
    }[domain]
    used = describe_use(sheet, catalog)
    load_children(tables, {1: fill(sheet, **{indicator: earlier})})
    judge_packs(tables, [used], as_of=date.fromisoformat(earlier_on))
    tables.run("CREATE OR REPLACE TEMP TABLE last_term AS SELECT * FROM runs_domain_score")
    load_children(tables, {1: fill(sheet, **{indicator: now})})
    judge_packs(tables, [used], as_of=date.fromisoformat(now_on), earlier="last_term")
    row = tables.get_row("SELECT change FROM runs_domain_score WHERE domain = $domain", domain=domain)
    assert row == (change,)


def test_without_an_earlier_result_nothing_is_compared(
    tables: Engine, sheet: Pack, load_children: Load
) -> None:
    load_children(tables, {1: fill(sheet)})
    judge_packs(tables, [PackInUse(sheet)], as_of=AS_OF)
    assert tables.list_rows("SELECT DISTINCT change, earlier_points FROM runs_domain_score") == [(None, None)]


def test_another_version_of_the_pack_is_not_comparable(
    tables: Engine, sheet: Pack, load_children: Load
) -> None:
    load_children(tables, {1: fill(sheet)})
    judge_packs(tables, [PackInUse(sheet)], as_of=date(2024, 7, 20))
    tables.run("CREATE OR REPLACE TEMP TABLE last_term AS SELECT * FROM runs_domain_score")
    newer = sheet.model_copy(update={"version": sheet.version + 1})
    judge_packs(tables, [PackInUse(newer)], as_of=AS_OF, earlier="last_term")
    assert tables.list_rows("SELECT DISTINCT change FROM runs_domain_score") == [("not_comparable",)]


def test_a_score_is_over_the_filled_items_and_says_how_many(
    tables: Engine, sheet: Pack, load_children: Load
) -> None:
    load_children(
        tables, {1: fill(sheet, move_ins="1", absent_run_days="7", late_early_times_4_weeks="unknown")}
    )
    judge_packs(tables, [PackInUse(sheet)], as_of=AS_OF)
    found = tables.get_row(
        "SELECT points, score, filled_items, unknown_items, blank_items FROM runs_domain_score"
        " WHERE domain = 'school_life'"
    )
    # 転入1点と連続欠席2点。埋まった4項目のうち点の付く3項目は合わせて6点まで。
    assert found == (3, 5.0, 4, 1, 5)
    home = tables.get_row("SELECT points, score, filled_items FROM runs_domain_score WHERE domain = 'home'")
    assert home == (0, None, 0)


# Reasons


def test_a_reason_carries_value_dates_source_and_rule_version(
    tables: Engine, sheet: Pack, load_children: Load
) -> None:
    load_children(tables, {1: fill(sheet, absent_run_days="8")})
    judge_packs(tables, [PackInUse(sheet)], as_of=AS_OF)
    row = tables.get_row(
        "SELECT part, indicator, points, strength, value, comparison, threshold, direction, latest_event_on,"
        " latest_known_from, evidence_rows, feeds, pack_version FROM runs_reason WHERE kind = 'raises'"
    )
    assert row == (
        "absent_this_year", "absent_run_days", 2, "medium", 8.0, "at_least", 7.0, "more", date(2024, 12, 20),
        date(2025, 1, 5), 3, "education/attendance_marks", 1,
    )  # fmt: skip


def test_what_is_usual_needs_twenty_known_values_of_the_same_cohort(
    tables: Engine, sheet: Pack, load_children: Load
) -> None:
    children = {number: fill(sheet, absent_run_days=str(number)) for number in range(1, 40)}
    cohorts = {number: 2014 if number <= 20 else 2013 for number in children}
    load_children(tables, children, cohorts=cohorts)
    judge_packs(tables, [PackInUse(sheet)], as_of=AS_OF)
    query = "SELECT cohort_median, round(cohort_p90, 1) FROM runs_reason WHERE kind = 'raises' AND person_id = $person"
    assert tables.get_row(query, person=20) == (10.5, 18.1)
    assert tables.get_row(query, person=30) == (None, None)


def test_every_item_is_either_answered_unknown_or_blank(
    tables: Engine, sheet: Pack, load_children: Load
) -> None:
    load_children(tables, {1: fill(sheet), 2: {}, 3: fill(sheet, absent_run_days="20", move_ins="2")})
    judge_packs(tables, [PackInUse(sheet)], as_of=AS_OF)
    rows = tables.list_rows("SELECT filled_items + blank_items + unknown_items FROM runs_judgement")
    assert rows == [(37,)] * 3


def test_a_result_expires(tables: Engine, sheet: Pack, load_children: Load) -> None:
    load_children(tables, {1: fill(sheet)})
    judge_packs(tables, [PackInUse(sheet)], as_of=AS_OF)
    assert tables.get_value("SELECT expires_on FROM runs_judgement") == date(2025, 6, 9)


FORBIDDEN_WORDS = ("%", "％", "パーセント", "割", "人中", "安全", "percent", "safe", "risk")


def test_no_explanation_holds_a_percentage_or_says_safe(
    tables: Engine, catalog: Catalog, load_pack: Callable[[str], Pack], load_children: Load
) -> None:
    packs = [load_pack(SHEET), load_pack(LOOKUP)]
    examples = [(pack, example) for pack in packs for example in pack.examples]
    children = {
        number: fill(pack, **example.values) if example.others == "nothing" else values(**example.values)
        for number, (pack, example) in enumerate(examples)
    }
    load_children(tables, children)
    judge_packs(tables, [describe_use(pack, catalog) for pack in packs], as_of=AS_OF)
    for name in ("judgement", "reason"):
        tables.make_view("runs", name, f"SELECT * FROM runs_{name}")  # noqa: S608 - two fixed names
    reasons = list_reason_rows(tables, list(children))
    explanations = [explain(row, reasons, catalog) for row in list_judgement_rows(tables, list(children))]
    assert len(explanations) == 2 * len(examples)
    for explanation in explanations:
        lines = [line for part in explanation.parts for line in part.lines]
        said = " ".join(f"{line.ja} {line.en}" for line in (explanation.level, explanation.headline, *lines))
        assert [word for word in FORBIDDEN_WORDS if word in said] == []
