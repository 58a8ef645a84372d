"""Keeping a secret of the shop in its database so that it can be used again: encrypted, under a key of the shop's own.

The key follows from the installation's secret, the shop's id and what the secret is for, so that a row that is copied
into another shop's database, or read by somebody who has the database only, is worth nothing.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from platform_core.tenancy.context import current_tenant
from smartseller.sealing import derive_key


class SealBroken(Exception):
    """It was sealed under another key, for another purpose or in another shop, or never."""


def seal(secret: str, *, purpose: bytes) -> str:
    """`secret` as it may stand in a row of the active shop."""
    return _cipher(purpose).encrypt(secret.encode()).decode()


def unseal(sealed: str, *, purpose: bytes) -> str:
    """What `seal` was given, also under an older key of the installation (`SECRET_KEY_FALLBACKS`).

    Errors: SealBroken.
    """
    try:
        return _cipher(purpose).decrypt(sealed.encode()).decode()
    except (InvalidToken, ValueError) as error:
        raise SealBroken from error


def derived_key(purpose: bytes) -> bytes:
    """32 bytes that only this installation can make, another for each shop and purpose."""
    return derive_key(settings.SECRET_KEY, purpose, current_tenant().id.bytes)


def _cipher(purpose: bytes) -> MultiFernet:
    """Writes under the newest key, reads under those before it too."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    shop = current_tenant().id.bytes
    return MultiFernet([Fernet(base64.urlsafe_b64encode(derive_key(key, purpose, shop))) for key in keys])
