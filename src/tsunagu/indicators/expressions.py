"""The few SQL expressions the compiled statements are made of.

Words and numbers of a definition enter SQL only as literals built here; names are declared identifiers.
sqlglot copies whole trees at every chained call, so these helpers build each tree once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sqlglot import exp

from tsunagu.catalog.indicators import PeriodUnit
from tsunagu.catalog.words import ValueType
from tsunagu.indicators.nodes import (
    EARLIEST,
    LATEST,
    Measure,
    Since,
    Source,
    Span,
    Spell,
    StateAt,
    Test,
)

WORD_TYPES = frozenset({ValueType.CODE, ValueType.TEXT, ValueType.DATE, ValueType.YEAR_MONTH})
LIFE_COLUMNS = {Since.BIRTH: "life_from", Since.PREGNANCY: "conceived_from"}


@dataclass(frozen=True, slots=True)
class Join:
    """One joined table: `on` None = every row with every row."""

    table: exp.Expr | str
    on: str | None
    kind: str = ""


def query(
    columns: Sequence[exp.Expr | str],
    source: exp.Expr | str,
    *,
    joins: Sequence[Join] = (),
    where: Sequence[exp.Expr | str] = (),
    group_by: Sequence[str] = (),
    distinct: bool = False,
) -> exp.Select:
    """One SELECT, built in one go. Texts are fixed fragments of our own."""
    built = exp.Select(expressions=[_take(one) for one in columns])
    built.from_(_take_table(source), copy=False)
    for join in joins:
        built.join(
            _take_table(join.table),
            on=read(join.on) if join.on else None,
            join_type=join.kind or None,
            copy=False,
        )
    if where:
        built.where(*(_take(one) for one in where), copy=False)
    if group_by:
        built.group_by(*group_by, copy=False)
    return built.distinct(copy=False) if distinct else built


def inner(select: exp.Select, alias: str) -> exp.Subquery:
    """A SELECT to read from."""
    return select.subquery(alias, copy=False)


def read(sql: str) -> exp.Expr:
    """A fixed fragment of our own, parsed."""
    return _parse(sql).copy()


@lru_cache(maxsize=2048)
def _parse(sql: str) -> exp.Expr:
    return exp.maybe_parse(sql, dialect="duckdb")


def _take(part: exp.Expr | str) -> exp.Expr:
    return read(part) if isinstance(part, str) else part


def _take_table(table: exp.Expr | str) -> exp.Expr:
    if isinstance(table, str):
        name, _, short = table.partition(" AS ")
        return exp.to_table(name, alias=short or None)
    return table


def alias(value: exp.Expr, name: str) -> exp.Expr:
    """`value AS name`."""
    return exp.Alias(this=value, alias=exp.to_identifier(name))


def day(value: date) -> exp.Expr:
    """A date literal."""
    return exp.cast(exp.Literal.string(value.isoformat()), "date", copy=False)


def word(value: str) -> exp.Expr:
    """A text literal."""
    return exp.Literal.string(value)


def number(value: float) -> exp.Expr:
    """A number literal; whole numbers without a point."""
    return exp.convert(int(value) if float(value).is_integer() else value)


def figure(value: float) -> exp.Expr:
    """A number literal of type DOUBLE."""
    return double(number(value))


def truth(value: bool) -> exp.Expr:
    """TRUE or FALSE."""
    return exp.Boolean(this=value)


def null() -> exp.Expr:
    """NULL."""
    return exp.Null()


def double(value: exp.Expr) -> exp.Expr:
    """As DOUBLE."""
    return exp.cast(value, "double", copy=False)


def column(name: str, table: str | None = None) -> exp.Expr:
    """A column."""
    return exp.column(name, table=table)


def equals(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    """`left = right`."""
    return exp.EQ(this=left, expression=right)


def is_less(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    """`left < right`."""
    return exp.LT(this=left, expression=right)


def is_at_most(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    """`left <= right`."""
    return exp.LTE(this=left, expression=right)


def is_null(value: exp.Expr) -> exp.Expr:
    """`value IS NULL`."""
    return exp.Is(this=value, expression=null())


def is_not(condition: exp.Expr) -> exp.Expr:
    """`NOT condition`."""
    return exp.not_(condition, copy=False)


def all_of(*conditions: exp.Expr) -> exp.Expr:
    """All conditions together; none at all is true."""
    return exp.and_(*conditions, copy=False) if conditions else truth(True)


def any_of(*conditions: exp.Expr) -> exp.Expr:
    """At least one of the conditions; none at all is false."""
    return exp.or_(*conditions, copy=False) if conditions else truth(False)


def coalesce(first: exp.Expr, *rest: exp.Expr) -> exp.Expr:
    """The first that is not null."""
    return exp.Coalesce(this=first, expressions=list(rest)) if rest else first


def case(*branches: tuple[exp.Expr, exp.Expr], default: exp.Expr | None = None) -> exp.Expr:
    """CASE WHEN … THEN … ELSE … END."""
    ifs = [exp.If(this=condition, true=result) for condition, result in branches]
    return exp.Case(ifs=ifs, default=default if default is not None else null())


def greatest(values: Sequence[exp.Expr]) -> exp.Expr:
    """The greatest; nulls are passed over."""
    return (
        exp.Greatest(this=values[0], expressions=list(values[1:]), ignore_nulls=True)
        if len(values) > 1
        else values[0]
    )


def least(values: Sequence[exp.Expr]) -> exp.Expr:
    """The least; nulls are passed over."""
    return (
        exp.Least(this=values[0], expressions=list(values[1:]), ignore_nulls=True)
        if len(values) > 1
        else values[0]
    )


def order_key(event: exp.Expr) -> exp.Expr:
    """A struct no two rows share; the greatest is the latest row."""
    parts = {"d": event, "k": column("known_from"), "r": column("record_id")}
    return exp.Struct(
        expressions=[
            exp.PropertyEQ(this=exp.to_identifier(name), expression=part) for name, part in parts.items()
        ]
    )


def meets_test(test: Test) -> exp.Expr:
    """One declared condition; null where the value is not recorded, unless the test speaks of that."""
    match test.test:
        case "is_recorded":
            is_missing = is_null(column(test.column))
            return is_not(is_missing) if test.words == ("true",) else is_missing
        case "at_least":
            return is_at_most(number(test.number), column(test.column))
        case "at_most":
            return is_at_most(column(test.column), number(test.number))
    is_flag = test.type is ValueType.FLAG
    words = [truth(text == "true") if is_flag else word(text) for text in test.words]
    is_one = exp.In(this=column(test.column), expressions=words)
    return any_of(is_null(column(test.column)), is_not(is_one)) if test.test == "differs_from" else is_one


def get_span_start(span: Span) -> exp.Expr:
    """The first day rows may have: a date, or the child's own column."""
    return day(span.start) if span.since is None else column(LIFE_COLUMNS[span.since])


