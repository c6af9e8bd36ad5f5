"""Exit codes, the errors behind them, and the codes of problems in definitions and in incoming rows."""

from __future__ import annotations

from collections.abc import Iterator

from reference import markdown, source
from reference.definitions import list_definitions
from tsunagu.catalog.feeds import Feed
from tsunagu.intake.problems import PROBLEM_TEXTS
from tsunagu.intake.refusals import FileRefusedError
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

MEANINGS = {
    ExitCode.DONE: "終わった",
    ExitCode.BUG: "想定していない誤り。プログラムの不具合なので知らせてほしい",
    ExitCode.USAGE: "コマンドの書き方が違う",
    ExitCode.DEFINITIONS: "定義に誤りがある。一つでもあれば何も始めない",
    ExitCode.FILE_REFUSED: "ファイルを受け付けなかった。何も変わっていない",
    ExitCode.NOT_ALLOWED: "目的・採用・権限がないので行わなかった",
    ExitCode.STORE: "保管に問題がある",
    ExitCode.NOT_FOUND: "指定されたものがない",
    ExitCode.BUSY: "ほかの処理が書き込み中",
    ExitCode.DISK_FULL: "ディスクの空きがない。何も変わっていない",
    ExitCode.DATABASE: "職員の画面のデータベース（PostgreSQL）を使えない",
    ExitCode.AUDIT: "監査の記録が控えと合わない。何も直さず、監査の担当者に知らせる",
    ExitCode.INTERRUPTED: "途中で止められた。何も変わっていない",
}


def write_exit_codes() -> str:
    """Exit codes and the errors behind them."""
    kinds = list(_list_errors())
    rows = [
        [
            code.value,
            f"`{code.name}`",
            MEANINGS[code],
            markdown.quote_code(kind.__name__ for kind in kinds if kind.exit_code is code),
        ]
        for code in ExitCode
    ]
    errors = [
        [f"`{kind.__name__}`", f"`{kind.__module__}`", kind.exit_code.value, source.get_first_line(kind)]
        for kind in kinds
    ]
    return (
        markdown.write_table(["番号", "名前", "意味", "誤り"], rows)
        + "\n## 誤りの種類\n\nどの誤りも、何が起きたか・なぜ困るか・どうすればよいかを日本語で示し、個人の値は示しません。\n\n"
        + markdown.write_table(["誤り", "どこで", "終了コード", "いつ"], errors)
    )


def _list_errors() -> Iterator[type[TsunaguError]]:
    for module in source.list_modules():
        for thing in vars(module).values():
            is_error = isinstance(thing, type) and issubclass(thing, TsunaguError)
            if is_error and thing.__module__ == module.__name__ and thing is not TsunaguError:
                yield thing


def write_problem_codes() -> str:
    """Codes of problems in definitions and in incoming files."""
    refusals = {
        refusal[0]: refusal
        for module in source.list_modules()
        if module.__name__.startswith("tsunagu.intake")
        for refusal in source.list_refusals(module, FileRefusedError)
    }
    checks = [
        [f"`{feed.id}`", f"`{check.code}`", check.message]
        for feed in list_definitions(Feed)
        for check in feed.checks
    ]
    return "\n".join(
        [
            "## ファイルを断るとき\n\n一行も取り込まれず、前の状態のままです。\n",
            markdown.write_table(
                ["符号", "何が", "なぜ困るか", "どうする"],
                ([f"`{code}`", *words] for code, *words in (refusals[code] for code in sorted(refusals))),
            ),
            "## 行と升の問題\n\n担当課へ返す一覧に出ます。\n",
            markdown.write_table(
                ["符号", "何が", "どうする"],
                ([f"`{code}`", text.what, text.todo] for code, text in sorted(PROBLEM_TEXTS.items())),
            ),
            "フィードごとの、列どうしの食い違い:\n",
            markdown.write_table(["フィード", "符号", "何が・どうする"], checks),
            "## 定義の点検\n\n`tsunagu check` が、ファイル名と行番号とともに示します。\n",
            markdown.write_table(["符号", "何が", "どうする"], _list_definition_codes()),
        ]
    )


def _list_definition_codes() -> list[list[str]]:
    found = {
        code: [f"`{code}`", what, todo]
        for module in source.list_modules()
        if module.__name__.startswith("tsunagu.catalog")
        for code, what, todo in source.list_codes(module)
    }
    return [found[code] for code in sorted(found)]
