"""What a shop's gateways know it by: kept encrypted in `settings`, each shop's under a key of its own.

The key follows from the installation's secret and the shop's id, so that a row that is copied into another shop's
database, or read by somebody who has the database only, is worth nothing. Values are never shown again and never
logged.
"""

import base64
import json
from collections.abc import Mapping
from functools import lru_cache
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import current_tenant
from tenant_shop.configuration.models import Setting

PREFIX = "gateway."
PURPOSE = b"smartseller.payments.secrets"
DESCRIPTION = "Secrets of a payment gateway, encrypted"


class SecretsUnreadable(Exception):
    """They were written under another key, or in another shop."""


def wait_for_turn(gateway: str) -> None:
    """Until the caller's transaction ends nobody else who asks here changes what is kept of `gateway`, so that of two
    who each change a part neither loses the other's. One statement."""
    with shop_connection().cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [PREFIX + gateway])


def keep_secrets(gateway: str, values: Mapping[str, str]) -> None:
    """Replace what is known of `gateway` by `values`; an empty mapping forgets it."""
    if not values:
        Setting.objects.filter(key=PREFIX + gateway).delete()
        return
    sealed = _cipher().encrypt(json.dumps(dict(values)).encode()).decode()
    Setting.objects.update_or_create(
        key=PREFIX + gateway,
        defaults={"value": sealed},
        create_defaults={"value": sealed, "description": DESCRIPTION},
    )


def read_secrets(gateway: str) -> dict[str, str]:
    """What `keep_secrets` was given last, or nothing. One statement. Errors: SecretsUnreadable."""
    sealed = Setting.objects.filter(key=PREFIX + gateway).values_list("value", flat=True).first()
    if sealed is None:
        return {}
    try:
        values: dict[str, str] = json.loads(_cipher().decrypt(str(sealed).encode()))
    except (InvalidToken, ValueError) as error:
        raise SecretsUnreadable(gateway) from error
    return values


def derived_key(purpose: bytes) -> bytes:
    """32 bytes that only this installation can make, another for each shop and purpose."""
    return _derive(settings.SECRET_KEY, purpose, current_tenant().id)


def _cipher() -> MultiFernet:
    """Writes under the newest key, reads under those before it too (`SECRET_KEY_FALLBACKS`)."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    shop = current_tenant().id
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derive(key, PURPOSE, shop))) for key in keys])


@lru_cache(maxsize=256)
def _derive(secret: str, purpose: bytes, shop: UUID) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=purpose, info=shop.bytes).derive(secret.encode())
