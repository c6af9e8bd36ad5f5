"""Code lists as a sheet, one spelling a row, and back to YAML."""

from collections.abc import Iterable, Iterator, Sequence

from tsunagu.catalog.purposes import Code, CodeList
from tsunagu.catalog.words import Title
from tsunagu.catalog.workbooks.feed_sheets import BLANK
from tsunagu.catalog.workbooks.sheets import CellFault, Field, Line, Sheet, list_repeated
from tsunagu.catalog.workbooks.yaml_lines import Plain, YamlLines, write_flow

CODE_SHEET = "コード表"
CODE_KEYS = ("コード表", "符号", "書き方")
CODE_FIELDS = (
    Field("コード表", 24),
    Field("コード表の名前", 26),
    Field("コード表の英語名", 26),
    Field("符号", 22),
    Field("符号の名前", 26),
    Field("符号の英語名", 26),
    Field("書き方", 26),
)


def lay_out_codes(code_lists: Iterable[CodeList]) -> Sheet:
    """One row a spelling."""
    rows = tuple(
        (one.id, one.title.ja, one.title.en, code.id, code.title.ja, code.title.en, text or BLANK)
        for one in code_lists
        for code in one.codes
        for text in code.written
    )
    advice = "一行が、一つの書き方です。市の書き方を足すときは、同じ符号の行を写して、書き方だけを変えます。"
    return Sheet(CODE_SHEET, CODE_FIELDS, rows, advice)


def group_codes(lines: Sequence[Line]) -> dict[str, list[Line]]:
    """The rows of each list."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.get("コード表"), []).append(line)
    return found


def find_code_faults(lines: Sequence[Line]) -> list[CellFault]:
    """What is wrong with the rows as rows; what is wrong with the lists the catalogue says."""
    return [
        *list_repeated(lines, CODE_KEYS),
        *_list_disagreeing(lines, CODE_KEYS[:1], ("コード表の名前", "コード表の英語名")),
        *_list_disagreeing(lines, CODE_KEYS[:2], ("符号の名前", "符号の英語名")),
    ]


def _list_disagreeing(
    lines: Sequence[Line], keys: Sequence[str], titles: Sequence[str]
) -> Iterator[CellFault]:
    """Rows of the same thing that call it by different names."""
    first: dict[tuple[str, ...], Line] = {}
    for line in lines:
        before = first.setdefault(tuple(line.get(key) for key in keys), line)
        for title in titles:
            if line.get(title) != before.get(title):
                what = f"「{title}」が {before.number} 行目と違います。"
                todo = "同じものを指す行は、すべて同じ名前にしてください。"
                yield CellFault(line.get_place(title), what, todo)


def build_list(name: str, rows: Sequence[Line]) -> CodeList:
    """The list that the rows describe, whatever is wrong with it."""
    by_code: dict[str, list[Line]] = {}
    for line in rows:
        by_code.setdefault(line.get("符号"), []).append(line)
    codes = tuple(_build_code(code, mine) for code, mine in by_code.items())
    title = _build_title(rows[0], "コード表の名前", "コード表の英語名")
    # Not validated here: the catalogue reads the YAML written from it and says what is wrong, with its line.
    return CodeList.model_construct(id=name, title=title, codes=codes)


def _build_code(code: str, rows: Sequence[Line]) -> Code:
    written = tuple("" if line.get("書き方") == BLANK else line.cells.get("書き方", "") for line in rows)
    title = _build_title(rows[0], "符号の名前", "符号の英語名")
    return Code.model_construct(id=code, title=title, written=written)


def _build_title(line: Line, japanese: str, english: str) -> Title:
    return Title.model_construct(ja=line.get(japanese), en=line.get(english))


def write_code_list(code_list: CodeList, *, replaces: bool = False, rows: Sequence[Line] = ()) -> YamlLines:
    """The file of one list; with `rows`, each line with the cell it came from."""
    text = YamlLines()
    place = rows[0].get_place("コード表") if rows else ""
    text.add(f"id: {write_flow(code_list.id)}", place)
    if replaces:
        text.add("replaces: shipped")
    text.add(f"title: {write_flow(_describe(code_list.title))}", place)
    text.add("codes:")
    for code in code_list.codes:
        entry: dict[str, Plain] = {
            "id": code.id,
            "title": _describe(code.title),
            "written": list(code.written),
        }
        text.add(f"  - {write_flow(entry)}", _find_last_place(code, rows))
    return text


def _find_last_place(code: Code, rows: Sequence[Line]) -> str:
    """The code's last row: what an officer adds stands at the end."""
    return next((line.get_place("書き方") for line in reversed(rows) if line.get("符号") == code.id), "")


def _describe(title: Title) -> dict[str, Plain]:
    return {"ja": title.ja, "en": title.en} if title.en else {"ja": title.ja}
