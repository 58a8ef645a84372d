"""What the audit log does not keep: secrets, and what customers may have erased."""

import re
from collections.abc import Mapping
from typing import Any

from platform_core.audit.mask import MASK, SECRET

# The log is never rewritten, so nothing goes into it that a customer may have erased one day. That a field was changed
# is kept, and these values, which name nobody.
PERSONAL = {
    "customer": {"status", "group", "language", "marketing_consent", "loyalty_tier"},
    "customeraddress": {"type", "country", "is_default"},
    "companymember": {"role", "is_active"},
    "productreview": {"status", "rating"},
    "quoterequest": {"status", "valid_until", "shipping_amount"},
    "customertoken": set(),
    "customersession": set(),
    "customerconsent": set(),
    "shoppingcart": set(),
    "stockalert": set(),
}
# Of other models.
PERSONAL_FIELDS = re.compile(r"customer_email|customer_phone|_address$|^notes?$|first_name|last_name|^email$|^phone$")
STAFF_OWN = {"settings", "staff"}
AN_ADDRESS = re.compile(r"[^\s@,;:<>()\"']+@[^\s@,;:<>()\"']+\.[^\s@,;:<>()\"']+")


def is_personal(model: str) -> bool:
    """Whether an object of the model is about a customer: its very name says who."""
    return model in PERSONAL


def masked(model: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` of an object of `model`, by field, fit for the log."""
    return {name: MASK if value not in (None, "") and _hidden(model, name) else value for name, value in values.items()}


def masked_words(model: str, changes: Any) -> Any:
    """`changes`, Django's words for what was done, without an e-mail address, wherever it stands in them."""
    match changes:
        case str() if model not in STAFF_OWN:
            return AN_ADDRESS.sub(MASK, changes)
        case Mapping():
            return {name: masked_words(model, part) for name, part in changes.items()}
        case list() | tuple():
            return [masked_words(model, part) for part in changes]
        case _:
            return changes


def _hidden(model: str, name: str) -> bool:
    if SECRET.search(name):
        return True
    if model in PERSONAL:
        return name not in PERSONAL[model]
    return model not in STAFF_OWN and PERSONAL_FIELDS.search(name) is not None
