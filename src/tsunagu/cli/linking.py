"""`link-files`: links any two files of people; needs no home."""

from pathlib import Path
from typing import Annotated

import typer

from tsunagu.cli.app import app
from tsunagu.cli.showing import say, show_progress, show_table
from tsunagu.linkage import link_files, write_links
from tsunagu.linkage.file_report import write_file_report
from tsunagu.linkage.link_files import LinkCounts
from tsunagu.linkage.people_files import PeopleFileError
from tsunagu.linkage.rules import WEIGHED_RULE_TITLES


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
