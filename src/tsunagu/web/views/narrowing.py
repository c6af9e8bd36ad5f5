"""名簿をしぼる: the children listed for the purpose in force, narrowed in sight of who is left out."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tsunagu.access.session import acting_as
from tsunagu.cases.narrowing import (
    CAPACITY_AT_MOST,
    JUST_BELOW_ROWS,
    PAGE_ROWS,
    Facet,
    Narrowed,
    Row,
    narrow_children,
)
from tsunagu.cases.saved_views import list_views
from tsunagu.catalog.places import PlaceKind
from tsunagu.web.narrowing_address import Shown, read_shown, write_address
from tsunagu.web.narrowing_words import (
    COLUMN_TITLES,
    DECISION_TITLES,
    FACET_HINTS,
    FACET_TITLES,
    LEVEL_TITLES,
    ORDER_TITLES,
    VALUE_TITLES,
    get_value_title,
    write_sentence,
)
from tsunagu.web.place_words import name_place
from tsunagu.web.shares import BAR_WIDTH, describe_shares, list_fewer
from tsunagu.web.standing import Standing

_OPEN_FACETS = (Facet.LEVEL, Facet.FLAG, Facet.KIND, Facet.AGE, Facet.DECISION, Facet.CHARGE)
_BAR_WIDTH = 400
_LEVEL_MARKS = {"urgent": "urgent", "high": "bad", "medium": "warn"}

KindTitles = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet."""

    value: str
    title: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class FacetShown:
    """One facet with what can be chosen."""

    name: str
    title: Promise
    is_open: bool
    choices: tuple[Choice, ...]
    hint: Promise | str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the cohort. `without`, `left_out_address`: empty where there is nothing to take back or to look at."""

    title: str
    count: str
    width: int
    left_out: int = 0
    urgent_left_out: int = 0
    without: str = ""
    left_out_address: str = ""
    is_looked_at: bool = False


@dataclass(frozen=True, slots=True)
class RowShown:
    """One child of the list, in the language of the page."""

    row: Row
    mark: str
    level: Promise | str
    headline: str
    age: str
    place: str
    district: str
    kinds: tuple[str, ...]
    decision: Promise


@require_safe
def narrow_list(request: HttpRequest) -> HttpResponse:
    """The narrowed list; the whole of what was chosen stands in the address."""
    standing: Standing = request.standing  # type: ignore[attr-defined]
    if not standing.purpose:
        return render(request, "desk/narrowing_without.html")
    shown = read_shown(request.GET)
    with acting_as(
        standing.staff, standing.purpose, standing.on_date, request_id=standing.request_id
    ) as acting:
        narrowed = narrow_children(acting, shown.narrowing)
        saved = list_views(acting)
    is_wrong = shown.is_capacity_wrong and not request.headers.get("HX-Request")
    content = {**_describe(shown, narrowed, request), "saved_views": saved}
    return render(request, "desk/narrowing.html", content, status=422 if is_wrong else 200)


def _describe(shown: Shown, narrowed: Narrowed, request: HttpRequest) -> dict[str, Any]:
    language = get_language() or "ja"
    kinds: KindTitles = narrowed.run.kind_titles if narrowed.run else {}
    narrowing = shown.narrowing
    rows = [_describe_row(row, kinds, language) for row in narrowed.rows]
    cut = narrowing.capacity if narrowing.capacity is not None else len(rows)
    groupings = describe_shares(narrowed, narrowing, kinds, language)
    return {
        "shown": shown,
        "narrowed": narrowed,
        "sentence": write_sentence(narrowing, kinds, language),
        "facets": list(_list_facets(shown, narrowed, kinds, language)),
        "stages": list(_list_stages(shown, narrowed, kinds, language)),
        "orders": [(order, title, order is narrowing.order) for order, title in ORDER_TITLES.items()],
        "columns": [(name, title, name in shown.columns) for name, title in COLUMN_TITLES.items()],
        "shown_columns": [(name, COLUMN_TITLES[name]) for name in shown.columns],
        "rows": rows[:cut],
        "rows_below": rows[cut:],
        "rest": max(narrowed.total - len(rows), 0) if narrowing.capacity is not None else 0,
        "left_out_title": FACET_TITLES[narrowing.left_out_by] if narrowing.left_out_by else "",
        "pages": _list_pages(shown, narrowed),
        "capacity_typed": request.GET.get("cap", ""),
        "capacity_at_most": CAPACITY_AT_MOST,
        "just_below": JUST_BELOW_ROWS,
        "all_address": reverse("narrow_list"),
        "left_address": write_address(shown.but(left_out_by=None, page=1)),
        "groupings": groupings,
        "fewer": list(list_fewer(groupings)),
        "bar_width": BAR_WIDTH,
        "shares_address": write_address(shown.but(has_shares=not narrowing.has_shares)),
        "uncut_address": write_address(shown.but(capacity=None, page=1)),
    }


def _list_facets(shown: Shown, narrowed: Narrowed, kinds: KindTitles, language: str) -> Iterator[FacetShown]:
    for facet in Facet:
        chosen = shown.narrowing.chosen.get(facet, ())
        found = {value: count for (one, value), count in narrowed.counts.items() if one is facet}
        values = list(VALUE_TITLES[facet]) if facet in VALUE_TITLES else sorted({*found, *chosen})
        choices = tuple(
            Choice(
                value, get_value_title(facet, value, kinds, language), found.get(value, 0), value in chosen
            )
            for value in values
            if value in found or value in chosen
        )
        yield FacetShown(
            str(facet),
            FACET_TITLES[facet],
            bool(chosen) or facet in _OPEN_FACETS,
            choices,
            FACET_HINTS.get(facet, ""),
        )


def _list_stages(shown: Shown, narrowed: Narrowed, kinds: KindTitles, language: str) -> Iterator[Stage]:
    if narrowed.run is None:
        return
    counts = narrowed.run.counts
    everybody, most = _read_figure(str(counts["children"]))
    yield Stage(str(_("判定したこども全員")), _show_figure(everybody, most), _BAR_WIDTH)
    yield Stage(str(_("この目的での気づき")), f"{counts['listed']:,}", _measure(counts["listed"], everybody))
    if narrowed.visible != counts["listed"]:
        width = _measure(narrowed.visible, everybody)
        yield Stage(str(_("うち、見る権限のあるこども")), f"{narrowed.visible:,}", width)
    for step in narrowed.steps:
        values = shown.narrowing.chosen[step.facet]
        names = str(_("・")).join(get_value_title(step.facet, value, kinds, language) for value in values)
        yield Stage(
            f"{FACET_TITLES[step.facet]}: {names}",
            f"{step.left:,}",
            _measure(step.left, everybody),
            step.left_out,
            step.urgent_left_out,
            write_address(shown.without(step.facet)),
            write_address(shown.but(left_out_by=step.facet, page=1)),
            shown.narrowing.left_out_by is step.facet,
        )


def _measure(count: int, everybody: int) -> int:
    """The width of a bar; somebody is never nothing."""
    return max(round(_BAR_WIDTH * count / everybody), 2) if count and everybody else 0


def _read_figure(figure: str) -> tuple[int, int]:
    """The ends of a figure of the run, which may say no more than between which two numbers it lies."""
    ends = [int(digits) for digits in re.findall(r"\d+", figure.replace(",", ""))] or [0]
    return ends[0], ends[-1]


def _show_figure(least: int, most: int) -> str:
    return f"{least:,}" if least == most else f"{least:,}～{most:,}"


def _describe_row(row: Row, kinds: KindTitles, language: str) -> RowShown:
    is_japanese = language == "ja"
    place = row.school_id or row.facility_id
    value = "s" + row.school_id if row.school_id else f"f{row.facility_id}"
    return RowShown(
        row,
        _LEVEL_MARKS.get(row.need_level or "", ""),
        LEVEL_TITLES[row.need_level or "silence"],
        row.headline_ja if is_japanese else row.headline_en,
        row.age_ja if is_japanese else row.age_en,
        get_value_title(Facet.SCHOOL, value, kinds, language) if place else "",
        name_place(PlaceKind.DISTRICT, row.district) if row.district else "",
        tuple(get_value_title(Facet.KIND, kind, kinds, language) for kind in row.kinds),
        DECISION_TITLES[row.decision],
    )


def _list_pages(shown: Shown, narrowed: Narrowed) -> dict[str, Any]:
    page = shown.narrowing.page
    last = 1 if shown.narrowing.capacity is not None else max(-(-narrowed.total // PAGE_ROWS), 1)
    return {
        "here": page,
        "last": last,
        "before": write_address(shown.but(page=min(page - 1, last))) if page > 1 else "",
        "after": write_address(shown.but(page=page + 1)) if page < last else "",
    }
