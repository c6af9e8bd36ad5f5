"""Writes the layouts of the four sets (`SETS`) as files with fictional values."""

import csv
import io
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import jaconv
import xlsxwriter
import yaml

ROWS = 40
SETS = (
    "blind.yaml",
    "blind2.yaml",
    "blind3.yaml",
    "heldout.yaml",
    "layouts.yaml",
    "traps.yaml",
    "unseen.yaml",
)
_FAMILIES = (
    ("架空", "カクウ"),
    ("見本", "ミホン"),
    ("試験", "シケン"),
    ("例示", "レイジ"),
    ("仮野", "カリノ"),
    ("作田", "サクタ"),
)
_GIVEN = (
    ("太郎", "タロウ"),
    ("花子", "ハナコ"),
    ("一", "ハジメ"),
    ("葵", "アオイ"),
    ("蓮", "レン"),
    ("陽菜", "ヒナ"),
    ("さくら", "サクラ"),
)
_NOT_PERSONAL = ("codes", "int", "float", "grade", "class", "seat", "month", "sequence")
_TODAY = date(2025, 5, 20)
_WIDE = "ガギグゲゴザジズゼゾダヂヅデドバビブベボパピプペポ"


@dataclass(frozen=True)
class Column:
    """One column: its heading, what it really is, and how its values are made."""

    heading: str
    truth: frozenset[str]
    maker: str


@dataclass(frozen=True)
class Layout:
    """One file to be recognised."""

    name: str
    file: str
    feed: str
    columns: tuple[Column, ...]
    encoding: str = ""
    delimiter: str = ","
    title: tuple[str, ...] = ()
    levels: dict[str, list[str]] | None = None
    sheets: tuple[str, ...] = ()
    footer: tuple[tuple[str, ...], ...] = ()


def list_layouts(file: str) -> list[Layout]:
    """Every layout of one file."""
    entries = yaml.safe_load((Path(__file__).parent / file).read_text(encoding="utf-8"))
    return [_make_layout(entry) for entry in entries]


def _make_layout(entry: dict) -> Layout:
    columns = tuple(
        Column(str(heading).partition("#")[0], frozenset(targets.split()), maker)
        for heading, (targets, maker) in entry.pop("columns").items()
    )
    return Layout(
        columns=columns,
        footer=tuple(tuple(row) for row in entry.pop("footer", ())),
        title=tuple(entry.pop("title", ())),
        sheets=tuple(entry.pop("sheets", ())),
        **entry,
    )


def write_layout(layout: Layout, folder: Path, personal: set[str] | None = None) -> Path:
    """Write the file; `personal` collects the values of columns that are neither codes nor small numbers."""
    dice = random.Random(layout.name)
    people = [(dice.choice(_FAMILIES), dice.choice(_GIVEN), dice.choice(_GIVEN)) for _ in range(ROWS)]
    rows = [
        [_make(one.maker, one.heading, row, people[row], dice) for one in layout.columns]
        for row in range(ROWS)
    ]
    if personal is not None:
        own = [number for number, one in enumerate(layout.columns) if not one.maker.startswith(_NOT_PERSONAL)]
        personal.update(row[number] for row in rows for number in own if len(row[number]) > 3)
    path = folder / layout.file
    head = _write_head(layout)
    width = len(layout.columns)
    foot = [[*row, *[""] * (width - len(row))] for row in layout.footer]
    if path.suffix == ".xlsx":
        _write_workbook(path, layout, [*head, *rows, *foot], range(len(head), len(head) + ROWS))
    else:
        text = io.StringIO()
        csv.writer(text, delimiter=layout.delimiter).writerows([*head, *rows, *foot])
        path.write_bytes(text.getvalue().encode(layout.encoding))
    return path


def _write_head(layout: Layout) -> list[list[str]]:
    headings = [one.heading for one in layout.columns]
    above = [[text, *[""] * (len(headings) - 1)] for text in layout.title]
    if not layout.levels:
        return [*above, headings]
    upper, lower = [], []
    for heading in headings:
        group, _, inner = heading.partition("_")
        is_inner = group in layout.levels and inner
        upper.append((group if group not in upper else "") if is_inner else heading)
        lower.append(inner if is_inner else "")
    return [*above, upper, lower]


