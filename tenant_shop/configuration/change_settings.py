"""Changing what the merchant says of the shop."""

from collections.abc import Mapping
from typing import Any

from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.hooks import platform_hooks
from platform_core.tenancy.transactions import after_commit, shop_transaction
from tenant_shop.configuration.models import Setting

# By these a day of the shop is told from the next, and added up.
DAYS_ARE_OF = frozenset({"currency", "timezone"})
DESCRIPTIONS = {
    "company_accounts": "Whether companies can have accounts with several buyers",
    "credit_note_prefix": "What stands before the numbers of credit notes",
    "email_templates": "The merchant's own words of mails, by kind and language",
    "facets": "Which filters lists offer",
    "length_unit": "In which the shop's people write lengths",
    "invoice_footer": "What the law wants at the foot of invoices, in lines",
    "invoice_issue": "When invoices are issued: paid, sent or by_hand",
    "invoice_mail": "Whether mails link or attach the invoice",
    "invoice_prefix": "What stands before the numbers of invoices",
    "invoice_seller": "Who sells, in lines, where it is not the shop's name and address",
    "invoice_tax_id": "The seller's tax id",
    "low_stock_threshold": "Where a new product begins to run low",
    "order_notices": "Who is told of every new order",
    "store_address": "Where the shop is, in lines",
    "store_phone": "The shop's telephone number",
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
    "weight_unit": "In which the shop's people write weights",
}


def change_settings(values: Mapping[str, Any]) -> list[str]:
    """Write the settings that differ from `values`, by key, and return their keys.

    After commit: the platform learns of another time zone or currency, and has all figures by day made anew.
    """
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
        if DAYS_ARE_OF.intersection(changed) and platform_hooks.days_changed:
            after_commit(platform_hooks.days_changed, current_tenant().id)
    return changed
