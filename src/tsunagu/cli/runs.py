"""`run`, `status`, `explain`, `report`: the analytic half for one day."""

from pathlib import Path
from typing import Annotated

import typer

from tsunagu.cli.app import DEFAULT_HOME, HomeOption, app, get_today, open_installation, read_day
from tsunagu.cli.following import tell_result
from tsunagu.cli.showing import OUT, say, show_progress, show_table
from tsunagu.pipeline.data_state.calendar import Mark
from tsunagu.pipeline.data_state.findings import MARKS, say_freshness
from tsunagu.pipeline.explain import explain_child
from tsunagu.pipeline.linking import LinkState
from tsunagu.pipeline.manifest import LinkBasis, find_latest_run_id, get_manifest
from tsunagu.pipeline.report import write_report
from tsunagu.pipeline.run import run_pipeline
from tsunagu.pipeline.status import DataState, FeedState, describe_data
from tsunagu.pipeline.summary import RunSummary, summarise_run
from tsunagu.pipeline.wording import show_figure
from tsunagu.store.commit import find_damaged_segments, open_reader
from tsunagu.vocabulary.errors import ExitCode

AsOfOption = Annotated[
    str | None, typer.Option("--as-of", help="どの日の時点で見るか 2026-03-31(省略すると今日)")
]
RunOption = Annotated[str | None, typer.Option("--run", help="実行の番号(省略すると最後の日のもの)")]


@app.command()
def run(home: HomeOption = DEFAULT_HOME, as_of: AsOfOption = None) -> None:
    """名寄せ・指標・判定をまとめて行う。 / Link, compute and judge for one day."""
    installation, catalog = open_installation(home)
    day = read_day(as_of, "--as-of") if as_of else get_today()
    with show_progress() as report:
        result = run_pipeline(installation, catalog, as_of=day, report=report)
    tell_result({"run_id": result.manifest.run_id, "as_of": day.isoformat(), "is_repeat": result.is_repeat})
    with open_reader(installation, "summary") as reader:
        show_funnel(summarise_run(reader, catalog, result.manifest))
    if result.is_repeat:
        say("同じ入力での再実行でした。結果は前回と完全に同じです。")
    say(_say_link_basis(result.manifest.link_basis, is_new=result.is_new_link_version))
    if result.should_learn:
        say("そのころより記録が2倍に増えたか、新しい課の記録が加わったか、プログラムが新しくなりました。")
        say("tsunagu link learn で学び直してください。")
    say(f"実行の番号: {result.manifest.run_id}")
    say("次にすること: tsunagu report --out 報告書.html で報告書を作り、名簿を人が確かめてください。")


def _say_link_basis(basis: LinkBasis | None, *, is_new: bool = False) -> str:
    if basis is None:
        return "名寄せの重み: 住民や番号で決まる記録が少なく、学べませんでした。正確に一致する記録だけを結びました。"
    made = "この実行で初めて学びました" if is_new else f"{basis.as_of} の記録から学んだもの"
    return f"名寄せの重み: 第{basis.number}版({made})"


def show_funnel(summary: RunSummary) -> None:
    """From every child to the list, in plain words."""
    show_table(
        f"{summary.as_of} 時点の絞り込み",
        ("段階", "人数", "説明"),
        [(step.title_ja, step.count, step.note_ja) for step in summary.funnel],
    )
    say("この名簿は、人が確かめるための入口です。載っていないことは「心配がない」という意味ではありません。")


@app.command()
def status(home: HomeOption = DEFAULT_HOME, as_of: AsOfOption = None) -> None:
    """データの状態(鮮度・問題・名寄せ)と、これまでの実行を見る。 / The state of the data."""
    installation, catalog = open_installation(home)
    day = read_day(as_of, "--as-of") if as_of else get_today()
    with open_reader(installation, "status") as reader:
        # Looked at first: what is said of the data is read from these files.
        _check_store(find_damaged_segments(installation, reader.head))
        state = describe_data(reader, catalog, as_of=day, run_id=find_latest_run_id(reader, as_of=day))
    show_data_state(state)
    say("保管庫: すべてのファイルが完全です。")
    say("これまでの実行: " + ("、".join(state.run_ids) if state.run_ids else "まだありません(tsunagu run)"))


