"""`intake`, `withdraw`, `feed check`, `feed list`, `problems`: what departments send."""

from collections import Counter
from datetime import date
from itertools import count
from pathlib import Path
from typing import Annotated

import typer

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.words import Department
from tsunagu.cli.app import (
    DEFAULT_HOME,
    HomeOption,
    app,
    check_not_there,
    get_today,
    open_installation,
    read_day,
)
from tsunagu.cli.following import tell_result
from tsunagu.cli.showing import say, say_error, show_progress, show_table
from tsunagu.intake import (
    Answers,
    FileOutcome,
    FileStatus,
    check_feed_file,
    intake_files,
    list_files,
    read_answers,
    withdraw_delivery,
    write_problems,
)
from tsunagu.intake.drafting import Draft, KeptFeed, draft_feed, keep_feed, write_mapping
from tsunagu.store.home import Home
from tsunagu.vocabulary.errors import ExitCode, TsunaguError
from tsunagu.vocabulary.progress import Progress

feed_app = typer.Typer(help="部署から届くファイルの種類を調べる。 / Kinds of files.", no_args_is_help=True)
app.add_typer(feed_app, name="feed")

FilesArgument = Annotated[
    list[Path],
    typer.Argument(
        help="ファイル、またはフォルダ(受け取った日付 2026-04-05 のような名前でもよい)", exists=True
    ),
]
FeedOption = Annotated[
    str | None, typer.Option("--feed", help="ファイルの種類(例: education/school_register)")
]
ReceivedOption = Annotated[
    str | None, typer.Option("--received-on", help="受け取った日 2026-04-05 / day received")
]

STATUS_TITLES = {
    FileStatus.ACCEPTED: "取り込み",
    FileStatus.ALREADY: "取り込み済み",
    FileStatus.WITHDRAWN: "取り下げ済み",
    FileStatus.REFUSED: "受け取れません",
    FileStatus.CHECKED: "受け取れます",
}


@app.command()
def intake(
    files: FilesArgument,
    home: HomeOption = DEFAULT_HOME,
    received_on: ReceivedOption = None,
    feed: FeedOption = None,
    override_reason: Annotated[
        str | None, typer.Option(help="件数が前回と大きく違うファイルを、理由を記録して受け取る")
    ] = None,
) -> None:
    """部署のファイルを取り込む(一つのファイルは全部か、まったくなしか)。 / Take in departments' files."""
    installation, catalog = open_installation(home)
    day = read_day(received_on, "--received-on") if received_on else None
    with show_progress() as report:
        outcomes = take_in(
            installation, catalog, files, report, received_on=day, feed=feed, override_reason=override_reason
        )
    tell_result({"files": [describe_outcome(outcome, catalog) for outcome in outcomes]})
    show_outcomes(outcomes)
    if any(outcome.status is FileStatus.REFUSED for outcome in outcomes):
        raise typer.Exit(ExitCode.FILE_REFUSED)


def take_in(
    home: Home,
    catalog: Catalog,
    files: list[Path],
    report: Progress,
    *,
    received_on: date | None = None,
    feed: str | None = None,
    override_reason: str | None = None,
) -> list[FileOutcome]:
    """Take files in, telling after each how many are done."""
    total = sum(1 for _ in list_files(files))
    done = count(1)
    return intake_files(
        home,
        catalog,
        files,
        received_on=received_on,
        feed_id=feed,
        override_reason=override_reason,
        report=lambda _: report("取り込み", next(done), total),
    )


def describe_outcome(outcome: FileOutcome, catalog: Catalog) -> dict[str, object]:
    """What became of one file, for whoever follows; `number` is the folder it lies in."""
    title = catalog.name_feed(outcome.feed) if outcome.feed else None
    described: dict[str, object] = {
        "number": outcome.file.parent.name,
        "name": outcome.file.name,
        "status": outcome.status.value,
        "feed": outcome.feed or "",
        "title": {"ja": title.ja, "en": title.en or title.ja} if title else {},
        "rows": outcome.rows,
        "kept": outcome.kept,
        "problems": sum(outcome.problems.values()),
    }
    refusal = outcome.refusal
    if refusal is not None:
        words = {"what": refusal.what, "why": refusal.why, "todo": refusal.todo}
        described["refused"] = {"code": refusal.code, **words}
    return described


