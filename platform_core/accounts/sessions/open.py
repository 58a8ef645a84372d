"""Noting that a browser is logged in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from platform_core.accounts.models import PlatformUser
from platform_core.accounts.sessions.models import LONGEST_DEVICE, UserSession


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """Where somebody logs in: on which host (a shop's, or None: the platform's), from which address, with what."""

    tenant_id: UUID | None
    ip_address: str | None
    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """When who is there was last proven, and by a second factor; None: not in this session.

    A session that another one leads to (a link from the platform's page, a switch to another shop) has that one's.
    """

    confirmed_at: datetime | None = None
    two_factor_at: datetime | None = None

    @classmethod
    def now(cls, *, two_factor: bool) -> "Proof":
        at = timezone.now()
        return cls(confirmed_at=at, two_factor_at=at if two_factor else None)


def open_session(
    user: PlatformUser, browser: Browser, proof: Proof, *, impersonation_id: UUID | None = None
) -> UserSession:
    """One statement."""
    device = "".join(letter for letter in browser.device if letter.isprintable())
    return UserSession.objects.create(
        user=user,
        tenant_id=browser.tenant_id,
        ip_address=browser.ip_address,
        device=device[:LONGEST_DEVICE],
        last_seen_at=timezone.now(),
        confirmed_at=proof.confirmed_at,
        two_factor_at=proof.two_factor_at,
        impersonation_id=impersonation_id,
    )


def confirm(session: UserSession, *, two_factor: bool) -> None:
    """Who is there has been proven again, just now."""
    session.confirmed_at = timezone.now()
    if two_factor:
        session.two_factor_at = session.confirmed_at
    session.save(update_fields=["confirmed_at", "two_factor_at"])


def is_fresh(session: UserSession) -> bool:
    """Whether who is there was proven in the last minutes."""
    at = session.confirmed_at
    return at is not None and timezone.now() - at < UserSession.FRESH_FOR