def _write_workbook(path: Path, layout: Layout, rows: list[list[str]], data: range) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        for name in layout.sheets:
            book.add_worksheet(name).write_string(0, 0, f"{name}です")
        page = book.add_worksheet("データ")
        as_date = book.add_format({"num_format": "yyyy/mm/dd"})
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                maker = layout.columns[column].maker
                is_data = number in data
                if is_data and cell and maker.startswith("slash"):
                    page.write_datetime(number, column, date(*map(int, cell.split("/"))), as_date)
                elif is_data and cell and maker.startswith(("int", "float", "yen")):
                    page.write_number(number, column, float(cell))
                elif cell:
                    page.write_string(number, column, cell)


def _make(maker: str, heading: str, row: int, person: tuple, dice: random.Random) -> str:
    kind, _, rest = maker.partition(":")
    if kind == "codes":
        return dice.choice(rest.split("|"))
    if kind in ("int", "float"):
        low, high = map(float, rest.split(":"))
        return str(dice.randint(int(low), int(high))) if kind == "int" else f"{dice.uniform(low, high):.1f}"
    if kind in _DATES:
        return _write_date(kind, dice)
    # A guardian shares the family name and has a first name of its own.
    is_child = not any(
        word in heading
        for word in ("保護者", "受給者", "申請者", "妊婦", "納付", "入力", "担当", "者カナ", "格者", "求者")
    )
    family, given = person[0], person[1] if is_child else person[2]
    return _TEXTS[kind](row, dice, family, given)


_DATES = {
    "era_child": (2010, 2018),
    "slash_child": (2010, 2018),
    "slash_infant": (2021, 2025),
    "iso_infant": (2021, 2025),
    "era_adult": (1980, 2000),
    "era_recent": (2024, 2025),
    "slash_recent": (2024, 2025),
    "iso_recent": (2024, 2025),
    "era_future": (2025, 2026),
    "slash_future": (2025, 2026),
    "era_sparse": (2024, 2025),
    "slash_sparse": (2024, 2025),
    "digits_child": (2010, 2018),
    "digits_infant": (2021, 2025),
    "digits_recent": (2024, 2025),
    "short_child": (2010, 2018),
    "short_adult": (1980, 2000),
    "short_recent": (2024, 2025),
    "short_sparse": (2024, 2025),
    "code_child": (2010, 2018),
    "code_adult": (1980, 2000),
    "month_digits": (2025, 2025),
    "month_western": (2025, 2025),
    "month_short": (2023, 2025),
    "month_short_sparse": (2024, 2025),
    "month_slash": (2023, 2025),
    "month_slash_sparse": (2024, 2025),
    "month_era": (2023, 2025),
    "month_era_sparse": (2024, 2025),
}


def _write_date(kind: str, dice: random.Random) -> str:
    if kind.endswith("sparse") and dice.random() < 0.8:
        return ""
    first, last = _DATES[kind]
    end = date(last, 12, 28) if kind.endswith("future") else min(date(last, 12, 28), _TODAY)
    start = _TODAY if kind.endswith("future") else date(first, 4, 2)
    day = start + timedelta(days=dice.randrange((end - start).days))
    style, _, rest = kind.partition("_")
    return _MONTHS[rest.removesuffix("_sparse")](day) if style == "month" else _DAYS[style](day)


def _find_era(day: date) -> tuple[str, str, int, int]:
    """Name, letter, number and year of the era."""
    if day >= date(2019, 5, 1):
        return "令和", "R", 5, day.year - 2018
    if day >= date(1989, 1, 8):
        return "平成", "H", 4, day.year - 1988
    return "昭和", "S", 3, day.year - 1925


def _write_era(day: date) -> str:
    era, _, _, year = _find_era(day)
    return f"{era}{year}年{day.month}月{day.day}日"


