"""Sign-in at the municipality's own directory: the way there, the way back, and what is said when it leads nowhere.

Whoever may not sign in gets one answer, whether the list does not know them, they have left, or the answer of the
provider was not to be believed: which it was stands in the audit trail alone, as far as it is about somebody of ours.
"""

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_credentials
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tsunagu.audit.rows import Outcome
from tsunagu.web.addresses import read_own_address
from tsunagu.web.doors import Door, behind
from tsunagu.web.identity_provider import (
    Arrival,
    ProviderRefusedError,
    ProviderUnreachableError,
    ask_provider,
    keep_arrival,
    keep_trusted_step,
    meet_arrival,
)
from tsunagu.web.recording import record_own
from tsunagu.web.sign_in import respond_locked_out


@behind(Door.ANYONE)
@require_POST
def begin_at_provider(request: HttpRequest) -> HttpResponse:
    """Off to the provider."""
    _check_there_is_one()
    try:
        return ask_provider(request, read_own_address(request, request.POST.get("next", "")))
    except ProviderUnreachableError:
        return _show_unreachable(request)


@behind(Door.ANYONE)
@require_GET
def finish_at_provider(request: HttpRequest) -> HttpResponse:
    """Back from the provider: on to our second step, or in."""
    _check_there_is_one()
    try:
        arrival = meet_arrival(request)
    except ProviderRefusedError as error:
        record_own(request, error.staff, "sign_in.provider", outcome=Outcome.REFUSED)
        return _show_refused(request)
    except ProviderUnreachableError:
        record_own(request, None, "sign_in.provider", outcome=Outcome.REFUSED)
        return _show_unreachable(request)
    credentials = get_credentials(username=arrival.staff.staff_number)
    if not AxesProxyHandler.is_allowed(request, credentials):
        record_own(request, arrival.staff, "sign_in.provider", outcome=Outcome.REFUSED)
        return respond_locked_out(request)
    return _let_in(request, arrival)


def _let_in(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    """In a session of their own, whoever sat there before."""
    if request.user.is_authenticated:
        get_adapter(request).logout(request)
    keep_arrival(request, arrival)
    record_authentication(request, arrival.staff, "provider")
    if not arrival.has_trusted_step:
        response: HttpResponse = perform_login(request, arrival.staff, redirect_url=arrival.next_address)
        return response
    get_adapter(request).login(request, arrival.staff)
    keep_trusted_step(request, arrival.staff)
    return redirect(arrival.next_address)


def _check_there_is_one() -> None:
    if settings.IDENTITY_PROVIDER is None:
        raise Http404


def _show_refused(request: HttpRequest) -> HttpResponse:
    words = {
        "what": _("庁内の認証では、サインインできませんでした。"),
        "why": _("つなぐの職員の一覧にある、在籍している人だけが入れます。このことは記録しました。"),
        "todo": _(
            "サインインのページからもう一度お試しください。続くときは、職員の一覧に自分の職員番号があるかを、権限の管理者に聞いてください。"
        ),
    }
    return render(request, "desk/error.html", words, status=403)


def _show_unreachable(request: HttpRequest) -> HttpResponse:
    words = {
        "what": _("庁内の認証に、いまつながりません。"),
        "why": _("庁内の認証が止まっているか、つなぐの設定と合っていません。まだサインインしていません。"),
        "todo": _(
            "少し待って、もう一度お試しください。つなぐのパスワードがある人は、職員番号とパスワードで入れます。続くときは、情報システムの担当に知らせてください。"
        ),
    }
    return render(request, "desk/error.html", words, status=503)
