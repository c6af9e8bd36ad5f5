"""`build_city`: let the fictional city live, then have every department write its files."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

from tsunagu.fiction.almanac import Month, date_of, is_child, list_months
from tsunagu.fiction.circumstances import close_circumstances
from tsunagu.fiction.layouts import DEFAULT, Layout, choose_layouts, describe_layouts
from tsunagu.fiction.life import found_city, live
from tsunagu.fiction.names import load_names
from tsunagu.fiction.offices import ALL, MAIN, list_offices
from tsunagu.fiction.outbox import Outbox
from tsunagu.fiction.people import RESIDENT, close_log
from tsunagu.fiction.places import lay_out_city, write_place_names
from tsunagu.fiction.records import Records
from tsunagu.fiction.schooling import enrol_infants, enrol_pupils
from tsunagu.fiction.truth import Truth, open_truth
from tsunagu.fiction.vendors import LAYOUTS
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

Report = Callable[[str, int, int], None]

# A city of more children is built in blocks, like wards: memory does not grow with the city.
BLOCK_CHILDREN = 27_000
FEWEST_CHILDREN = 20
PLAN_FILE, LAYOUTS_FILE = "truth/city.json", "truth/layouts.json"
PLACES_FILE = "places.yaml"


class CityBuildError(TsunaguError):
    """The fictional city cannot be built as asked."""

    exit_code = ExitCode.USAGE


@dataclass(frozen=True)
class Plan:
    """What makes a city what it is: the same plan gives the same bytes, a longer one begins with the shorter."""

    children: int
    seed: int
    start: date
    months: int
    feeds: str
    vendors: str = DEFAULT

    def list_blocks(self) -> list[tuple[int, int]]:
        """Number and children of every block; all but the last are of one size, so that they depend on nothing else."""
        whole, rest = divmod(self.children, BLOCK_CHILDREN)
        blocks = [(number, BLOCK_CHILDREN) for number in range(whole)]
        return [*blocks, (whole, max(rest, FEWEST_CHILDREN))] if rest or not whole else blocks

    def list_months(self) -> list[Month]:
        """The months of the period."""
        return list_months(self.start, self.months)


@dataclass
class Counts:
    """Who lives in the city on the last day, and who ever did, over the blocks built so far."""

    children: int = 0
    residents: int = 0
    people_ever: int = 0

    def add(self, records: Records) -> None:
        """Count one more block."""
        people, last = records.city.people, records.months[-1].last
        resident = (people.status == RESIDENT) & (people.is_registered == 1)
        self.children += int((resident & is_child(people.birth, last)).sum())
        self.residents += int(resident.sum())
        self.people_ever += len(people)


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
    vendors: str = DEFAULT,
    report: Report = lambda stage, done, total: None,
) -> CitySummary:
    """Write the deliveries and the truth of a fictional city below `out`, which must be new or empty.

    Args:
        out: Folder to make: `deliveries/<date>/<department>/<file>`, `truth/*.parquet` and `places.yaml`, the names of
            schools, nurseries and districts as the city would write them into its home.
        children: Resident children under 18 on the first day (a few more may be drawn).
        seed: The same seed gives the same bytes.
        start: First day of the period, the first of a month.
        months: Length of the period; nothing is handed over after its last day.
        feeds: `main` for the fifteen main files, `all` for every file a department of the city writes.
        vendors: Whose systems the departments use: `a` (the layouts the shipped definitions read as they are), `b`,
            `c`, `mixed`, or names of products, separated by commas.
        report: Called with a stage's name, steps done and steps in all.

    Raises:
        CityBuildError: The folder holds something already, or the sizes make no city.
    """
    plan = Plan(children, seed, start, months, feeds, vendors)
    _check(out, plan)
    _find_layouts(plan)
    with _open_workshop(out) as workshop:
        summary = _write_city(plan, plan.list_months()[0].first, workshop, out, report)
        workshop.rename(out)
    return summary


def continue_city(
    out: Path, *, months: int = 1, report: Report = lambda stage, done, total: None
) -> CitySummary:
    """Let a city live on and write what its departments hand over in the months that follow.

    The whole city is lived again from its seed, to a later end; what was handed over before would come out byte for
    byte the same and is not written. So nothing but the plan has to be kept, and an interrupted step is simply done
    again. The truth is replaced by the longer one.

    Raises:
        CityBuildError: The folder holds no city of ours.
    """
    before = _read_plan(out)
    plan = replace(before, months=before.months + months)
    with _open_workshop(out) as workshop:
        summary = _write_city(plan, before.list_months()[-1].last + 1, workshop, out, report)
        _add_deliveries(workshop / "deliveries", out / "deliveries")
        shutil.rmtree(out / "truth")
        (workshop / "truth").rename(out / "truth")
    return summary


def _check(out: Path, plan: Plan) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise CityBuildError(
            f"出力先がすでにあります: {out}",
            why="まちを途中から書き足すと、正解データと納品ファイルが食い違います。",
            todo="別の出力先を指定するか、先にそのフォルダーを削除してください。",
        )
    if plan.feeds not in (MAIN, ALL):
        raise CityBuildError(
            "書き出すファイルの種類がわかりません。",
            why="main（主な15種類）か all（全部）のどちらかでなければ、どの課のファイルを書くか決められません。",
            todo="feeds に main か all を指定してください。",
        )
    if plan.children < FEWEST_CHILDREN or plan.months < 1 or plan.start.day != 1:
        raise CityBuildError(
            "まちの大きさか期間が正しくありません。",
            why="子ども20人以上、1か月以上、月の初日からの期間でなければ、まちを作れません。",
            todo="children（20以上）、months（1以上）、start（月の1日）を見直してください。",
        )


def _find_layouts(plan: Plan) -> dict[str, Layout]:
    try:
        return choose_layouts(LAYOUTS, plan.vendors, plan.seed)
    except KeyError as error:
        names = "、".join(layout.name for layout in LAYOUTS)
        raise CityBuildError(
            "様式の指定がわかりません。",
            why="どの会社のシステムの様式で書くかが決まらなければ、ファイルを書けません。",
            todo=f"vendors に a、b、c、mixed か、次の名前をコンマで区切って指定してください: {names}",
        ) from error


def _read_plan(out: Path) -> Plan:
    try:
        kept = json.loads((out / PLAN_FILE).read_text(encoding="utf-8"))
        return Plan(**(kept | {"start": date.fromisoformat(kept["start"])}))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise CityBuildError(
            f"架空の市が見つかりません: {out}",
            why=f"続きを作るには、作ったときの条件（{PLAN_FILE}）が要ります。",
            todo="tsunagu fiction で作ったフォルダーを指定してください。",
        ) from error


@contextmanager
def _open_workshop(out: Path) -> Iterator[Path]:
    """A folder beside the city in which to build; nothing of it is left behind, whatever happens."""
    out.parent.mkdir(parents=True, exist_ok=True)
    workshop = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    workshop.chmod(0o755)
    try:
        yield workshop
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def _add_deliveries(source: Path, target: Path) -> None:
    """Move days' folders in; a day of an interrupted step is replaced by the whole one."""
    for day in sorted(source.iterdir()):
        shutil.rmtree(target / day.name, ignore_errors=True)
        day.rename(target / day.name)


