"""Code lists as a sheet, one spelling a row, and back to YAML."""

from collections.abc import Iterable, Sequence

from tsunagu.catalog.purposes import Code, CodeList
from tsunagu.catalog.words import Title
from tsunagu.catalog.workbooks.feed_sheets import BLANK
from tsunagu.catalog.workbooks.sheets import Field, Line, Sheet
from tsunagu.catalog.workbooks.yaml_lines import Plain, write_flow

CODE_SHEET = "コード表"
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


def read_codes(lines: Sequence[Line]) -> dict[str, tuple[CodeList, Line]]:
    """The lists by id, each with its first row. What is wrong with them the catalogue says."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.get("コード表"), []).append(line)
    return {name: (_build_list(name, rows), rows[0]) for name, rows in found.items()}


def _build_list(name: str, rows: Sequence[Line]) -> CodeList:
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


def write_code_list(code_list: CodeList, *, replaces: bool = False) -> str:
    """The file of one list."""
    lines = [f"id: {write_flow(code_list.id)}"]
    if replaces:
        lines.append("replaces: shipped")
    lines.append(f"title: {write_flow(_describe(code_list.title))}")
    lines.append("codes:")
    for code in code_list.codes:
        entry: dict[str, Plain] = {
            "id": code.id,
            "title": _describe(code.title),
            "written": list(code.written),
        }
        lines.append(f"  - {write_flow(entry)}")
    return "\n".join(lines) + "\n"


def _describe(title: Title) -> dict[str, Plain]:
    return {"ja": title.ja, "en": title.en} if title.en else {"ja": title.ja}
