"""`serve`: the desk of one home, opened on this machine.

The desk's libraries are loaded by this command alone, so that no other command waits for them.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from tsunagu.cli.app import DEFAULT_HOME, HomeOption, app, open_installation
from tsunagu.cli.showing import say, show_table
from tsunagu.vocabulary.dates import JST
from tsunagu.vocabulary.municipality import is_fictional

if TYPE_CHECKING:
    from tsunagu.database.connecting import Server

DEFAULT_PORT = 8600


@app.command("serve")
def serve(
    home: HomeOption = DEFAULT_HOME,
    port: Annotated[int, typer.Option(min=1, max=65535, help="番号 / port")] = DEFAULT_PORT,
) -> None:
    """職員の画面を、この機械だけで開く。 / Open the officers' desk on this machine alone."""
    from tsunagu.database.server import open_server
    from tsunagu.web.launching import prepare_desk, serve_desk

    today = datetime.now(JST).date()
    installation, catalog = open_installation(home, on=today)
    municipality = catalog.municipality
    assert municipality is not None
    with open_server(installation.path) as server:
        prepare_desk(installation.path, server, catalog, today=today)
        if is_fictional(municipality.code):
            _show_demo_staff(server, municipality.code, sorted(municipality.active_purposes), today)
        say(f"職員の画面: http://localhost:{port}/ (この機械からだけ開けます。終わるには Ctrl-C)")
        serve_desk(port)


def _show_demo_staff(server: "Server", municipality: str, purposes: list[str], today: date) -> None:
    from tsunagu.web.demo_staff import prepare_demo_staff

    staff = prepare_demo_staff(server, municipality, purposes, today=today)
    say("架空の市の、実演用の職員です。パスワードと回復コードは、始めるたびに変わります。")
    show_table(
        "サインインのしかた: 番号とパスワードを入れ、確認コードの欄に回復コードを一つ入れます(一つは一度だけ)",
        ("職員番号", "役割", "パスワード", "回復コード"),
        [(one.staff_number, one.title, one.password, " ".join(one.codes)) for one in staff],
    )
