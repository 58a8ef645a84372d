"""Changing what the merchant says of the shop."""

from collections.abc import Mapping
from typing import Any

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.configuration.models import Setting

DESCRIPTIONS = {
    "company_accounts": "Whether companies can have accounts with several buyers",
    "loyalty": "What points are earned, and where tiers begin",
    "payment_instructions": "Where money is transferred to: account holder, IBAN, BIC",
    "payment_methods": "Ways to pay that are offered at checkout",
    "quote_requests": "Who may ask for quotes: customers, everybody or, empty, nobody",
    "return_days": "How long goods may be sent back, in days",
    "returns_text": "The merchant's own sentence about returns",
    "reverse_charge": "Whether companies of other EU countries owe the tax themselves",
    "stripe_key": "The public key of the shop's account with Stripe",
    "tax_on_shipping": "The class by which delivery is taxed, or none",
    "test_mode": "Whether no real money moves",
}


def change_settings(values: Mapping[str, Any]) -> list[str]:
    """Write the settings that differ from `values`, by key, and return their keys."""
    with shop_transaction():
        rows = Setting.objects.select_for_update().filter(key__in=values)
        stored = dict(rows.order_by("key").values_list("key", "value"))
        changed = [key for key, value in values.items() if stored.get(key, type(value)()) != value]
        for key in changed:
            Setting.objects.update_or_create(
                key=key,
                defaults={"value": values[key]},
                create_defaults={"value": values[key], "description": DESCRIPTIONS.get(key)},
            )
    return changed
