"""Row problems are data: what can be wrong with a row, in words an officer can send back. Never a value."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProblemText:
    """One kind of problem: what is wrong, and what to do about it; `english` for readers of the report."""

    what: str
    todo: str
    english: str

    @property
    def message(self) -> str:
        """As stored: both sentences, one a line."""
        return f"{self.what}\n{self.todo}"


PROBLEM_TEXTS: Mapping[str, ProblemText] = {
    "missing": ProblemText(
        "必要な値が空欄です。", "値を入れて、もう一度渡してください。", "a value that is needed is blank"
    ),
    "bad_date": ProblemText(
        "日付として読めません。",
        "2024/04/01 か 令和6年4月1日 のように、実在する日を書いてください。",
        "not a date",
    ),
    "bad_month": ProblemText(
        "年月として読めません。", "202404 か 令和6年4月 のように書いてください。", "not a month"
    ),
    "bad_integer": ProblemText(
        "整数として読めません。", "単位や文字を除き、数字だけを書いてください。", "not a whole number"
    ),
    "bad_number": ProblemText(
        "数として読めません。", "単位や文字を除き、数字と小数点だけを書いてください。", "not a number"
    ),
    "bad_yen": ProblemText(
        "金額として読めません。",
        "円単位の数字だけを書いてください（カンマはあってもかまいません）。",
        "not an amount of money",
    ),
    "unknown_code": ProblemText(
        "決まった書き方のどれでもない値です。",
        "正しい区分を書くか、新しい区分ならこちらに知らせてください。",
        "none of the agreed spellings",
    ),
    "bad_format": ProblemText(
        "番号などの形が決まりと違います。", "桁数や記号を確かめてください。", "a number of the wrong form"
    ),
    "out_of_range": ProblemText(
        "あり得ない大きさの値です。",
        "桁や単位の誤りがないか確かめてください。",
        "too large or too small to be true",
    ),
    "duplicate": ProblemText(
        "同じ記録を指す行が、このファイルに二つ以上あります。先の行だけを取り込みました。",
        "どちらが正しいかを確かめ、一行だけにしてください。",
        "a second row for the same record",
    ),
    "my_number": ProblemText(
        "個人番号（マイナンバー）かもしれない12桁の数です。この値は取り込みませんでした。",
        "個人番号なら必ず消してください。別の番号なら、こちらに知らせてください。",
        "may be a My Number; not kept",
    ),
    "quoted_twice": ProblemText(
        "どの行も、行全体が一つの引用符で囲まれています（中の引用符は二重）。囲みを外して読みました。",
        "出力の設定を直し、値ごとに囲むようにしてください。",
        "every row as a whole stands in quotes; read without them",
    ),
    "superseded": ProblemText(
        "この記録は、より新しい日のファイルで既に改められています。この行は反映しませんでした。",
        "届いた順の誤りでなければ、何もしなくてかまいません。",
        "overtaken by a newer file",
    ),
}
"""By code. A feed's own checks across columns bring their own code and message."""

NO_PROBLEM_NOTES = ("assumed", "unknown")
"""Notes of a parsed value that are not problems: a day we had to assume, and a date stated as unknown."""
