"""Sign-in: number and password, then the code; a first sign-in sets the second step up."""

import json
from collections.abc import Callable
from typing import Any

from allauth.account import views as account_views
from allauth.mfa.base import views as mfa_views
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery_views
from allauth.mfa.totp import views as totp_views
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn import views as webauthn_views
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_credentials
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from tsunagu.access.models import Staff
from tsunagu.web.doors import Door, behind
from tsunagu.web.identity_provider import find_way_out
from tsunagu.web.sign_in import respond_locked_out

View = Callable[..., HttpResponseBase]


class SignInView(account_views.LoginView):
    """Number and password; beside them the way to the municipality's own directory, when there is one."""

    def get_context_data(self, **named: Any) -> dict[str, Any]:
        """What the button is called."""
        content: dict[str, Any] = super().get_context_data(**named)
        return {**content, "provider": settings.IDENTITY_PROVIDER}


class SignOutView(account_views.LogoutView):
    """Here, and at the provider for whoever came from there: the next at this machine is somebody else."""

    def post(self, *args: Any, **named: Any) -> HttpResponse:
        """The way out is read before the session is gone."""
        way_out = find_way_out(self.request)
        response: HttpResponse = super().post(*args, **named)
        return redirect(way_out) if way_out else response


class EnterCodeView(mfa_views.AuthenticateView):
    """The code of the second step; wrong codes lock like wrong passwords."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Not even looked at while the number is locked."""
        credentials = get_credentials(username=self.stage.login.user.staff_number)
        if not AxesProxyHandler.is_allowed(request, credentials):
            return respond_locked_out(request)
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response

    def get_context_data(self, **named: Any) -> dict[str, Any]:
        """What the browser asks a passkey, for somebody who has one."""
        return _add_options(super().get_context_data(**named), "request_options", self.stage.login.user)


class AddPasskeyView(webauthn_views.AddWebAuthnView):
    """One more passkey, or the first second step of all."""

    def get_context_data(self, **named: Any) -> dict[str, Any]:
        """What the browser asks of the passkey."""
        return _add_options(super().get_context_data(**named), "creation_options")

    def get_success_url(self) -> str:
        """The recovery codes, when they are new."""
        return reverse("mfa_view_recovery_codes" if self.did_generate_recovery_codes else "home")


class ConfirmPasskeyView(webauthn_views.ReauthenticateWebAuthnView):
    """The passkey again."""

    def get_context_data(self, **named: Any) -> dict[str, Any]:
        """What the browser asks of the passkey."""
        return _add_options(super().get_context_data(**named), "request_options")


class ConfirmCodeView(mfa_views.ReauthenticateView):
    """The code again; counted the same way."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Not even looked at while the number is locked."""
        credentials = get_credentials(username=request.user.get_username())
        if not AxesProxyHandler.is_allowed(request, credentials):
            return respond_locked_out(request)
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response


def _add_options(content: dict[str, Any], name: str, holder: Staff | None = None) -> dict[str, Any]:
    """As the text of an attribute: a page has no script of its own."""
    has_any = holder is None or is_mfa_enabled(holder, [Authenticator.Type.WEBAUTHN])
    if has_any:
        content["options"] = json.dumps(content["js_data"][name], cls=DjangoJSONEncoder)
    return content


sign_in = behind(Door.ANYONE)(SignInView.as_view())
sign_out = behind(Door.SIGNED_IN)(SignOutView.as_view())
enter_code = behind(Door.ANYONE)(EnterCodeView.as_view())
confirm_password = behind(Door.PASSWORD)(account_views.ReauthenticateView.as_view())
add_passkey = behind(Door.PASSWORD)(AddPasskeyView.as_view())
confirm_passkey = behind(Door.PASSWORD)(ConfirmPasskeyView.as_view())
confirm_code = behind(Door.PASSWORD)(ConfirmCodeView.as_view())
show_recovery_codes = recovery_views.ViewRecoveryCodesView.as_view()
make_recovery_codes = recovery_views.GenerateRecoveryCodesView.as_view()
_set_up: View = totp_views.ActivateTOTPView.as_view()
_change_password: View = account_views.PasswordChangeView.as_view()


def change_password(request: HttpRequest) -> HttpResponseBase:
    """Only of those who have one here; a city's own directory keeps the others'."""
    assert isinstance(request.user, Staff)  # behind its door there is nobody else
    if not request.user.has_usable_password():
        return redirect("home")
    return _change_password(request)


@behind(Door.PASSWORD)
def set_up_second_step(request: HttpRequest) -> HttpResponseBase:
    """Once: afterwards the second step is changed by an administrator, who sees the person."""
    if is_mfa_enabled(request.user, [Authenticator.Type.TOTP]):
        return redirect("home")
    return _set_up(request)
