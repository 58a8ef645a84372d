"""Changing what a customer says of themselves."""

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.customers.consents import record_consent
from tenant_shop.customers.models import Customer


def change_profile(
    customer: Customer, *, first_name: str, last_name: str, phone: str, language: str, wants_marketing: bool
) -> None:
    """Write the profile, and the consent to marketing mails with its time when it has changed.

    `language` (BCP 47) is what mails are written in. At most three statements.
    """
    customer.first_name, customer.last_name = first_name or None, last_name or None
    customer.phone, customer.language = phone or None, language
    with shop_transaction():
        customer.save(update_fields=["first_name", "last_name", "phone", "language"])
        record_consent(customer, is_granted=wants_marketing, place="profile")
