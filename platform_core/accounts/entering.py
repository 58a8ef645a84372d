"""What both log-in doors do with a browser: the platform's website and a shop's back office."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth import HASH_SESSION_KEY, login, logout
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from platform_core.accounts.impersonation.models import Impersonation
from platform_core.accounts.log_in import verify_credentials
from platform_core.accounts.models import PlatformUser
from platform_core.accounts.networks import network_of
from platform_core.accounts.post import Notice, tell
from platform_core.accounts.sessions.end import end_session
from platform_core.accounts.sessions.middleware import ROW
from platform_core.accounts.sessions.models import UserSession
from platform_core.accounts.sessions.open import Browser, Proof, confirm, open_session
from platform_core.accounts.two_factor.check import check_code
from platform_core.tenancy.context import active_tenant
from smartseller.client_address import ip_of

# In the session: who has given the password, and is asked for the code.
PENDING = "waits_for_code"
WAITS_FOR = timedelta(minutes=10)


def network(request: HttpRequest) -> str:
    """Where attempts of this request are counted."""
    return network_of(ip_of(request))


def enter_by_password(request: HttpRequest, user: PlatformUser) -> bool:
    """The password was right: the browser is logged in, or, when there is a second factor, is to be asked for it;
    whether it is in."""
    if not user.two_factor_enabled:
        enter(request, user, Proof.now(two_factor=False))
        return True
    request.session.cycle_key()
    stamp = user.get_session_auth_hash()
    request.session[PENDING] = {"user": user.pk.hex, "at": timezone.now().timestamp(), "stamp": stamp}
    return False


def waiting_user(request: HttpRequest) -> PlatformUser | None:
    """Who has given the password in this browser a moment ago. At most one statement."""
    waits: dict[str, Any] | None = request.session.get(PENDING)
    if waits is None or timezone.now().timestamp() - float(waits["at"]) > WAITS_FOR.total_seconds():
        return None
    user = PlatformUser.objects.filter(pk=waits["user"], is_active=True, two_factor_enabled=True).first()
    if user is None or not constant_time_compare(waits["stamp"], user.get_session_auth_hash()):
        return None
    return user


def enter_by_code(request: HttpRequest, user: PlatformUser, code: str) -> None:
    """Log in who was waiting. Errors: CodeRefused."""
    _check(request, user, code)
    del request.session[PENDING]
    enter(request, user, Proof.now(two_factor=True))


def enter(
    request: HttpRequest, user: PlatformUser, proof: Proof, *, impersonation: Impersonation | None = None
) -> None:
    """Log a browser in: Django's session gets another key, and names a row of ours."""
    leave_row(request)
    login(request, user)
    tenant = active_tenant()
    browser = Browser(
        tenant_id=tenant.id if tenant else None,
        ip_address=ip_of(request),
        device=request.META.get("HTTP_USER_AGENT", ""),
    )
    visit_id = impersonation.pk if impersonation else None
    user.session = open_session(user, browser, proof, impersonation_id=visit_id)
    request.session[ROW] = str(user.session.pk)


def keep_in(request: HttpRequest, user: PlatformUser) -> None:
    """After a new password this browser, whose row was kept, goes on being logged in."""
    request.session.cycle_key()
    request.session[HASH_SESSION_KEY] = user.get_session_auth_hash()


def leave(request: HttpRequest) -> None:
    """Log a browser out."""
    leave_row(request)
    logout(request)


def leave_row(request: HttpRequest) -> None:
    """The row of the browser's session, if there is one, is over."""
    if key := request.session.get(ROW):
        user_id = getattr(request.user, "pk", None)
        if user_id is not None:
            end_session(user_id, UUID(key))


def prove_again(request: HttpRequest, session: UserSession, written: str) -> None:
    """Who is logged in proves it once more: by a code, or by the password where there is no second factor.

    Errors: CodeRefused, LogInRefused.
    """
    user = session.user
    if user.two_factor_enabled:
        _check(request, user, written)
    else:
        verify_credentials(user.email, written, network=network(request))
    confirm(session, two_factor=user.two_factor_enabled)


def _check(request: HttpRequest, user: PlatformUser, code: str) -> None:
    if check_code(user, code, network=network(request)):
        with transaction.atomic():
            tell(user, Notice.RECOVERY_CODE_USED)