def _check_store(damaged: list[str]) -> None:
    if damaged:
        say(
            f"保管庫のファイル {len(damaged)} 個が壊れているか、なくなっています。バックアップから戻してください。"
        )
        raise typer.Exit(ExitCode.STORE)


def show_data_state(state: DataState) -> None:
    """Each feed with its state and its months, what is unusual about it, then match rates."""
    received = [feed for feed in state.feeds if feed.is_received]
    show_table(
        f"{state.as_of} 時点のデータ",
        ("部署のファイル", "状態", "基準日", _head_months(received), "今回", "累計", "問題のある行"),
        [
            (
                feed.title,
                say_freshness(feed.timing)[0],
                feed.timing.reference_date or "—",
                "".join(MARKS[cell.mark][0] for cell in feed.cells),
                feed.latest_rows,
                feed.rows,
                feed.problem_rows,
            )
            for feed in received
        ],
    )
    say("月ごとの印: " + " ".join(f"{MARKS[mark][0]} {MARKS[mark][1]}" for mark in Mark))
    if absent := [feed.title for feed in state.feeds if not feed.is_received]:
        say("まだ一度も届いていないもの: " + "、".join(absent))
    show_findings(received)
    if state.matches:
        show_table(
            "名寄せ(記録がどの人のものか)",
            ("システム", "記録の人数", "番号で一致", "氏名などで一致", "一致なし"),
            [(m.title, m.subjects, m.by_number, m.by_keys, m.opened) for m in state.matches],
        )
        say("一致しなかった記録も捨てず、本人として新しく開いて判定しています。")
    if state.links:
        show_links(state.links)


def show_links(links: LinkState) -> None:
    """How many records each rule linked, and what is left for people."""
    show_table(
        "記録を人に結び付けた決め手",
        ("決め手", "記録", "誤りの見込み(多くて)"),
        [
            (rule.title, rule.records, "—" if rule.expected_wrong is None else rule.expected_wrong)
            for rule in links.rules
        ],
    )
    say("宛名番号と出生は比べた結果ではないので、誤りの見込みを出しません。")
    say(_say_link_basis(links.basis))
    for_review, unmatched = (show_figure(count)[0] for count in (links.for_review, links.unmatched))
    say(f"人が確かめる組がある記録: {for_review}、住民に候補がない記録: {unmatched}")
    if links.conflicts.most:
        say(
            f"人の判断どうし、または判断と記録が食い違うところ: {show_figure(links.conflicts)[0]}"
            "(そのつながりは判断がないものとして扱いました。tsunagu link review conflicts で確かめてください)"
        )


def _head_months(feeds: list[FeedState]) -> str:
    if not feeds:
        return "月"
    first, last = feeds[0].cells[0].month, feeds[0].cells[-1].month
    return f"{first:%y/%m}→{last:%y/%m}"


def show_findings(feeds: list[FeedState]) -> None:
    """What an officer should ask the departments."""
    if not any(feed.findings for feed in feeds):
        return
    say()
    say("気になること(届いていない分は「なかった」ではなく「分からない」として扱います)")
    for feed in feeds:
        for finding in feed.findings:
            say(f"  ■ {feed.title}: {finding.ja}")
    say()


@app.command()
def explain(
    child: Annotated[str, typer.Argument(help="報告書にある子どもの番号(例 0A1B-2C3D-4E5F)")],
    home: HomeOption = DEFAULT_HOME,
    run_id: RunOption = None,
    trace: Annotated[
        bool, typer.Option("--trace", help="元のファイルと行も示す(個人情報を扱う人だけ)")
    ] = False,
) -> None:
    """一人の子どもについて、なぜ名簿に載ったかを文章で示す。 / Why a child is on the list."""
    installation, catalog = open_installation(home)
    for line in explain_child(installation, catalog, child, run_id=run_id, with_trace=trace):
        OUT.print(line)


@app.command()
def report(
    out: Annotated[Path, typer.Option(help="書き出すHTML", dir_okay=False)],
    home: HomeOption = DEFAULT_HOME,
    run_id: RunOption = None,
) -> None:
    """実行の報告書(印刷できるHTML、一つのファイル)を作る。 / Write a run's report."""
    installation, catalog = open_installation(home)
    with open_reader(installation, "report") as reader:
        write_report(summarise_run(reader, catalog, get_manifest(reader, run_id)), out)
    say(f"報告書を {out} に書きました。ブラウザーで開いてください。")
