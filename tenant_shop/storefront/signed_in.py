"""What a browser's session knows of a customer: which row says that they are logged in here."""

from typing import Any
from uuid import UUID

from django.contrib.auth import SESSION_KEY as STAFF_KEY
from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.utils import timezone

from tenant_shop.customers.models import Customer
from tenant_shop.customers.sessions import (
    CustomerSession,
    end_session,
    note_seen,
    open_session,
    read_session,
    stamp_of,
)
from tenant_shop.storefront.guest_session import end_guest

KEY = "customer"
CART_KEY = "cart"
# Where a request remembers whom it found: a shared page asks before its view does.
FOUND = "_signed_in_customer"
SAVED_KEY = "saved"
TYPED_KEY = "typed"


def find_signed_in(request: HttpRequest) -> CustomerSession | None:
    """The customer's session of this browser; None for a guest. One statement the first time, none when the browser's
    session names no customer.
    """
    if not hasattr(request, FOUND):
        setattr(request, FOUND, _find(request))
    found: CustomerSession | None = getattr(request, FOUND)
    return found


def _find(request: HttpRequest) -> CustomerSession | None:
    named = request.session.get(KEY)
    if named is None:
        return None
    found = read_session(UUID(named["session"]), named["stamp"])
    if found is None:
        del request.session[KEY]
    elif note_seen(found, timezone.now()):
        request.session.modified = True  # the cookie is good for as long again
    return found


def sign_in(request: HttpRequest, customer: Customer) -> CustomerSession:
    """Log the customer in to this browser, under a new session key: one that somebody planted is worth nothing.

    The merchant's people may be logged in here too; they stay so.
    """
    _leave_former(request)
    request.session.cycle_key()
    session = open_session(customer, device=request.headers.get("User-Agent", ""))
    request.session.pop(CART_KEY, None)
    request.session.pop(SAVED_KEY, None)
    end_guest(request.session)
    remember(request, session)
    rotate_token(request)
    return session


def remember(request: HttpRequest, session: CustomerSession) -> None:
    """Write into the browser's session where the customer is logged in, and with which password."""
    request.session[KEY] = {"session": session.pk.hex, "stamp": stamp_of(session.customer)}


def sign_out(request: HttpRequest) -> None:
    """Log the customer out of this browser; nothing of the session stays but what the merchant's people have in it."""
    _leave_former(request)
    if STAFF_KEY not in request.session:
        request.session.flush()
        return
    request.session.pop(CART_KEY, None)
    request.session.pop(SAVED_KEY, None)
    request.session.pop(TYPED_KEY, None)
    request.session.cycle_key()


def _leave_former(request: HttpRequest) -> None:
    if hasattr(request, FOUND):
        delattr(request, FOUND)
    named: dict[str, Any] | None = request.session.pop(KEY, None)
    if named is not None and (found := read_session(UUID(named["session"]), named["stamp"])):
        end_session(found.customer_id, found.pk)
