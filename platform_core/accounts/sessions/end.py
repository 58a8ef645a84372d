"""Logging people out."""

from datetime import datetime
from uuid import UUID

from platform_core.accounts.sessions.models import UserSession


def end_session(user_id: UUID, session_id: UUID) -> bool:
    """Log one browser of the user out; false when it was. Another user's is left alone."""
    return UserSession.objects.filter(pk=session_id, user=user_id).delete()[0] == 1


def end_sessions(user_id: UUID, *, but: UUID | None = None) -> int:
    """Log the user out everywhere, `but` in one session; in how many browsers that was."""
    theirs = UserSession.objects.filter(user=user_id)
    return (theirs if but is None else theirs.exclude(pk=but)).delete()[0]


def end_sessions_in(user_id: UUID, tenant_id: UUID) -> int:
    """Log the user out of one shop; in how many browsers that was."""
    return UserSession.objects.filter(user=user_id, tenant=tenant_id).delete()[0]


def forget_sessions(now: datetime) -> int:
    """Delete what no browser has come back with for a month; how many there were."""
    return UserSession.objects.filter(last_seen_at__lt=now - UserSession.FORGOTTEN_AFTER).delete()[0]
