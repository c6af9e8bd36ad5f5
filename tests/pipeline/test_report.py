"""The report: one file that fetches nothing, says everything in both languages, and draws what it says."""

import re
import shutil
import subprocess
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

import pytest

JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
LATIN = re.compile("[A-Za-z]")
CONTENT_FREE = {"meta", "br", "input", "rect", "img", "link"}
FETCHING = {
    "script",
    "link",
    "iframe",
    "frame",
    "object",
    "embed",
    "img",
    "image",
    "use",
    "video",
    "audio",
    "base",
    "form",
}
A4_POINTS = (595, 842)


@dataclass
class Element:
    tag: str
    attributes: dict
    parent: "Element | None"
    children: list = field(default_factory=list)

    @property
    def classes(self):
        return (self.attributes.get("class") or "").split()

    @property
    def text(self):
        return "".join(child if isinstance(child, str) else child.text for child in self.children).strip()

    def find_all(self, *tags, css=None):
        for child in self.children:
            if isinstance(child, Element):
                if child.tag in tags and (css is None or css in child.classes):
                    yield child
                yield from child.find_all(*tags, css=css)

    def read(self, language):
        """The text as somebody sees it who has chosen a language."""
        other = {"ja": "en", "en": "ja"}[language]
        parts = (
            child if isinstance(child, str) else "" if other in child.classes else child.read(language)
            for child in self.children
        )
        return "".join(parts).strip()


class Tree(HTMLParser):
    def __init__(self):
        super().__init__()
        self.root = self.here = Element("", {}, None)

    def handle_starttag(self, tag, attributes):
        element = Element(tag, dict(attributes), self.here)
        self.here.children.append(element)
        if tag not in CONTENT_FREE:
            self.here = element

    def handle_startendtag(self, tag, attributes):
        self.here.children.append(Element(tag, dict(attributes), self.here))

    def handle_endtag(self, tag):
        assert self.here.tag == tag, f"<{self.here.tag}> closed by </{tag}>"
        self.here = self.here.parent

    def handle_data(self, text):
        self.here.children.append(text)


def read_tree(text):
    tree = Tree()
    tree.feed(text)
    assert tree.here is tree.root
    return tree.root


@pytest.fixture(scope="module")
def text(world):
    return world.report.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def report(text):
    return read_tree(text)


def list_outside_references(text):
    """Everything by which a browser would fetch, or lead away, or run something."""
    root = read_tree(text)
    for element in root.find_all(*FETCHING):
        yield element.tag
    for element in walk(root):
        for name, value in element.attributes.items():
            if name.startswith("on") or name in ("src", "srcset", "action", "data", "poster", "formaction"):
                yield f"{element.tag} {name}"
            if name.endswith("href") and not (value or "").startswith("#"):
                yield f"{element.tag} {name}"
            if name == "http-equiv":
                yield name
    yield from re.findall(r"url\(|@import|https?:|//[a-z]", text.replace(" / ", ""))


def walk(element):
    for child in element.children:
        if isinstance(child, Element):
            yield child
            yield from walk(child)


def test_nothing_is_fetched_and_nothing_runs(text):
    assert list(list_outside_references(text)) == []


@pytest.mark.parametrize(
    "planted",
    [
        '<img src="x.png">',
        "<script>1</script>",
        '<a href="https://example.org/">x</a>',
        '<a href="other.html">x</a>',
        "<style>@import 'x.css';</style>",
        "<style>p { background: url(x.png) }</style>",
        '<p onclick="x()">x</p>',
        '<svg><use xlink:href="x.svg#a"></use></svg>',
        '<meta http-equiv="refresh" content="0">',
    ],
)
def test_an_outside_reference_is_seen(text, planted):
    assert list(list_outside_references(text.replace("</main>", planted + "</main>")))


def test_every_link_leads_somewhere_in_the_page(report):
    places = {element.attributes["id"] for element in walk(report) if "id" in element.attributes}
    links = [element.attributes["href"].removeprefix("#") for element in report.find_all("a")]
    assert len(links) >= 10
    assert set(links) <= places


def list_one_sided(root):
    """Texts that stand in one language only.

    A Japanese text is followed at once by its English sibling. What stands in neither is figures and signs, or a
    name as the municipality writes it (`lang="ja"`).
    """
    for element in walk(root):
        if element.tag in ("title", "style"):
            continue
        languages = [child for child in element.children if isinstance(child, Element)]
        for first, second in pairwise([*languages, Element("", {}, None)]):
            if "ja" in first.classes and (
                "en" not in second.classes or bool(first.text) != bool(second.text)
            ):
                yield first.text
        english = [child for child in languages if "en" in child.classes]
        if len(english) != sum("ja" in child.classes for child in languages):
            yield element.text
        yield from (child.text for child in english if JAPANESE.search(child.text))
        if not is_in_a_language(element):
            bare = "".join(child for child in element.children if isinstance(child, str))
            if JAPANESE.search(bare) or (LATIN.search(bare) and "code" not in element.classes):
                yield bare.strip()


def is_in_a_language(element):
    while element is not None:
        if {"ja", "en"} & set(element.classes) or (element.attributes.get("lang") and element.tag != "html"):
            return True
        element = element.parent
    return False


