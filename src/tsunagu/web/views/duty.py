"""当番表: who answers for intakes that nobody has received, today and on the days that follow."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from tsunagu.cases.duty import list_duty, list_takers, set_duty
from tsunagu.cases.policies import EntryFaultError
from tsunagu.catalog.roles import Right
from tsunagu.web.intake_forms import DutyForm
from tsunagu.web.standing import Standing
from tsunagu.web.undoing import Undo, offer_undo
from tsunagu.web.views.child import begin_acting


@require_http_methods(["GET", "HEAD", "POST"])
def show_duty(request: HttpRequest) -> HttpResponse:
    """The roster, and the form for whoever sets it."""
    standing: Standing = request.standing  # type: ignore[attr-defined]
    with begin_acting(request) as acting:
        days = list_duty(acting)
        posted = request.POST if request.method == "POST" else None
        form = DutyForm(list_takers(acting.on_date), posted, on=acting.on_date)
        is_valid = posted is not None and form.is_valid()
    if is_valid:
        said = form.cleaned_data
        try:
            with begin_acting(request) as acting:
                set_duty(acting, said["on"], said["officer"], said["deputy"], until=said["until"])
        except EntryFaultError as fault:
            form.add_error(fault.field, f"{fault.what}{fault.todo}")
        else:
            offer_undo(request, Undo(_("%(on)s の当番を決めました。") % {"on": said["on"].isoformat()}))
            return redirect("show_duty")
    content = {"days": days, "form": form, "may_set": Right.ASSIGN in standing.rights}
    return render(request, "desk/duty.html", content, status=200 if posted is None else 422)
