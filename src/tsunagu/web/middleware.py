"""What holds for every page: where its parts may come from, who may open it, and when it locks."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import translation

from tsunagu.access.clock import read_now
from tsunagu.access.models import Staff
from tsunagu.audit.rows import Outcome
from tsunagu.catalog.identity_provider import IdentityProvider
from tsunagu.vocabulary.errors import TsunaguError
from tsunagu.web.doors import Door, get_door, is_asked_by_itself
from tsunagu.web.identity_provider import came_from_provider, has_trusted_step
from tsunagu.web.recording import record_own
from tsunagu.web.standing import read_standing
from tsunagu.web.views.errors import show_error, show_not_allowed
from tsunagu.web.views.locking import LOCKED_KEY, lock, show_locked

Respond = Callable[[HttpRequest], HttpResponseBase]

# No inline script, no inline style, nothing from any other host, in no frame.
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'{form_origins}; frame-ancestors 'none'; base-uri 'none'"
)
_SEEN_KEY = "seen_at"
_NOTED_KEY = "noted"
# The moment of the last request is written at most this often.
_SEEN_SECONDS = 30


def make_content_policy(provider: IdentityProvider | None) -> str:
    """A form leads to ourselves; also to the identity provider, when there is one."""
    origins = provider.list_origins() if provider else ()
    return CONTENT_POLICY.format(form_origins="".join(f" {origin}" for origin in origins))


def keep_to_ourselves(respond: Respond) -> Respond:
    """A page takes nothing from elsewhere, and no browser keeps it."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = respond(request)
        response.headers["Content-Security-Policy"] = make_content_policy(settings.IDENTITY_PROVIDER)
        response.headers["Permissions-Policy"] = (
            "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        )
        if not request.path.startswith(settings.STATIC_URL):
            response.headers["Cache-Control"] = "no-store"
        return response

    return answer


def choose_language(respond: Respond) -> Respond:
    """Japanese, unless this browser was set to another of our languages; what the browser prefers is not asked."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        asked = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = respond(request)
        response.headers["Content-Language"] = language
        return response

    return answer


def note_session(respond: Respond) -> Respond:
    """Where and when each session was used last, for its owner to see: at once from elsewhere, else now and then."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated and request.session.session_key:
            where = get_adapter().get_client_ip(request)
            client = [request.session.session_key, where, request.META.get("HTTP_USER_AGENT", "")]
            noted, at = request.session.get(_NOTED_KEY, (None, 0))
            now = read_now().timestamp()
            if noted != client or now - at >= _SEEN_SECONDS:
                UserSession.objects.create_from_request(request)
                request.session[_NOTED_KEY] = [client, now]
        return respond(request)

    return answer


class ErrorPages:
    """An anticipated error becomes a page that says what happened, why it matters and what to do."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Every request has a name, which its audit rows share."""
        request.request_id = uuid.uuid4()  # type: ignore[attr-defined]
        return self._respond(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Only our own errors; a bug stays a bug."""
        return show_error(request, error) if isinstance(error, TsunaguError) else None


class Gate:
    """Opens a page to whom its door is open, and locks what nobody has touched for a while."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Nothing before the address is known; see `process_view`."""
        return self._respond(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], _args: Any, _named: Any
    ) -> HttpResponseBase | None:
        """What is answered instead of the page; nothing when the page may be shown."""
        door = get_door(view)
        if door is Door.ANYONE:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
        if door is Door.SIGNED_IN:
            return None
        if _is_idle(request):
            lock(request)
        if LOCKED_KEY in request.session:
            return show_locked(request)
        _keep_seen(request, view)
        if door is Door.FIRST_PASSWORD:
            return None
        if _has_first_password(request.user) and not came_from_provider(request):
            return redirect("choose_own_password")
        if door is Door.PASSWORD:
            return None
        if not _has_second_step(request):
            return redirect("mfa_activate_totp")
        return _stand_before(request, door)


def _stand_before(request: HttpRequest, door: Door) -> HttpResponse | None:
    staff = request.user
    request.standing = standing = read_standing(request, staff, request.request_id)  # type: ignore[attr-defined,arg-type]
    if door is Door.ADMINISTRATORS and not standing.is_administrator:
        record_own(request, standing.staff, "administration.open", outcome=Outcome.REFUSED)
        return show_not_allowed(request)
    return None


def _has_second_step(request: HttpRequest) -> bool:
    own = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return is_mfa_enabled(request.user, own) or has_trusted_step(request)


def _has_first_password(staff: Staff) -> bool:
    """Whether somebody else knows their password."""
    return staff.first_password_until is not None


def _is_idle(request: HttpRequest) -> bool:
    seen = request.session.get(_SEEN_KEY)
    limit = timedelta(minutes=settings.IDLE_LOCK_MINUTES).total_seconds()
    return seen is not None and read_now().timestamp() - seen >= limit


def _keep_seen(request: HttpRequest, view: Callable[..., HttpResponseBase]) -> None:
    """Somebody is at the desk; what an open page asks by itself does not say so."""
    if is_asked_by_itself(view) and request.headers.get("HX-Request"):
        return
    now = read_now().timestamp()
    if now - request.session.get(_SEEN_KEY, 0) >= _SEEN_SECONDS:
        request.session[_SEEN_KEY] = now
