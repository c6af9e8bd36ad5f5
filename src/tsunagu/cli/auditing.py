"""`audit begin`, `checkpoint`, `export`, `prove`, `verify`: the audit trail, for its checkpointer and auditors.

The database's library is loaded by the commands that need it, so that no other command waits for it.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tsunagu.audit import verify
from tsunagu.catalog.overlay import read_municipality
from tsunagu.catalog.problems import DefinitionProblem, DefinitionsError
from tsunagu.cli.app import DEFAULT_HOME, HomeOption, app
from tsunagu.cli.showing import say
from tsunagu.store.home import open_home
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

if TYPE_CHECKING:
    from tsunagu.database.sessions import Session

audit_app = typer.Typer(
    help="監査の記録の控えを取り、書き出し、確かめる。 / The audit trail's checkpoints.",
    no_args_is_help=True,
)
app.add_typer(audit_app, name="audit")

FolderOption = Annotated[
    Path | None,
    typer.Option(
        "--folder",
        envvar="TSUNAGU_AUDIT_FOLDER",
        help="署名の鍵を置くフォルダ(省略すると home の var/audit) / the checkpointer's folder",
        file_okay=False,
    ),
]


class CheckpointNotReadError(TsunaguError):
    """What was given as a checkpoint is none of this installation."""

    exit_code = ExitCode.USAGE


def _choose_folder(home: Path, folder: Path | None) -> Path:
    return folder or open_home(home).var / "audit"


@contextmanager
def _open_trail(home: Path) -> Iterator["Session"]:
    """One transaction as the checkpointer."""
    from tsunagu.database.logins import Login
    from tsunagu.database.server import open_server
    from tsunagu.database.sessions import open_session

    with open_server(home) as server, open_session(server, Login.CHECKPOINTER) as session:
        yield session


@audit_app.command("begin")
def begin(home: HomeOption = DEFAULT_HOME, folder: FolderOption = None) -> None:
    """導入のときに一度: 署名の鍵を作り、公開鍵を示す。 / Once, at set-up: make the key and show its public half."""
    from tsunagu.trail.keeping import begin_log

    target = _choose_folder(home, folder)
    problems: list[DefinitionProblem] = []
    municipality, _ = read_municipality(home, problems)
    if municipality is None:
        raise DefinitionsError(problems)
    keeping = begin_log(target, municipality.code)
    say("監査の記録の鍵を作りました。次の公開鍵を紙に控え、監査の担当者に渡してください。")
    say(f"  {keeping.key.public_text}")


@audit_app.command("checkpoint")
def checkpoint(
    out: Annotated[Path, typer.Argument(help="控えを書き出すフォルダ(外へ持ち出すもの)", file_okay=False)],
    home: HomeOption = DEFAULT_HOME,
    folder: FolderOption = None,
) -> None:
    """控えを取り、署名して、ファイルと印刷用の頁に書き出す。毎日。 / Sign how the trail stands; daily."""
    from tsunagu.trail.checkpointing import take_checkpoint
    from tsunagu.trail.keeping import open_keeping, write_out

    keeping = open_keeping(_choose_folder(home, folder))
    now = datetime.now(UTC).replace(microsecond=0)
    taken = take_checkpoint(lambda: _open_trail(home), keeping.key, keeping.state_file, at=now)
    say(f"控えを取りました: {taken.checkpoint.size} 件(前の控えから {taken.added_rows} 件)。")
    for path in write_out(out, taken, keeping.key):
        say(f"  {path}")
    say("次にすること: このファイルと印刷した頁を、管理者の手の届かない場所へ移してください。")


@audit_app.command("export")
def export(
    out: Annotated[Path, typer.Argument(help="書き出すフォルダ", file_okay=False)],
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """記録の全体を、検証器と一緒に書き出す。 / Write the whole log, with its verifier beside it."""
    out.mkdir(parents=True, exist_ok=True)
    count = write_log(home, out / "log.jsonl")
    shutil.copyfile(verify.__file__, out / "verify.py")
    say(f"{count} 件を {out / 'log.jsonl'} に書き出しました(氏名は入っていません)。")
    say("確かめ方: python3 verify.py log.jsonl 控え.note --key 公開鍵")


@audit_app.command("prove")
def prove(
    out: Annotated[Path, typer.Argument(help="書き出すファイル(.json)", dir_okay=False)],
    notes: Annotated[list[Path], typer.Argument(help="古い控えと新しい控え。--row のときは控え一つ")],
    row: Annotated[str | None, typer.Option(help="この番号(row_id)の行があることの証明を作る")] = None,
    home: HomeOption = DEFAULT_HOME,
    folder: FolderOption = None,
) -> None:
    """控えが前の控えの続きであること、または一行があることの証明を作る。ほかの行は見せない。 / Proofs to hand out."""
    from tsunagu.trail.proving import prove_continuation, prove_row

    sizes = _read_sizes(notes, _choose_folder(home, folder), count=1 if row else 2)
    with _open_trail(home) as session:
        proof = prove_row(session, row, sizes[0]) if row else prove_continuation(session, *sizes)
    out.write_text(json.dumps(proof, ensure_ascii=False) + "\n", encoding="utf-8")
    kind = "inclusion" if row else "consistency"
    say(f"証明を {out} に書き出しました。")
    say(
        f"確かめ方: python3 verify.py --{kind} {out.name} 控え.note{'' if row else ' 新しい控え.note'} --key 公開鍵"
    )


def _read_sizes(notes: list[Path], folder: Path, *, count: int) -> list[int]:
    """The sizes of checkpoints that this installation signed."""
    if len(notes) != count:
        raise CheckpointNotReadError("控えの数が違います。", todo=f"控えを {count} 個指定してください。")
    try:
        key = verify.read_key((folder / "public.txt").read_text(encoding="ascii"))
        return [verify.read_checkpoint(path.read_bytes(), key, path.name).size for path in notes]
    except (verify.UnreadableError, verify.MismatchError, OSError) as error:
        raise CheckpointNotReadError(
            "控えを読めません。", why=str(error), todo="この市で取った控えを指定してください。"
        ) from None


@audit_app.command("verify")
def verify_log(
    notes: Annotated[list[Path] | None, typer.Argument(help="外に置いてあった控え(.note)")] = None,
    paper: Annotated[list[str] | None, typer.Option(help="紙の控え「件数 符号」")] = None,
    key: Annotated[str | None, typer.Option(help="公開鍵(紙に控えたもの。省略するとこの機械のもの)")] = None,
    log: Annotated[
        Path | None, typer.Option(help="書き出した記録(省略するとデータベースから)", exists=True)
    ] = None,
    home: HomeOption = DEFAULT_HOME,
    folder: FolderOption = None,
) -> None:
    """いまの記録が、外に置いてあった控えの続きかを確かめる。 / Verify the log against checkpoints held outside."""
    held = [str(path) for path in notes or []]
    for code in paper or []:
        held += ["--paper", code]
    if notes:
        held += ["--key", key or str(_choose_folder(home, folder) / "public.txt")]
    with tempfile.TemporaryDirectory(prefix="tsunagu-audit-") as temporary:
        export_file = log or Path(temporary) / "log.jsonl"
        if log is None:
            write_log(home, export_file)
        answer = verify.main([str(export_file), *held])
    if answer != verify.AGREES:
        raise typer.Exit(ExitCode.AUDIT if answer == verify.DIFFERS else ExitCode.USAGE)


def write_log(home: Path, target: Path) -> int:
    """The log, one row a line; returns how many."""
    from tsunagu.trail.log import stream_log

    count = 0
    with _open_trail(home) as session, target.open("wb") as file:
        for row in stream_log(session):
            file.write(row + b"\n")
            count += 1
    return count
