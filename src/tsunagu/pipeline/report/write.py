"""Lays a run's summary out as one self-contained HTML file."""

import os
from datetime import date
from importlib import resources
from pathlib import Path

import jinja2

from tsunagu.pipeline.disclosure import HIDDEN
from tsunagu.pipeline.status import FRESHNESS_TITLES, Freshness
from tsunagu.pipeline.summary import RunSummary

_TEMPLATES = resources.files("tsunagu.pipeline.report") / "templates"
_FRESHNESS_ENGLISH = {
    Freshness.FRESH: "fresh",
    Freshness.LATE: "late",
    Freshness.NOT_RECEIVED: "not received",
}


def write_report(summary: RunSummary, path: Path) -> None:
    """Write the report; the file is replaced as a whole, so a reader never sees half of one."""
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_read_template),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["figure"] = show_figure
    environment.filters["japanese_date"] = show_japanese_date
    html = environment.get_template("report.html.j2").render(
        s=summary,
        freshness={state: (FRESHNESS_TITLES[state], _FRESHNESS_ENGLISH[state]) for state in Freshness},
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".new")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(html)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def show_figure(count: int | None) -> str:
    """A count with separators; a sign for a hidden one."""
    return HIDDEN if count is None else f"{count:,}"


def show_japanese_date(day: date) -> str:
    """`2026年3月31日`."""
    return f"{day.year}年{day.month}月{day.day}日"


def _read_template(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")
