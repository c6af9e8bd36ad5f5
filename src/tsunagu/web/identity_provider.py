"""Signing in at the municipality's own directory (OpenID Connect): who comes back from there, and what the session keeps.

allauth asks, with state and PKCE, and fetches; the token is read by `id_tokens`, and nothing of an account is kept.
This is the one place of the product that speaks to another machine, and only to the provider named in the home.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode

from tsunagu.access.clock import read_now
from tsunagu.access.models import Staff
from tsunagu.catalog.identity_provider import IdentityProvider
from tsunagu.web.id_tokens import Claims, TokenRefusedError, has_one_of, is_fresh, read_claims
from tsunagu.web.sign_in import TypedField

_PROVIDER_ID = "municipality"
_CAME_KEY, _TRUSTED_KEY, _END_KEY = "provider_staff", "provider_second_step", "provider_end"
Found = TypeVar("Found")


class ProviderRefusedError(Exception):
    """Whoever came back is not somebody who may sign in; `reason` is a word of ours, for the log."""

    def __init__(self, reason: str, staff: Staff | None = None) -> None:
        """`staff` is who it was about, when that is known."""
        super().__init__(reason)
        self.staff = staff


class ProviderUnreachableError(Exception):
    """The provider does not answer, or not in the way that providers do."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody of our list who comes back from the provider."""

    staff: Staff
    next_address: str
    has_trusted_step: bool
    """The provider says that it asked for a second step, and the municipality trusts it in that."""
    end_address: str
    """Where the session there is ended; empty when the provider has no such address."""


class ProviderAdapter(DefaultSocialAccountAdapter):
    """How allauth fetches; nobody signs up."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: object) -> bool:
        """Never."""
        return False

    def get_requests_session(self) -> Any:
        """Goes where it was told and nowhere from there: a redirect could carry our secret elsewhere."""
        session = super().get_requests_session()
        session.max_redirects = 0
        told = _get_settings()
        if told.ca_file:
            session.verify = f"{settings.HOME}/{told.ca_file}"
        return session


class _Protocol(OpenIDConnectOAuth2Adapter):
    """The provider as its discovery document describes it."""

    def get_provider(self) -> "_Provider":
        """The home's."""
        return _make_provider(self.request)

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Under the name that the home says, whatever name a request came with."""
        return _get_settings().desk + reverse("finish_at_provider")

    def fetch_keys(self) -> Any:
        """The provider's published keys."""
        with ProviderAdapter(self.request).get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
            return answer.json()

    def check_issuer(self) -> str:
        """Who signs; the same as in the home's settings."""
        issuer = str(self.openid_config["issuer"])
        if issuer.rstrip("/") != _get_settings().issuer.rstrip("/"):
            raise ProviderUnreachableError("issuer")
        return issuer


class _Provider(OpenIDConnectProvider):
    """The way there."""

    oauth2_adapter_class = _Protocol


def ask_provider(request: HttpRequest, next_address: str) -> HttpResponse:
    """Send somebody there.

    Whoever comes to open a locked page, and whoever will not be asked for our second step, has to show anew who they
    are: a session at the provider that somebody left open is not enough.

    Raises:
        ProviderUnreachableError: it does not answer.
    """
    nonce = secrets.token_urlsafe(32)
    must_be_fresh = request.user.is_authenticated or _get_settings().trusted_second_step is not None
    parameters = {"nonce": nonce, **({"prompt": "login", "max_age": "0"} if must_be_fresh else {})}

    def ask() -> HttpResponse:
        _make_protocol(request).check_issuer()
        response: HttpResponse = _make_provider(request).redirect(
            request,
            AuthProcess.LOGIN,
            next_url=next_address,
            auth_params=parameters,
            nonce=nonce,
            must_be_fresh=must_be_fresh,
        )
        return response

    return _reach(ask)


def meet_arrival(request: HttpRequest) -> Arrival:
    """Who comes back.

    Raises:
        ProviderRefusedError: nobody of our list, or the answer is not to be believed.
        ProviderUnreachableError: the provider does not answer.
    """
    state = _take_state(request)
    if "error" in request.GET or not request.GET.get("code"):
        raise ProviderRefusedError("cancelled")
    protocol = _make_protocol(request)
    claims, access_token = _fetch_claims(request, protocol, state)
    if state["must_be_fresh"] and not is_fresh(claims, read_now()):
        raise ProviderRefusedError("not_fresh")
    staff = _find_staff(claims, lambda: _fetch_user_info(protocol, access_token, claims))
    step = _get_settings().trusted_second_step
    return Arrival(
        staff,
        state.get("next") or reverse("home"),
        step is not None and has_one_of(claims, step.claim, step.values),
        str(protocol.openid_config.get("end_session_endpoint", "")),
    )


