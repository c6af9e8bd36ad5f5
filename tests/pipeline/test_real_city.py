"""Under a real municipality's code: no row of a person, and no count but in steps, from any command."""

import re
import shutil
from datetime import date

import pytest

from tsunagu.catalog.checking import open_catalog
from tsunagu.pipeline.disclosure import STEP, Disclosure
from tsunagu.pipeline.manifest import get_manifest
from tsunagu.pipeline.summary import summarise_run
from tsunagu.store.commit import open_reader
from tsunagu.store.home import Home, open_home
from tsunagu.vocabulary.errors import ExitCode

SETTINGS = 'code: "{code}"\nname: 実在区\nactive_purposes: [{purposes}]\n'
ID = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b")
FIGURE = re.compile(
    r"^(?P<least>[0-9,]+)(?:[〜–](?P<most>[0-9,]+))?(?:人|件)?$|^(?:under )?10(?:人|件)?(?:未満)?$"
)


def write_settings(home: Home, *, code, purposes=""):
    home.settings_file.write_text(SETTINGS.format(code=code, purposes=purposes), encoding="utf-8")


@pytest.fixture(scope="module")
def real(world, command, tmp_path_factory):
    """The world's stores in a home with a real code, whose officers adopted one purpose."""
    path = tmp_path_factory.mktemp("real") / "home"
    shutil.copytree(world.home.path, path)
    home = open_home(path)
    write_settings(home, code="131016")
    draft = path / "definitions" / "adoptions.yaml"
    draft.parent.mkdir(exist_ok=True)
    decided = ("--by", "児童福祉審議会", "--adopted-on", "2026-01-01", "--review-on", "2099-03-31")
    done = command("adopt", "poverty_support", *decided, "--out", draft, home=path)
    assert done.exit_code == 0, done.text
    write_settings(home, code="131016", purposes="poverty_support")
    return home


@pytest.fixture(scope="module")
def said(world, real, command, tmp_path_factory):
    """What status says and the report shows."""
    out = tmp_path_factory.mktemp("real_report") / "report.html"
    status = command("status", "--as-of", world.as_of, home=real.path)
    report = command("report", "--out", out, home=real.path)
    assert (status.exit_code, report.exit_code) == (0, 0), status.text + report.text
    return status.text, out.read_text(encoding="utf-8")


def list_shown_counts(status, report):
    """Every count of a row or a person: cells that hold a number and nothing else, and figures of charts."""
    cells = re.findall(
        r'<td class="number">(.*?)</td>|<b>(.*?)</b>|class="figure (?:ja|en)"[^>]*>(.*?)<', report
    )
    for texts in cells:
        yield from re.findall(r">([^<>]+)<", f">{''.join(texts)}<")
    for line in status.splitlines():
        cells = [cell.strip() for cell in line.split("│")]
        if len(cells) == 7:
            yield from cells[4:]
        if len(cells) == 5:
            yield from cells[1:]


def list_too_exact(status, report):
    """Counts that are not a step: neither none, nor under ten, nor from a ten to a nine."""
    for text in list_shown_counts(status, report):
        if text == "—":
            # Nothing was counted.
            continue
        found = FIGURE.match(text)
        assert found, text
        least, most = found["least"], found["most"]
        if least is None or (least == "0" and most is None):
            continue
        if (
            most is None
            or int(least.replace(",", "")) % STEP
            or int(most.replace(",", "")) % STEP != STEP - 1
        ):
            yield text


def test_counts_are_shown_in_steps_only(said):
    assert len(list(list_shown_counts(*said))) > 200
    assert list(list_too_exact(*said)) == []


def test_without_the_guard_counts_are_seen(world, real, command, tmp_path, monkeypatch):
    """The mutant: the one door stands open."""
    show = Disclosure.show
    monkeypatch.setattr(Disclosure, "show", lambda self, count: show(Disclosure(is_open=True), count))
    status = command("status", "--as-of", world.as_of, home=real.path).text
    command("report", "--out", tmp_path / "report.html", home=real.path)
    report = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert len(list(list_too_exact(status, report))) > 100


def test_no_bar_is_drawn_from_a_hidden_count(said):
    """Every width follows from what is shown: what is certain ends at a ten, the rest is drawn as possible."""
    _, report = said
    assert 'class="possible"' in report
    charts = re.findall(r'<svg class="chart bars".*?</svg>', report, re.DOTALL)
    assert len(charts) > 2
    for chart in charts:
        figures = re.findall(r'class="figure en"[^>]*>(?:under )?([0-9,]+)(?:–([0-9,]+))?<', chart)
        ranges = [
            (int(first.replace(",", "")), int(last.replace(",", ""))) if last else (0, STEP - 1)
            for first, last in figures
        ]
        longest = max(most for _, most in ranges)
        bars = re.findall(r'class="(bar|possible)" x="[0-9.]+" y="\d+" width="([0-9.]+)"', chart)
        wanted = [length for least, most in ranges for length in (least, most - least)]
        assert [float(width) for _, width in bars] == [
            pytest.approx(310 * length / longest, abs=0.06) for length in wanted
        ]


def test_no_person_is_shown(world, said):
    fictional = world.report.read_text(encoding="utf-8")
    assert len(ID.findall(fictional)) > 5
    assert ID.findall(" ".join(said)) == []
    assert "<details" not in said[1]
    assert "実在の市の報告書には、一人ひとりの行を載せません" in said[1]


def test_the_summary_holds_no_row_of_a_person(world, real):
    """Not even beyond what the report prints."""
    catalog = open_catalog(real.path, on=date(2026, 3, 31))
    with open_reader(real, "test") as reader:
        summary = summarise_run(reader, catalog, get_manifest(reader))
    assert summary.children == summary.silent_children == ()
    assert summary.children_hidden == summary.silent_hidden == 0


def test_one_child_is_not_explained(world, real, command):
    child = ID.findall(world.report.read_text(encoding="utf-8"))[0]
    assert command("explain", child, home=world.home.path).exit_code == 0
    for arguments in ((child,), (child, "--trace"), ("0000-0000-0000",)):
        refused = command("explain", *arguments, home=real.path)
        assert refused.exit_code == ExitCode.NOT_ALLOWED
        assert refused.out == ""
        assert "業務画面" in refused.err
