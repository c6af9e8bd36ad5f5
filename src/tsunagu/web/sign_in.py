"""How allauth and axes are bound to our staff: what they may do, what they keep, in which words they refuse."""

import base64
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as CodeReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm, ReauthenticateWebAuthnForm
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from tsunagu.access.clock import read_now

# A sign-in so recent needs no confirmation.
_RECENT = timedelta(minutes=5)
_FERNET_BYTES = 32
_KEY_CHARACTERS = 40


class AccountAdapter(DefaultAccountAdapter):
    """Staff are put on the list by administrators; nobody signs up, and nothing is sent by mail."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _(
            "職員番号かパスワードが違います。続けて5回間違えると、15分のあいだサインインできません。"
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def add_message(self, *arguments: Any, **named: Any) -> None:
        """Say nothing: our pages say in our words what was done."""

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Before what matters the password is asked again, but not of somebody who has just signed in."""
        signed_in_at = self.request.user.last_login
        is_recent = signed_in_at is not None and read_now() - signed_in_at < _RECENT
        return not is_recent and bool(super().is_reauthentication_required(app=app))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to one's own page."""
        return "/"


class TwoStepAdapter(DefaultMFAAdapter):
    """Keeps the secrets of the second step encrypted, under a key that the database does not have."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("確認コードが違います。アプリにいま出ている6けたを入れてください。"),
    }

    def encrypt(self, text: str) -> str:
        """For the database."""
        return _make_cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """From the database."""
        return _make_cipher().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: object, type: object) -> str:
        """What a passkey is called unless its holder says otherwise."""
        return str(_("わたしのパスキー"))

    def can_delete_authenticator(self, authenticator: object) -> bool:
        """Nobody goes back to a password alone."""
        return False


def _make_cipher() -> Fernet:
    derived = HKDF(SHA256(), _FERNET_BYTES, salt=None, info=b"tsunagu two-step secrets")
    return Fernet(base64.urlsafe_b64encode(derived.derive(settings.TWO_STEP_KEY.encode())))


class TypedField(forms.CharField):
    """What is typed with full-width digits and letters is read as meant."""

    def to_python(self, value: Any) -> str:
        """In one form, without spaces."""
        return "".join(unicodedata.normalize("NFKC", super().to_python(value) or "").split())


class SignInForm(LoginForm):
    """Staff number and password."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        attributes = {"autocomplete": "username", "autofocus": True}
        self.fields["login"] = TypedField(
            label=_("職員番号"), max_length=32, widget=forms.TextInput(attributes)
        )
        self.fields["password"].label = _("パスワード")
        self.fields["password"].help_text = ""
        self.fields["password"].widget.attrs.pop("placeholder", None)


def _make_code_field() -> TypedField:
    attributes = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
    return TypedField(label=_("確認コード"), max_length=32, widget=forms.TextInput(attributes))


class EnterCodeForm(AuthenticateForm):
    """The second step at sign-in."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["code"] = _make_code_field()


class ConfirmCodeForm(CodeReauthenticateForm):
    """The second step again, before something that matters."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["code"] = _make_code_field()


class SetUpCodeForm(ActivateTOTPForm):
    """The first code of a new second step."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["code"] = _make_code_field()


@contextmanager
def _read_as_passkey() -> Iterator[None]:
    """Whatever a browser sends in the place of a passkey's answer is refused, and no fault of ours."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError):
        raise forms.ValidationError(_("パスキーの答えを読めません。もう一度押してください。")) from None


class EnterPasskeyForm(AuthenticateWebAuthnForm):
    """A passkey as the second step at sign-in."""

    def clean_credential(self) -> Any:
        """Whose it is."""
        with _read_as_passkey():
            return super().clean_credential()


class ConfirmPasskeyForm(ReauthenticateWebAuthnForm):
    """The passkey again, before something that matters."""

    def clean_credential(self) -> Any:
        """Whose it is."""
        with _read_as_passkey():
            return super().clean_credential()


class AddPasskeyForm(AddWebAuthnForm):
    """A passkey, and what its holder calls it."""

    def clean(self) -> dict[str, Any]:
        """What the passkey answered, checked."""
        with _read_as_passkey():
            found: dict[str, Any] = super().clean()
            return found

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["name"].label = _("パスキーの呼び名")
        self.fields["name"].max_length = 40


def make_lock_key(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Under which name axes counts failures: never what was typed, which may be a password in the wrong box."""
    typed = (credentials or {}).get("username") or request.POST.get("login", "")
    return make_staff_key(str(typed))


def make_staff_key(staff_number: str) -> str:
    """The name under which axes counts a member of staff's failures."""
    return salted_hmac("tsunagu.web.sign_in", staff_number, algorithm="sha256").hexdigest()[:_KEY_CHARACTERS]


def respond_locked_out(request: HttpRequest, *_arguments: object) -> HttpResponse:
    """The page of somebody who failed too often."""
    return render(request, "desk/locked_out.html", status=429)
