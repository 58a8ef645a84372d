"""A shop's settings, as the code wants them: typed, complete, in one query."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from platform_core.tenancy.context import current_tenant
from tenant_shop.configuration.models import Setting

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopSettings:
    """What the rows of `settings` say.

    `currency` is ISO 4217, `timezone` an IANA name, `country` ISO 3166-1 alpha-2, `language` BCP 47. `tax_rate` is a
    fraction (0.19), inside the prices when `prices_include_tax`. `tax_rates` and `shipping_zones` are kept from the
    tables of those names, `pricing` from those of groups and quantity rules; `tax_on_shipping` is the class by which
    delivery is taxed, "none" for not at all. `shipping_rates`, `payment_methods`, `facets` and `loyalty` are read by
    their own rooms. `return_days` is how long goods may be sent back, 0 when that is not said; `returns_text` is the
    merchant's own sentence about it. `terms_text` is the merchant's sentence about terms above the button that orders,
    and `terms_need_tick` whether it is to be agreed to; `terms_version` is the digest of the pages that hold.
    `payment_instructions` are the lines that say where money is transferred to. `quote_requests` come from
    "customers", from "everybody" or, when empty, from nobody.
    `footer_pages` are (title, slug). In `test_mode` no real money moves; `stripe_key` is public.
    `store_phone` and `store_address` (lines) are how else the shop is reached. `order_notices` are the addresses that
    are told of every new order, `low_stock_threshold` is where a new product begins to run low. `email_templates` are
    the merchant's own words of mails, read by the room of mails. `product_fields` are the custom fields that product
    pages show, kept from their table. `weight_unit` and `length_unit` are those that the shop's people write in.
    `invoice_issue` says when invoices are issued: "paid", "sent" or "by_hand"; `invoice_mail` whether mails "link" or
    "attach" them; `invoice_seller`, `invoice_tax_id` and
    `invoice_footer` are the merchant's own lines on them, the prefixes stand before their numbers.
    `company_accounts` says whether companies can have accounts, `reverse_charge` whether those of other EU countries
    owe the tax themselves.
    """

    store_name: str
    store_email: str
    currency: str
    timezone: str
    country: str
    language: str
    tax_rate: Decimal
    prices_include_tax: bool
    shipping_rates: tuple[Mapping[str, Any], ...]
    payment_methods: tuple[str, ...]
    theme: Mapping[str, Any]
    facets: Mapping[str, Any]
    return_days: int = 0
    returns_text: str = ""
    footer_pages: tuple[tuple[str, str], ...] = ()
    payment_instructions: str = ""
    test_mode: bool = False
    stripe_key: str = ""
    loyalty: Mapping[str, Any] = field(default_factory=dict)
    tax_rates: tuple[Mapping[str, str], ...] = ()
    tax_on_shipping: str = "standard"
    shipping_zones: tuple[Mapping[str, Any], ...] = ()
    company_accounts: bool = False
    reverse_charge: bool = False
    terms_text: str = ""
    terms_need_tick: bool = False
    terms_version: str = ""
    pricing: Mapping[str, Any] = field(default_factory=dict)
    quote_requests: str = ""
    store_phone: str = ""
    store_address: str = ""
    order_notices: tuple[str, ...] = ()
    low_stock_threshold: int = 10
    email_templates: Mapping[str, Any] = field(default_factory=dict)
    invoice_issue: str = "paid"
    invoice_seller: str = ""
    invoice_tax_id: str = ""
    invoice_footer: str = ""
    invoice_mail: str = "link"
    invoice_prefix: str = "INV-"
    credit_note_prefix: str = "CN-"
    product_fields: tuple[Mapping[str, str], ...] = ()
    weight_unit: str = "g"
    length_unit: str = "cm"

    @property
    def has_customer_groups(self) -> bool:
        """Whether some customers may buy at prices of their own."""
        return self.pricing.get("groups") is True

    @property
    def has_quantity_rules(self) -> bool:
        """Whether some goods are sold in certain numbers only."""
        return self.pricing.get("quantities") is True

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


DEFAULTS: dict[str, Any] = {
    "store_name": "My Store",
    "store_email": "store@example.com",
    "currency": "USD",
    "timezone": "UTC",
    "country": "US",
    "language": "en",
    "tax_rate": "0",
    "prices_include_tax": False,
    "shipping_rates": [],
    "payment_methods": ["bank_transfer"],
    "theme_settings": {},
    "facets": {},
    "return_days": 0,
    "returns_text": "",
    "footer_pages": [],
    "payment_instructions": "",
    "test_mode": False,
    "stripe_key": "",
    "loyalty": {},
    "tax_rates": [],
    "tax_on_shipping": "standard",
    "shipping_zones": [],
    "company_accounts": False,
    "reverse_charge": False,
    "terms_text": "",
    "terms_need_tick": False,
    "terms_version": "",
    "pricing": {},
    "quote_requests": "",
    "store_phone": "",
    "store_address": "",
    "order_notices": [],
    "low_stock_threshold": 10,
    "email_templates": {},
    "invoice_issue": "paid",
    "invoice_seller": "",
    "invoice_tax_id": "",
    "invoice_footer": "",
    "invoice_mail": "link",
    "invoice_prefix": "INV-",
    "credit_note_prefix": "CN-",
    "product_fields": [],
    "weight_unit": "g",
    "length_unit": "cm",
}


def shop_settings() -> ShopSettings:
    """The active shop's settings; one SELECT. An unreadable value falls back to its default, and is logged."""
    stored = dict(Setting.objects.filter(key__in=DEFAULTS).values_list("key", "value"))
    values = {key: _usable(key, stored.get(key, default), default) for key, default in DEFAULTS.items()}
    return ShopSettings(
        store_name=values["store_name"],
        store_email=values["store_email"],
        currency=values["currency"],
        timezone=values["timezone"],
        country=values["country"],
        language=values["language"],
        tax_rate=_fraction(values["tax_rate"]),
        prices_include_tax=values["prices_include_tax"],
        shipping_rates=tuple(values["shipping_rates"]),
        payment_methods=tuple(values["payment_methods"]),
        theme=values["theme_settings"],
        facets=values["facets"],
        return_days=max(values["return_days"], 0),
        returns_text=values["returns_text"],
        footer_pages=tuple((row["title"], row["slug"]) for row in values["footer_pages"]),
        payment_instructions=values["payment_instructions"],
        # A sandbox never takes money, whatever is written into it.
        test_mode=values["test_mode"] or current_tenant().is_sandbox,
        stripe_key=values["stripe_key"],
        loyalty=values["loyalty"],
        tax_rates=tuple(values["tax_rates"]),
        tax_on_shipping=values["tax_on_shipping"],
        shipping_zones=tuple(values["shipping_zones"]),
        company_accounts=values["company_accounts"],
        reverse_charge=values["reverse_charge"],
        terms_text=values["terms_text"],
        terms_need_tick=values["terms_need_tick"],
        terms_version=values["terms_version"],
        pricing=values["pricing"],
        quote_requests=values["quote_requests"],
        store_phone=values["store_phone"],
        store_address=values["store_address"],
        order_notices=tuple(address for address in values["order_notices"] if isinstance(address, str)),
        low_stock_threshold=max(values["low_stock_threshold"], 0),
        email_templates=values["email_templates"],
        invoice_issue=values["invoice_issue"],
        invoice_seller=values["invoice_seller"],
        invoice_tax_id=values["invoice_tax_id"],
        invoice_footer=values["invoice_footer"],
        invoice_mail=values["invoice_mail"],
        invoice_prefix=values["invoice_prefix"],
        credit_note_prefix=values["credit_note_prefix"],
        product_fields=tuple(values["product_fields"]),
        weight_unit=values["weight_unit"],
        length_unit=values["length_unit"],
    )


def _usable(key: str, value: Any, default: Any) -> Any:
    # The specification stores the tax rate as a number, we write text: a fraction must not pass through a float.
    wanted = (str, int, float) if key == "tax_rate" else type(default)
    if isinstance(value, wanted):
        return value
    logger.warning("setting %s has an unusable value; its default is used", key)
    return default


def _fraction(value: object) -> Decimal:
    try:
        rate = Decimal(str(value))
    except InvalidOperation:
        rate = Decimal(-1)
    if not 0 <= rate < 1:
        logger.warning("the tax rate %r is no fraction between 0 and 1; no tax is charged", value)
        return Decimal(0)
    return rate
