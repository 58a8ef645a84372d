"""Who orders, checked and tidied."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.orders.address import clean_address, clean_contact, clean_recipient
from tenant_shop.shipping.rates import pickup_codes


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """The person, and where the goods and the bill go."""

    email: str
    phone: str
    notes: str
    shipping_address: Mapping[str, str]
    billing_address: Mapping[str, str]
    customer_id: UUID | None
    language: str = ""
    agreed_to: str = ""
    terms_version: str = ""


def tidy_buyer(
    settings: ShopSettings,
    *,
    email: str,
    phone: str | None,
    notes: str,
    shipping_address: Mapping[str, Any],
    billing_address: Mapping[str, Any],
    shipping_code: str,
    customer_id: UUID | None,
    language: str,
    agreed_to: str = "",
    terms_version: str = "",
) -> Buyer:
    """What somebody typed; what is picked up needs a name only. Errors: InvalidContact, InvalidAddress."""
    comes = shipping_code in pickup_codes(settings)
    return Buyer(
        **clean_contact(email=email, phone=phone, notes=notes),
        shipping_address=clean_recipient(shipping_address, country=settings.country)
        if comes
        else clean_address(shipping_address, kind="shipping"),
        billing_address=clean_recipient(billing_address, country=settings.country)
        if comes and not billing_address.get("address_line_1")
        else clean_address(billing_address, kind="billing"),
        customer_id=customer_id,
        language=language,
        agreed_to=agreed_to,
        terms_version=terms_version,
    )
