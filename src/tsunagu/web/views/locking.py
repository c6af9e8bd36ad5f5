"""The lock: a page nobody has touched for a while asks for the password, and gives back what was being written."""

import json
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from tsunagu.access.models import Staff
from tsunagu.audit.rows import Outcome
from tsunagu.web.addresses import read_own_address
from tsunagu.web.confirming import is_oneself
from tsunagu.web.doors import Door, behind
from tsunagu.web.identity_provider import came_from_provider
from tsunagu.web.recording import record_own

LOCKED_KEY = "locked"
_SEEN_KEY = "seen_at"
_TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - the name of a field


class UnlockForm(forms.Form):
    """The password again, and what to go on with."""

    password = forms.CharField(
        label=_("パスワード"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password", "autofocus": True}),
    )
    next = forms.CharField(required=False, widget=forms.HiddenInput)
    kept = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

    def ask_code(self) -> None:
        """Of somebody whose password is not here: the code, which is what `is_oneself` reads then."""
        self.fields["password"].label = _("確認コード")
        self.fields["password"].widget.attrs["autocomplete"] = "one-time-code"


def lock(request: HttpRequest) -> None:
    """Lock the session; nothing else of it changes."""
    if LOCKED_KEY not in request.session:
        record_own(request, _get_staff(request), "session.lock", outcome=Outcome.CHANGED)
        request.session[LOCKED_KEY] = True


def show_locked(request: HttpRequest) -> HttpResponse:
    """Instead of a page. What was sent meanwhile is not done, and not lost: it waits in the page for the password."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=423, headers={"HX-Refresh": "true"})
    kept = _write_kept(request.POST) if request.method == "POST" else ""
    form = UnlockForm(initial={"next": request.get_full_path(), "kept": kept})
    return _show_form(request, form, has_kept=bool(kept), status=423)


@behind(Door.SIGNED_IN)
@require_POST
def lock_now(request: HttpRequest) -> HttpResponse:
    """Lock because the officer says so, on leaving the desk."""
    lock(request)
    return redirect(read_own_address(request, request.POST.get("next", "")))


@behind(Door.SIGNED_IN)
@require_POST
@sensitive_post_parameters("password", "kept")
def unlock(request: HttpRequest) -> HttpResponse:
    """Back to where they were, after the password."""
    form = UnlockForm(request.POST)
    if form.is_valid() and not is_oneself(request, form.cleaned_data["password"]):
        has_password = _get_staff(request).has_usable_password()
        form.add_error(
            "password", _("パスワードが違います。") if has_password else _("確認コードが違います。")
        )
    if not form.is_valid():
        return _show_form(request, form, has_kept=bool(request.POST.get("kept")))
    record_own(request, _get_staff(request), "session.unlock", outcome=Outcome.CHANGED)
    request.session.pop(LOCKED_KEY, None)
    request.session.pop(_SEEN_KEY, None)
    address = read_own_address(request, form.cleaned_data["next"])
    if form.cleaned_data["kept"]:
        fields = _read_kept(form.cleaned_data["kept"])
        return render(request, "desk/send_kept.html", {"address": address, "fields": fields})
    return redirect(address)


def _show_form(request: HttpRequest, form: UnlockForm, *, has_kept: bool, status: int = 200) -> HttpResponse:
    staff = _get_staff(request)
    has_code = is_mfa_enabled(staff, [Authenticator.Type.TOTP])
    if not staff.has_usable_password():
        form.ask_code()
    content = {
        "form": form,
        "has_kept": has_kept,
        "can_type": staff.has_usable_password() or has_code,
        "provider": settings.IDENTITY_PROVIDER if came_from_provider(request) else None,
    }
    return render(request, "desk/locked.html", content, status=status)


def _get_staff(request: HttpRequest) -> Staff:
    assert isinstance(request.user, Staff)
    return request.user


def _write_kept(posted: QueryDict) -> str:
    return json.dumps(
        [[name, value] for name, values in posted.lists() if name != _TOKEN for value in values]
    )


def _read_kept(written: str) -> list[tuple[str, str]]:
    """What the page kept; it came from the browser, so anything else than pairs of texts is left out."""
    try:
        pairs: Any = json.loads(written)
        return [(str(name), str(value)) for name, value in pairs]
    except (ValueError, TypeError):
        return []
