"""Whose request it is: the user of the session's row, read when somebody asks."""

from uuid import UUID

from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from platform_core.accounts.models import PlatformUser
from platform_core.accounts.sessions.read import note_seen, read_session
from platform_core.tenancy.context import active_tenant
from smartseller.client_address import ip_of

# In Django's session: the key of the row.
ROW = "user_session"


class SessionsMiddleware(AuthenticationMiddleware):
    """Django's, but for who is found: without a row there is nobody, whatever the cookie says."""

    def process_request(self, request: HttpRequest) -> None:
        if not hasattr(request, "session"):
            raise ImproperlyConfigured("the session middleware must come before this one")
        request.user = SimpleLazyObject(lambda: user_of(request))  # type: ignore[assignment]


def user_of(request: HttpRequest) -> PlatformUser | AnonymousUser:
    """The user of the request's session, with `session` set to its row. At most one statement, and none for a stranger;
    one more once in a quarter of an hour."""
    if not hasattr(request, "_cached_user"):
        request._cached_user = _find(request) or AnonymousUser()  # type: ignore[attr-defined]
    found: PlatformUser | AnonymousUser = request._cached_user  # type: ignore[attr-defined]
    return found


def _find(request: HttpRequest) -> PlatformUser | None:
    key = request.session.get(ROW)
    if not key:
        return None
    tenant, now = active_tenant(), timezone.now()
    row = read_session(UUID(key), tenant_id=tenant.id if tenant else None)
    if row is None or not _knows_password(row.user, str(request.session.get(HASH_SESSION_KEY, ""))):
        return None
    if row.impersonation is not None and not row.impersonation.is_running(now):
        return None
    note_seen(row, ip_address=ip_of(request), now=now)
    row.user.session = row
    return row.user


def _knows_password(user: PlatformUser, stamp: str) -> bool:
    """Rows end when a password changes; a row that somehow did not is worth nothing either."""
    hashes = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    return any(constant_time_compare(stamp, known) for known in hashes)
