"""From the platform's host to a shop's: a link that logs one person in to one shop, once."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core import signing
from django.db.models.functions import Now

from platform_core.accounts.models import PlatformUser
from smartseller.errors import RuleViolation

SALT = "smartseller.accounts.one-time-login"
GOOD_FOR = timedelta(minutes=2)


class LinkSpent(RuleViolation):
    """The link is forged, too old, for another shop, or was used."""

    code = "link_spent"
    status = 403

    def __init__(self) -> None:
        super().__init__("This link works only once and for a short time. Log in with your e-mail address instead.")


def one_time_token(user: PlatformUser, *, tenant_id: UUID) -> str:
    """A token that logs `user` in to the shop `tenant_id`: good for two minutes, and until the user's next log-in.

    It grants no access: the shop's door still asks for it.
    """
    last = None if user.last_login is None else user.last_login.astimezone(UTC).isoformat()
    return signing.dumps({"user": user.pk.hex, "shop": tenant_id.hex, "last": last}, salt=SALT)


def redeem(token: str, *, tenant_id: UUID) -> PlatformUser:
    """The user of `token`. Redeeming counts as a log-in and so spends the token; of two at the same time one succeeds.

    Errors: LinkSpent.
    """
    try:
        facts: dict[str, Any] = signing.loads(token, salt=SALT, max_age=GOOD_FOR)
    except signing.BadSignature as error:
        raise LinkSpent from error
    if facts["shop"] != tenant_id.hex:
        raise LinkSpent
    user = PlatformUser.objects.filter(pk=facts["user"], is_active=True)
    last = facts["last"]
    unspent = user.filter(last_login__isnull=True) if last is None else user.filter(last_login=_read(last))
    if unspent.update(last_login=Now()) != 1:
        raise LinkSpent
    return user.get()


def _read(moment: str) -> datetime:
    return datetime.fromisoformat(moment)
