"""Refusing what is far too long to be a form, before any of it is read."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Answer = Callable[[HttpRequest], HttpResponse]
MEGABYTE = 1_000_000


class BodyLimitMiddleware:
    """Answers 413 to a request that announces more than its path takes (`BODY_LIMITS`).

    Files of forms go to the disk while they come, before any view is asked, so a page that takes none, the log-in for
    instance, would else take whatever somebody sends. What announces no length has none: WSGI reads as much as was
    announced and no more.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = str(request.META.get("CONTENT_LENGTH") or "")
        most = limit_of(request.path_info) if length.isdigit() else None
        if most is not None and int(length) > most:
            words = f"This is larger than the {most // MEGABYTE} MB that are taken here at once.\n"
            return HttpResponse(words, status=413, content_type="text/plain; charset=utf-8")
        return self.get_response(request)


def limit_of(path: str) -> int | None:
    """How many bytes a request to `path` may have; None where its view says so itself."""
    for beginning, megabytes in settings.BODY_LIMITS:
        if path.startswith(beginning):
            return None if megabytes is None else megabytes * MEGABYTE
    return None
