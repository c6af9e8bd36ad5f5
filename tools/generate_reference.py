"""Writes `docs/reference/` from the program and the shipped definitions; `--check` only says what is stale.

    python tools/generate_reference.py [--check]

Nothing here is written by hand: what the pages say is what the code and the definitions say.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from reference import codes, commands, definitions, feed_book, markdown, settings, tables

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "reference"


@dataclass(frozen=True)
class Page:
    """One generated page."""

    name: str
    title: str
    summary: str
    write: Callable[[], str]


# In the order of the index.
PAGES = (
    Page("commands.md", "コマンド", "`tsunagu` の使い方と、すべての引数。", commands.write_commands),
    Page(
        "exit-codes.md",
        "終了コード",
        "`tsunagu` が返す終了コードと、そのもとになる誤り。",
        codes.write_exit_codes,
    ),
    Page(
        "problem-codes.md",
        "問題の符号",
        "定義の点検と取り込みで出る問題の符号。値は決して示しません。",
        codes.write_problem_codes,
    ),
    Page(
        "settings.md",
        "市町村の設定",
        "市町村の設定フォルダー（`TSUNAGU_HOME`）に置くファイルと、書ける見出し。",
        settings.write_settings,
    ),
    Page(
        "definition-files.md",
        "定義ファイルの書き方",
        "`definitions/` の各ファイルに書ける見出し。",
        settings.write_definition_files,
    ),
    Page(
        "purposes.md",
        "利用目的",
        "何のために使うか。設定で選ぶまで、どれも動きません。",
        definitions.write_purposes,
    ),
    Page(
        "items.md",
        "項目と台帳",
        "こどもについて知っていること一つずつの表と、それを何に使ってよいかの台帳。",
        definitions.write_items,
    ),
    Page("codes.md", "符号表", "符号と、各課のファイルでの書き方。", definitions.write_codes),
    Page(
        "feeds.md",
        "フィード",
        "各課から届くファイルの台帳: いつ、何が届き、どの列が何になり、何の目的に使えるか。",
        feed_book.write_feeds,
    ),
    Page(
        "indicators.md",
        "指標",
        "宣言された指標: 何を、どの期間で数え、何もないときに何と言うか。",
        definitions.write_indicators,
    ),
    Page(
        "packs.md",
        "規則集",
        "規則集: 一つの目的に対して、どの指標がどうなったら人の前に出すか。",
        definitions.write_packs,
    ),
    Page(
        "silence.md",
        "姿の確認の見張り",
        "誰もこどもの姿を見ていない日が何日続いたら、知らせるか。",
        definitions.write_silence,
    ),
    Page(
        "roles.md",
        "役割と権限",
        "どの役割が、どのこどもの、何を見てよいか。",
        definitions.write_roles,
    ),
    Page("tables.md", "表", "各段が残す表: 一行が何か、列、型、単位、空の意味。", tables.write_tables),
)


def write_index() -> str:
    """The contents page of the reference."""
    rows = [[f"[{page.title}]({page.name})", page.summary] for page in PAGES]
    intro = "ここにある頁は、プログラムと定義から自動で作られます。ずれると試験が止まります（直すには `make fix`）。"
    return f"# 参照\n\n{intro}\n\n{markdown.write_table(['頁', '中身'], rows)}"


def write_page(page: Page) -> str:
    """One page's text."""
    return f"# {page.title}\n\n{page.summary}\n\n{page.write()}"


def write_pages() -> dict[str, str]:
    """Every page's text by its file name."""
    return {"index.md": write_index(), **{page.name: write_page(page) for page in PAGES}}


def list_stale_pages(folder: Path, pages: Mapping[str, str]) -> list[str]:
    """Names of pages in `folder` that differ, are missing, or are written by nothing any more."""
    there = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    return sorted(name for name in there.keys() | pages.keys() if there.get(name) != pages.get(name))


def main() -> int:
    """Write the pages, or with `--check` compare them; 1 when a page is stale."""
    pages = write_pages()
    stale = list_stale_pages(FOLDER, pages)
    if "--check" in sys.argv[1:]:
        for name in stale:
            print(f"docs/reference/{name} がプログラムや定義とずれています。/ is stale. → make fix")
        return 1 if stale else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in stale:
        path = FOLDER / name
        if name in pages:
            path.write_text(pages[name], encoding="utf-8")
        else:
            path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