def test_everything_is_said_in_both_languages(report):
    assert len(list(report.find_all("span", css="ja"))) > 300
    assert list(list_one_sided(report)) == []


@pytest.mark.parametrize(
    ("shown", "spoiled"),
    [
        ('<span class="en" lang="en">Unknown</span>', ""),
        ('<span class="en" lang="en">Unknown</span>', '<span class="en" lang="en"></span>'),
        ('<span class="en" lang="en">Unknown</span>', '<span class="en" lang="en">分からない</span>'),
        ("</main>", "<p>日本語だけ</p></main>"),
        ("</main>", "<p>English only</p></main>"),
    ],
)
def test_a_text_in_one_language_is_seen(text, shown, spoiled):
    assert shown in text
    assert list(list_one_sided(read_tree(text.replace(shown, spoiled, 1))))


def list_charts(report, css):
    """Each chart with the rows of the first table after it, as seen in Japanese and in English."""
    for section in report.find_all("section"):
        blocks = list(section.find_all("svg", "table"))
        for chart, table in pairwise(blocks):
            if chart.tag == "svg" and css in chart.classes:
                assert table.tag == "table"
                (body,) = table.find_all("tbody")
                yield chart, [list(row.find_all("td", "th")) for row in body.find_all("tr")]


def read_count(text):
    return int(re.sub(r"[^0-9]", "", text))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_bars_say_and_draw_what_their_table_says(report, language):
    charts = list(list_charts(report, "bars"))
    assert len(charts) >= 3
    for chart, rows in charts:
        names = [text.text for text in chart.find_all("text", css="name") if language in text.classes]
        figures = [text.text for text in chart.find_all("text", css="figure") if language in text.classes]
        assert names == [row[0].read(language) for row in rows]
        counts = [read_count(row[1].read(language)) for row in rows]
        assert list(map(read_count, figures)) == counts
        widths = [float(bar.attributes["width"]) for bar in chart.find_all("rect", css="bar")]
        assert widths == [pytest.approx(310 * count / max(*counts, 1), abs=0.06) for count in counts]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_stacked_bars_draw_what_their_table_says(report, language):
    charts = list(list_charts(report, "stacks"))
    assert len(charts) == 4
    for chart, rows in charts:
        names = [text.text for text in chart.find_all("text", css="name") if language in text.classes]
        assert names == [row[0].read(language) for row in rows]
        parts = sum("key" in rect.classes for rect in chart.find_all("rect"))
        widths = [float(rect.attributes["width"]) for rect in chart.find_all("rect", css="part")]
        numbers = [
            [read_count(cell.text) for cell in row if cell.text.replace(",", "").isdecimal()] for row in rows
        ]
        # A total, where there is one, stands before the parts.
        wanted = [part * 420 / max(sum(row[-parts:]), 1) for row in numbers for part in row[-parts:]]
        assert widths == [pytest.approx(width, abs=0.06) for width in wanted]
        assert all(sum(row[-parts:]) == row[0] for row in numbers if len(row) > parts)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_months_drawn_as_missing_are_the_tables(report, language):
    """Mark by mark: a month drawn as missing or partly there is named in the table, and no other."""
    (chart,) = report.find_all("svg", css="months")
    (table,) = report.find_all("table", css="feeds")
    (body,) = table.find_all("tbody")
    names = [text.text for text in chart.find_all("text", css="name") if language in text.classes]
    rows = [list(row.find_all("td")) for row in body.find_all("tr")]
    assert names == [row[0].read(language) for row in rows]
    assert len(names) >= 10
    marks = [mark for mark in chart.find_all("g", css="month") if mark.parent is chart][4:]
    drawn = [
        sum(css in ("missing", "partly") for mark in marks[place : place + 12] for css in mark.classes)
        for place in range(0, len(marks), 12)
    ]
    told = [
        0 if row[4].read(language) == "—" else len(re.findall(r"\d{4}", row[4].read(language)))
        for row in rows
    ]
    assert drawn == told
    assert sum(drawn) > 0


def test_a_chart_that_differs_from_its_table_is_seen(text):
    figure = re.search(r'<text class="figure ja"[^>]*>([0-9,]+)人</text>', text)
    spoiled = text[: figure.start(1)] + "9,999" + text[figure.end(1) :]
    with pytest.raises(AssertionError):
        test_bars_say_and_draw_what_their_table_says(read_tree(spoiled), "ja")


def test_it_prints_on_a4(world, tmp_path):
    """By a browser without a window; closed reasons are printed too, the choice of language is not."""
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("no chromium on this machine: whether the report prints cannot be tried")
    pdf = tmp_path / "report.pdf"
    quiet = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-sync",
    ]
    subprocess.run(
        [browser, *quiet, "--no-first-run", f"--user-data-dir={tmp_path / 'profile'}", f"--print-to-pdf={pdf}",
         world.report.as_uri()],
        check=True,
        capture_output=True,
        timeout=120,
    )  # fmt: skip
    content = pdf.read_bytes()
    sizes = re.findall(rb"/MediaBox ?\[0 0 ([0-9.]+) ([0-9.]+)\]", content)
    assert 3 < len(sizes) < 60
    assert {(round(float(width)), round(float(height))) for width, height in sizes} == {A4_POINTS}
