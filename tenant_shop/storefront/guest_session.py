"""What a browser's session keeps of a guest: as long as the cart is kept, and not as short as a log-in."""

from typing import Any

from django.contrib.auth import SESSION_KEY as STAFF_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils import timezone

from tenant_shop.carts.change import KEPT_FOR

KEPT_ON = "kept_on"


def keep_guest(session: SessionBase, key: str, value: str) -> None:
    """Remember `value`, and the session for as long as carts are kept from now on; written once a day at most.

    A session in which one of the merchant's people is logged in is not made longer by what they put into a cart.
    """
    today = timezone.now().date().isoformat()
    if session.get(key) == value and session.get(KEPT_ON) == today:
        return
    session[key] = value
    session[KEPT_ON] = today
    if STAFF_KEY not in session:
        session.set_expiry(KEPT_FOR)


def end_guest(session: SessionBase) -> None:
    """Somebody logs in: from now on the session lives as long as a log-in."""
    if session.pop(KEPT_ON, None) is not None:
        session.set_expiry(None)


def when_staff_log_in(request: HttpRequest, **_: Any) -> None:
    end_guest(request.session)
