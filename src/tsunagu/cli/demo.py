"""`fiction` and `demo`: a fictional city, and the main job on it from beginning to end."""

import shutil
import time
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from tsunagu.catalog.loading import find_shipped_definitions
from tsunagu.cli.app import app, open_installation, read_day
from tsunagu.cli.data import show_outcomes, take_in
from tsunagu.cli.runs import show_data_state, show_funnel
from tsunagu.cli.showing import say, show_progress, show_table
from tsunagu.cli.truth import count_links, count_needs, mark_list
from tsunagu.fiction import ALL, PLACES_FILE, CitySummary, build_city, continue_city
from tsunagu.pipeline.report import write_report
from tsunagu.pipeline.run import run_pipeline
from tsunagu.pipeline.summary import summarise_run
from tsunagu.store.commit import Reader, open_reader
from tsunagu.store.home import open_home
from tsunagu.store.keys import create_keys
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

ChildrenOption = Annotated[
    int, typer.Option(min=100, max=1_000_000, help="子どもの人数 / number of children")
]
SeedOption = Annotated[int, typer.Option(help="同じ数なら同じ市になる / the same seed makes the same city")]
MINO_CHILDREN = 27_000


class FolderInUseError(TsunaguError):
    """The demo would overwrite something that is not a demo."""

    exit_code = ExitCode.NOT_ALLOWED


fiction_app = typer.Typer(
    help="架空の市を作り、各部署が出すファイルを書き出す。 / Build a fictional city's departmental files.",
    rich_markup_mode=None,
)
app.add_typer(fiction_app, name="fiction")


@fiction_app.callback(invoke_without_command=True)
def fiction(
    context: typer.Context,
    out: Annotated[Path | None, typer.Option(help="書き出すフォルダ", file_okay=False)] = None,
    children: ChildrenOption = 3_000,
    seed: SeedOption = 1,
    start: Annotated[str, typer.Option(help="最初の日 2023-04-01")] = "2023-04-01",
    months: Annotated[int, typer.Option(min=1, max=120, help="月数")] = 36,
    feeds: Annotated[
        str, typer.Option(help="main 主な15種類 / all すべて / the main files, or all of them")
    ] = ALL,
    vendors: Annotated[
        str, typer.Option(help="どの会社の様式か a / b / c / mixed / 様式の名前 / whose layouts")
    ] = "a",
) -> None:
    """架空の市を作り、各部署が出すファイルを書き出す。 / Build a fictional city's departmental files."""
    if context.invoked_subcommand is not None:
        return
    if out is None:
        raise typer.BadParameter("書き出すフォルダを --out で指定してください。")
    with show_progress() as report:
        city = build_city(
            out,
            children=children,
            seed=seed,
            start=read_day(start, "--start"),
            months=months,
            feeds=feeds,
            vendors=vendors,
            report=report,
        )
    say(
        f"{out} に架空の市を作りました。各部署のファイルは deliveries、答えは truth にあります(製品は truth を読みません)。"
    )
    say(
        f"次にすること: tsunagu init のあと tsunagu intake {out}/deliveries(最後の基準日 {city.last_reference_date})"
    )


