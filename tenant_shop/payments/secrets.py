"""What a shop's gateways know it by: kept sealed in `settings`. Values are never shown again and never logged."""

import json
from collections.abc import Mapping

from tenant_shop.configuration.models import Setting
from tenant_shop.configuration.sealed import SealBroken, seal, unseal

PREFIX = "gateway."
PURPOSE = b"smartseller.payments.secrets"
DESCRIPTION = "Secrets of a payment gateway, encrypted"


class SecretsUnreadable(Exception):
    """They were written under another key, or in another shop."""


def keep_secrets(gateway: str, values: Mapping[str, str]) -> None:
    """Replace what is known of `gateway` by `values`; an empty mapping forgets it."""
    if not values:
        Setting.objects.filter(key=PREFIX + gateway).delete()
        return
    sealed = seal(json.dumps(dict(values)), purpose=PURPOSE)
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
        values: dict[str, str] = json.loads(unseal(str(sealed), purpose=PURPOSE))
    except (SealBroken, ValueError) as error:
        raise SecretsUnreadable(gateway) from error
    return values
