"""A new secret for a program that goes on, and the end of one."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from platform_core.tenancy.transactions import shop_transaction
from smartseller.api.keys.errors import KeyIsOver
from tenant_shop.integrations.keys.make import MadeKey, make_key
from tenant_shop.integrations.keys.models import ApiKey


def roll_key(
    key_id: UUID, *, overlap: timedelta, permits: Callable[[str], bool], at: datetime, actor: str = ""
) -> MadeKey:
    """Make a key like this one, which itself goes on working for `overlap` (up to seven days), never beyond its end.

    Errors: ApiKey.DoesNotExist; KeyIsOver; ScopeNotYours when the key may do more than who rolls it; TooManyKeys.
    """
    with shop_transaction():
        key = ApiKey.objects.select_for_update(no_key=True).get(pk=key_id)
        if key.is_over(at):
            raise KeyIsOver
        ends = key.end_of_overlap(at, overlap)
        made = make_key(
            name=key.name,
            scopes=key.scopes,
            permits=permits,
            at=at,
            kind=ApiKey.Kind(key.kind),
            is_test=key.is_test,
            networks=key.networks,
            origins=key.origins,
            expires_at=key.expires_at,
            actor=actor,
        )
        key.expires_at = ends
        key.save(update_fields=["expires_at"])
    return made


def revoke_key(key_id: UUID, *, at: datetime) -> ApiKey:
    """Have a key open nothing from the next request on. Revoked again it is as it was.

    Errors: ApiKey.DoesNotExist.
    """
    with shop_transaction():
        key = ApiKey.objects.select_for_update(no_key=True).get(pk=key_id)
        if key.revoked_at is None:
            key.revoked_at = at
            key.save(update_fields=["revoked_at"])
    return key
