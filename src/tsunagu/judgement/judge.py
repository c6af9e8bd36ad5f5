"""Judges every child by every pack in force, watches for silence, and draws the audit sample: set-based SQL."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import pyarrow as pa

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.indicators import Indicator, IndicatorKind, WindowWord
from tsunagu.catalog.packs import Pack
from tsunagu.catalog.silence import SilenceBand, SilenceWatch
from tsunagu.indicators.resolve import resolve_window
from tsunagu.judgement.registration import list_blocked_indicators
from tsunagu.judgement.rules import PackInUse, compile_packs
from tsunagu.judgement.tables import DOMAIN_SCORE, SILENCE
from tsunagu.store.engine import Engine
from tsunagu.vocabulary.dates import AsOf, get_school_year
from tsunagu.vocabulary.tables import Table

LEAST_KNOWN_IN_COHORT = 20
"""Fewer known values in a school cohort say nothing about what is usual, and too much about the others."""

AUDIT_SAMPLE_SIZE = 20

_PACKAGE = "tsunagu.judgement"
_STEPS = ("judged", "part", "item")
_GROWING_KINDS = frozenset(
    {
        IndicatorKind.COUNT,
        IndicatorKind.SUM,
        IndicatorKind.DISTINCT_PERIODS,
        IndicatorKind.SPELL,
        IndicatorKind.HOUSEHOLD,
    }
)


def judge(
    engine: Engine,
    catalog: Catalog,
    *,
    as_of: date,
    purposes: Sequence[str] | None = None,
    earlier: str | None = None,
    audit_size: int = AUDIT_SAMPLE_SIZE,
) -> None:
    """Judge the population of a run.

    Reads:
        `runs_population`, `runs_indicator_value` (temporary tables of the indicators), `facts.person`.

    Args:
        engine: with the tables above.
        catalog: the definitions in force.
        as_of: the day it speaks for.
        purposes: those to judge for; None = every active one.
        earlier: a relation with an earlier `runs.domain_score`, to say what became worse or better.
        audit_size: unlisted children drawn for each purpose.

    Returns:
        Nothing; the results are the temporary tables `runs_<name>` of `tables.TABLES`.
    """
    chosen = catalog.active_purposes if purposes is None else purposes
    packs = [pack for purpose in chosen for pack in catalog.list_active_packs(purpose, on=catalog.opened_for)]
    in_force = [describe_use(pack, catalog) for pack in packs if pack.is_valid_on(as_of)]
    judge_packs(engine, in_force, as_of=as_of, earlier=earlier)
    watch_silence(engine, catalog, as_of=as_of)
    engine.run_file(_PACKAGE, "audit_sample", seed=as_of.isoformat(), size=audit_size)


def judge_packs(
    engine: Engine, packs: Sequence[PackInUse], *, as_of: date, earlier: str | None = None
) -> None:
    """Judge by the given packs; the results are `runs_judgement`, `runs_domain_score` and `runs_reason`."""
    for name, table in compile_packs(packs, as_of=as_of).items():
        engine.register(name, table)
    for step in _STEPS:
        engine.run_file(_PACKAGE, step)
    engine.run(f"CREATE OR REPLACE TEMP VIEW judgement_earlier AS {_select_earlier(earlier)}")
    engine.run_file(_PACKAGE, "domain_score", as_of=as_of, school_year=get_school_year(as_of))
    engine.run_file(_PACKAGE, "points")
    engine.run_file(_PACKAGE, "judgement")
    engine.run_file(_PACKAGE, "cohort", least_known=LEAST_KNOWN_IN_COHORT)
    engine.run_file(_PACKAGE, "reason")


def watch_silence(engine: Engine, catalog: Catalog, *, as_of: date) -> None:
    """Write `runs_silence`; empty when no watch is in force."""
    watch = catalog.find_silence_watch(on=catalog.opened_for)
    if watch is None:
        engine.run(f"CREATE OR REPLACE TEMP TABLE runs_silence AS {_select_nothing(SILENCE)}")
        return
    engine.register("judgement_silence_band", _list_bands(watch))
    window = catalog.get_indicator(watch.indicator).window
    engine.run_file(
        _PACKAGE,
        "silence",
        as_of=as_of,
        school_year=get_school_year(as_of),
        indicator=watch.indicator,
        # Unseen in the whole window means: seen on the day before it at the latest.
        unseen_from=resolve_window(window, AsOf(as_of)).start - timedelta(days=1),
        overdue_birth_days=watch.overdue_birth_days,
    )


def describe_use(pack: Pack, catalog: Catalog) -> PackInUse:
    """The pack with what the register and the indicators say about it."""
    indicators = [catalog.get_indicator(name) for name in pack.indicator_ids]
    return PackInUse(
        pack=pack,
        blocked=list_blocked_indicators(pack, catalog),
        resetting=_collect(one for one in indicators if _resets_in_april(one)),
        growing=_collect(one for one in indicators if one.kind in _GROWING_KINDS),
    )


def _collect(indicators: Iterable[Indicator]) -> frozenset[str]:
    return frozenset(indicator.id for indicator in indicators)


def _resets_in_april(indicator: Indicator) -> bool:
    # A change is already set against the same part of last school year.
    is_counted_anew = indicator.window is WindowWord.THIS_SCHOOL_YEAR or indicator.resets_in_april
    return is_counted_anew and indicator.kind is not IndicatorKind.CHANGE


def _select_earlier(earlier: str | None) -> str:
    columns = ", ".join(DOMAIN_SCORE.column_names)
    # The relation is named by our own code, never by input.
    return _select_nothing(DOMAIN_SCORE) if earlier is None else f"SELECT {columns} FROM {earlier}"  # noqa: S608


def _select_nothing(table: Table) -> str:
    columns = ", ".join(f"CAST(NULL AS {column.type}) AS {column.name}" for column in table.columns)
    return f"SELECT {columns} WHERE false"


def _list_bands(watch: SilenceWatch) -> pa.Table:
    bands = [_describe_band(number, band) for number, band in enumerate(watch.bands, start=1)]
    bands.append({**_describe_band(len(bands) + 1, watch.soonest), "is_for_unknown_age": True})
    schema = pa.schema(
        [
            ("band_no", pa.int32()),
            ("band", pa.string()),
            ("to_age_months", pa.int32()),
            ("first_school_year", pa.int32()),
            ("last_school_year", pa.int32()),
            ("listed_after_days", pa.int32()),
            ("urgent_after_days", pa.int32()),
            ("unless_in_nursery", pa.bool_()),
            ("listed_if_in_no_school", pa.bool_()),
            ("is_for_unknown_age", pa.bool_()),
        ]
    )
    return pa.Table.from_pylist(bands, schema=schema)


def _describe_band(number: int, band: SilenceBand) -> dict[str, object]:
    return {
        "band_no": number,
        "band": band.title.ja,
        "to_age_months": band.to_age_months,
        "first_school_year": band.first_school_year,
        "last_school_year": band.last_school_year,
        "listed_after_days": band.listed_after_days,
        "urgent_after_days": band.urgent_after_days,
        "unless_in_nursery": band.unless_in_nursery,
        "listed_if_in_no_school": band.listed_if_in_no_school,
        "is_for_unknown_age": False,
    }
