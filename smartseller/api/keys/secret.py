"""What keys look like: `sk_live_`, 32 random letters and digits, and six that are computed from all before them.

So a typing error, or what only looks like a key, is known without asking a database; and whoever searches files for
secrets that got out knows ours by their looks and by the sum.
"""

import hashlib
import re
import secrets
import string
import zlib
from uuid import UUID

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
RANDOM, CHECKED = 32, 6
# Of the random part, in what everybody may see: what is left cannot be guessed (24 of 62 characters: 142 bits).
SHOWN = 8
LOOKS = re.compile(r"(?:sk|pk|ak)_(?:live|test)_[0-9A-Za-z]{38}")
KINDS = {"secret": "sk", "publishable": "pk", "person": "ak"}


def make_secret(kind: str, *, is_test: bool) -> str:
    """A new one, from the system's source of randomness (190 bits)."""
    body = f"{KINDS[kind]}_{'test' if is_test else 'live'}_" + "".join(secrets.choice(ALPHABET) for _ in range(RANDOM))
    return body + _sum(body)


def is_well_formed(text: str) -> bool:
    """Whether it can be a key: its looks, and its sum."""
    return LOOKS.fullmatch(text) is not None and text[-CHECKED:] == _sum(text[:-CHECKED])


def prefix_of(secret: str) -> str:
    """What everybody may see of it."""
    return secret[: len("sk_live_") + SHOWN]


def digest_of(secret: str, owner_id: UUID) -> str:
    """What is kept of it: another one for every owner (a shop, a person), so that a row that was copied to another
    opens nothing there.

    No salt and no slow hash: nobody tries 2^190 secrets.
    """
    return hashlib.sha256(f"{owner_id.hex}:{secret}".encode()).hexdigest()


def _sum(body: str) -> str:
    number, letters = zlib.crc32(body.encode()), ""
    for _ in range(CHECKED):
        number, rest = divmod(number, len(ALPHABET))
        letters = ALPHABET[rest] + letters
    return letters
