"""Which session a browser has, and those of one person."""

from datetime import datetime
from uuid import UUID

from platform_core.accounts.models import PlatformUser
from platform_core.accounts.sessions.models import UserSession


def read_session(session_id: UUID, *, tenant_id: UUID | None) -> UserSession | None:
    """The session with its active user and what it was opened for; None when it was ended, or is another host's.

    One statement.
    """
    rows = UserSession.objects.select_related("user", "impersonation__person")
    return rows.filter(pk=session_id, tenant=tenant_id, user__is_active=True).order_by().first()


def note_seen(session: UserSession, *, ip_address: str | None, now: datetime) -> bool:
    """Write down that the browser came, when that was not done lately; whether it was. At most one statement."""
    if now - session.last_seen_at < UserSession.SEEN_EVERY and session.ip_address == ip_address:
        return False
    session.last_seen_at, session.ip_address = now, ip_address
    session.save(update_fields=["last_seen_at", "ip_address"])
    return True


def sessions_of(user: PlatformUser, *, limit: int = 100) -> list[UserSession]:
    """The latest first, with the shop. One statement."""
    return list(UserSession.objects.filter(user=user).select_related("tenant", "impersonation")[:limit])
