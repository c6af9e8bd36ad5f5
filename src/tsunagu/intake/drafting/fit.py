"""Whether a column's values can be what a heading promises: one figure from 0 to 1, and why."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.feeds import FeedColumn
from tsunagu.catalog.purposes import CodeList
from tsunagu.catalog.words import ValueType
from tsunagu.intake.drafting.values import ColumnFacts

_CHILD_DAYS = 366 * 21
_LEAST_ROWS = 10
_REPEATED = 0.6
"""Schools and months repeat; above this share of different values a column is none."""
_LEAST_CODES = 0.5
"""A school's or a facility's own code; its name is another column, and another system writes it differently."""
NUMBER_FIELDS = ("atena_number", "mother_atena_number", "household_number", "relationship_code", "district")


@dataclass(frozen=True, slots=True)
class Fit:
    """`share` from 0 to 1, None when the values cannot tell; `is_telling`: few other things look like this.

    `is_foreign`: words of some list, but none that the list knows.
    """

    share: float | None
    reason: str = ""
    is_telling: bool = False
    is_foreign: bool = False


NO_EVIDENCE = Fit(None)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What values are judged against: the catalogue's code lists, and the day the file is about."""

    catalog: Catalog
    reference_day: date | None


def judge_fit(facts: ColumnFacts, column: FeedColumn, around: Surroundings) -> Fit:
    """Whether the column's values can be what this entry of a feed takes."""
    if not facts.filled:
        return NO_EVIDENCE
    if column.codes is not None:
        return _judge_codes(facts, column.codes, around.catalog)
    if column.type in _BY_TYPE:
        return _BY_TYPE[column.type](facts, column, around)
    fits = [_judge_text(facts, target) for target in column.to]
    return max(fits, key=lambda fit: -1.0 if fit.share is None else fit.share)


def _judge_codes(facts: ColumnFacts, codes: str, catalog: Catalog) -> Fit:
    code_list = catalog.code_lists.get(codes)
    if code_list is None:
        return NO_EVIDENCE
    share, used = facts.count_codes(code_list)
    is_short = all(text.isascii() and len(text) <= 2 for text in facts.counts)
    reason = f"値の {share:.0%} がコード表「{code_list.title.ja}」の書き方（{used} 種類）"
    if not share and len(facts.counts) <= max(12, 2 * len(code_list.codes)) and is_short:
        return Fit(None, "値は短い記号で、どの区分かは市の決まりを見ないと分かりません")
    if not share and _are_words_of_a_list(facts, code_list):
        reason = "区分らしい値ですが、どの書き方もコード表にありません"
        return Fit(0.0, reason, is_foreign=True)
    return Fit(share, reason, is_telling=used >= 2 and not is_short)


def _are_words_of_a_list(facts: ColumnFacts, code_list: CodeList) -> bool:
    """Few different words that come again and again: a list's own words in another spelling."""
    is_repeated = facts.filled >= _LEAST_ROWS and len(facts.counts) <= len(code_list.codes) + 2
    return is_repeated and facts.number_share + facts.date_share == 0


def _judge_date(facts: ColumnFacts, column: FeedColumn, around: Surroundings) -> Fit:
    share = facts.date_share
    if "identity.birth_date" in column.to and share > 0.5:
        children = share_of_children(facts, around.reference_day)
        return Fit(
            share * children,
            f"値の {share:.0%} が日付で、{children:.0%} は子どもの年齢になる日",
            children > 0.9,
        )
    return Fit(share, f"値の {share:.0%} が日付")


def share_of_children(facts: ColumnFacts, reference: date | None) -> float:
    """Share of the days that are a child's birthday, or a due date; 1 when it cannot be told."""
    days = facts.get_days()
    if reference is None or not days:
        return 1.0
    oldest = reference - timedelta(days=_CHILD_DAYS)
    return sum(oldest <= day <= reference + timedelta(days=400) for day in days) / len(days)


def _judge_month(facts: ColumnFacts, _column: FeedColumn, _around: Surroundings) -> Fit:
    return Fit(facts.month_share, f"値の {facts.month_share:.0%} が年月")


def _judge_number(facts: ColumnFacts, column: FeedColumn, _around: Surroundings) -> Fit:
    is_whole = column.type is not ValueType.NUMBER
    share = facts.integer_share if is_whole else facts.number_share
    numbers = facts.numbers
    if share and numbers and (column.minimum is not None or column.maximum is not None):
        least = float("-inf") if column.minimum is None else column.minimum
        most = float("inf") if column.maximum is None else column.maximum
        inside = sum(least <= number <= most for number in numbers) / len(numbers)
        share *= inside
    word = "整数" if is_whole else "数"
    return Fit(share, f"値の {share:.0%} が、あり得る範囲の{word}")


_BY_TYPE: Mapping[ValueType, Callable[[ColumnFacts, FeedColumn, Surroundings], Fit]] = {
    ValueType.DATE: _judge_date,
    ValueType.YEAR_MONTH: _judge_month,
    ValueType.INTEGER: _judge_number,
    ValueType.NUMBER: _judge_number,
    ValueType.YEN: _judge_number,
}


def _judge_text(facts: ColumnFacts, target: str) -> Fit:
    zone, _, field = target.partition(".")
    if zone == "identity":
        judge = _BY_FIELD.get(field)
        if judge is not None:
            return judge(facts)
        return _judge_id(facts) if field in NUMBER_FIELDS else NO_EVIDENCE
    if zone == "scope":
        is_code = facts.distinct_share <= _REPEATED and facts.id_share >= _LEAST_CODES
        share = (1.0 if is_code else 0.6) * (1 - max(facts.name_share, facts.kana_share))
        return Fit(share, "同じ番号が何行にもある" if is_code else "番号や符号が繰り返す列には見えない")
    return NO_EVIDENCE


def judge_key(facts: ColumnFacts) -> Fit:
    """Whether the column can be a number that a system gives its records."""
    return _judge_id(facts) if facts.filled else NO_EVIDENCE


def _judge_id(facts: ColumnFacts) -> Fit:
    return Fit(facts.id_share, f"値の {facts.id_share:.0%} が番号")


def _judge_names(facts: ColumnFacts) -> Fit:
    share = max(facts.name_share, 0.0)
    return Fit(share, f"値の {share:.0%} が人の名前の形")


_BY_FIELD: Mapping[str, Callable[[ColumnFacts], Fit]] = {
    "name": _judge_names,
    "guardian_name": _judge_names,
    "other_name": lambda facts: Fit(None),
    "kana": lambda facts: Fit(facts.kana_share, f"値の {facts.kana_share:.0%} がカナだけ", True),
    "postal_code": lambda facts: Fit(
        facts.postal_share, f"値の {facts.postal_share:.0%} が郵便番号の形", True
    ),
    "phone": lambda facts: Fit(facts.phone_share, f"値の {facts.phone_share:.0%} が電話番号の形", True),
    "address": lambda facts: Fit(facts.address_share, f"値の {facts.address_share:.0%} が住所の形", True),
}


def describe_values(facts: ColumnFacts) -> str:
    """The usual shapes of a column's values, for people; never a value."""
    if not facts.filled:
        return "（全部空欄）"
    return "、".join(f"{shape}（{share:.0%}）" for shape, share in facts.shapes) or "（形がまちまち）"
