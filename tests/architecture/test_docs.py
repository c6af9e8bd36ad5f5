"""What is written about the product is true of it: words, paths, links, generated pages."""

import importlib
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import typer
import yaml

from tsunagu.catalog.feeds import Feed
from tsunagu.catalog.items import Item
from tsunagu.catalog.loading import find_shipped_definitions, load_definitions
from tsunagu.cli import app

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)|<img src=\"([^\"]+)\"")
GLOSSARY_ROW = re.compile(r"^\| `(?P<word>\w+)` \| (?P<japanese>[^|]+) \| (?P<meaning>[^|]+) \|$")
FORBIDDEN_WORDS = re.compile(
    r"\b(at_)?risk_(child|children|score)\w*|\bchild_risk\w*|\banonymi[sz]e\w*|\banonymous\b|データ連携"
)
NAMED_PATH = re.compile(r"`((?:src|tests|tools|docs|definitions|municipalities|benchmarks|\.ci)/[\w./-]+)`")


def list_words(glossary: str) -> list[dict[str, str]]:
    before, _, _ = glossary.partition("## Words we do not use")
    return [match.groupdict() for line in before.splitlines() if (match := GLOSSARY_ROW.match(line))]


def read_product(root: Path) -> str:
    """Every text the product is made of, as one string."""
    kinds = {".py", ".sql", ".yaml", ".html"}
    folders = [root / "src" / "tsunagu", root / "definitions"]
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.suffix in kinds]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def list_strangers(words: list[dict[str, str]], product: str) -> list[str]:
    """Glossary words that are neither in the product (alone or as part of a name) nor marked as coming later."""
    text = product.lower()
    return [
        row["word"]
        for row in words
        if not row["meaning"].startswith("*later*")
        and not re.search(rf"(?<![a-z]){row['word']}s?(?![a-z])", text)
    ]


def list_broken_links(document: Path) -> list[str]:
    found = LINK.findall(document.read_text(encoding="utf-8"))
    targets = [linked or shown for linked, shown in found]
    local = [target for target in targets if not re.match(r"[a-z]+:", target)]
    return [target for target in local if not (document.parent / target).exists()]


def list_documents(root: Path) -> list[Path]:
    found = [*root.glob("*.md"), *(root / "docs").rglob("*.md"), *(root / "src").rglob("*.md")]
    return sorted([*found, *(root / "definitions").rglob("*.md"), *(root / "benchmarks").rglob("*.md")])


def test_every_word_of_the_glossary_is_in_use(root: Path) -> None:
    words = list_words((root / "GLOSSARY.md").read_text(encoding="utf-8"))
    assert len(words) > 40
    assert list_strangers(words, read_product(root)) == []


def test_a_word_marked_later_is_not_there_yet(root: Path) -> None:
    """Once the code has the word, the glossary must say what it means today."""
    words = list_words((root / "GLOSSARY.md").read_text(encoding="utf-8"))
    later = {row["word"] for row in words if row["meaning"].startswith("*later*")}
    rooms = {
        path.stem for path in (root / "src" / "tsunagu").rglob("*") if path.suffix == ".py" or path.is_dir()
    }
    assert later & rooms == set()


def test_a_stranger_in_the_glossary_is_seen() -> None:
    words = list_words(
        "| `as_of` | 基準時点 | the day |\n| `zebra` | 馬 | none |\n| `lion` | 獅子 | *later*: some day |\n"
    )
    assert list_strangers(words, "def run(*, as_of: date)") == ["zebra"]


def test_forbidden_words_are_not_used(root: Path) -> None:
    assert FORBIDDEN_WORDS.findall(read_product(root)) == []
    assert FORBIDDEN_WORDS.search("risk_children = anonymize(x)")


@pytest.mark.parametrize("name", ["SECURITY.md", "CONTRIBUTING.md"])
def test_every_path_named_exists(root: Path, name: str) -> None:
    paths = NAMED_PATH.findall((root / name).read_text(encoding="utf-8"))
    assert [path for path in paths if not (root / path).exists()] == []


def test_security_names_files_and_tests(root: Path) -> None:
    paths = NAMED_PATH.findall((root / "SECURITY.md").read_text(encoding="utf-8"))
    assert sum(path.startswith("src/") for path in paths) >= 10
    assert sum(path.startswith("tests/") for path in paths) >= 10


def test_no_link_is_broken(root: Path) -> None:
    found = {str(path.relative_to(root)): list_broken_links(path) for path in list_documents(root)}
    assert {path: links for path, links in found.items() if links} == {}


def test_a_broken_link_is_seen(tmp_path: Path) -> None:
    document = tmp_path / "page.md"
    document.write_text(
        "[there](page.md) [nowhere](gone.md) [outside](https://example.org/x)", encoding="utf-8"
    )
    assert list_broken_links(document) == ["gone.md"]


