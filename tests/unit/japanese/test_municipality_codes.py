"""The check digit of municipality codes."""

import csv
from pathlib import Path

import pytest

from tsunagu.japanese import compute_check_digit, fold_municipality_code, is_municipality_code


@pytest.mark.parametrize("code", ["131016", "272205", "141003", "011002", "472018"])
def test_real_codes_pass(code: str) -> None:
    assert is_municipality_code(code)
    assert compute_check_digit(code[:5]) == code[5]


@pytest.mark.parametrize(
    "code", ["999999", "999998", "131017", "13101", "1310166", "１３１０１６", "13101x", ""]
)
def test_others_do_not(code: str) -> None:
    assert not is_municipality_code(code)


def test_one_wrong_digit_is_always_seen() -> None:
    for place in range(6):
        others = {"131016"[:place] + str(digit) + "131016"[place + 1 :] for digit in range(10)} - {"131016"}
        assert sum(is_municipality_code(code) for code in others) <= 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("131016", "131016"),
        ("１３１０１６", "131016"),
        ("13101", "131016"),
        ("11002", "011002"),
        ("1100", "011002"),
        ("131017", None),
        ("", None),
        ("東京", None),
    ],
)
def test_folding(text: str, code: str | None) -> None:
    assert fold_municipality_code(text) == code


def test_the_argument_is_five_digits() -> None:
    with pytest.raises(ValueError, match="five digits"):
        compute_check_digit("1310")


def test_every_municipality_passes(realdata: Path) -> None:
    path = realdata / "address" / "localgov_codes" / "localgovjp-utf8.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        codes = [row["lgcode"] for row in csv.DictReader(file)]
    assert len(codes) == 1916
    assert [code for code in codes if not is_municipality_code(code)] == []
