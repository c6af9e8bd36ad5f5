"""わたしの権限: who I am, what I may do until when, where I am signed in; and the choice of the purpose."""

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from axes.models import AccessFailureLog, AccessLog
from django import forms
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from tsunagu.access.models import Staff
from tsunagu.audit.rows import Outcome
from tsunagu.web.addresses import read_own_address
from tsunagu.web.devices import describe_device
from tsunagu.web.framing import ROLE_TITLES, describe_scope, list_purpose_titles
from tsunagu.web.recording import record_own
from tsunagu.web.sign_in import make_staff_key
from tsunagu.web.standing import Standing, keep_purpose

_LAST_SIGN_INS = 5


@dataclass(frozen=True, slots=True)
class SignIn:
    """One sign-in, or one that failed."""

    at: datetime
    has_succeeded: bool
    ip_address: str
    device: str


class PurposeForm(forms.Form):
    """One of the purposes that are granted today."""

    purpose = forms.ChoiceField(label=_("利用目的"), widget=forms.RadioSelect)

    def __init__(self, titles: dict[str, str], posted: QueryDict | None = None) -> None:
        super().__init__(posted)
        field = self.fields["purpose"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(titles.items())
        field.error_messages = {
            "required": _("利用目的を一つ選んでください。"),
            "invalid_choice": _("その利用目的は、きょうは許可されていません。下から選んでください。"),
        }


@require_safe
def show_own_account(request: HttpRequest) -> HttpResponse:
    """The start page."""
    standing = _get_standing(request)
    chosen = {"purpose": standing.purpose} if standing.purpose else None
    form = PurposeForm(list_purpose_titles(standing))
    form.initial = chosen or {}
    return _render(request, standing, form)


@require_POST
def choose_purpose(request: HttpRequest) -> HttpResponse:
    """Put one of the granted purposes in force."""
    standing = _get_standing(request)
    form = PurposeForm(list_purpose_titles(standing), request.POST)
    if not form.is_valid():
        return _render(request, standing, form, status=422)
    purpose = form.cleaned_data["purpose"]
    record_own(request, standing.staff, "purpose.choose", outcome=Outcome.CHANGED, what=purpose)
    keep_purpose(request, purpose)
    if standing.roles and not request.POST.get("next"):
        return redirect("show_today")
    return redirect(read_own_address(request, request.POST.get("next", "")))


@require_POST
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """End one of one's own sessions, on another machine or on this one."""
    staff = _get_standing(request).staff
    session = UserSession.objects.filter(user=staff, pk=session_id).first()
    if session is None:
        raise Http404
    with transaction.atomic():
        record_own(request, staff, "session.end", outcome=Outcome.CHANGED, what=f"{staff.pk}/{session.pk}")
        session.end()
    return redirect("home")


def _render(request: HttpRequest, standing: Standing, form: PurposeForm, status: int = 200) -> HttpResponse:
    titles = list_purpose_titles(standing)
    content = {
        "form": form,
        "roles": [(ROLE_TITLES[role.role], describe_scope(role), role) for role in standing.roles],
        "purposes": [(titles[grant.purpose], grant) for grant in standing.purposes],
        "sessions": [(describe_device(one.user_agent), one) for one in _list_sessions(standing.staff)],
        "sign_ins": _list_sign_ins(standing.staff),
        "recovery_codes_left": _count_recovery_codes(standing.staff),
    }
    return render(request, "desk/own_account.html", content, status=status)


def _get_standing(request: HttpRequest) -> Standing:
    standing: Standing = request.standing  # type: ignore[attr-defined]
    return standing


def _list_sessions(staff: Staff) -> list[UserSession]:
    sessions = UserSession.objects.purge_and_list(staff)
    return sorted(sessions, key=lambda one: one.last_seen_at, reverse=True)


def _list_sign_ins(staff: Staff) -> list[SignIn]:
    """The last ones, those that failed included, so that somebody else's attempt is noticed."""
    done = AccessLog.objects.filter(username=staff.staff_number).order_by("-attempt_time")[:_LAST_SIGN_INS]
    failed = AccessFailureLog.objects.filter(username=make_staff_key(staff.staff_number))
    found = [
        SignIn(one.attempt_time, has_succeeded, one.ip_address or "", describe_device(one.user_agent))
        for rows, has_succeeded in ((done, True), (failed.order_by("-attempt_time")[:_LAST_SIGN_INS], False))
        for one in rows
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)[:_LAST_SIGN_INS]


def _count_recovery_codes(staff: Staff) -> int:
    kept = Authenticator.objects.filter(user=staff, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(kept.wrap().get_unused_codes()) if kept else 0
