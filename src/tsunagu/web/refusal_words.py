"""What an officer can do about a refused file, at the desk: the same refusals speak of options on the command line."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TODOS: Mapping[str, Promise] = {
    "unknown_layout": _(
        "見出しの行とシート名を確かめてください。新しい様式なら、下の「読み方を下書きする」から始められます。"
    ),
    "ambiguous_layout": _("どの様式のファイルかを選んで、そのファイルだけを取り込んでください。"),
    "unusual_volume": _(
        "送り元に確かめてください。正しいなら、理由を添えて、そのファイルだけを取り込めます。"
    ),
    "undated": _("受け取った日を入れて、もう一度取り込んでください。"),
    "reference_after_received": _("ファイル名の日付か、受け取った日を正しくしてください。"),
    "too_many_bad_rows": _("送り元に、様式と出力のしかたが変わっていないか確かめてください。"),
}
_ELSEWHERE = _("もう一度試し、続くようなら、この画面の言葉を添えて管理者に知らせてください。")
_SIGNS = ("--", "tsunagu ")


def advise(code: str, todo: str) -> str | Promise:
    """What to do; where the words speak of the command line, what to do here."""
    if code in TODOS:
        return TODOS[code]
    return _ELSEWHERE if any(sign in todo for sign in _SIGNS) else todo
