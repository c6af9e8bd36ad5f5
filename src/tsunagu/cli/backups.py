"""`backup begin`, `take`, `end`: a home kept a second time, elsewhere. `restore`: the way back.

The database's library is loaded by the commands that need it, so that no other command waits for it.
"""

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tsunagu.audit import verify
from tsunagu.catalog.overlay import read_municipality
from tsunagu.cli.app import DEFAULT_HOME, HomeOption, app
from tsunagu.cli.auditing import write_log
from tsunagu.cli.showing import say
from tsunagu.store import journal
from tsunagu.store.home import open_home
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

if TYPE_CHECKING:
    from tsunagu.backup.place import Place, Take

backup_app = typer.Typer(
    help="市のフォルダと職員の画面のデータベースを、別のディスクにも置く。 / Keep the home a second time, elsewhere.",
    no_args_is_help=True,
)
app.add_typer(backup_app, name="backup")

_ENDING_SECONDS = 30.0
_OUTSIDE = (
    "データベースは市の PostgreSQL(TSUNAGU_DATABASE_URL)なので、ここには入っていません。"
    "その控えと復元は、市のデータベース管理者の仕事です。"
)


class ServerInUseError(TsunaguError):
    """Somebody works with the database that is to be started in another way."""

    exit_code = ExitCode.BUSY


class BackupBegunError(TsunaguError):
    """The home has a backup already, or has none."""

    exit_code = ExitCode.USAGE


class AuditNotHeldError(TsunaguError):
    """Nothing was given that the restored audit trail could be compared with, or it does not agree."""

    exit_code = ExitCode.AUDIT


