"""The look at the bytes never overlooks a cell of twelve digits, and leaves out what is none."""

import random
import re

import pytest

from tsunagu.intake import digit_runs
from tsunagu.intake.digit_runs import LONGEST_BYTES, SEPARATORS, may_hold_numbers

NUMBER = re.compile(f"[{SEPARATORS}]*(?:[0-9０-９][{SEPARATORS}]*){{12}}")
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
# Letters some of whose bytes are those of full-width digits or separators.
LETTERS = ["名", "山", "ヴ", "、", "【", "〓", "＠", "ー", "–", "x", '""', "\n"]
NEAR_MISSES = [
    "20230401123045",
    "20230401",
    "12345678901",
    "090-1234-5678",
    "中央１－２－３",
    "2023-04-01 12:30",
    "1234567890123",
]


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(digit_runs, "_CHUNK_BYTES", 100)


def is_number(cell):
    return NUMBER.fullmatch(cell) is not None and len(cell.encode()) <= LONGEST_BYTES


def draw_number(draw):
    """Twelve digits, any of them full-width, with separators anywhere."""
    cells = [
        digit.translate(WIDE) if draw.random() < 0.3 else digit for digit in f"{draw.randrange(10**12):012}"
    ]
    for _ in range(draw.randrange(4)):
        cells.insert(draw.randrange(len(cells) + 1), draw.choice(SEPARATORS))
    return "".join(cells)


def draw_cell(draw):
    if draw.random() < 0.4:
        return draw.choice(NEAR_MISSES)
    return "".join(draw.choice(["1", "２", *SEPARATORS, *LETTERS]) for _ in range(draw.randrange(20)))


def write_text(draw, path, cells, delimiter):
    rows = [cells[place : place + 5] for place in range(0, len(cells), 5)]
    quoted = [[f'"{cell}"' if draw.random() < 0.5 or "\n" in cell else cell for cell in row] for row in rows]
    path.write_text("\n".join(delimiter.join(row) for row in quoted), encoding="utf-8", newline="\n")
    return may_hold_numbers(path, delimiter)


def count_overlooked(tmp_path, trials=400):
    """Of texts of random cells with one number among them, how many are said to have none."""
    draw, overlooked = random.Random(7), 0
    for _ in range(trials):
        cells = [cell for _ in range(12) if not is_number(cell := draw_cell(draw))]
        number = draw_number(draw)
        assert is_number(number)
        cells.insert(draw.randrange(len(cells) + 1), number)
        overlooked += not write_text(draw, tmp_path / "x.csv", cells, draw.choice(",\t;|"))
    return overlooked


def test_no_number_is_overlooked(tmp_path):
    assert count_overlooked(tmp_path) == 0


def test_without_looking_across_the_ends_of_chunks_some_would_be(tmp_path, monkeypatch):
    monkeypatch.setattr(digit_runs, "_OVERLAP_BYTES", 1)
    assert count_overlooked(tmp_path) > 0


def test_a_separator_that_ends_like_a_digit_would_hide_some(tmp_path, monkeypatch):
    monkeypatch.setattr(digit_runs, "_LIKE_DIGITS", [])
    assert count_overlooked(tmp_path) > 0


def test_longer_and_shorter_runs_are_no_numbers(tmp_path, monkeypatch):
    monkeypatch.setattr(digit_runs, "_CHUNK_BYTES", 1 << 18)
    path = tmp_path / "x.csv"
    assert not write_text(random.Random(1), path, NEAR_MISSES * 50, ",")


@pytest.mark.parametrize("delimiter", ["-", " ", "1", "－"])
def test_a_delimiter_that_is_a_separator_leaves_nothing_between_cells(tmp_path, delimiter):
    path = tmp_path / "x.csv"
    path.write_text(f"123456789012{delimiter}123456789012", encoding="utf-8")
    assert may_hold_numbers(path, delimiter)
