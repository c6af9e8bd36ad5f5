"""`init` and `check`: make a municipality's home, and look over its definitions."""

from pathlib import Path
from typing import Annotated

import typer

from tsunagu.catalog.adopting import draft_adoptions
from tsunagu.catalog.setting_up import initialise_municipality
from tsunagu.cli.app import DEFAULT_HOME, HomeOption, app, get_today, open_installation, read_day
from tsunagu.cli.showing import say, show_table
from tsunagu.store.home import open_home
from tsunagu.store.keys import create_keys
from tsunagu.web.installation import find_provider


@app.command()
def init(
    code: Annotated[str, typer.Option(help="市区町村コード6桁(試すときは 999999) / municipality code")],
    name: Annotated[str, typer.Option(help="市の名前 / name")],
    home: HomeOption = DEFAULT_HOME,
    recovery_key: Annotated[
        Path | None,
        typer.Option(
            help="非常用の鍵を書き出すファイル(USBメモリーなど) / where to write the offline recovery key"
        ),
    ] = None,
) -> None:
    """市のフォルダを新しく作る。目的は一つも有効になりません。 / Make a municipality's home; no purpose is active."""
    initialise_municipality(home, code, name)
    secret = create_keys(open_home(home))
    say(f"{name}のフォルダを {home} に作りました。")
    if secret is not None:
        _hand_over_recovery_key(secret, recovery_key)
    say(
        "次にすること: municipality.yaml を開き、使う目的(まずは貧困の早期把握 poverty_support だけをお勧めします)を選び、"
    )
    say("              tsunagu check で確かめてください。")


def _hand_over_recovery_key(secret: str, target: Path | None) -> None:
    if target is not None:
        target.write_text(secret + "\n", encoding="ascii")
        target.chmod(0o400)
        say(f"非常用の鍵を {target} に書きました。この機械から外し、金庫などに保管してください。")
        return
    say(
        "非常用の鍵(この機械が壊れたとき、受け取ったファイルを開く唯一の手段です。紙に控え、金庫に保管してください):"
    )
    say(f"  {secret}")


@app.command()
def check(home: HomeOption = DEFAULT_HOME) -> None:
    """定義(目的・項目・ファイル・指標・判定)に誤りがないか確かめる。 / Check all definitions."""
    _, catalog = open_installation(home)
    provider, _secret = find_provider(home)
    show_table(
        "定義はすべて読めました",
        ("種類", "件数"),
        [
            ("目的", len(catalog.purposes)),
            ("項目", len(catalog.items)),
            ("ファイルの種類", len(catalog.feeds)),
            ("指標", len(catalog.indicators)),
            ("判定のきまり", len(catalog.packs)),
        ],
    )
    if catalog.active_purposes:
        titles = "、".join(catalog.get_purpose(purpose).title.ja for purpose in catalog.active_purposes)
        say(f"有効な目的: {titles}")
    else:
        say(
            "有効な目的はまだありません。municipality.yaml の active_purposes に書くまで、取り込みも判定も動きません。"
        )
    if provider is not None:
        say(f"庁内の認証: {provider.label}({provider.issuer})でもサインインできます。")
    for change in catalog.changes:
        say(f"この市での変更: {change}")


@app.command()
def adopt(
    purpose: Annotated[str, typer.Argument(help="目的の id(例: poverty_support)")],
    by: Annotated[str, typer.Option(help="採用を決めた人・会議 / who decided")],
    review_on: Annotated[str, typer.Option(help="見直す日 2027-03-31 / when it is looked at again")],
    out: Annotated[Path, typer.Option(help="下書きを書き出すファイル", dir_okay=False)],
    home: HomeOption = DEFAULT_HOME,
    adopted_on: Annotated[str | None, typer.Option(help="採用した日(省略すると今日)")] = None,
) -> None:
    """目的に要る定義を市のものとして採用する下書きを作る。 / Draft the adoptions that a purpose needs."""
    _, catalog = open_installation(home)
    day = read_day(adopted_on, "--adopted-on") if adopted_on else get_today()
    text = draft_adoptions(
        catalog, purpose, adopted_by=by, adopted_on=day, review_on=read_day(review_on, "--review-on")
    )
    out.write_text(text, encoding="utf-8")
    say(
        f"採用の下書きを {out} に書きました。一行ずつ確かめ、{home}/definitions/adoptions.yaml に置いてください。"
    )
