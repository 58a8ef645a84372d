"""Reading an upload up to a limit and no further: what comes after it is never taken from the connection."""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest

# What a form needs besides its file.
SLACK = 64_000


class StopAt(FileUploadHandler):
    """Lets `most` bytes of files pass, and stops the upload with the next. It stands before all other handlers."""

    def __init__(self, request: HttpRequest, most: int) -> None:
        super().__init__(request)
        self.most, self.seen, self.is_over = most, 0, False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.seen += len(raw_data)
        if self.seen > self.most:
            self.is_over = True
            raise StopUpload(connection_reset=True)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def limit_upload(request: HttpRequest, most: int) -> StopAt:
    """Have the request's file written to a temporary file while it comes, `most` bytes at most.

    To be called before anything reads the request's form, the check for forgeries included.
    """
    stop = StopAt(request, most)
    handlers: list[Any] = [stop, TemporaryFileUploadHandler(request)]
    request.upload_handlers = handlers
    return stop


def announces_more(request: HttpRequest, most: int) -> bool:
    """Whether the request says itself that it is too long: then nothing of it need be read."""
    length = str(request.META.get("CONTENT_LENGTH") or "")
    return length.isdigit() and int(length) > most + SLACK
