"""One name for all that a request causes: its log lines, those of the tasks it queues, and its answer carry it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest

from smartseller.ids import uuid7

HEADER = "X-Request-ID"
SOUND = re.compile(r"[A-Za-z0-9._-]{8,64}")

_current: ContextVar[str] = ContextVar("smartseller_request_id", default="")


def current_request_id() -> str:
    """The name of what this thread works for; empty when no request caused it."""
    return _current.get()


def request_id_of(request: HttpRequest) -> str:
    """What the proxy in front calls the request, if we trust one and the name is sound; else a new name.

    Without a proxy the header is a stranger's, who could make two requests look like one.
    """
    given = str(request.headers.get(HEADER, "")) if settings.SECURE_PROXY_SSL_HEADER else ""
    return given if SOUND.fullmatch(given) else uuid7().hex


@contextmanager
def named(request_id: str) -> Iterator[None]:
    """What runs inside is done for `request_id`."""
    token = _current.set(request_id)
    try:
        yield
    finally:
        _current.reset(token)


def begin(request_id: str) -> None:
    """From now on this thread works for `request_id`, until `forget`."""
    _current.set(request_id)


def forget() -> None:
    """This thread works for nobody."""
    _current.set("")