def _write_short_era(day: date) -> str:
    _, letter, _, year = _find_era(day)
    return f"{letter}{year}.{day.month}.{day.day}"


def _write_era_number(day: date) -> str:
    _, _, number, year = _find_era(day)
    return f"{number}{year:02}{day:%m%d}"


_DAYS: dict[str, Callable[[date], str]] = {
    "era": _write_era,
    "slash": lambda day: f"{day:%Y/%m/%d}",
    "iso": date.isoformat,
    "digits": lambda day: f"{day:%Y%m%d}",
    "short": _write_short_era,
    "code": _write_era_number,
}
_MONTHS: dict[str, Callable[[date], str]] = {
    "digits": lambda _: "202505",
    "western": lambda _: "2025年5月",
    "era": lambda day: f"令和{day.year - 2018}年{day.month}月",
    "short": lambda day: f"R{day.year - 2018:02}.{day.month:02}",
    "slash": lambda day: f"{day:%Y/%m}",
}


def _to_half(text: str) -> str:
    return jaconv.z2h(text, kana=True)


def _to_hiragana(text: str) -> str:
    return "".join(chr(ord(letter) - 0x60) if "ァ" <= letter <= "ヶ" else letter for letter in text)


_TEXTS: dict[str, Callable] = {
    "name": lambda row, dice, family, given: f"{family[0]}　{given[0]}",
    "adult": lambda row, dice, family, given: f"{family[0]}　{dice.choice(_GIVEN)[0]}",
    "stranger": lambda row, dice, family, given: f"{dice.choice(_FAMILIES)[0]}　{dice.choice(_GIVEN)[0]}",
    "kana_full": lambda row, dice, family, given: f"{family[1]}　{given[1]}",
    "kana_half": lambda row, dice, family, given: _to_half(f"{family[1]} {given[1]}"),
    "hiragana": lambda row, dice, family, given: _to_hiragana(f"{family[1]} {given[1]}"),
    "address": lambda row, dice, family, given: (
        f"見本町{dice.randint(1, 9)}丁目{dice.randint(1, 30)}-{dice.randint(1, 20)}"
    ),
    "postal": lambda row, dice, family, given: f"999-{dice.randint(0, 9999):04d}",
    "postal7": lambda row, dice, family, given: f"999{dice.randint(0, 9999):04d}",
    "phone": lambda row, dice, family, given: f"0999-{dice.randint(10, 99)}-{dice.randint(0, 9999):04d}",
    "id8": lambda row, dice, family, given: str(dice.randint(10_000_000, 99_999_999)),
    "id_short": lambda row, dice, family, given: f"N{dice.randint(1, 9):02d}",
    "school_id": lambda row, dice, family, given: f"E{dice.randint(1, 6):02d}",
    "school_name": lambda row, dice, family, given: dice.choice(("若草小学校", "港小学校", "丘中学校")),
    "nursery_name": lambda row, dice, family, given: dice.choice(("つくし保育園", "みどり保育所")),
    "clinic": lambda row, dice, family, given: dice.choice(("みなと医院", "丘こどもクリニック")),
    "class_number": lambda row, dice, family, given: str(dice.randint(1, 3)),
    "grade_number": lambda row, dice, family, given: str(dice.randint(1, 6)),
    "seat": lambda row, dice, family, given: str(dice.randint(1, 35)),
    "sequence": lambda row, dice, family, given: str(row + 1),
    "yen": lambda row, dice, family, given: str(dice.randint(1, 20) * 4300),
    "lot": lambda row, dice, family, given: f"K{dice.randint(100, 999)}A",
    "timestamp": lambda row, dice, family, given: (
        f"2025/05/{dice.randint(1, 28):02d} 10:{dice.randint(10, 59)}"
    ),
    "remark": lambda row, dice, family, given: dice.choice(
        ("", "", f"{family[0]}さんより電話あり", "要連絡")
    ),
    "blank": lambda row, dice, family, given: "",
}