@fiction_app.command()
def step(
    city: Annotated[Path, typer.Argument(help="tsunagu fiction で作ったフォルダ", file_okay=False)],
    months: Annotated[int, typer.Option(min=1, max=120, help="進める月数 / months to go on")] = 1,
) -> None:
    """架空の市の時間を進め、次の月のファイルを書き足す。 / Let the fictional city live on; add next month's files."""
    with show_progress() as report:
        summary = continue_city(city, months=months, report=report)
    say(
        f"{city} の時間を {months} か月進め、{summary.files} 個のファイルを書き足しました。前のファイルは変わりません。"
    )
    say(f"次にすること: tsunagu intake {city}/deliveries(最後の基準日 {summary.last_reference_date})")


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="作業フォルダ", file_okay=False)] = Path("demo"),
    children: ChildrenOption = MINO_CHILDREN,
    seed: SeedOption = 1,
) -> None:
    """架空の市で、取り込みから報告書までを通しで行う。 / The main job, end to end, on a fictional city."""
    _clear_demo(out)
    started = time.monotonic()
    say(f"架空の市(子ども約{children:,}人)で、取り込みから報告書までを行います。実在の人は一人もいません。")
    with show_progress() as report:
        city = build_city(out / "city", children=children, seed=seed, report=report)
    built = time.monotonic()
    home = out / "home"
    _prepare_home(home, city)
    installation, catalog = open_installation(home, on=city.last_reference_date)
    with show_progress() as report:
        outcomes = take_in(installation, catalog, [out / "city" / "deliveries"], report)
        result = run_pipeline(installation, catalog, as_of=city.last_reference_date, report=report)
    show_outcomes(outcomes)
    with open_reader(installation, "report") as reader:
        summary = summarise_run(reader, catalog, result.manifest)
        write_report(summary, out / "report.html")
        show_data_state(summary.data)
        show_funnel(summary)
        _show_truth(reader, out / "city" / "truth", result.manifest.run_id, city.last_reference_date)
    finished = time.monotonic()
    say(
        f"かかった時間: 市を作るのに {built - started:.0f} 秒、取り込みから報告書まで {finished - built:.0f} 秒"
    )
    _say_next(out, home)


def _clear_demo(out: Path) -> None:
    if not out.exists():
        return
    if any(out.iterdir()) and not (out / "city").is_dir():
        raise FolderInUseError(
            f"{out} には、この実演が作ったのではないものがあります。",
            why="上書きすると元に戻せません。",
            todo="--out で別のフォルダを指定してください。",
        )
    shutil.rmtree(out)


def _prepare_home(home: Path, city: CitySummary) -> None:
    """The example city's overlay, as a municipality would write its own, and what its schools and districts are called."""
    example = find_shipped_definitions().parent / "municipalities" / "example_city"
    shutil.copytree(example, home)
    shutil.copyfile(city.path / PLACES_FILE, home / PLACES_FILE)
    create_keys(open_home(home))


def _show_truth(reader: Reader, truth: Path, run_id: str, as_of: date) -> None:
    links = count_links(reader, truth, run_id)
    say()
    say("── 架空の市の「答え」と比べます。作り物の市での動作確認であり、効果を示す数字ではありません ──")
    show_table(
        "重い困りごとのあるこどものうち、名簿(長く見えていないこどもを含む)に載った人数",
        ("困りごと", "こども", "載った", "載らなかった"),
        [
            (need.title, need.children, need.listed, need.missed)
            for need in count_needs(reader, truth, run_id, as_of=as_of)
        ],
    )
    mark = mark_list(reader, truth, run_id, as_of=as_of)
    say(
        f"判定で名簿に載ったのは、こども {mark.children:,} 人のうち {mark.listed:,} 人です。重い困りごとのあるこども"
        f" {mark.in_need:,} 人のうち {mark.found:,} 人が載りました"
        f"(同じ長さの名簿をくじで選ぶと、およそ {mark.found_by_chance:,.0f} 人)。"
    )
    say(
        f"名寄せ: 住民の本人に正しく付いた記録 {links.right:,}、別の人に付いた記録 {links.wrong:,}、"
        f"一致せず本人として新しく開いた記録 {links.opened:,}"
    )


def _say_next(out: Path, home: Path) -> None:
    say()
    say(f"報告書: {out / 'report.html'}  (make report で開けます。職員の画面は make serve)")
    say("次にできること:")
    say(f"  tsunagu status  --home {home}          データの状態を見る")
    say(f"  tsunagu explain 子どもの番号 --home {home}   なぜ載ったかを読む(番号は報告書にあります)")
    say(f"  tsunagu problems --home {home} --out 問題一覧.csv   部署へ返す一覧を作る")
    say("  市で使うときは docs/tutorials と docs/how-to をご覧ください。")