def show_outcomes(outcomes: list[FileOutcome]) -> None:
    """What became of each file; many files are summed by kind, refusals always told one by one."""
    if len(outcomes) <= 20:
        rows = [
            (o.file.name, o.feed or "—", STATUS_TITLES[o.status], o.rows, o.kept, sum(o.problems.values()))
            for o in outcomes
        ]
        show_table("取り込みの結果", ("ファイル", "種類", "結果", "行数", "残した行", "問題"), rows)
    else:
        show_table("取り込みの結果", ("種類", "ファイル", "行数", "残した行", "問題"), _sum_by_feed(outcomes))
    for outcome in outcomes:
        if outcome.refusal is not None:
            say(f"■ {outcome.file.name}")
            say_error(outcome.refusal)
    if any(outcome.problems for outcome in outcomes):
        say("問題のある行は tsunagu problems --out 問題一覧.csv で書き出し、担当の部署へ返せます。")


def _sum_by_feed(outcomes: list[FileOutcome]) -> list[tuple[str, int, int, int, int]]:
    files: Counter[str] = Counter()
    rows: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    problems: Counter[str] = Counter()
    for outcome in outcomes:
        name = outcome.feed or "—"
        files[name] += 1
        rows[name] += outcome.rows
        kept[name] += outcome.kept
        problems[name] += sum(outcome.problems.values())
    return [(name, files[name], rows[name], kept[name], problems[name]) for name in sorted(files)]


@app.command()
def withdraw(
    file: Annotated[
        str, typer.Argument(help="取り込んだファイルの名前、ファイルそのもの、または番号の先頭8桁以上")
    ],
    reason: Annotated[str, typer.Option(help="取り下げの理由(個人の名前は書かない) / why")],
    home: HomeOption = DEFAULT_HOME,
    on: Annotated[
        str | None, typer.Option("--on", help="取り下げの日 2026-04-05(省略すると今日) / day withdrawn")
    ] = None,
) -> None:
    """担当課が取り消したファイルを取り下げる(記録は残る)。 / Take back a file its department has withdrawn."""
    installation, catalog = open_installation(home)
    day = read_day(on, "--on") if on else get_today()
    done = withdraw_delivery(installation, catalog, file, reason=reason, withdrawn_on=day)
    if not done.deliveries:
        say(
            f"{done.file_name}(基準日 {done.reference_date})は、すでに取り下げてあります。何も変えていません。"
        )
        return
    rows = [(item, counts.closed, counts.new) for item, counts in sorted(done.changes.items())]
    show_table(
        "取り下げの結果", ("項目", "数えなくなった記録", "ほかのファイルの言うとおりに戻した記録"), rows
    )
    say(
        f"{done.file_name}(基準日 {done.reference_date})を取り下げました。それより前の日の判定は変わりません。"
    )
    say("次にすること: 正しいファイルを受け取ったら tsunagu intake で取り込んでください。")


@feed_app.command("check")
def check_feed(
    file: Annotated[Path, typer.Argument(help="確かめるファイル", exists=True, dir_okay=False)],
    home: HomeOption = DEFAULT_HOME,
    received_on: ReceivedOption = None,
    feed: FeedOption = None,
) -> None:
    """取り込まずに、ファイルが読めるか・どこに問題があるかを見る。 / Try a file without taking it in."""
    installation, catalog = open_installation(home)
    day = read_day(received_on, "--received-on") if received_on else None
    outcome = check_feed_file(installation, catalog, file, received_on=day, feed_id=feed)
    show_outcomes([outcome])
    if outcome.problems:
        show_table("見つかった問題", ("問題", "件数"), sorted(outcome.problems.items()))
    if outcome.refusal is not None:
        raise typer.Exit(ExitCode.FILE_REFUSED)
    say("取り込みは行っていません。よければ tsunagu intake で取り込んでください。")


