"""The price that search engines are told: the one that people pay, whatever the shop's own pages show."""

from decimal import Decimal

from smartseller.money import quantize
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.taxes.rates import tax_rule

# Where prices are compared without tax; elsewhere VAT or GST belongs in them.
# Source: https://support.google.com/merchants/answer/6324371 (price).
COMPARED_NET = frozenset({"US", "CA"})


def published_price(amount: Decimal, settings: ShopSettings) -> Decimal:
    """`amount`, a price of goods or of delivery, with tax where its country compares prices so.

    The feed and the pages' structured data both use it: Google leaves out what differs between them.
    """
    if settings.country in COMPARED_NET:
        return quantize(amount, settings.currency)
    return tax_rule(settings).gross(amount, settings.currency)