def test_every_page_is_in_the_contents(root: Path) -> None:
    class Loader(yaml.SafeLoader):
        """mkdocs.yml names Python functions; here they are just text."""

    Loader.add_multi_constructor("tag:yaml.org,2002:python/", lambda loader, suffix, node: suffix)
    settings = yaml.load((root / "mkdocs.yml").read_text(encoding="utf-8"), Loader)  # noqa: S506 # a SafeLoader

    def list_pages(entry: object) -> list[str]:
        if isinstance(entry, str):
            return [entry]
        parts = entry.values() if isinstance(entry, dict) else entry
        return [page for part in parts for page in list_pages(part)]

    listed = list_pages(settings["nav"])
    there = [str(path.relative_to(root / "docs")) for path in (root / "docs").rglob("*.md")]
    assert sorted(listed) == sorted(there)


def test_every_decision_is_listed(root: Path) -> None:
    folder = root / "docs" / "decisions"
    index = (folder / "index.md").read_text(encoding="utf-8")
    numbered = sorted(path.name for path in folder.glob("[0-9]*.md"))
    assert [name for name in numbered if f"({name})" not in index] == []
    assert [name[:4] for name in numbered] == [f"{number:04}" for number in range(1, len(numbered) + 1)]


def test_the_generated_pages_are_current(root: Path) -> None:
    command = [sys.executable, "tools/generate_reference.py", "--check"]
    result = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_kind_of_definition_has_its_page(root: Path) -> None:
    """Every shipped definition's id stands in the reference, and so does every command."""
    pages = "\n".join(path.read_text(encoding="utf-8") for path in (root / "docs" / "reference").glob("*.md"))
    entries = load_definitions(find_shipped_definitions()).entries
    assert len(entries) > 50
    assert [entry.id for entry in entries if f"`{entry.id}`" not in pages] == []
    commands = getattr(typer.main.get_command(app), "commands", {})
    assert [name for name in commands if f"`tsunagu {name}`" not in pages] == []


def list_missing_from_book(book: str, feed: Feed, items: dict[str, Item]) -> list[str]:
    """What the section of one feed does not say: columns, code lists, items, their purposes and grounds."""
    section = book.partition(f"### `{feed.id}` ")[2].partition("\n### ")[0]
    uses = [use for name in feed.stated_items for use in items[name].uses]
    wanted = [
        *(f"| {column.header} |" for column in feed.columns),
        *(f"`{column.codes}`" for column in feed.columns if column.codes),
        *(f"`{name}`" for name in feed.stated_items),
        *(f"`{use.purpose}`" for use in uses),
        *(use.legal_basis for use in uses),
        *("例・要確認" for _ in uses[:1]),
    ]
    return [text for text in wanted if text not in section]


def test_the_feed_book_says_everything(root: Path) -> None:
    definitions = [entry.definition for entry in load_definitions(find_shipped_definitions()).entries]
    items = {one.id: one for one in definitions if isinstance(one, Item)}
    book = (root / "docs/reference/feeds.md").read_text(encoding="utf-8")
    feeds = [one for one in definitions if isinstance(one, Feed)]
    assert {
        feed.id: missing for feed in feeds if (missing := list_missing_from_book(book, feed, items))
    } == {}
    cut = book.replace(f"| {feeds[0].columns[0].header} |", "|")
    assert list_missing_from_book(cut, feeds[0], items)
    register = (root / "docs/reference/items.md").read_text(encoding="utf-8")
    kept = [
        target for feed in feeds for one in feed.columns for target in one.to if target.split(".")[0] in items
    ]
    assert [target for target in kept if f"| `{target.partition('.')[2]}` |" not in register] == []


def test_a_stale_page_is_seen(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(root / "tools")
    generator = importlib.import_module("generate_reference")
    (tmp_path / "exit-codes.md").write_text("yesterday", encoding="utf-8")
    (tmp_path / "gone.md").write_text("a page nothing writes any more", encoding="utf-8")
    stale = generator.list_stale_pages(tmp_path, {"exit-codes.md": "today", "tables.md": "new"})
    assert stale == ["exit-codes.md", "gone.md", "tables.md"]


def test_readme_fits_one_screen(root: Path) -> None:
    for name in ("README.md", "README.ja.md"):
        assert len((root / name).read_text(encoding="utf-8").splitlines()) <= 50


def test_news_fragments_have_a_kind(root: Path) -> None:
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    kinds = {kind["directory"] for kind in settings["tool"]["towncrier"]["type"]}
    fragments = [path.name for path in (root / "news").iterdir() if path.name != ".gitignore"]
    assert [
        name for name in fragments if not re.fullmatch(rf"[a-z0-9-]+\.({'|'.join(kinds)})\.md", name)
    ] == []
