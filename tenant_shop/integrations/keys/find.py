"""From a secret to its key."""

from datetime import datetime

from platform_core.tenancy.context import current_tenant
from smartseller.api.keys.errors import KeyRefused
from smartseller.api.keys.rules import opened
from smartseller.api.keys.secret import is_well_formed, prefix_of
from tenant_shop.integrations.keys.models import ApiKey


def find_key(secret: str, *, at: datetime) -> ApiKey:
    """The key of the active shop that `secret` belongs to, if it holds at `at`. One SELECT, none for what is no key.

    Errors: KeyRefused (key_invalid, key_revoked, key_expired).
    """
    if not is_well_formed(secret):
        raise KeyRefused("key_invalid", "This is not a key of this shop.")
    key = ApiKey.objects.filter(prefix=prefix_of(secret)).first()
    return opened(key, secret, current_tenant().id, at=at, whose="this shop")
