"""Japanese is the source; every text has its English, and what is compiled is what is written."""

import importlib
import re
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parents[2] / "src" / "tsunagu" / "web"
IN_TEMPLATES = re.compile(r"""\{%\s*translate\s+(?:"([^"]+)"|'([^']+)')""")
BLOCKS = re.compile(r"\{%\s*blocktranslate[^%]*%\}(.*?)\{%\s*endblocktranslate\s*%\}", re.DOTALL)
IN_CODE = re.compile(r"""\b_\(\s*"([^"]+)"\s*,?\s*\)""")
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")


@pytest.fixture
def compiler(monkeypatch):
    monkeypatch.syspath_prepend(WEB.parents[2] / "tools")
    return importlib.import_module("compile_messages")


def list_texts() -> set[str]:
    found: set[str] = set()
    for path in WEB.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        found |= {one or other for one, other in IN_TEMPLATES.findall(text)}
        found |= {re.sub(r"\{\{\s*(\w+)\s*\}\}", r"%(\1)s", block) for block in BLOCKS.findall(text)}
    for path in WEB.rglob("*.py"):
        found |= set(IN_CODE.findall(path.read_text(encoding="utf-8")))
    return found


def test_every_text_has_its_english(compiler):
    english = compiler.read_catalogue(compiler.CATALOGUE.read_text(encoding="utf-8"))
    texts = list_texts()
    assert len(texts) > 60
    assert sorted(texts - {key for key, value in english.items() if value}) == []
    assert sorted(set(english) - texts - {""}) == []
    assert [value for key, value in english.items() if key and JAPANESE.search(value)] == []


def test_what_is_compiled_is_current(compiler):
    pairs = compiler.read_catalogue(compiler.CATALOGUE.read_text(encoding="utf-8"))
    assert compiler.CATALOGUE.with_suffix(".mo").read_bytes() == compiler.compile_catalogue(pairs)


def test_no_template_speaks_outside_the_texts():
    """What is Japanese in a template stands in a `translate`; only the name of the language itself does not."""
    stray = {}
    for path in WEB.rglob("*.html"):
        text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"))
        rest = BLOCKS.sub("", IN_TEMPLATES.sub("", text)).replace(">日本語<", "")
        if JAPANESE.search(rest):
            stray[path.name] = JAPANESE.findall(rest)
    assert stray == {}


def test_the_switch_changes_every_text(make_officer, sign_in):
    browser = sign_in(make_officer("S0001"))
    assert "わたしの権限" in browser.get("/").content.decode()
    browser.send("/language/", language="en", next="/")
    page = browser.get("/").content.decode()
    assert 'lang="en"' in page
    assert "My rights" in page
    assert set(JAPANESE.findall(page.replace("日本語", ""))) <= set("架空こども家庭課")
