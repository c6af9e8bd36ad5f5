"""共有版: a child written down for a meeting, and opened by its members until a day."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from tsunagu.cases.models import SharedVersion
from tsunagu.cases.policies import EntryFaultError
from tsunagu.cases.sharing import NewSharing, Section, open_shared, share_child
from tsunagu.people.operations import access_person_by_id
from tsunagu.web.child_forms import SharingForm
from tsunagu.web.child_page import read_page
from tsunagu.web.shared_content import compose, read_facts, read_head, read_lines
from tsunagu.web.standing import Standing
from tsunagu.web.undoing import Undo, offer_undo
from tsunagu.web.views.child import begin_acting, describe_age, show_again

# Where the watermark stands in its drawing: all over it, so that no part of a page is without.
_MARKS = tuple((x, y) for y in range(120, 1160, 150) for x in (20, 300, 580))


@require_POST
def share(request: HttpRequest, person_id: int) -> HttpResponse:
    """Keep a version of what whoever asks sees now, and show it to them first."""
    form = SharingForm(request.POST)
    if form.is_valid():
        try:
            version = _keep(request, person_id, form.cleaned_data)
        except EntryFaultError as fault:
            form.add_error(fault.field, f"{fault.what}{fault.todo}")
        else:
            address = reverse("take_entry_back", kwargs={"person_id": person_id})
            words = _("共有版を作りました。会議の人が見るとおりに出しています。")
            offer_undo(request, Undo(str(words), address, {"entry": str(version.pk)}))
            return redirect("show_shared", person_id=person_id, version_id=version.pk)
    return show_again(request, person_id, {"sharing": form})


@require_safe
def show_shared(request: HttpRequest, person_id: int, version_id: UUID) -> HttpResponse:
    """One version, until it expires: for those who were told of it and may open it."""
    standing: Standing = request.standing  # type: ignore[attr-defined]
    with begin_acting(request) as acting:
        person = access_person_by_id(acting, person_id)
        version = open_shared(acting, person_id, version_id, is_protected=person.entry.is_protected)
    content = version.content
    shown = {
        "version": version,
        "person_id": person_id,
        "head": read_head(content["head"]),
        "packs": content.get("packs"),
        "facts": read_facts(content["facts"]) if "facts" in content else None,
        **{
            name: read_lines(content[name]) if name in content else None
            for name in ("decisions", "contacts", "ties")
        },
        "viewer": standing.staff,
        "on_date": standing.on_date,
        "marks": _MARKS,
    }
    return render(request, "desk/shared.html", shown)


def _keep(request: HttpRequest, person_id: int, typed: dict[str, Any]) -> SharedVersion:
    sections = [Section(one) for one in typed["sections"]]
    new = NewSharing(typed["meeting"], typed["reason"], sections, typed["last_day"])
    with begin_acting(request) as acting:
        page = read_page(acting, person_id)
        content = compose(page, sections, describe_age(page))
        return share_child(acting, person_id, new, content, is_protected=page.person.entry.is_protected)
