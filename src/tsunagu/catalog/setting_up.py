"""Sets up a municipality's home: who it is, no purpose active, and an empty overlay to write into."""

import json
from pathlib import Path

from tsunagu.japanese.municipality_codes import is_municipality_code
from tsunagu.vocabulary.errors import ExitCode, TsunaguError
from tsunagu.vocabulary.municipality import is_fictional

_MUNICIPALITY = """\
# {name}のつなぐ: この市が決めること。
code: "{code}"
name: {quoted_name}

# 使う目的。書くまでは、何も取り込まれず、何も判定されません。
# はじめは貧困・困窮の早期把握（poverty_support）だけをお勧めします。一つの目的で始め、確かめてから増やしてください。
# active_purposes: [poverty_support]
active_purposes: []
"""

_README = """\
# この市の定義

標準の定義（例）に重ねて読まれます。同じ形のフォルダーを作って書きます。

| すること | 書く場所 |
|---|---|
| 足す | `items/`、`codes/`、`feeds/<部署>/<名前>/`、`indicators/`、`packs/`、`purposes.yaml` |
| 置き換える | 標準と同じ `id` に `replaces: shipped` を書き足す（断りのない置き換えは誤りになります） |
| 狭める | `narrowings.yaml`（使いみちや渡す相手を減らす） |
| 採用する | `adoptions.yaml`（誰が・いつ・見直し日。実在の市では、採用したものだけが動きます） |

学校・園・地区は、ファイルの中の符号で届きます。画面に名前で出すには、このフォルダーの一つ上に `places.yaml` を
置きます（書かない符号は、符号のまま出ます。判定には使いません）。

```yaml
schools: {"13101": 〇〇小学校}
facilities: {"0021": 〇〇保育園}
districts: {"001001": 〇〇一丁目}
```

`narrowings.yaml` の例:

```yaml
- item: school_aid
  purpose: school_screening
  remove_use: true
  because: 個人情報保護審査会の意見による
```

`adoptions.yaml` の例（`fingerprint` は、書かずに点検すると書くべき値が示されます）:

```yaml
- kind: use
  id: school_aid:poverty_support
  adopted_by: こども家庭課長
  adopted_on: 2026-04-01
  review_on: 2027-03-31
  fingerprint: 0123456789ab
```
"""


class SettingUpError(TsunaguError):
    """A home cannot be set up here, or not under this code."""

    exit_code = ExitCode.USAGE


def initialise_municipality(home: Path, code: str, name: str) -> None:
    """Write `municipality.yaml` with no purpose active, and the overlay's skeleton.

    Raises:
        SettingUpError: there is a municipality already, its code's check digit is wrong, or the name is empty.
    """
    target = home / "municipality.yaml"
    if target.exists():
        raise SettingUpError(
            f"{home} には既に市の設定（municipality.yaml）があります。",
            why="上書きすると、選んだ目的や採用の記録が失われます。",
            todo="別のフォルダーを指定するか、今の設定をそのまま使ってください。",
        )
    if not is_fictional(code) and not is_municipality_code(code):
        raise SettingUpError(
            "全国地方公共団体コードの検査数字が合いません。",
            why="コードの誤りは、ほかの市のデータとの取り違えにつながります。",
            todo="半角6桁のコードを確かめてください（試すときは架空の 999999 を使えます）。",
        )
    if not name.strip() or not name.isprintable():
        raise SettingUpError(
            "市の名前が空か、表示できない文字を含みます。", todo="市の名前を書いてください。"
        )
    overlay = home / "definitions"
    overlay.mkdir(mode=0o700, parents=True, exist_ok=True)
    (overlay / "README.md").write_text(_README, encoding="utf-8")
    # Last, so that a set-up that was cut off can simply be repeated.
    text = _MUNICIPALITY.format(code=code, name=name, quoted_name=json.dumps(name, ensure_ascii=False))
    target.write_text(text, encoding="utf-8")
