"""From a secret to its key."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from platform_core.keys.models import UserKey
from smartseller.api.keys.errors import KeyRefused
from smartseller.api.keys.rules import opened
from smartseller.api.keys.secret import is_well_formed, prefix_of

# Nobody needs to know it to the second, and a call should write nothing.
NOTED_EVERY = timedelta(minutes=5)
NOBODY = UUID(int=0)


def find_key(secret: str, *, at: datetime) -> UserKey:
    """The key that `secret` belongs to, with its user, if it holds at `at` and the user may still log in.

    One SELECT, none for what is no key; every five minutes an UPDATE notes that it is used.
    Errors: KeyRefused (key_invalid, key_revoked, key_expired).
    """
    if not is_well_formed(secret):
        raise KeyRefused("key_invalid", "This is not a key of the platform.")
    found = UserKey.objects.select_related("user").filter(prefix=prefix_of(secret), user__is_active=True).first()
    key = opened(found, secret, found.user_id if found else NOBODY, at=at, whose="the platform")
    if key.last_used_at is None or key.last_used_at <= at - NOTED_EVERY:
        unknown = Q(last_used_at=None) | Q(last_used_at__lt=at)
        UserKey.objects.filter(unknown, pk=key.pk).update(last_used_at=at)
    return key
