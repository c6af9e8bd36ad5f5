"""職員一人のサインイン: an administrator hands out a first password, and lets a second step be set up anew."""

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from tsunagu.access.clock import read_now
from tsunagu.access.models import Staff
from tsunagu.access.session import ADMINISTRATION, acting_as
from tsunagu.web.accounts import give_first_password, reset_second_step
from tsunagu.web.confirming import is_oneself
from tsunagu.web.doors import Door, behind
from tsunagu.web.standing import Standing
from tsunagu.web.undoing import Undo, offer_undo


class ConfirmForm(forms.Form):
    """One's own password again; a code, of those whose password the city's directory has."""

    confirmation = forms.CharField(
        label=_("あなた自身のパスワード"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
        error_messages={"required": _("あなた自身のパスワードを入れてください。")},
    )


@dataclass(frozen=True, slots=True)
class Account:
    """How somebody signs in."""

    staff: Staff
    has_password: bool
    has_first_password: bool
    has_second_step: bool
    is_own: bool


@behind(Door.ADMINISTRATORS)
@require_safe
def show_member(request: HttpRequest, staff_id: int) -> HttpResponse:
    """How they sign in, and what an administrator can do about it."""
    return _show(request, _find(staff_id), ConfirmForm())


@behind(Door.ADMINISTRATORS)
@require_POST
@sensitive_post_parameters("confirmation")
def hand_out_password(request: HttpRequest, staff_id: int) -> HttpResponse:
    """A first password, shown once, on a page to print."""
    staff, standing = _find(staff_id), _get_standing(request)
    if (asked := _ask_confirmation(request, staff)) is not None:
        return asked
    with acting_as(
        standing.staff, ADMINISTRATION, standing.on_date, request_id=standing.request_id
    ) as acting:
        given = give_first_password(acting, staff, now=read_now())
    return render(request, "desk/first_password_slip.html", {"staff": staff, "given": given})


@behind(Door.ADMINISTRATORS)
@require_POST
@sensitive_post_parameters("confirmation")
def reset_step(request: HttpRequest, staff_id: int) -> HttpResponse:
    """Somebody lost what their codes come from."""
    staff, standing = _find(staff_id), _get_standing(request)
    if (asked := _ask_confirmation(request, staff)) is not None:
        return asked
    with acting_as(
        standing.staff, ADMINISTRATION, standing.on_date, request_id=standing.request_id
    ) as acting:
        reset_second_step(acting, staff)
    words = _(
        "次のサインインのとき、確認コードをはじめから用意してもらいます。いまのサインインは終わらせました。"
    )
    offer_undo(request, Undo(str(words)))
    return redirect("show_member", staff_id=staff.pk)


def _ask_confirmation(request: HttpRequest, staff: Staff) -> HttpResponse | None:
    """The page again, until whoever sits there has shown that it is them."""
    form = ConfirmForm(request.POST)
    if form.is_valid() and not is_oneself(request, form.cleaned_data["confirmation"]):
        form.add_error("confirmation", _("あなた自身のパスワードと違います。何も変えていません。"))
    return None if form.is_valid() else _show(request, staff, form, status=422)


def _show(request: HttpRequest, staff: Staff, form: ConfirmForm, status: int = 200) -> HttpResponse:
    own = _get_standing(request).staff
    if not own.has_usable_password():
        form.fields["confirmation"].label = _("あなた自身の確認コード")
    account = Account(
        staff,
        staff.has_usable_password(),
        staff.first_password_until is not None,
        Authenticator.objects.filter(user=staff).exclude(type=Authenticator.Type.RECOVERY_CODES).exists(),
        staff.pk == own.pk,
    )
    return render(request, "desk/staff_member.html", {"account": account, "form": form}, status=status)


def _find(staff_id: int) -> Staff:
    staff = Staff.objects.filter(pk=staff_id).first()
    if staff is None:
        raise Http404
    return staff


def _get_standing(request: HttpRequest) -> Standing:
    standing: Standing = request.standing  # type: ignore[attr-defined]
    return standing
