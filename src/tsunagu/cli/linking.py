"""`link-files`: links any two files of people, needs no home. `link`: what a city's run linked."""

from pathlib import Path
from typing import Annotated

import typer

from tsunagu.cli.app import DEFAULT_HOME, HomeOption, app, get_today, open_installation, read_day
from tsunagu.cli.runs import AsOfOption, RunOption
from tsunagu.cli.showing import OUT, say, show_progress, show_table
from tsunagu.linkage import link_files, write_links
from tsunagu.linkage.file_report import write_file_report
from tsunagu.linkage.link_files import LinkCounts
from tsunagu.linkage.people_files import PeopleFileError
from tsunagu.linkage.rules import WEIGHED_RULE_TITLES
from tsunagu.pipeline.link_explain import describe_pair, explain_pair
from tsunagu.pipeline.link_learn import describe_changes, learn_weights
from tsunagu.pipeline.link_review import CONFLICT_TITLES, export_review, import_review, list_conflicts
from tsunagu.pipeline.waterfall import write_waterfall
from tsunagu.vocabulary.identifiers import show_id

link_app = typer.Typer(
    help="実行の名寄せの理由を読み、迷う組を人が確かめる。 / Why records were linked, and the pairs in doubt.",
    rich_markup_mode=None,
    no_args_is_help=True,
)
app.add_typer(link_app, name="link")


@link_app.command(name="explain")
def explain_link(
    one: Annotated[str, typer.Argument(help="記録か人の番号(例 0A1B-2C3D-4E5F)")],
    other: Annotated[str, typer.Argument(help="もう一つの番号")],
    home: HomeOption = DEFAULT_HOME,
    run_id: RunOption = None,
    svg: Annotated[Path | None, typer.Option("--svg", help="内訳の図(SVG)も書き出す", dir_okay=False)] = None,
) -> None:
    """記録と人をなぜ結んだか、なぜ迷うかを文章で示す。 / Why a record and a person were joined or not."""
    installation, catalog = open_installation(home)
    pair = explain_pair(installation, catalog, one, other, run_id=run_id)
    for line in describe_pair(pair):
        OUT.print(line)
    if svg and pair.steps:
        write_waterfall(pair, svg)
        say(f"図を {svg} に書きました。ブラウザーで開いてください。")
    elif svg:
        say("鍵で決まった組なので、図にする内訳はありません。")


@link_app.command(name="learn")
def learn_link_weights(home: HomeOption = DEFAULT_HOME, as_of: AsOfOption = None) -> None:
    """名寄せの重みを学び直し、新しい版にする。 / Learn the weights of linkage anew."""
    installation, catalog = open_installation(home)
    day = read_day(as_of, "--as-of") if as_of else get_today()
    learned = learn_weights(installation, catalog, as_of=day)
    if not learned.is_kept:
        say("学び直しても、今の版と同じになりました。何も変えていません。")
        return
    show_table(
        f"名寄せの重み(第{learned.after.number}版)",
        (f"{day} に知られていた記録で", "今までの版", "新しい版"),
        [(change.title, change.before, change.after) for change in describe_changes(learned, catalog)],
    )
    say("これからの tsunagu run は、その日までに学んだ、いちばん新しい版を使います。")
    say("これまでの実行の結果は残ります。")


review_app = typer.Typer(
    help="迷う組を書き出し、人の判断を取り込む。 / Pairs in doubt out, people's decisions in.",
    rich_markup_mode=None,
    no_args_is_help=True,
)
link_app.add_typer(review_app, name="review")


@review_app.command(name="export")
def export_pairs(
    out: Annotated[Path, typer.Option(help="書き出すCSV", dir_okay=False)],
    home: HomeOption = DEFAULT_HOME,
    capacity: Annotated[int, typer.Option(min=1, help="確かめられる組の数")] = 50,
    run_id: RunOption = None,
    with_values: Annotated[
        bool, typer.Option("--with-values", help="氏名や住所も書き出す(個人情報を扱う人だけ)")
    ] = False,
) -> None:
    """確かめる値打ちの大きい順に、迷う組を書き出す。 / Write the pairs most worth a look."""
    installation, catalog = open_installation(home)
    queue = export_review(
        installation, catalog, out, capacity=capacity, run_id=run_id, with_values=with_values
    )
    say(f"{out} に {len(queue.pairs):,} 組を書きました(判断を待つ組は全部で {queue.waiting:,})。")
    before, after = queue.before, queue.after
    say(
        f"全部を確かめると、結び損ねの見込みは {before.missed:.1f} → {after.missed:.1f} 件、"
        f"誤った結び付けの見込み(重みで結んだもの)は {before.wrong:.2f} → {after.wrong:.2f} 件になります。"
    )
    say("次にすること: 判断(同じ・違う・分からない)、理由、判断した人を記入し、")
    say(
        f"  tsunagu link review import {out} で取り込んでください。取り消しは、同じ組に「取り消し」と書きます。"
    )


