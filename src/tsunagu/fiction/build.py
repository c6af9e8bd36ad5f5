"""`build_city`: let the fictional city live, then have every department write its files."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tsunagu.fiction.almanac import date_of, is_child, list_months
from tsunagu.fiction.circumstances import close_circumstances
from tsunagu.fiction.life import found_city, live
from tsunagu.fiction.names import load_names
from tsunagu.fiction.offices import ALL, MAIN, list_offices
from tsunagu.fiction.outbox import Outbox
from tsunagu.fiction.people import RESIDENT, close_log
from tsunagu.fiction.places import lay_out_city
from tsunagu.fiction.records import Records
from tsunagu.fiction.schooling import enrol_infants, enrol_pupils
from tsunagu.fiction.truth import write_truth
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

Report = Callable[[str, int, int], None]


class CityBuildError(TsunaguError):
    """The fictional city cannot be built as asked."""

    exit_code = ExitCode.USAGE


@dataclass(frozen=True)
class CitySummary:
    """What was built. `last_reference_date` is the last day of the period: the natural `as_of` of a first run."""

    path: Path
    deliveries: Path
    truth: Path
    seed: int
    first_date: date
    last_reference_date: date
    children: int
    residents: int
    people_ever: int
    files: int
    rows: dict[str, int]


def build_city(
    out: Path,
    *,
    children: int,
    seed: int = 1,
    start: date = date(2023, 4, 1),
    months: int = 36,
    feeds: str = MAIN,
    report: Report = lambda stage, done, total: None,
) -> CitySummary:
    """Write the deliveries and the truth of a fictional city below `out`, which must be new or empty.

    Args:
        out: Folder to make: `deliveries/<date>/<department>/<file>` and `truth/*.parquet`.
        children: Resident children under 18 on the first day (a few more may be drawn).
        seed: The same seed gives the same bytes.
        start: First day of the period, the first of a month.
        months: Length of the period; nothing is handed over after its last day.
        feeds: `main` for the fifteen main files, `all` for every file a department of the city writes.
        report: Called with a stage's name, steps done and steps in all.

    Raises:
        CityBuildError: The folder holds something already, or the sizes make no city.
    """
    _check(out, children, start, months, feeds)
    out.parent.mkdir(parents=True, exist_ok=True)
    workshop = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        workshop.chmod(0o755)
        records = _make_records(children, seed, start, months, report)
        outbox = _write_deliveries(records, workshop / "deliveries", feeds, report)
        write_truth(records, outbox, workshop / "truth")
        workshop.rename(out)
    except BaseException:
        shutil.rmtree(workshop, ignore_errors=True)
        raise
    return _summarise(records, outbox, out, seed, start)


def _check(out: Path, children: int, start: date, months: int, feeds: str) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise CityBuildError(
            f"出力先がすでにあります: {out}",
            why="まちを途中から書き足すと、正解データと納品ファイルが食い違います。",
            todo="別の出力先を指定するか、先にそのフォルダーを削除してください。",
        )
    if feeds not in (MAIN, ALL):
        raise CityBuildError(
            "書き出すファイルの種類がわかりません。",
            why="main（主な15種類）か all（全部）のどちらかでなければ、どの課のファイルを書くか決められません。",
            todo="feeds に main か all を指定してください。",
        )
    if children < 20 or months < 1 or start.day != 1:
        raise CityBuildError(
            "まちの大きさか期間が正しくありません。",
            why="子ども20人以上、1か月以上、月の初日からの期間でなければ、まちを作れません。",
            todo="children（20以上）、months（1以上）、start（月の1日）を見直してください。",
        )


def _make_records(children: int, seed: int, start: date, count: int, report: Report) -> Records:
    months, names, places = list_months(start, count), load_names(), lay_out_city(children)
    city = found_city(places, names, seed, children, months)
    live(city, names, seed, months, lambda done, total: report("まちの暮らし", done, total))
    history = close_log(city.log)
    return Records(
        city=city,
        history=history,
        names=names,
        circumstances=close_circumstances(city.burdens, city.people.own_family, city.people.birth),
        schooling=enrol_pupils(city, history, seed, months),
        nurseries=enrol_infants(city, history, seed, months),
        months=months,
        seed=seed,
    )


def _write_deliveries(records: Records, folder: Path, feeds: str, report: Report) -> Outbox:
    """Every office in turn."""
    outbox = Outbox(folder, records.months[0].first, records.months[-1].last, records.seed)
    offices = list_offices(feeds)
    for number, office in enumerate(offices):
        office.module.write(records, outbox)
        report(office.title, number + 1, len(offices))
    outbox.close()
    return outbox


def _summarise(records: Records, outbox: Outbox, out: Path, seed: int, start: date) -> CitySummary:
    people, last = records.city.people, records.months[-1].last
    resident = (people.status == RESIDENT) & (people.is_registered == 1)
    return CitySummary(
        path=out,
        deliveries=out / "deliveries",
        truth=out / "truth",
        seed=seed,
        first_date=start,
        last_reference_date=date_of(last),
        children=int((resident & is_child(people.birth, last)).sum()),
        residents=int(resident.sum()),
        people_ever=len(people),
        files=outbox.files,
        rows=dict(outbox.rows),
    )
