"""The check digit, in SQL, against the rule written out plainly."""

import random

import pyarrow as pa
import pytest

from tsunagu.intake.my_number import (
    _write_check,
    check_headers,
    find_candidate_columns,
    write_candidate_condition,
)
from tsunagu.intake.refusals import FileRefusedError


def has_valid_check_digit(digits):
    """The ordinance's formula: P(n) is the n-th digit from the right without the check digit."""
    p = [int(digit) for digit in reversed(digits[:-1])]
    q = [n + 1 if n <= 6 else n - 5 for n in range(1, 12)]
    rest = sum(a * b for a, b in zip(p, q, strict=True)) % 11
    return int(digits[-1]) == (0 if rest <= 1 else 11 - rest)


def test_sql_and_the_ordinance_agree(engine):
    draw = random.Random(1)
    numbers = [f"{draw.randrange(10**12):012d}" for _ in range(2000)] + ["000000000000", "123456789018"]
    values = ", ".join(f"('{number}')" for number in numbers)
    rows = engine.list_rows(f"SELECT d, {_write_check('d')} FROM (VALUES {values}) AS t (d)")  # noqa: S608 - digits
    assert dict(rows) == {number: has_valid_check_digit(number) for number in numbers}
    share = sum(valid for _, valid in rows) / len(rows)
    assert 0.07 < share < 0.13


@pytest.mark.parametrize(
    ("cells", "is_candidate"),
    [
        (["123456789018"], True),
        (["１２３４５６７８９０１８"], True),
        (["1234-5678-9018"], True),
        (["1234 5678 9018"], True),
        (["　1234 5678 9018"], True),
        (["12345678901", None], False),
        (["1234567890123"], False),
        (["中央一丁目二番三号四五六"], False),
        ([None], False),
        ([], False),
    ],
)
@pytest.mark.parametrize("rows", [1, 1_000_000])
def test_columns_with_twelve_digits_are_candidates(engine, cells, is_candidate, rows):
    other = ["x" * 20] * len(cells)
    engine.register(
        "said", pa.table({"c0": pa.array(cells, pa.string()), "c1": pa.array(other, pa.string())})
    )
    engine.run("CREATE OR REPLACE TEMP TABLE intake_raw AS SELECT * FROM said")
    assert find_candidate_columns(engine, "intake_raw", [0, 1], rows) == ([0] if is_candidate else [])
    condition = write_candidate_condition([0, 1])
    found = engine.get_value(f"SELECT bool_or({condition}) FROM intake_raw")  # noqa: S608 - our own condition
    assert bool(found) == is_candidate


@pytest.mark.parametrize(
    "header", ["個人番号", "マイナンバー", "ﾏｲﾅﾝﾊﾞｰ", "MY NUMBER", "my_number", "特定個人情報"]
)
def test_headings_of_the_number_are_refused(header):
    with pytest.raises(FileRefusedError):
        check_headers(["氏名", header])


@pytest.mark.parametrize("header", ["宛名番号", "個人履歴番号", "マイナンバーカードの有効期限", "整理番号"])
def test_other_headings_are_not(header):
    check_headers([header])