def belongs(measure: Measure) -> exp.Expr:
    """Whether a row counts for a measure."""
    source, span = measure.source, measure.span
    tests = [meets_test(test) for test in source.tests]
    if isinstance(measure, StateAt):
        return all_of(is_null(column("valid_to")), *tests)
    if isinstance(measure, Spell) and source.is_state:
        return all_of(is_less(*get_state_bounds(span)), *tests)
    window = [is_less(column(source.event), day(span.end))]
    if span.start > EARLIEST or span.since is not None:
        window.append(is_at_most(get_span_start(span), column(source.event)))
    return all_of(*window, *tests)


def get_state_bounds(span: Span) -> tuple[exp.Expr, exp.Expr]:
    """A state's first day and end, cut to the window."""
    begins = greatest([coalesce(column("valid_from"), day(EARLIEST)), get_span_start(span)])
    ends = least([coalesce(column("valid_to"), day(LATEST)), day(span.end)])
    return begins, ends


def get_period(event: str, unit: PeriodUnit) -> exp.Expr:
    """What is counted as one by `distinct_periods`."""
    if unit is PeriodUnit.DAY:
        return column(event)
    if unit is PeriodUnit.SCHOOL_YEAR:
        return read(f"YEAR({event}) - CASE WHEN MONTH({event}) < 4 THEN 1 ELSE 0 END")
    return read(f"DATE_TRUNC('{unit.value.upper()}', {event})")


def get_value(source: Source) -> tuple[exp.Expr, bool]:
    """A row's value as a number or a word, and whether it is a word."""
    found = column(source.value or "")
    if source.value_type in WORD_TYPES:
        return exp.cast(found, "varchar", copy=False), True
    if source.value_type is ValueType.FLAG:
        return case((found, figure(1)), default=figure(0)), False
    return double(found), False
