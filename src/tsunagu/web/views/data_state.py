"""データの状態: what each department handed over, how fresh it is, what was wrong with it, on which legal basis."""

from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tsunagu.access.permission import do_by_right
from tsunagu.access.session import DATA_KEEPING, acting_as
from tsunagu.audit.rows import Outcome
from tsunagu.catalog.roles import Right
from tsunagu.pipeline.seam import DataOverview, FeedOverview, Freshness, describe_data_state, open_seam
from tsunagu.trail.recording import Act
from tsunagu.web.fields import DayField
from tsunagu.web.standing import Standing

# The mark's class for each state; what is fresh needs no shouting.
_MARKS = {
    Freshness.FRESH: "good",
    Freshness.DUE: "",
    Freshness.LATE: "bad",
    Freshness.AWAITING_ROSTER: "warn",
    Freshness.NOT_RECEIVED: "shut",
}
_URGENCY = (
    Freshness.LATE,
    Freshness.AWAITING_ROSTER,
    Freshness.DUE,
    Freshness.FRESH,
    Freshness.NOT_RECEIVED,
)


class DayForm(forms.Form):
    """The day whose knowledge is shown."""

    on = DayField(
        label=_("この日に分かっていたこと"), error_messages={"required": _("日付を入れてください。")}
    )


@dataclass(frozen=True, slots=True)
class ShownFeed:
    """A feed and the class of its mark."""

    feed: FeedOverview
    mark: str


@require_safe
def show_data_state(request: HttpRequest) -> HttpResponse:
    """Every feed as it was known on a day; today's unless another is asked for."""
    standing: Standing = request.standing  # type: ignore[attr-defined]
    form = DayForm(request.GET if "on" in request.GET else {"on": standing.on_date.isoformat()})
    if not form.is_valid():
        _record(standing, "data.state", "")
        return render(request, "desk/data_state.html", {"form": form}, status=422)
    overview = _read(standing, form, "data.state", "")
    by_urgency = sorted(overview.feeds, key=lambda feed: (_URGENCY.index(feed.freshness), feed.department))
    shown = [ShownFeed(feed, _MARKS[feed.freshness]) for feed in by_urgency]
    content = {
        "form": form,
        "overview": overview,
        "received": [one for one in shown if one.feed.is_received],
        "absent": [one for one in shown if not one.feed.is_received],
        "may_load": Right.LOAD_DATA in standing.rights,
        "may_run": Right.RUN_ANALYSIS in standing.rights,
        "may_review": Right.REVIEW_LINKS in standing.rights,
        "noticed": sum(bool(one.feed.findings) for one in shown),
    }
    return render(request, "desk/data_state.html", content)


@require_safe
def show_feed(request: HttpRequest, feed: str) -> HttpResponse:
    """One feed: its months, what is unusual, its problems by kind, its legal basis."""
    standing: Standing = request.standing  # type: ignore[attr-defined]
    form = DayForm(request.GET if "on" in request.GET else {"on": standing.on_date.isoformat()})
    if not form.is_valid():
        form = DayForm({"on": standing.on_date.isoformat()})
        form.is_valid()
    overview = _read(standing, form, "data.feed", feed)
    found = overview.find_feed(feed)
    if found is None:
        raise Http404
    content = {"overview": overview, "feed": found, "mark": _MARKS[found.freshness]}
    return render(request, "desk/data_feed.html", content)


def _read(standing: Standing, form: DayForm, act: str, feed: str) -> DataOverview:
    """What was known on the day, once the reading is recorded."""
    _record(standing, act, feed)
    home = settings.HOME
    assert home is not None
    return describe_data_state(open_seam(home, on=standing.on_date), as_of=form.cleaned_data["on"])


def _record(standing: Standing, act: str, feed: str) -> None:
    with acting_as(standing.staff, DATA_KEEPING, standing.on_date, request_id=standing.request_id) as acting:
        do_by_right(acting, Right.DATA_STATE, Act(act, Outcome.READ, "feed", feed))
