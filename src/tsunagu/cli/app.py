"""The `tsunagu` command: its one application object, its shared options, its exit codes."""

import os
import sys
import traceback
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.checking import check_definitions
from tsunagu.catalog.loading import find_shipped_definitions
from tsunagu.cli.following import end_with_starter, follow, tell_refusal
from tsunagu.cli.showing import ERR, say_error
from tsunagu.cli.starting import end_loading
from tsunagu.store.home import Home, open_home
from tsunagu.store.interruption import hear_interruptions
from tsunagu.vocabulary.dates import JST
from tsunagu.vocabulary.errors import ExitCode, TsunaguError


class WorkOrder(TyperGroup):
    """Lists the commands in the order an officer needs them."""

    order = (
        "demo",
        "init",
        "check",
        "adopt",
        "catalog",
        "feed",
        "intake",
        "withdraw",
        "problems",
        "run",
        "status",
        "report",
        "explain",
        "link",
        "link-files",
        "audit",
        "serve",
        "work",
        "backup",
        "restore",
    )

    def list_commands(self, ctx: Any) -> list[str]:
        """Names in working order; those not named there last."""
        known = super().list_commands(ctx)
        return sorted(
            known, key=lambda name: self.order.index(name) if name in self.order else len(self.order)
        )


app = typer.Typer(
    name="tsunagu",
    cls=WorkOrder,
    help="つなぐ — 市の各部署がすでに持つ情報をつなぎ、支援が必要な子どもと家庭を人が早く見つけるための道具です。\n\n"
    "Connects what a municipality's own departments already know about children, so that people find those in"
    " need early.",
    epilog="はじめての方は tsunagu demo を試してください。 / New here? Try `tsunagu demo`.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

HomeOption = Annotated[
    Path,
    typer.Option(
        "--home",
        envvar="TSUNAGU_HOME",
        help="市のデータを置くフォルダ / the municipality's home folder",
        file_okay=False,
    ),
]
DEFAULT_HOME = Path("tsunagu-home")


@app.callback()
def begin(
    progress_file: Annotated[
        Path | None, typer.Option(hidden=True, help="進み具合を一行ずつ書き足すファイル", dir_okay=False)
    ] = None,
) -> None:
    """For every command: whether the desk's worker follows it."""
    if progress_file is not None:
        follow(progress_file)


class BadDateError(TsunaguError):
    """A date on the command line that is none."""

    exit_code = ExitCode.USAGE


def read_day(text: str, option: str) -> date:
    """A date option, `YYYY-MM-DD`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadDateError(
            f"{option} の日付を読めません。", todo=f"{option} 2026-03-31 のように、年-月-日で書いてください。"
        ) from None


class WorkbookExistsError(TsunaguError):
    """A workbook of that name is there already, and somebody may have written in it."""

    exit_code = ExitCode.USAGE


def check_not_there(path: Path) -> None:
    """Refuse to write over a workbook: what an officer typed into it would be lost."""
    if path.suffix.lower() == ".xlsx" and path.exists():
        raise WorkbookExistsError(
            f"「{path.name}」は、もうあります。",
            why="上書きすると、書き込んだ内容が失われます。",
            todo="別の名前で書き出すか、要らなければ先に消してください。",
        )


def get_today() -> date:
    """Today in Japan. The edge of the program: nothing below the command line asks the clock."""
    return datetime.now(JST).date()


def open_installation(path: Path, *, on: date | None = None) -> tuple[Home, Catalog]:
    """The home and its checked definitions.

    Args:
        path: the home folder.
        on: the day for which adoptions count; today when not given.
    """
    home = open_home(path)
    return home, check_definitions(find_shipped_definitions(), path, on=on or get_today())


def main() -> None:
    """Run the command; anticipated errors are explained and have their own exit code, bugs show no value."""
    end_loading()
    end_with_starter()
    try:
        with hear_interruptions():
            result = app(standalone_mode=False, prog_name="tsunagu")
    except TsunaguError as error:
        tell_refusal(error)
        say_error(error)
        sys.exit(error.exit_code)
    except typer.Exit as stop:
        _leave(stop.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        _leave(ExitCode.INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - the last door: a trace would show values
        if _is_usage_error(error):
            _say_usage(error)
            sys.exit(ExitCode.USAGE)
        _say_bug(error)
        sys.exit(ExitCode.BUG)
    _leave(result if isinstance(result, int) else ExitCode.DONE)


def _leave(code: int) -> None:
    # typer turns an interruption into this code by itself.
    if code == ExitCode.INTERRUPTED:
        ERR.print("中断しました。データは処理前の状態か、最後に完了した状態のままです。")
    sys.exit(code)


def _is_usage_error(error: Exception) -> bool:
    # typer carries its own copy of click, so the class is known by what it can do.
    return hasattr(error, "show") and hasattr(error, "exit_code")


def _say_usage(error: Any) -> None:
    """A command that cannot be read. typer's own words are English, so they stand inside ours."""
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()
        return
    command = error.ctx.command_path if error.ctx else "tsunagu"
    ERR.print(f"できませんでした: コマンドの書き方を読めません({error.format_message()})。")
    ERR.print(f"  次にすること: {command} --help で書き方を確かめてください。")


def _say_bug(error: Exception) -> None:
    """A bug: where it is, never what it held. The full trace only when a developer asks."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    ERR.print(
        f"予期しない誤りで止まりました({type(error).__name__}, {Path(place.filename).name}:{place.lineno})。\n"
        "  理由: プログラムの不具合です。書き込みは最後に完了した状態のままです。\n"
        "  次にすること: この文面を開発元へお知らせください(個人の情報は含まれていません)。"
    )
    if os.environ.get("TSUNAGU_DEBUG"):
        traceback.print_exception(error)
