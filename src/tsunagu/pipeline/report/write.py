"""Lays a run's summary out as one self-contained HTML file."""

import os
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

import jinja2

from tsunagu.pipeline.data_state.findings import MARKS, say_freshness
from tsunagu.pipeline.report.charts import measure_bars, measure_stack
from tsunagu.pipeline.summary import RunSummary, Stack
from tsunagu.pipeline.wording import show_day, show_figure, show_month, show_place

_TEMPLATES = resources.files("tsunagu.pipeline.report") / "templates"


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
        "day": show_day,
        "freshness": say_freshness,
        "month": show_month,
        "place_name": show_place,
        "measure_bars": measure_bars,
        "measure_stack": measure_stack,
    }
    html = environment.get_template("report.html.j2").render(s=summary, marks=MARKS)
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


def _read_template(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")
