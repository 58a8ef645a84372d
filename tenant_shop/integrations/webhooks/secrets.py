"""The secrets that sign what is sent to an endpoint, and the values of its own headers: sealed, never shown again."""

import base64
import secrets
from collections.abc import Mapping
from datetime import datetime

from tenant_shop.configuration.sealed import SealBroken, seal, unseal
from tenant_shop.integrations.models import Webhook

PREFIX = "whsec_"
# 24 bytes are the least and the usual length of Standard Webhooks.
SECRET_BYTES = 24
SIGNING = b"smartseller.webhooks.secret"
HEADERS = b"smartseller.webhooks.headers"


def new_secret() -> str:
    """A secret nobody has: `whsec_` and 24 random bytes in base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def sealed_secret(secret: str) -> str:
    """As it stands in the endpoint's row."""
    return seal(secret, purpose=SIGNING)


def signing_secrets(webhook: Webhook, *, at: datetime) -> list[str]:
    """What signs for `webhook` at that moment: the newest first, the one before it until its overlap ends.

    Errors: SealBroken when the row comes from another shop or installation, or has no secret: a copy has none.
    """
    if not webhook.secret:
        raise SealBroken
    sealed: list[str | None] = [webhook.secret]
    if webhook.previous_secret_until is not None and at < webhook.previous_secret_until:
        sealed.append(webhook.previous_secret)
    return [unseal(each, purpose=SIGNING) for each in sealed if each]


def sealed_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers with their values sealed: they are mostly there to log in with."""
    return {name: seal(value, purpose=HEADERS) for name, value in headers.items()}


def own_headers(webhook: Webhook) -> dict[str, str]:
    """The endpoint's own headers, readable. Errors: SealBroken."""
    return {name: unseal(value, purpose=HEADERS) for name, value in webhook.custom_headers.items()}
