"""From one host to a shop's: a link that logs one person in to one shop, once."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core import signing
from django.db.models.functions import Now
from django.utils import timezone

from platform_core.accounts.impersonation.models import Impersonation
from platform_core.accounts.models import PlatformUser
from platform_core.accounts.sessions.models import UserSession
from platform_core.accounts.sessions.open import Proof
from smartseller.errors import RuleViolation

SALT = "smartseller.accounts.one-time-login"
GOOD_FOR = timedelta(minutes=2)


class LinkSpent(RuleViolation):
    """The link is forged, too old, for another shop, or was used."""

    code = "link_spent"
    status = 403

    def __init__(self) -> None:
        super().__init__("This link works only once and for a short time. Log in with your e-mail address instead.")


@dataclass(frozen=True, slots=True)
class Entry:
    """Who comes in by a link: with the proofs of the session that made it, and perhaps in somebody's place."""

    user: PlatformUser
    proof: Proof
    impersonation: Impersonation | None


def one_time_token(user: PlatformUser, *, tenant_id: UUID, impersonation: Impersonation | None = None) -> str:
    """A token that logs `user` in to the shop `tenant_id`: good for two minutes, until the user's next log-in, and as
    long as the session that it was made in.

    It grants no access: the shop's door still asks for it.
    """
    last = None if user.last_login is None else user.last_login.astimezone(UTC).isoformat()
    facts = {"user": user.pk.hex, "shop": tenant_id.hex, "last": last}
    if user.session is not None:
        facts["session"] = user.session.pk.hex
    if impersonation is not None:
        facts["visit"] = impersonation.pk.hex
    return signing.dumps(facts, salt=SALT)


def redeem(token: str, *, tenant_id: UUID) -> Entry:
    """Who comes in by `token`. Redeeming counts as a log-in and so spends the token; of two at the same time one
    succeeds.

    Errors: LinkSpent.
    """
    try:
        facts: dict[str, Any] = signing.loads(token, salt=SALT, max_age=GOOD_FOR)
    except signing.BadSignature as error:
        raise LinkSpent from error
    if facts["shop"] != tenant_id.hex:
        raise LinkSpent
    proof, visit = _proof(facts), _visit(facts)
    user = PlatformUser.objects.filter(pk=facts["user"], is_active=True)
    last = facts["last"]
    unspent = user.filter(last_login__isnull=True) if last is None else user.filter(last_login=_read(last))
    if unspent.update(last_login=Now()) != 1:
        raise LinkSpent
    return Entry(user.get(), proof, visit)


def _proof(facts: dict[str, Any]) -> Proof:
    """Errors: LinkSpent when the session that made the link has ended."""
    if "session" not in facts:
        return Proof()
    made_in = UserSession.objects.filter(pk=facts["session"], user=facts["user"]).first()
    if made_in is None:
        raise LinkSpent
    return Proof(confirmed_at=made_in.confirmed_at, two_factor_at=made_in.two_factor_at)


def _visit(facts: dict[str, Any]) -> Impersonation | None:
    """Errors: LinkSpent when the visit is over."""
    if "visit" not in facts:
        return None
    visit = Impersonation.objects.filter(pk=facts["visit"], operator=facts["user"], tenant=facts["shop"]).first()
    if visit is None or not visit.is_running(timezone.now()):
        raise LinkSpent
    return visit


def _read(moment: str) -> datetime:
    return datetime.fromisoformat(moment)