@review_app.command(name="import")
def import_pairs(
    path: Annotated[Path, typer.Argument(help="記入した一覧(CSV)", dir_okay=False)],
    home: HomeOption = DEFAULT_HOME,
    on: Annotated[
        str | None, typer.Option("--on", help="判断がいつから効くか 2026-03-31(省略すると今日)")
    ] = None,
) -> None:
    """人の判断を取り込む。一行でも直すところがあれば何も取り込まない。 / Keep people's decisions, all or none."""
    installation, _ = open_installation(home)
    day = read_day(on, "--on") if on else get_today()
    kept = import_review(installation, path, known_from=day)
    words = "、".join(f"{_DECISION_TITLES[kind]} {count:,}" for kind, count in sorted(kept.counts.items()))
    say(f"取り込んだ判断: {words or 'ありません'}(判断のない行 {kept.blank:,})")
    say(f"{day} 以降の日の tsunagu run から効きます。")


@review_app.command(name="conflicts")
def show_conflicts(home: HomeOption = DEFAULT_HOME, run_id: RunOption = None) -> None:
    """人の判断の食い違いを見る。 / Contradictions among what people decided."""
    installation, catalog = open_installation(home)
    conflicts = list_conflicts(installation, catalog, run_id=run_id)
    if not conflicts:
        say("食い違いはありません。")
        return
    show_table(
        "判断の食い違い",
        ("何が食い違うか", "番号", "番号", "関わる数"),
        [
            (CONFLICT_TITLES[one.kind], show_id(one.one_id), show_id(one.other_id), one.members)
            for one in conflicts
        ],
    )
    say("どれかの組の判断を「取り消し」にするか、書き直してください。それまで、そのつながりは使いません。")


_DECISION_TITLES = {"same": "同じ", "different": "違う", "unsure": "分からない", "undo": "取り消し"}


@app.command(name="link-files")
def link_two_files(
    left: Annotated[Path, typer.Argument(help="CSVかParquet", dir_okay=False)],
    right: Annotated[
        Path | None,
        typer.Argument(help="もう一つのファイル(省略すると、一つの中の重複を探す)", dir_okay=False),
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="結果を書き出すParquet", dir_okay=False)] = Path(
        "links.parquet"
    ),
    report: Annotated[
        Path | None, typer.Option("--report", help="報告書(HTML)も書き出す", dir_okay=False)
    ] = None,
) -> None:
    """二つのファイルの同じ人を結び付ける(市の準備は要らない)。 / Link two files of people."""
    _keep_inputs([left, *([right] if right else [])], [out, *([report] if report else [])])
    with show_progress() as progress:
        result = link_files(left, right, report=progress)
    written = write_links(result, out)
    if report:
        write_file_report(result, report)
        written.append(report)
    show_counts(result.counts, is_one_file=right is None)
    say("書き出しました: " + "、".join(str(path) for path in written))


def _keep_inputs(inputs: list[Path], outputs: list[Path]) -> None:
    read = {path.resolve() for path in inputs}
    if any(path.resolve() in read for path in outputs):
        raise PeopleFileError(
            "入力のファイルに上書きしようとしました。",
            why="元のファイルが失われます。",
            todo="--out と --report には、入力と違う名前を指定してください。",
        )


def show_counts(counts: LinkCounts, *, is_one_file: bool) -> None:
    """Links by rule, pairs to look at, and records that found nobody."""
    show_table(
        "結び付けた組",
        ("決め手", "組", "誤りの見込み"),
        [(WEIGHED_RULE_TITLES[rule], links, f"{wrong:.1f}") for rule, links, wrong in counts.rules],
    )
    say(f"自動で結び付けた組: {counts.links:,}、人が確かめる組: {counts.reviews:,}")
    if not is_one_file:
        say(f"相手が見つからない記録: {counts.nobody:,}")
