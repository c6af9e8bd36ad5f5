"""Sign-in: number and password, then the code; a first sign-in sets the second step up."""

from collections.abc import Callable
from typing import Any

from allauth.account import views as account_views
from allauth.mfa.base import views as mfa_views
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery_views
from allauth.mfa.totp import views as totp_views
from allauth.mfa.utils import is_mfa_enabled
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_credentials
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from tsunagu.access.models import Staff
from tsunagu.web.doors import Door, behind
from tsunagu.web.sign_in import respond_locked_out

View = Callable[..., HttpResponseBase]


class EnterCodeView(mfa_views.AuthenticateView):
    """The code of the second step; wrong codes lock like wrong passwords."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Not even looked at while the number is locked."""
        credentials = get_credentials(username=self.stage.login.user.staff_number)
        if not AxesProxyHandler.is_allowed(request, credentials):
            return respond_locked_out(request)
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response


class ConfirmCodeView(mfa_views.ReauthenticateView):
    """The code again; counted the same way."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Not even looked at while the number is locked."""
        credentials = get_credentials(username=request.user.get_username())
        if not AxesProxyHandler.is_allowed(request, credentials):
            return respond_locked_out(request)
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response


sign_in = behind(Door.ANYONE)(account_views.LoginView.as_view())
sign_out = behind(Door.SIGNED_IN)(account_views.LogoutView.as_view())
enter_code = behind(Door.ANYONE)(EnterCodeView.as_view())
confirm_password = behind(Door.PASSWORD)(account_views.ReauthenticateView.as_view())
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
