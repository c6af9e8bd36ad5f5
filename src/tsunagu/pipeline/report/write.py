"""Lays a run's summary out as one self-contained HTML file."""

import os
from collections.abc import Sequence
from datetime import date
from importlib import resources
from pathlib import Path

import jinja2

from tsunagu.pipeline.report.charts import measure_bars, measure_stack
from tsunagu.pipeline.status import FRESHNESS_TITLES, Freshness
from tsunagu.pipeline.summary import RunSummary, Stack
from tsunagu.pipeline.wording import show_figure

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
    environment.filters |= {
        "are_exact": are_exact,
        "figure_ja": lambda figure, unit="": show_figure(figure, unit)[0],
        "figure_en": lambda figure: show_figure(figure)[1],
        "japanese_date": show_japanese_date,
        "measure_bars": measure_bars,
        "measure_stack": measure_stack,
    }
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


def are_exact(rows: Sequence[Stack]) -> bool:
    """Whether no row of a chart holds a range."""
    return all(count.is_exact for row in rows for count in row.counts)


def show_japanese_date(day: date) -> str:
    """`2026年3月31日`."""
    return f"{day.year}年{day.month}月{day.day}日"


def _read_template(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")