@feed_app.command("new")
def new_feed(
    file: Annotated[
        Path | None, typer.Argument(help="読み方の分からないファイル", exists=True, dir_okay=False)
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option("--from", help="直した Excel を読み込み、様式として加える", exists=True, dir_okay=False),
    ] = None,
    home: HomeOption = DEFAULT_HOME,
    department: Annotated[Department | None, typer.Option(help="この部署の様式に絞って見比べる")] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="下書きを書き出す Excel(省略すると 読み方_ファイル名.xlsx)", dir_okay=False),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="この市が前に加えた同じ id の様式を置き換える")
    ] = False,
) -> None:
    """新しい様式の読み方を下書きし、直した Excel を読み込む。 / Draft the mapping of an unknown file; read it back."""
    if (file is None) == (mapping is None):
        raise OneWayError(
            "ファイルか、--from のどちらか一つを示してください。",
            todo="tsunagu feed new ファイル で下書きを作り、直したら tsunagu feed new --from 下書き.xlsx で読み込みます。",
        )
    installation, catalog = open_installation(home)
    if mapping is not None:
        kept = keep_feed(installation, catalog, mapping, again=replace)
        tell_result({"feed": kept.feed.id, "title": kept.feed.title.ja})
        show_kept(kept)
    elif file is not None:
        target = out or Path(f"読み方_{file.stem}.xlsx")
        check_not_there(target)
        draft = draft_feed(installation, catalog, file, department=department)
        write_mapping(draft, catalog, target)
        tell_result({"columns": len(draft.proposals), "unsure": len(draft.unsure)})
        show_draft(draft, target)


class OneWayError(TsunaguError):
    """Neither of two ways, out or back in, or both."""

    exit_code = ExitCode.USAGE


def show_draft(draft: Draft, target: Path) -> None:
    """How much was understood, and where to go on; no value of the file."""
    rows = [
        (
            one.heading or "(見出しなし)",
            " ".join(sorted(one.targets)),
            f"{one.confidence:.0%}",
            "" if one.is_accepted else "要",
        )
        for one in draft.proposals
    ]
    show_table("読み取れた列", ("見出し", "行き先", "確かさ", "確認"), rows)
    say(
        f"{len(rows)} 列のうち {len(draft.unsure)} 列に確認が要ります。下書きを {target} に書きました(個人の値は入っていません)。"
    )
    say(f"Excel で直し、tsunagu feed new --from {target} で読み込んでください。")


def show_kept(kept: KeptFeed) -> None:
    """What was written where, and what comes next."""
    say(f"様式「{kept.feed.title.ja}」({kept.feed.id})を {kept.folder} に書きました。")
    for name in kept.code_lists:
        say(f"書き方を足したコード表 {name} を作りました。")
    say("tsunagu feed check 元のファイル で、何行読めて何が問題かを確かめてください。")


@feed_app.command("list")
def list_feeds(home: HomeOption = DEFAULT_HOME) -> None:
    """受け取れるファイルの種類を並べる。 / List the kinds of files."""
    _, catalog = open_installation(home)
    rows = [
        (feed.id, feed.title.ja, feed.owner, " ".join(feed.file_names))
        for _, feed in sorted(catalog.feeds.items())
    ]
    show_table("受け取れるファイル", ("種類", "名前", "担当", "ファイル名の形"), rows)


@app.command()
def problems(
    out: Annotated[
        Path | None,
        typer.Option(help="書き出すファイル。.xlsx なら担当課の返事の欄つき、ほかは CSV", dir_okay=False),
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option("--from", help="担当課が返事を書いた Excel を読む", exists=True, dir_okay=False),
    ] = None,
    home: HomeOption = DEFAULT_HOME,
    feed: FeedOption = None,
    department: Annotated[Department | None, typer.Option(help="この部署の分だけ")] = None,
) -> None:
    """直してほしい行の一覧を書き出す(値そのものは入りません)。 / Write the rows to send back for correction."""
    if (out is None) == (answers is None):
        raise OneWayError(
            "--out か --from のどちらか一つを示してください。",
            todo="tsunagu problems --out 問題.xlsx で書き出し、返ってきたら tsunagu problems --from 問題.xlsx で読みます。",
        )
    installation, catalog = open_installation(home)
    if answers is not None:
        show_answers(read_answers(installation, catalog, answers))
    elif out is not None:
        check_not_there(out)
        written = write_problems(installation, catalog, out, feed_id=feed, department=department)
        say(
            f"{written:,}件を {out} に書きました。値は入っていないので、行と列を元のファイルで確かめてください。"
        )


def show_answers(answers: Answers) -> None:
    """How departments answered, and how many they did not."""
    rows = [(*key, count) for key, count in sorted(answers.counts.items())]
    show_table("担当課の返事", ("部署のファイル", "列", "対応", "件数"), rows)
    say(f"返事の無い問題は {answers.unanswered:,} 件です。書かれた訳は、どこにも残していません。")
