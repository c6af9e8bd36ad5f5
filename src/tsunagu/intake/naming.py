"""What a file's name and folder say: the day it was handed over, the day and the period it speaks for."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from tsunagu.catalog.feeds import Delivery, Feed, KnownFromRule
from tsunagu.intake.refusals import FileRefusedError
from tsunagu.vocabulary.dates import get_school_year, get_school_year_period

_END_DATE = re.compile(r"(?<!\d)(\d{4})(\d{2})(\d{2})$")
_FOLDER_DATE = re.compile(r"^(\d{4})-(\d{2})-(\d{2})$")
_NAME_MONTH = re.compile(r"(?<!\d)(\d{4})(0[1-9]|1[0-2])(?!\d)")
_NAME_SCHOOL_YEAR = re.compile(r"(?<!\d)(\d{4})年度")
_YEARS = range(1900, 2101)
"""A number outside of them is no year."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """When one file became known, and what it speaks for. `month` is the first of the month."""

    known_from: date
    reference_date: date
    month: date
    school_year: int
    delivery: Delivery

    def get_word(self, word: str) -> date | int:
        """The value of one `@` word of the mapping language."""
        year = get_school_year_period(self.school_year)
        values: dict[str, date | int] = {
            "@reference_date": self.reference_date,
            "@month": self.month,
            "@school_year": self.school_year,
            "@month_start": self.month,
            "@month_end": get_next_month(self.month),
            "@school_year_start": year.start,
            "@school_year_end": year.end or year.start,
        }
        return values[word]


def find_folder_date(path: Path) -> date | None:
    """The day in the nearest folder above the file that is named after a day (2024-04-05)."""
    for parent in path.parents:
        if found := _read_date(_FOLDER_DATE.match(parent.name)):
            return found
    return None


def find_name_date(file_name: str) -> date | None:
    """The date (YYYYMMDD) at the end of the file's name."""
    return _read_date(_END_DATE.search(Path(file_name).stem))


def make_occasion(feed: Feed, path: Path, received_on: date | None) -> Occasion:
    """When and for what the file speaks, by its name, its folder and the day of receipt.

    Raises:
        FileRefusedError: no day of receipt, or a reference date after it.
    """
    named = find_name_date(path.name)
    received = received_on or find_folder_date(path)
    if received is None and feed.known_from is KnownFromRule.FILE_NAME:
        received = named
    if received is None:
        raise _refuse_undated(feed)
    reference = named or received
    if reference > received:
        raise FileRefusedError(
            "reference_after_received",
            f"ファイル名の基準日（{reference}）が、受け取った日（{received}）より後です。",
            why="まだ来ていない日のことを、知っていたことになってしまいます。",
            todo="ファイル名の日付か、--received-on またはフォルダー名の日付を正しくしてください。",
        )
    month = _find_year(_NAME_MONTH, path.stem)
    year = _find_year(_NAME_SCHOOL_YEAR, path.stem)
    return Occasion(
        known_from=received,
        reference_date=reference,
        month=date(int(month[1]), int(month[2]), 1) if month else reference.replace(day=1),
        school_year=int(year[1]) if year else get_school_year(reference),
        delivery=_find_delivery(feed, path.name),
    )


def get_next_month(month: date) -> date:
    """The first of the following month."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def _find_delivery(feed: Feed, file_name: str) -> Delivery:
    if feed.delta_when_name_has and feed.delta_when_name_has in file_name:
        return Delivery.DELTA
    return feed.delivery


def _find_year(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """The first place where the pattern stands with a year in it."""
    return next((match for match in pattern.finditer(text) if int(match[1]) in _YEARS), None)


def _read_date(match: re.Match[str] | None) -> date | None:
    if match is None or int(match[1]) not in _YEARS:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def _refuse_undated(feed: Feed) -> FileRefusedError:
    named = "ファイル名の最後の日付（YYYYMMDD）、" if feed.known_from is KnownFromRule.FILE_NAME else ""
    return FileRefusedError(
        "undated",
        "このファイルをいつ受け取ったのか分かりません。",
        why="「いつ知ったか」が無いと、過去のある日に何が分かっていたかを正しく再現できません。",
        todo=f"{named}フォルダー名（例 2024-04-05）、--received-on のどれかで受け取った日を示してください。",
    )
