"""Files that a browser sends: straight to the home's disk, closed to others, and no more than the settings allow."""

from collections.abc import Callable

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from tsunagu.vocabulary.errors import ExitCode, TsunaguError

View = Callable[..., HttpResponse]


class TooLargeError(TsunaguError):
    """More was sent than is taken at once."""

    exit_code = ExitCode.FILE_REFUSED


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Writes to the disk, counts over all files of the request, and stops reading at the limit."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.sent_bytes = 0
        self.is_too_large = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """One more piece."""
        self.sent_bytes += len(raw_data)
        if self.sent_bytes > settings.UPLOAD_MOST_BYTES:
            self.is_too_large = True
            raise StopUpload(connection_reset=True)
        super().receive_data_chunk(raw_data, start)


def receives_files(view: View) -> View:
    """A view to which files are sent. Nothing of them is read before the gate has let the sender in."""

    def answer(request: HttpRequest, *arguments: object, **named: object) -> HttpResponse:
        handler = LimitedUploadHandler(request)
        request.upload_handlers = [handler]
        _ = request.POST
        if handler.is_too_large:
            raise TooLargeError(
                "一度に送れる大きさを超えました。何も受け取っていません。",
                why=f"一度に受け取るのは、合わせて {settings.UPLOAD_MOST_BYTES // 1024**2:,} MB までです。",
                todo="いくつかに分けて送ってください。",
            )
        return csrf_protect(view)(request, *arguments, **named)

    answer.__name__ = getattr(view, "__name__", "answer")
    return csrf_exempt(answer)


def list_sent(request: HttpRequest, name: str) -> "list[UploadedFile[bytes]]":
    """The files of one field."""
    return request.FILES.getlist(name)
