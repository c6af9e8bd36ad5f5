"""`staff appoint`, `export`, `import`: the first administrator, and the list of staff without a browser.

The desk's libraries are loaded by these commands alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tsunagu.catalog.catalog import Catalog
from tsunagu.cli.app import DEFAULT_HOME, HomeOption, app, check_not_there, open_installation
from tsunagu.cli.showing import say, show_table
from tsunagu.vocabulary.dates import JST
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

if TYPE_CHECKING:
    from tsunagu.access.staff_list import Checked
    from tsunagu.access.staff_sheets import Words
    from tsunagu.database.connecting import Server

staff_app = typer.Typer(
    help="最初の管理者を任せる。職員の一覧を Excel で書き出し、入れる。 / Administrators and the list of staff.",
    no_args_is_help=True,
)
app.add_typer(staff_app, name="staff")

ByOption = Annotated[str, typer.Option(help="この権限の管理者として行う(職員番号。記録に残る)")]


class StaffListFaultsError(TsunaguError):
    """The list cannot be taken over."""

    exit_code = ExitCode.USAGE


class UnknownAdministratorError(TsunaguError):
    """Nobody on the list of staff has that number."""

    exit_code = ExitCode.NOT_FOUND


@contextmanager
def _open_desk(home: Path, today: date) -> Iterator[tuple["Server", Catalog]]:
    from tsunagu.database.server import open_server
    from tsunagu.web.launching import prepare_desk

    installation, catalog = open_installation(home, on=today)
    with open_server(installation.path) as server:
        prepare_desk(installation.path, server, catalog, today=today)
        yield server, catalog


@staff_app.command("appoint")
def appoint(
    number: Annotated[str, typer.Argument(help="職員番号")],
    name: Annotated[str, typer.Argument(help="氏名")],
    department: Annotated[str, typer.Option(help="所属")] = "情報政策課",
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """権限の管理者を任せ、はじめてのパスワードを一度だけ示す。 / Appoint an administrator of rights, on the server."""
    now = datetime.now(UTC)
    today = now.astimezone(JST).date()
    with _open_desk(home, today) as (server, _):
        from tsunagu.web.appointing import Appointee, appoint_administrator

        given = appoint_administrator(
            server, Appointee(number.strip(), name.strip(), department.strip()), valid_from=today, now=now
        )
    until = given.until.astimezone(JST)
    say(f"職員番号 {number.strip()} を、きょうから権限の管理者にしました。監査の記録に残しました。")
    say(f"はじめてのパスワード: {given.password}({until:%Y-%m-%d %H:%M} まで。示すのは一度だけです)")
    say(
        "次にすること: 本人に手で渡し、この画面を消してください。本人が自分のパスワードと確認コードを用意します。"
    )


@staff_app.command("export")
def export_list(
    out: Annotated[Path, typer.Argument(help="書き出す Excel(.xlsx)", dir_okay=False)],
    by: ByOption,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """いまの職員と権限の一覧を Excel に書き出す。 / Write the list of staff to Excel."""
    check_not_there(out)
    today = datetime.now(JST).date()
    with _open_desk(home, today) as (_, catalog):
        from tsunagu.access.session import ADMINISTRATION, acting_as
        from tsunagu.access.staff_list import export_staff_list

        with acting_as(_find_administrator(by), ADMINISTRATION, today) as acting:
            _record_operator(by)
            content = export_staff_list(acting, _list_words(catalog))
    out.write_bytes(content)
    say(f"いまの一覧を {out} に書き出しました。")


@staff_app.command("import")
def import_list(
    file: Annotated[Path, typer.Argument(help="直した Excel", exists=True, dir_okay=False)],
    by: ByOption,
    on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="この日の午前0時に切り替わる")],
    home: HomeOption = DEFAULT_HOME,
    write: Annotated[bool, typer.Option("--write", help="確かめたとおりに取り込む")] = False,
) -> None:
    """直した一覧で何が変わるかを示し、--write なら取り込む。 / Show what a list would change; take it over with --write."""
    today = datetime.now(JST).date()
    with _open_desk(home, today) as (_, catalog):
        from tsunagu.access.session import ADMINISTRATION, acting_as
        from tsunagu.access.staff_list import check_staff_list, take_over_staff_list

        with acting_as(_find_administrator(by), ADMINISTRATION, today) as acting:
            _record_operator(by)
            checked = check_staff_list(acting, file.read_bytes(), _list_words(catalog), on=on.date())
            _show_checked(checked)
            if write:
                take_over_staff_list(acting, checked)
    say(
        "取り込みました。"
        if write
        else "まだ何も取り込んでいません。よければ --write を付けて、もう一度実行してください。"
    )


def _find_administrator(number: str):  # type: ignore[no-untyped-def] # the desk's model, loaded by then
    from tsunagu.access.models import Staff

    staff = Staff.objects.filter(staff_number=number).first()
    if staff is None:
        raise UnknownAdministratorError(
            "その職員番号の人はいません。",
            why="誰として行ったかを記録に残します。",
            todo="権限の管理者の職員番号を --by に書いてください。",
        )
    return staff


def _record_operator(number: str) -> None:
    """That not they themselves, but somebody at the server's terminal asked."""
    from tsunagu.access.auditing import record
    from tsunagu.audit.rows import Outcome
    from tsunagu.trail.recording import Act

    record(Act("operator.act_for", Outcome.CHANGED, "staff", str(_find_administrator(number).pk)))


def _list_words(catalog: Catalog) -> "Words":
    from tsunagu.web.views.staff_list import list_words

    return list_words(catalog)


def _show_checked(checked: "Checked") -> None:
    if checked.faults:
        raise StaffListFaultsError(
            "一覧に直すところがあります。\n" + "\n".join(str(fault) for fault in checked.faults),
            why="一つでも直すところがあれば、何も取り込みません。",
            todo="上の升を直して保存し、もう一度実行してください。",
        )
    plan = checked.plan
    say(
        f"{plan.on} の午前0時に変わること: 新しい職員 {len(plan.joined)} 人、いなくなる職員 {len(plan.left)} 人。"
    )
    if checked.ownerless:
        say(f"担当のこども {checked.ownerless} 人が「未割当」になります。")
    rows = [
        (change.number, str(change.deed), change.held.what or str(change.held.kind), change.held.scope_id)
        for change in plan.changes
    ]
    if rows:
        show_table(
            "権限(begin 始まる、end 終わる、change 終わりの日が変わる、withdraw 取りやめる)",
            ("職員番号", "何が", "内容", "範囲"),
            rows,
        )
