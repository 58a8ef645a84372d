"""Slowing down those who fill in forms by the hundred."""

import hashlib
from typing import ClassVar

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _

from smartseller.errors import RuleViolation


class TooOften(RuleViolation):
    """The same visitor has sent a form too often."""

    code = "too_often"
    status: ClassVar[int] = 429

    def __init__(self) -> None:
        super().__init__(_("That was a little often. Please try again in an hour."))


def count_visit(request: HttpRequest, what: str, *, most: int, seconds: int = 3600) -> None:
    """Count a form sent from this address. Without the cache nobody is counted, and nobody is kept out.

    Errors: TooOften after `most` of them within `seconds`.
    """
    _count(f"throttle.{what}.{address_of(request)}", most=most, seconds=seconds)


def count_mailbox(email: str, what: str, *, most: int, seconds: int = 3600) -> None:
    """Count a form about this e-mail address, wherever it was sent from. Errors: TooOften, as of `count_visit`."""
    digest = hashlib.sha256(email.strip().lower().encode()).hexdigest()
    _count(f"throttle.{what}.mailbox.{digest}", most=most, seconds=seconds)


def _count(key: str, *, most: int, seconds: int) -> None:
    cache.add(key, 0, seconds)
    try:
        count = cache.incr(key)
    except ValueError:  # it has expired in between, or there is no cache
        return
    if isinstance(count, int) and count > most:
        raise TooOften


def address_of(request: HttpRequest) -> str:
    """Who sends the request: behind a proxy that we trust, what that proxy saw."""
    if settings.SECURE_PROXY_SSL_HEADER:
        seen = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if seen:
            return seen
    return str(request.META.get("REMOTE_ADDR", ""))
