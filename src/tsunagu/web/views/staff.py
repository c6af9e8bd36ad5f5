"""職員の一覧: for administrators, who has which rights on a day."""

from dataclasses import dataclass, field
from datetime import date

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tsunagu.access.auditing import record
from tsunagu.access.models import Administratorship, PurposeGrant, RoleAssignment, Staff
from tsunagu.access.queries import is_in_force
from tsunagu.access.session import ADMINISTRATION, acting_as
from tsunagu.audit.rows import Outcome
from tsunagu.trail.recording import Act
from tsunagu.web.doors import Door, behind
from tsunagu.web.fields import DayField
from tsunagu.web.framing import ROLE_TITLES, describe_scope, get_purpose_name
from tsunagu.web.standing import Standing


class DayForm(forms.Form):
    """The day whose rights are shown."""

    on = DayField(label=_("この日の権限"), error_messages={"required": _("日付を入れてください。")})


@dataclass(slots=True)
class Rights:
    """What one member of staff has on the day, in words."""

    staff: Staff
    is_administrator: bool = False
    roles: list[str] = field(default_factory=list)
    purposes: list[str] = field(default_factory=list)


@behind(Door.ADMINISTRATORS)
@require_safe
def list_staff(request: HttpRequest) -> HttpResponse:
    """Everybody on the list, with the rights of a day; today's unless another is asked for."""
    standing: Standing = request.standing  # type: ignore[attr-defined]
    form = DayForm(request.GET if "on" in request.GET else {"on": standing.on_date.isoformat()})
    if not form.is_valid():
        return render(request, "desk/staff.html", {"form": form}, status=422)
    rights = _read_rights(standing, form.cleaned_data["on"])
    return render(request, "desk/staff.html", {"form": form, "rights": rights})


def _read_rights(standing: Standing, on: date) -> list[Rights]:
    act = Act("staff.list", Outcome.READ, "day", on.isoformat())
    with acting_as(standing.staff, ADMINISTRATION, standing.on_date, request_id=standing.request_id):
        record(act)
        found = {one.pk: Rights(one) for one in Staff.objects.order_by("staff_number")}
        for term in Administratorship.objects.filter(is_in_force(on)):
            found[term.staff_id].is_administrator = True
        for role in RoleAssignment.objects.filter(is_in_force(on)).order_by("role", "scope_id"):
            found[role.staff_id].roles.append(f"{ROLE_TITLES[role.role]}（{describe_scope(role)}）")
        for grant in PurposeGrant.objects.filter(is_in_force(on)).order_by("purpose"):
            found[grant.staff_id].purposes.append(get_purpose_name(grant.purpose))
    return list(found.values())
