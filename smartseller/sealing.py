"""Keys that only this installation can make, another for each purpose and owner."""

from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


@lru_cache(maxsize=256)
def derive_key(secret: str, purpose: bytes, owner: bytes) -> bytes:
    """32 bytes that follow from the installation's `secret`, what they are for, and whose they are."""
    return HKDF(algorithm=SHA256(), length=32, salt=purpose, info=owner).derive(secret.encode())
