"""Slugs and SKUs made from what a file says: the same text always gives the same identifier, other text another."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence

LONGEST_SLUG = 255
LONGEST_SKU = 100
DROPPED = re.compile("['\u2019\"]")
SEPARATING = re.compile("[^a-z0-9_]+")


def slug_of(name: str) -> str:
    """`name` as an address may spell it: a-z, 0-9, hyphens and underscores, at most 255 characters.

    Spelling differences that a reader overlooks (case, accents, punctuation, spaces) give the same slug. Letters that
    have no ASCII form are stood in for by a digest, so that two names in another script never share a slug.
    """
    folded = unicodedata.normalize("NFKD", name.strip().casefold())
    plain = folded.encode("ascii", "ignore").decode()
    slug = SEPARATING.sub("-", DROPPED.sub("", plain)).strip("-")
    lost_letters = any(letter.isalnum() and not letter.isascii() for letter in folded)
    if lost_letters or not slug or len(slug) > LONGEST_SLUG:
        return "-".join(part for part in (slug[: LONGEST_SLUG - 9].rstrip("-"), _digest(folded)) if part)
    return slug


def sku_of(slug: str, options: Sequence[str]) -> str:
    """The SKU of a variant that came without one: its product's slug and its option values, at most 100 characters.

    A point parts them, which no slug contains, so that `shirt` in `small` is not `shirt-small`.
    """
    sku = ".".join((slug, *(_unmistakable(value) for value in options))).upper()
    return sku if len(sku) <= LONGEST_SKU else f"{sku[: LONGEST_SKU - 9]}-{_digest(sku).upper()}"


def _unmistakable(value: str) -> str:
    """The slug of an option's value, with a digest where the slug alone would hide a difference (S/M and S-M)."""
    slug = slug_of(value)
    return slug if slug == value.strip().lower().replace(" ", "-") else f"{slug}-{_digest(value)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
