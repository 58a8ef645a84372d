"""Giving products, customers or orders a field of the merchant's own."""

import re
import unicodedata
from itertools import count

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.configuration.custom_fields.errors import TooManyFields
from tenant_shop.configuration.custom_fields.models import CustomField

MOST_FIELDS = 30
LONGEST_KEY = 40


def define_field(field: CustomField) -> CustomField:
    """Save a new field under a key that is made of its name. Errors: TooManyFields; nothing is saved then."""
    with shop_transaction():
        taken = set(CustomField.objects.filter(owner=field.owner).values_list("key", flat=True))
        field.key = _unused_key(field.name, taken)
        field.save(force_insert=True)
        # The trigger's lock makes whoever adds one at the same moment wait, and be counted here.
        if CustomField.objects.filter(owner=field.owner).count() > MOST_FIELDS:
            raise TooManyFields(MOST_FIELDS)
    return field


def _unused_key(name: str, taken: set[str]) -> str:
    """`care_level` of “Care level”; what has no letters that fit is called `field`. Numbered where it is taken."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    word = re.sub(r"[^a-z0-9]+", "_", plain).strip("_") or "field"
    word = (word if word[0].isalpha() else f"field_{word}")[: LONGEST_KEY - 4].rstrip("_")
    return next(key for number in count(1) if (key := word if number == 1 else f"{word}_{number}") not in taken)
