"""`catalog export`, `catalog import`: registers, code lists and mappings by way of Excel."""

from pathlib import Path
from typing import Annotated

import typer

from tsunagu.catalog.workbooks.changes import Change
from tsunagu.catalog.workbooks.registers import export_feed, export_registers, plan_import, take_over
from tsunagu.cli.app import DEFAULT_HOME, HomeOption, app, check_not_there, open_installation
from tsunagu.cli.showing import say
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

catalog_app = typer.Typer(
    help="定義を Excel に書き出し、直したものを読み込む。 / Definitions by way of Excel.",
    no_args_is_help=True,
)
app.add_typer(catalog_app, name="catalog")


class ReplacementNotAllowedError(TsunaguError):
    """Shipped definitions would read differently, and nobody said that they may."""

    exit_code = ExitCode.NOT_ALLOWED


@catalog_app.command("export")
def export_definitions(
    out: Annotated[Path, typer.Argument(help="書き出す Excel(.xlsx)", dir_okay=False)],
    home: HomeOption = DEFAULT_HOME,
    feed: Annotated[
        str | None, typer.Option(help="この様式の読み方だけを書き出す(例: education/school_register)")
    ] = None,
) -> None:
    """項目の台帳とコード表(または一つの様式の読み方)を Excel に書き出す。 / Write registers to Excel."""
    check_not_there(out)
    _, catalog = open_installation(home)
    if feed is None:
        export_registers(catalog, out)
        say(f"項目 {len(catalog.items)} 件とコード表 {len(catalog.code_lists)} 件を {out} に書き出しました。")
    else:
        export_feed(catalog, feed, out)
        say(f"様式 {feed} の読み方を {out} に書き出しました。")
    say(f"直したら tsunagu catalog import {out} で、何が変わるかを確かめてください。")


@catalog_app.command("import")
def import_definitions(
    file: Annotated[Path, typer.Argument(help="直した Excel", exists=True, dir_okay=False)],
    home: HomeOption = DEFAULT_HOME,
    write: Annotated[bool, typer.Option("--write", help="確かめた内容を、市の定義に書き込む")] = False,
    replace_shipped: Annotated[
        bool, typer.Option("--replace-shipped", help="標準の定義を、この市の内容で置き換えてよい")
    ] = False,
) -> None:
    """直した Excel で何が変わるかを言葉で示し、--write なら書き込む。 / Show what would change; write with --write."""
    installation, catalog = open_installation(home)
    change = plan_import(installation.path, catalog, file)
    show_change(change)
    if not change.files:
        return
    if change.replaced and write and not replace_shipped:
        raise ReplacementNotAllowedError(
            f"標準の定義が、この市だけの内容に置き換わります: {'、'.join(change.replaced)}。",
            why="置き換えると、標準の見直しがこの市に届かなくなります。",
            todo="足すか狭めるだけで済まないかを確かめ、置き換えるなら --replace-shipped を付けてください。",
        )
    if write:
        take_over(installation.path, change)
        say(f"{len(change.files)} 個のファイルを {installation.definitions} に書き込みました。")
    else:
        say("まだ何も書き込んでいません。よければ --write を付けて、もう一度実行してください。")


def show_change(change: Change) -> None:
    """Every change in words, then what of the shipped definitions would be replaced, and what is not mentioned."""
    for name in change.left:
        say(f"Excel に無いので、そのままにします: {name}")
    if not change.files:
        say("変わるところはありません。")
        return
    say(f"変わるところが {len(change.differences)} か所あります。定義としての点検は通りました。")
    for difference in change.differences:
        say(f"  {difference}")
    for name in change.replaced:
        say(f"標準を置き換えます: {name}")
    for name in change.files:
        say(f"書き込む先: definitions/{name}")
