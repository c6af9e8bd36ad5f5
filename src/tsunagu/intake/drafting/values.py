"""What a column's values look like: shares of cells that read as dates, numbers, names, codes. No value leaves here.

`describe_shape` is the one thing shown of values: every letter and digit replaced by its kind.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from itertools import pairwise

from tsunagu.catalog.purposes import CodeList
from tsunagu.intake.drafting.spellings import find_codes
from tsunagu.intake.normalise import clean_text
from tsunagu.japanese.dates import PartialDate, is_unknown_date, parse_date

_KANA_ONLY = re.compile(r"[ァ-ヺーヽヾ・ぁ-ゖ\s.()-]+")
_KANJI = re.compile(r"[\u3400-\u9fff々〆〓\U00020000-\U0003ffff]")
_NAME = re.compile(r"[^\d０-９,，。/／:：%％()（）\[\]]{2,24}")
_NOT_A_NAME = re.compile(
    r"(学校|保育|園|課|市|町|村|区|校|所|センター|機関|組|年生?|病院|医院|県|する|した|です|ます|なし|あり)$"
)
_POSTAL = re.compile(r"〒?\d{3}[-ー‐−]?\d{4}")
_PHONE = re.compile(r"\+?[\d()\-‐−ー ]{9,16}")
_ADDRESS = re.compile(r"(丁目|番地|番\d*号?|字|[都道府県市区町村].*\d|\d-\d)")
_ID = re.compile(r"[A-Za-z]{0,4}[-_]?\d[\dA-Za-z_-]{0,18}|[A-Za-z]\d{0,6}")
_INTEGER = re.compile(r"[-+△▲]?\d{1,3}(,\d{3})+|[-+△▲]?\d{1,12}(\.0+)?")
_NUMBER = re.compile(r"[-+△▲]?\d{1,9}(\.\d+)?")
_UNIT = re.compile(r"^[¥\\]|(円|cm|kg|日|回|本|週|か月|ヶ月|点|歳)$", re.IGNORECASE)
_DATE_SIGNS = "年月日元明治大正昭和平成令"
_MOST_SHAPES = 3
_LEAST_SHAPE_SHARE = 0.05
_LONGEST_RUN = 8
_MOST_SPELLINGS = 4
"""A column with more different values, for each code of a list, is not written in codes."""


@dataclass(frozen=True)
class ColumnFacts:
    """One column's sample. Shares are of the cells that are filled; 0 when none is."""

    heading: str
    cells: tuple[str | None, ...] = field(repr=False)

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each filled cell occurs, cleaned as intake would."""
        texts = (clean_text(cell) for cell in self.cells if cell is not None)
        return Counter(text for text in texts if text)

    @property
    def filled(self) -> int:
        """Cells that hold something."""
        return self.counts.total()

    @property
    def filled_share(self) -> float:
        """Share of all rows."""
        return self.filled / len(self.cells) if self.cells else 0.0

    @property
    def distinct_share(self) -> float:
        """Different values among the filled cells: 1 = no value twice."""
        return len(self.counts) / self.filled if self.filled else 0.0

    def share(self, holds: Callable[[str], bool]) -> float:
        """Share of the filled cells for which this holds."""
        if not self.filled:
            return 0.0
        return sum(count for text, count in self.counts.items() if holds(text)) / self.filled

    @cached_property
    def dates(self) -> dict[str, PartialDate]:
        """Cells that are dates."""
        read = {text: parse_date(text) for text in self.counts}
        return {text: found for text, found in read.items() if found is not None}

    @cached_property
    def date_share(self) -> float:
        """Days, or dates stated as unknown."""
        return self.share(lambda text: _has_precision(self.dates.get(text), "day") or is_unknown_date(text))

    @cached_property
    def month_share(self) -> float:
        """Months."""
        return self.share(lambda text: _has_precision(self.dates.get(text), "month"))

    @cached_property
    def integer_share(self) -> float:
        """Whole numbers, with or without a unit."""
        return self.share(lambda text: bool(_INTEGER.fullmatch(strip_unit(text))))

    @cached_property
    def numbers(self) -> list[float]:
        """The numbers among the cells, each as often as it occurs."""
        return [
            float(plain)
            for text, count in self.counts.items()
            if _NUMBER.fullmatch(plain := strip_unit(text).replace(",", "").lstrip("△▲+"))
            for _ in range(count)
        ]

    @cached_property
    def number_share(self) -> float:
        """Numbers of any kind."""
        return len(self.numbers) / self.filled if self.filled else 0.0

    @cached_property
    def kana_share(self) -> float:
        """Readings: kana and nothing else."""
        return self.share(lambda text: bool(_KANA_ONLY.fullmatch(text)) and len(text) > 1)

    @cached_property
    def name_share(self) -> float:
        """Names of people, written in kanji or other letters."""
        return self.share(_is_name)

    @cached_property
    def postal_share(self) -> float:
        """Post codes."""
        return self.share(lambda text: bool(_POSTAL.fullmatch(text)))

    @cached_property
    def phone_share(self) -> float:
        """Telephone numbers."""
        return self.share(_is_phone)

    @cached_property
    def address_share(self) -> float:
        """Addresses."""
        return self.share(lambda text: bool(_ADDRESS.search(text)) and not text.isdigit() and len(text) > 4)

    @cached_property
    def id_share(self) -> float:
        """Numbers given to people or things."""
        return self.share(lambda text: bool(_ID.fullmatch(text)))

    @cached_property
    def is_running_number(self) -> bool:
        """Whether the cells only count the rows."""
        numbers = [cell for cell in self.cells if cell is not None]
        if (
            len(numbers) < 3
            or len(numbers) != len(self.cells)
            or not all(_INTEGER.fullmatch(one) for one in numbers)
        ):
            return False
        steps = {int(float(b)) - int(float(a)) for a, b in pairwise(numbers) if "," not in a + b}
        return len(steps) == 1 and steps.pop() > 0 and abs(int(float(numbers[0]))) <= 1

    def get_days(self) -> list[date]:
        """The first day each date can be, as often as it occurs."""
        return [
            self.dates[text].earliest
            for text, count in self.counts.items()
            if text in self.dates
            for _ in range(count)
        ]

    def count_codes(self, code_list: CodeList) -> tuple[float, int]:
        """Share of the filled cells that a code list knows, and how many of its codes occur."""
        if len(self.counts) > _MOST_SPELLINGS * len(code_list.codes) + _MOST_SPELLINGS:
            return 0.0, 0
        if code_list.id not in self._known_codes:
            found = find_codes(self.counts, code_list)
            known = {text: match.code for text, match in found.items() if match is not None}
            self._known_codes[code_list.id] = self.share(known.__contains__), len(set(known.values()))
        return self._known_codes[code_list.id]

    @cached_property
    def _known_codes(self) -> dict[str, tuple[float, int]]:
        return {}

    @cached_property
    def shapes(self) -> tuple[tuple[str, float], ...]:
        """What the usual cells look like, with their share; shapes that are rare are not told."""
        shapes: Counter[str] = Counter()
        for text, count in self.counts.items():
            shapes[describe_shape(text, is_date=text in self.dates)] += count
        usual = shapes.most_common(_MOST_SHAPES)
        return tuple(
            (shape, n / self.filled) for shape, n in usual if n >= _LEAST_SHAPE_SHARE * self.filled and n > 1
        )


def describe_shape(text: str, *, is_date: bool) -> str:
    """A text with every letter replaced by its kind: 令和9年9月9日, ｶﾅ, 漢字　漢字, 999-9999."""
    parts: list[str] = []
    for kind, run in _list_runs(text, is_date):
        if kind == "9":
            parts.append("9" * min(len(run), _LONGEST_RUN) if not is_date or len(run) > 2 else "9")
        else:
            parts.append(run if kind == "=" else kind)
    return "".join(parts)[:40]


def _list_runs(text: str, is_date: bool) -> list[tuple[str, str]]:
    runs: list[tuple[str, str]] = []
    for letter in text:
        kind = _find_kind(letter, is_date)
        if runs and runs[-1][0] == kind and kind != "=":
            runs[-1] = (kind, runs[-1][1] + letter)
        else:
            runs.append((kind, letter))
    return runs


@lru_cache(maxsize=10_000)
def _find_kind(letter: str, is_date: bool) -> str:
    if is_date and letter in _DATE_SIGNS:
        return "="
    if letter.isdigit():
        return "9"
    name = unicodedata.name(letter, "")
    for start, kind in (
        ("CJK", "漢字"),
        ("HIRAGANA", "かな"),
        ("KATAKANA", "カナ"),
        ("HALFWIDTH KATAKANA", "ｶﾅ"),
    ):
        if name.startswith(start):
            return kind
    if letter.isspace():
        return "　"
    return "A" if letter.isalpha() and not is_date else "="


def strip_unit(text: str) -> str:
    """A number without the unit written to it."""
    return _UNIT.sub("", text.replace(" ", "")).strip()


def find_readings(names: ColumnFacts, kana: ColumnFacts) -> float:
    """How well one column reads as the reading of the other: the same first part, the same reading.

    Returns:
        The share of rows whose family name is always read as here; 0 when too few repeat to tell.
    """
    heard: dict[str, Counter[str]] = {}
    for name, reading in zip(names.cells, kana.cells, strict=True):
        if name and reading and (parts := clean_text(name).split()) and (read := clean_text(reading).split()):
            heard.setdefault(parts[0], Counter())[read[0]] += 1
    repeated = [counter for counter in heard.values() if counter.total() > 1]
    rows = sum(counter.total() for counter in repeated)
    return sum(counter.most_common(1)[0][1] for counter in repeated) / rows if rows >= 10 else 0.0


def find_reference_day(columns: Sequence[ColumnFacts]) -> date | None:
    """The day the file is about, as far as its dates tell: the latest day that occurs more than once."""
    days = Counter(day for column in columns if column.date_share > 0.8 for day in column.get_days())
    repeated = [day for day, count in days.items() if count > 1 and 1950 < day.year < 2100]
    return max(repeated, default=None)


def _has_precision(found: PartialDate | None, precision: str) -> bool:
    return found is not None and found.precision == precision


def _is_name(text: str) -> bool:
    if not _NAME.fullmatch(text) or _NOT_A_NAME.search(text) or _KANA_ONLY.fullmatch(text):
        return False
    return (
        bool(_KANJI.search(text)) or (" " in text and not text.isascii()) or (text.isupper() and " " in text)
    )


def _is_phone(text: str) -> bool:
    digits = re.sub(r"\D", "", text)
    return bool(_PHONE.fullmatch(text)) and 9 <= len(digits) <= 12 and digits.startswith(("0", "81"))
