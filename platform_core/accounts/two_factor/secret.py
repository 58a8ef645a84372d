"""The secret that a telephone and the platform share, as it stands in the database: encrypted under the user's own key.

A row that is copied to another user, or read by somebody who has the database only, is worth nothing.
"""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from platform_core.accounts.models import PlatformUser
from smartseller.sealing import derive_key

PURPOSE = b"smartseller.accounts.two-factor"
SECRET_BYTES = 20
NONCE_BYTES = 12


class SecretUnreadable(Exception):
    """It was encrypted under another key of the installation, for another user, or never."""


def new_secret() -> str:
    """160 bits, as RFC 4226 recommends, in the letters that telephones take (base32)."""
    return base64.b32encode(os.urandom(SECRET_BYTES)).decode()


def seal(secret: str, user: PlatformUser) -> str:
    """`secret` as it may stand in `two_factor_secret`: 64 characters."""
    nonce = os.urandom(NONCE_BYTES)
    key = derive_key(settings.SECRET_KEY, PURPOSE, user.pk.bytes)
    return base64.b64encode(nonce + AESGCM(key).encrypt(nonce, base64.b32decode(secret), user.pk.bytes)).decode()


def unseal(user: PlatformUser) -> str:
    """The user's secret, also under an older key of the installation (`SECRET_KEY_FALLBACKS`).

    Errors: SecretUnreadable.
    """
    try:
        sealed = base64.b64decode(user.two_factor_secret or "", validate=True)
    except ValueError as error:
        raise SecretUnreadable from error
    for secret_key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        cipher = AESGCM(derive_key(secret_key, PURPOSE, user.pk.bytes))
        try:
            plain = cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], user.pk.bytes)
        except (InvalidTag, ValueError):
            continue
        return base64.b32encode(plain).decode()
    raise SecretUnreadable