@backup_app.command("begin")
def begin(
    folder: Annotated[
        Path, typer.Argument(help="置き場所。別のディスクの空のフォルダ / an empty folder on another disk")
    ],
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """置き場所を決める。次の起動から、書き込みは置き場所にも届いてから確定する。 / Choose the place."""
    from tsunagu.backup.place import begin_place
    from tsunagu.database.copying import make_slot
    from tsunagu.database.places import Places
    from tsunagu.database.receiving import find_receiving_folder, set_receiving_folder
    from tsunagu.database.server import open_server

    installation = open_home(home)
    places = Places(installation.path)
    if find_receiving_folder(places) is not None:
        raise BackupBegunError(
            "バックアップは、もう始まっています。",
            todo="置き場所を変えるときは、先に tsunagu backup end を実行してください。",
        )
    journal.start_entry(installation, "backup begin")
    municipality, _ = read_municipality(installation.path, [])
    place = begin_place(folder, municipality.code if municipality else "")
    with open_server(installation.path) as server:
        if server.is_ours:
            make_slot(server)
            set_receiving_folder(places, place.log)
    say(f"バックアップの置き場所を {place.path} に決めました。")
    if place.path.stat().st_dev == installation.path.stat().st_dev:
        say("注意: 市のフォルダと同じディスクです。このディスクが壊れると、両方なくなります。")
    say("置き場所には、氏名も鍵もそのまま入ります。暗号化したディスクに置き、開ける人を限ってください。")
    say(_say_next(is_ours=server.is_ours))


def _say_next(*, is_ours: bool) -> str:
    if is_ours:
        return "次にすること: tsunagu serve を始め直してから、tsunagu backup take を実行してください(その後は毎日)。"
    return f"{_OUTSIDE}\n次にすること: tsunagu backup take 置き場所 を、毎日実行してください。"


@backup_app.command("take")
def take(
    folder: Annotated[Path, typer.Argument(help="置き場所 / the place")],
    home: HomeOption = DEFAULT_HOME,
    keep: Annotated[int, typer.Option(min=1, help="残す控えの数 / how many takes stay")] = 7,
) -> None:
    """控えを一つ取る。動いているままでよい。毎日。 / Take one, while everything goes on; daily."""
    from tsunagu.backup.place import compute_code, open_place
    from tsunagu.backup.taking import take_backup
    from tsunagu.database.server import open_server

    installation, place = open_home(home), open_place(folder)
    now = datetime.now(UTC).replace(microsecond=0)
    with open_server(installation.path) as server:
        taken = take_backup(installation, place, server, at=now, keep=keep)
    say(f"控え {taken.label} を {place.path} に取りました({len(taken.files)} 個のファイルと、保管の断片)。")
    if taken.database is None:
        say(_OUTSIDE)
    say("この控えの符号(監査の控えと同じ場所に書き留めると、すり替えが分かります):")
    say(f"  {compute_code(place, taken.label)}")


@backup_app.command("end")
def end(home: HomeOption = DEFAULT_HOME) -> None:
    """置き場所を使うのをやめる。置き場所にあるものは消さない。 / Stop; what lies in the place stays."""
    from tsunagu.database.copying import drop_slot
    from tsunagu.database.embedded import is_running
    from tsunagu.database.leftovers import wait_until
    from tsunagu.database.places import Places
    from tsunagu.database.receiving import find_receiving_folder, set_receiving_folder
    from tsunagu.database.server import open_server

    installation = open_home(home)
    places = Places(installation.path)
    if find_receiving_folder(places) is None:
        raise BackupBegunError("バックアップは、始まっていません。", todo="することはありません。")
    if not wait_until(lambda: not is_running(places), seconds=_ENDING_SECONDS):
        raise ServerInUseError(
            "職員の画面か、ほかの処理がデータベースを使っています。",
            why="送り方は、データベースを起動し直さないと変えられません。",
            todo="tsunagu serve を終えてから、もう一度実行してください。",
        )
    journal.start_entry(installation, "backup end")
    set_receiving_folder(places, None)
    with open_server(installation.path) as server:
        drop_slot(server)
    say("やめました。これから書くことは、どこにも控えられません。置き場所にあるものは、そのままです。")


@app.command("restore")
def restore(
    folder: Annotated[Path, typer.Argument(help="バックアップの置き場所 / the place of the backup")],
    target: Annotated[Path, typer.Argument(help="戻す先。空のフォルダ / an empty folder", file_okay=False)],
    notes: Annotated[
        list[Path] | None, typer.Option("--note", help="外に置いてあった監査の控え(.note)")
    ] = None,
    paper: Annotated[list[str] | None, typer.Option(help="監査の紙の控え「件数 符号」")] = None,
    key: Annotated[str | None, typer.Option(help="監査の公開鍵(紙に控えたもの)")] = None,
    without_note: Annotated[
        bool, typer.Option("--without-note", help="外の監査の控えがまだ一つもないとき")
    ] = False,
    label: Annotated[str | None, typer.Option("--take", help="どの控えか(省略すると一番新しいもの)")] = None,
    code: Annotated[str | None, typer.Option(help="控えを取ったときに書き留めた符号")] = None,
) -> None:
    """置き場所から、空のフォルダに戻す。確かめ終わるまで使えない。 / Put a backup back, verified, elsewhere."""
    from tsunagu.backup.place import open_place
    from tsunagu.backup.restoring import finish_restore, restore_files

    if not notes and not paper and not without_note:
        raise AuditNotHeldError(
            "外に置いてあった監査の控えが指定されていません。",
            why="照らし合わせるものがないと、置き場所ですり替えられた記録を本物として使い始めてしまいます。",
            todo="--note か --paper で最後の控えを指定してください。まだ一つもないときだけ --without-note とします。",
        )
    place = open_place(folder)
    taken = restore_files(place, target, label=label, code=code, tell=lambda step: say(f"  {step} …"))
    held = _list_held(target, notes or [], paper or [], key)
    if taken.database:
        _start_and_verify(place, taken, target, held)
    finish_restore(target)
    journal.start_entry(open_home(target), "restore", details={"label": taken.label})
    say(f"控え {taken.label} を {target} に戻しました。")
    _say_what_comes_next(taken)


def _list_held(target: Path, notes: list[Path], paper: list[str], key: str | None) -> list[str]:
    """The arguments of the verifier beside the log."""
    held = [str(note) for note in notes]
    for one in paper:
        held += ["--paper", one]
    return [*held, "--key", key or str(target / "var" / "audit" / "public.txt")] if notes else held


def _start_and_verify(place: "Place", taken: "Take", target: Path, held: list[str]) -> None:
    from tsunagu.backup.restoring import check_log_was_read
    from tsunagu.database.server import open_server

    say("  データベースを起動し、最後の書き込みまで読んでいます …")
    with open_server(target) as server, tempfile.TemporaryDirectory(prefix="tsunagu-audit-") as temporary:
        assert taken.database is not None
        check_log_was_read(place, taken.database, server)
        if not held:
            return
        say("  監査の記録を、外の控えと照らし合わせています …")
        log = Path(temporary) / "log.jsonl"
        write_log(target, log)
        if verify.main([str(log), *held]) != verify.AGREES:
            raise AuditNotHeldError(
                "戻した監査の記録が、外の控えと合いません。",
                why="置き場所で書き換えられたか、控えより古い状態です。使える状態にはしていません。",
                todo="何も直さず、置き場所と戻した先を保全し、監査の担当者に知らせてください。",
            )


def _say_what_comes_next(taken: "Take") -> None:
    if taken.database:
        say("職員の画面で書いたことと監査の記録は、最後に確定したところまで戻っています。")
    else:
        say(_OUTSIDE)
    say(f"各課のファイルと判定は、控えを取った時({taken.label}, UTC)のものです。")
    say("次にすること: その後に受け取ったファイルを取り込み直し、tsunagu run で判定し直してください。")
    say("              tsunagu backup begin で、新しい置き場所を決めてください。")
