"""The fictional city behind the browser's tests: a year of it taken in and judged, but for one file that came last.

Some pupils more than usual are under address protection, so that protected children stand in every list.
"""

import csv
import io
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tsunagu.catalog.checking import open_catalog
from tsunagu.fiction import PLACES_FILE, CitySummary, build_city
from tsunagu.intake import intake_files
from tsunagu.japanese import fold_name
from tsunagu.pipeline.run import run_pipeline
from tsunagu.store.home import open_home
from tsunagu.store.keys import create_keys

ROOT = Path(__file__).resolve().parents[2]
CHILDREN, MONTHS, START = 1_200, 12, date(2024, 5, 1)
_ENCODING = "cp932"
# Of so many pupils whose number the school knows, one is protected.
_ONE_OF = 12


@dataclass(frozen=True)
class Hidden:
    """A pupil under address protection: who it is, and what no screen may tell."""

    name: str
    places: tuple[str, ...]
    """Street and house, telephone, as the departments' files write them."""
    school_code: str
    school_name: str
    district_code: str


@dataclass(frozen=True)
class SmallCity:
    """A home with a run. `register`: the last list of pupils; `held_back`: a file that was not taken in."""

    home: Path
    register: Path
    held_back: Path
    hidden: tuple[Hidden, ...]


def judge_small_city(folder: Path) -> SmallCity:
    """Build it, take it in, run it."""
    city = build_city(folder / "city", children=CHILDREN, seed=7, start=START, months=MONTHS)
    register, held_back = _find_last(city, "学齢簿"), _find_last(city, "給食費未納一覧")
    held_back = held_back.rename(folder / held_back.name)
    hidden = _hide_pupils(city, register)
    home = open_home(Path(shutil.copytree(ROOT / "municipalities" / "example_city", folder / "home")))
    shutil.copyfile(city.path / PLACES_FILE, home.path / PLACES_FILE)
    create_keys(home)
    catalog = open_catalog(home.path, on=city.last_reference_date)
    outcomes = intake_files(home, catalog, [city.deliveries])
    assert [one for one in outcomes if one.refusal] == []
    run_pipeline(home, catalog, as_of=city.last_reference_date)
    return SmallCity(home.path, register, held_back, hidden)


def _find_last(city: CitySummary, start: str) -> Path:
    return max(city.deliveries.rglob(f"{start}_*"), key=lambda path: path.parts)


def _hide_pupils(city: CitySummary, register: Path) -> tuple[Hidden, ...]:
    """Write some pupils into every list of protective measures: one that grew all at once would be refused."""
    pupils = [row for row in read_rows(register) if row["宛名番号"]][::_ONE_OF]
    rows = [
        f"H{place:04},{one['宛名番号']},{one['氏名']},本人,DV,2024/04/01,2026/03/31\r\n"
        for place, one in enumerate(pupils)
    ]
    for measures in city.deliveries.rglob("支援措置対象者_*"):
        with measures.open("a", encoding=_ENCODING, newline="") as file:
            file.writelines(rows)
    residents = _read_residents(city)
    return tuple(_describe(one, residents[one["宛名番号"]]) for one in pupils)


def _read_residents(city: CitySummary) -> dict[str, dict[str, str]]:
    """The last row of everybody."""
    found = {}
    for path in sorted(city.deliveries.rglob("住民記録_*"), key=lambda path: path.parts):
        text = path.read_text(encoding="utf-8-sig")
        found.update(
            {row["宛名番号"]: row for row in csv.DictReader(io.StringIO(text)) if row["最新フラグ"] == "1"}
        )
    return found


def _describe(pupil: dict[str, str], resident: dict[str, str]) -> Hidden:
    house = f"{resident['住所_町字']}{resident['住所_番地号表記']}"
    return Hidden(
        name=fold_name(pupil["氏名"]),
        places=(house, pupil["住所"], pupil["電話番号"]),
        school_code=pupil["学校コード"],
        school_name=pupil["学校名"],
        district_code=resident["住所_町字コード"],
    )


def read_rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode(_ENCODING))))