def _write_city(plan: Plan, from_day: int, folder: Path, out: Path, report: Report) -> CitySummary:
    """Build the blocks of the city one after the other, each appended to the same files and then forgotten."""
    last_day, counts = plan.list_months()[-1].last, Counts()
    layouts = _find_layouts(plan)
    outbox = Outbox(folder / "deliveries", from_day, last_day, plan.seed, layouts)
    outbox.root.mkdir()
    blocks = plan.list_blocks()
    with open_truth(folder / "truth") as truth:
        for done, (number, children) in enumerate(blocks):
            _write_block(
                plan, number, children, outbox, truth, counts, _scale_report(report, done, len(blocks))
            )
    outbox.close()
    kept = asdict(plan) | {"start": plan.start.isoformat()}
    _write_json(folder / PLAN_FILE, kept)
    _write_json(folder / LAYOUTS_FILE, describe_layouts(layouts))
    _write_text(
        folder / PLACES_FILE, write_place_names(lay_out_city(size, number) for number, size in blocks)
    )
    return CitySummary(
        path=out,
        deliveries=out / "deliveries",
        truth=out / "truth",
        seed=plan.seed,
        first_date=plan.start,
        last_reference_date=date_of(last_day),
        files=outbox.files,
        rows=dict(outbox.rows),
        **asdict(counts),
    )


def _write_json(path: Path, content: object) -> None:
    _write_text(path, json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _scale_report(report: Report, done: int, blocks: int) -> Report:
    """Progress of one block as a part of the whole."""
    return lambda stage, step, steps: report(stage, done * steps + step, blocks * steps)


def _write_block(
    plan: Plan, number: int, children: int, outbox: Outbox, truth: Truth, counts: Counts, report: Report
) -> None:
    records = make_records(plan, number, children, report)
    outbox.block = number
    offices = list_offices(plan.feeds)
    for place, office in enumerate(offices):
        office.module.write(records, outbox)
        report(office.title, place + 1, len(offices))
    truth.write(records, outbox.take_keys())
    counts.add(records)


def make_records(
    plan: Plan, number: int = 0, children: int | None = None, report: Report = lambda *_: None
) -> Records:
    """Everything true about one block of a city, before anybody writes it down."""
    months, names = plan.list_months(), load_names()
    size = children or plan.children
    # A block's draws must not be those of another seed's first block: the number goes above all seeds in use.
    seed = plan.seed + (number << 64)
    city = found_city(lay_out_city(size, number), names, seed, size, months, number)
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
        block=number,
    )
