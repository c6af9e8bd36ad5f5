"""はじめてのパスワード: whoever was given one chooses their own before anything else."""

from django import forms
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from tsunagu.access.clock import read_now
from tsunagu.access.models import Staff
from tsunagu.audit.rows import Outcome
from tsunagu.web.doors import Door, behind
from tsunagu.web.recording import record_own


class OwnPasswordForm(forms.Form):
    """The new password, twice; not the one on the slip."""

    password = forms.CharField(
        label=_("新しいパスワード"),
        help_text=_("12文字以上にしてください。思い出せる言葉をいくつか並べると、長くて覚えやすくなります。"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password", "autofocus": True}),
    )
    again = forms.CharField(
        label=_("新しいパスワード（もう一度）"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(self, staff: Staff, posted: QueryDict | None = None) -> None:
        super().__init__(posted)
        self._staff = staff

    def clean_password(self) -> str:
        """A good one, and another than the one that was given."""
        password: str = self.cleaned_data["password"]
        if self._staff.check_password(password):
            raise forms.ValidationError(_("渡されたものとは違うパスワードにしてください。"))
        validate_password(password, self._staff)
        return password

    def clean_again(self) -> str:
        """The same."""
        again: str = self.cleaned_data["again"]
        if "password" in self.cleaned_data and again != self.cleaned_data["password"]:
            raise forms.ValidationError(_("二つのパスワードが違います。"))
        return again


@behind(Door.FIRST_PASSWORD)
@sensitive_post_parameters("password", "again")
def choose_own_password(request: HttpRequest) -> HttpResponse:
    """The only page of somebody who signed in with a first password; none of anybody else's."""
    staff = request.user
    assert isinstance(staff, Staff)
    if staff.first_password_until is None:
        return redirect("home")
    if staff.first_password_until <= read_now():
        record_own(request, staff, "password.first_too_late", outcome=Outcome.REFUSED)
        logout(request)
        return render(request, "desk/first_password_over.html", status=403)
    form = OwnPasswordForm(staff, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "desk/first_password.html", {"form": form}, status=status)
    with transaction.atomic():
        record_own(request, staff, "password.change", outcome=Outcome.CHANGED)
        staff.first_password_until = None
        staff.set_password(form.cleaned_data["password"])
        staff.save()
    update_session_auth_hash(request, staff)
    return redirect("home")