def keep_arrival(request: HttpRequest, arrival: Arrival) -> None:
    """Remember in the session who came from the provider; it counts for them alone."""
    request.session[_CAME_KEY] = arrival.staff.pk
    request.session[_END_KEY] = arrival.end_address
    request.session.pop(_TRUSTED_KEY, None)


def keep_trusted_step(request: HttpRequest, staff: Staff) -> None:
    """Remember that the provider asked for the second step; only once they are signed in."""
    request.session[_TRUSTED_KEY] = staff.pk


def came_from_provider(request: HttpRequest) -> bool:
    """Whether whoever is signed in came from there."""
    return bool(request.session.get(_CAME_KEY) == request.user.pk)


def has_trusted_step(request: HttpRequest) -> bool:
    """Whether the provider has asked whoever is signed in for a second step."""
    return bool(request.session.get(_TRUSTED_KEY) == request.user.pk)


def find_way_out(request: HttpRequest) -> str:
    """Where the session at the provider is ended, and from where they come back; empty when there is none."""
    address = request.session.get(_END_KEY, "")
    if settings.IDENTITY_PROVIDER is None or not address or not came_from_provider(request):
        return ""
    told = _get_settings()
    back = told.desk + reverse("account_login")
    return f"{address}?{urlencode({'client_id': told.client_id, 'post_logout_redirect_uri': back})}"


def _get_settings() -> IdentityProvider:
    told = settings.IDENTITY_PROVIDER
    assert isinstance(told, IdentityProvider), "the pages of a provider are closed when there is none"
    return told


def _make_provider(request: HttpRequest) -> _Provider:
    """The one of the home; allauth's own tables of providers are never asked."""
    told = _get_settings()
    app = SocialApp(
        provider=OpenIDConnectProvider.id,
        provider_id=_PROVIDER_ID,
        name=told.label,
        client_id=told.client_id,
        secret=settings.IDENTITY_PROVIDER_SECRET,
        settings={
            "server_url": told.issuer.rstrip("/"),
            "scope": list(told.scopes),
            "oauth_pkce_enabled": True,
        },
    )
    return _Provider(request, app=app)


def _make_protocol(request: HttpRequest) -> _Protocol:
    return _Protocol(request, _PROVIDER_ID)


def _take_state(request: HttpRequest) -> dict[str, Any]:
    """What we asked with, once; it is in the session of whoever asked and in no other."""
    try:
        state: dict[str, Any] = _make_provider(request).unstash_redirect_state(
            request, request.GET.get("state", "")
        )
    except PermissionDenied:
        raise ProviderRefusedError("state") from None
    return state


def _reach(ask: Callable[[], Found]) -> Found:
    """What the provider answers; whatever its answer lacks is a provider that cannot be reached."""
    try:
        return ask()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ProviderUnreachableError(type(error).__name__) from None


def _fetch_claims(request: HttpRequest, protocol: _Protocol, state: dict[str, Any]) -> tuple[Claims, str]:
    """What the ID token says, and the token for userinfo."""
    issuer = _reach(protocol.check_issuer)
    if request.GET.get("iss", issuer) != issuer:
        raise ProviderRefusedError("issuer")
    provider = _make_provider(request)
    try:
        client = _reach(lambda: protocol.get_client(request, provider.app))
        verifier = state["pkce_code_verifier"]
        answer = _reach(lambda: client.get_access_token(request.GET["code"], pkce_code_verifier=verifier))
        keys = _reach(protocol.fetch_keys)
        told = _get_settings()
        claims = read_claims(
            str(answer.get("id_token", "")),
            keys,
            issuer=issuer,
            client_id=told.client_id,
            nonce=str(state["nonce"]),
        )
    except OAuth2Error:
        raise ProviderRefusedError("code") from None
    except TokenRefusedError as error:
        raise ProviderRefusedError(str(error)) from None
    return claims, str(answer["access_token"])


def _fetch_user_info(protocol: _Protocol, access_token: str, claims: Claims) -> Claims:
    """More about the same person; the answer about another one is none."""
    found: Claims = _reach(lambda: protocol._fetch_user_info(access_token))
    if not isinstance(found, dict) or found.get("sub") != claims["sub"]:
        raise ProviderRefusedError("userinfo")
    return found


def _find_staff(claims: Claims, ask_more: Callable[[], Claims]) -> Staff:
    """Of our list, and still with us. Nobody is ever added to it from here."""
    name = _get_settings().staff_number_claim
    said = claims[name] if name in claims else ask_more().get(name)
    number = TypedField().to_python(said) if isinstance(said, str | int) else ""
    staff = Staff.objects.filter(staff_number=number).first() if number else None
    if staff is None:
        raise ProviderRefusedError("unknown")
    if not staff.is_active:
        raise ProviderRefusedError("ended", staff)
    return staff
