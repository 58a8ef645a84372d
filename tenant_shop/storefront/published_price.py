"""The price that search engines are told: the one that people pay, whatever the shop's own pages show."""

from decimal import Decimal

from smartseller.money import quantize
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.taxes.rates import TaxRule, local_taxes

# Where prices are compared without tax; elsewhere VAT or GST belongs in them.
# Source: https://support.google.com/merchants/answer/6324371 (price).
COMPARED_NET = frozenset({"US", "CA"})


def published_price(amount: Decimal, settings: ShopSettings, *, tax_class: str) -> Decimal:
    """`amount`, a price of goods of `tax_class`, with the tax of the shop's country where that compares prices so.

    The feed and the pages' structured data both use it: Google leaves out what differs between them.
    """
    return _published(amount, settings, local_taxes(settings, settings.country).on_goods(tax_class))


def published_delivery(amount: Decimal, settings: ShopSettings) -> Decimal:
    """As `published_price`, of what delivery costs."""
    return _published(amount, settings, local_taxes(settings, settings.country).on_delivery)


def _published(amount: Decimal, settings: ShopSettings, rule: TaxRule) -> Decimal:
    if settings.country in COMPARED_NET:
        return quantize(amount, settings.currency)
    return rule.gross(amount, settings.currency)
