"""妊娠届出: pregnancies notified in a month, with what the nurse asked at the desk."""

import numpy as np

from tsunagu.fiction.arrays import Ints, choose, draw, whole_numbers
from tsunagu.fiction.circumstances import HARDSHIP, ISOLATION, VIOLENCE
from tsunagu.fiction.handwriting import Habits, Handwriting
from tsunagu.fiction.outbox import Outbox, Wrong
from tsunagu.fiction.records import Records
from tsunagu.fiction.writing import CP932, Column, pick, write_dates, write_numbers

_HANDED_OVER_DAYS = 10
_FEELINGS = ("うれしい", "とまどい", "困った", "")
_WRONG = (Wrong("分娩予定日", "2024/02/30"), Wrong("妊娠の気持ち", "ふつう"), Wrong("届出番号", ""))
_HABITS = Habits(
    kana_styles=(0.1, 0.75, 0.12, 0.0, 0.03), surname_lags=(0.9, 0.07, 0.03), address_lags=(0.97, 0.03, 0.0),
    missing_phone_rate=0.04,
)  # fmt: skip


def write(records: Records, outbox: Outbox) -> None:
    """Write every month's notifications on the 10th of the next month; a few are typed in a month late."""
    hand = Handwriting(records, "pregnancy", _HABITS)
    table = records.city.pregnancies
    rng = records.stream("pregnancy")
    typed = table.notified + np.where(
        draw(rng, 0.03, len(table.mother)), rng.integers(25, 60, len(table.mother)), 0
    )
    number = number_notices(records)
    is_known = records.is_reachable(table.mother, table.notified) & (
        table.notified >= records.months[0].first
    )
    answers = _draw_answers(records)
    for month in records.months:
        rows = np.flatnonzero(is_known & (typed >= month.first) & (typed <= month.last))
        mother, day = table.mother[rows], month.last + _HANDED_OVER_DAYS
        columns: dict[str, Column] = {
            "届出番号": write_numbers(number[rows]),
            "妊婦宛名番号": write_numbers(records.city.people.number[mother]),
            "妊婦氏名": hand.name(mother, month.last),
            "妊婦カナ": hand.kana(mother, month.last),
            "妊婦生年月日": hand.birth(mother),
            "住所": hand.address(mother, month.last),
            "電話番号": hand.phone(mother, month.last),
            "届出年月日": write_dates(table.notified[rows]),
            "妊娠週数": write_numbers(table.weeks[rows]),
            "分娩予定日": write_dates(table.due[rows]),
            "妊娠の気持ち": pick(_FEELINGS, answers[0][rows]),
            "経済的不安": pick(["なし", "あり", ""], answers[1][rows]),
            "相談相手": pick(["いる", "いない", ""], answers[2][rows]),
        }
        outbox.register_keys("pregnancy", columns["届出番号"], records.expected_rows(rows))
        outbox.post("health", f"妊娠届出_{month.code}", day, columns, CP932, wrong=_WRONG, wrong_rate=0.003)


def number_notices(records: Records) -> Ints:
    """(pregnancy,) running number of the notification, in the order of notifying."""
    notified = records.city.pregnancies.notified
    order = np.argsort(np.argsort(notified, kind="stable"), kind="stable")
    return 3_000_001 + records.number_from(100_000) + order


def _draw_answers(records: Records) -> tuple[Ints, Ints, Ints]:
    """Feeling, worry about money, somebody to turn to; the last value of each means not asked."""
    rng = records.stream("pregnancy", "answers")
    table = records.city.pregnancies
    size = len(table.mother)

    def is_under(kind: str) -> Ints:
        return whole_numbers(records.circumstances.level(kind, table.mother, table.notified) > 0)

    burden = is_under(HARDSHIP) + 2 * is_under(VIOLENCE) + is_under(ISOLATION)
    upset = draw(rng, 0.09 + 0.12 * burden, size)
    feeling = np.where(upset, 1 + choose(rng, [0.8, 0.2], size), 0)
    feeling = np.where(draw(rng, 0.03, size), 3, feeling)
    worried = whole_numbers(draw(rng, 0.07 + 0.52 * is_under(HARDSHIP), size))
    alone = whole_numbers(draw(rng, 0.015 + 0.33 * is_under(ISOLATION), size))
    not_asked = draw(rng, 0.03, size)
    return feeling, np.where(not_asked, 2, worried), np.where(not_asked, 2, alone)
