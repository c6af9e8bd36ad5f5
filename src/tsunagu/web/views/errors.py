"""Pages for what could not be done: what happened, why it matters, what to do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from tsunagu.catalog.roles import Right
from tsunagu.people.operations import PersonNotFoundError
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

_STATUSES = {ExitCode.NOT_ALLOWED: 403, ExitCode.NOT_FOUND: 404}


def show_error(request: HttpRequest, error: TsunaguError) -> HttpResponse:
    """An anticipated error in its own words."""
    standing = getattr(request, "standing", None)
    words: dict[str, object] = {"what": error.what, "why": error.why, "todo": error.todo}
    # The same for every child that is not shown, whether there is one or not.
    words["may_break"] = (
        isinstance(error, PersonNotFoundError)
        and standing is not None
        and Right.BREAK_GLASS in standing.rights
    )
    return render(request, "desk/error.html", words, status=_STATUSES.get(error.exit_code, 400))


def show_not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A page that is not for whoever asks."""
    words = {
        "what": _("このページを開く権限がありません。"),
        "why": _("開けるのは、権限の管理者だけです。開こうとしたことは記録しました。"),
        "todo": _("必要なときは、権限の管理者に頼んでください。"),
    }
    return render(request, "desk/error.html", words, status=403)


def show_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """No such page, or not theirs: the same answer."""
    words = {
        "what": _("そのページはありません。"),
        "why": _("アドレスが違うか、もう終わったものです。"),
        "todo": _("左の見出しから選び直してください。"),
    }
    return render(request, "desk/error.html", words, status=404)


def show_csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that did not come from our page, or lay open too long."""
    words = {
        "what": _("送られた内容を受け取れませんでした。何も変えていません。"),
        "why": _("画面を開いてから時間がたったか、ほかのページから送られたものです。"),
        "todo": _("前の画面に戻って開き直し、もう一度送ってください。"),
    }
    return render(request, "desk/error.html", words, status=403)


def show_fault(request: HttpRequest) -> HttpResponse:
    """A bug of ours."""
    words = {
        "what": _("こちらの不具合で、続けられませんでした。"),
        "why": _("途中のものは残っていません。"),
        "todo": _("もう一度試し、続くようなら、時刻を添えて管理者に知らせてください。"),
    }
    return render(request, "desk/error.html", words, status=500)
