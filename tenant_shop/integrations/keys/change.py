"""Changing what a key may do and where it is good, without another secret."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from platform_core.tenancy.transactions import shop_transaction
from smartseller.api.keys.errors import KeyIsOver, KeyNotMade, ScopeNotYours
from smartseller.api.keys.rules import check_known, read_name, read_networks
from tenant_shop.integrations.keys.make import read_origins
from tenant_shop.integrations.keys.models import ApiKey
from tenant_shop.integrations.keys.scopes import SCOPES, in_order, permission_for


def change_key(
    key_id: UUID,
    *,
    name: str,
    scopes: Iterable[str],
    networks: Sequence[str],
    origins: Sequence[str],
    expires_at: datetime | None,
    permits: Callable[[str], bool],
    at: datetime,
) -> ApiKey:
    """Give the key another name, scopes, places and end; all of it holds from the next request on.

    What the key may do already it can keep, whoever changes it; only what is added has to be permitted.
    Errors, with nothing changed: ApiKey.DoesNotExist; KeyIsOver; KeyNotMade; ScopeNotYours.
    """
    with shop_transaction():
        key = ApiKey.objects.select_for_update(no_key=True).get(pk=key_id)
        if key.is_over(at):
            raise KeyIsOver
        if expires_at is not None and expires_at <= at:
            raise KeyNotMade("The key would be over at once: revoke it instead.")
        key.name = read_name(name)
        key.scopes = _checked(key, list(scopes), permits)
        key.networks = read_networks(networks)
        key.origins = read_origins(origins, ApiKey.Kind(key.kind))
        key.expires_at = expires_at
        key.save(update_fields=["name", "scopes", "networks", "origins", "expires_at"])
    return key


def _checked(key: ApiKey, scopes: list[str], permits: Callable[[str], bool]) -> list[str]:
    check_known(scopes, SCOPES)
    if key.is_publishable and scopes:
        raise KeyNotMade("A publishable key has no scopes: it sees what shoppers see.")
    for scope in scopes:
        if not key.may(scope) and not permits(permission_for(scope)):
            raise ScopeNotYours(scope)
    return in_order(scopes)
