"""Slowing down those who fill in forms by the hundred."""

import hashlib
from contextlib import suppress
from typing import ClassVar

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _

from smartseller.client_address import address_of
from smartseller.errors import RuleViolation


class TooOften(RuleViolation):
    """The same visitor has sent a form too often."""

    code = "too_often"
    status: ClassVar[int] = 429

    def __init__(self, seconds: int = 3600) -> None:
        self.retry_after = seconds
        super().__init__(_("That was a little often. Please try again in an hour."))


def count_visit(request: HttpRequest, what: str, *, most: int, seconds: int = 3600) -> None:
    """Count a form sent from this address. Without the cache nobody is counted, and nobody is kept out.

    Errors: TooOften after `most` of them within `seconds`.
    """
    _count(_visitor_key(request, what), most=most, seconds=seconds)


def has_sent_too_many(request: HttpRequest, what: str, *, most: int) -> bool:
    """Whether `count_visit` has counted `most` from this address. Counts nothing; False without the cache."""
    count = cache.get(_visitor_key(request, what))
    return isinstance(count, int) and count >= most


def count_mailbox(email: str, what: str, *, most: int, seconds: int = 3600) -> None:
    """Count a form about this e-mail address, wherever it was sent from. Errors: TooOften, as of `count_visit`."""
    _count(_mailbox_key(email, what), most=most, seconds=seconds)


def note_mailbox(email: str, what: str, *, seconds: int) -> None:
    """Count what has happened with this e-mail address, which nobody is refused for. Without the cache it is not."""
    key = _mailbox_key(email, what)
    cache.add(key, 0, seconds)
    with suppress(ValueError):  # it has expired in between, or there is no cache
        cache.incr(key)


def has_counted_mailbox(email: str, what: str, *, most: int) -> bool:
    """Whether `note_mailbox` has counted `most` with this address. Counts nothing; False without the cache."""
    count = cache.get(_mailbox_key(email, what))
    return isinstance(count, int) and count >= most


def uncount(request: HttpRequest, what: str, *, email: str | None = None) -> None:
    """Take back one count of the visitor, and of the mailbox: what was right is no try. What went before it stays."""
    for key in (_visitor_key(request, what), *([_mailbox_key(email, what)] if email else [])):
        with suppress(ValueError):  # it has expired in between, or there is no cache
            cache.decr(key)


def _visitor_key(request: HttpRequest, what: str) -> str:
    return f"throttle.{what}.{address_of(request)}"


def _mailbox_key(email: str, what: str) -> str:
    return f"throttle.{what}.mailbox.{hashlib.sha256(email.strip().lower().encode()).hexdigest()}"


def _count(key: str, *, most: int, seconds: int) -> None:
    cache.add(key, 0, seconds)
    try:
        count = cache.incr(key)
    except ValueError:  # it has expired in between, or there is no cache
        return
    if isinstance(count, int) and count > most:
        raise TooOften(seconds)
