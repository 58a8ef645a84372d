"""The shop's tax: one rate for everything it sells and delivers."""

from dataclasses import dataclass
from decimal import Decimal

from smartseller.money import quantize
from tenant_shop.configuration.settings import ShopSettings, shop_settings


@dataclass(frozen=True, slots=True)
class TaxRule:
    """`rate` is a fraction (0.19); `included` says that amounts contain the tax already."""

    rate: Decimal
    included: bool

    def on(self, amount: Decimal, currency: str) -> Decimal:
        """The tax in, or on top of, `amount`.

        Rounding: half up to the minor unit, once for each line and once for delivery; an order's tax is their sum.
            Included tax is the gross amount less the rounded net one, so that net and tax always add up.
        """
        if self.included:
            return amount - quantize(amount / (1 + self.rate), currency)
        return quantize(amount * self.rate, currency)

    def gross(self, amount: Decimal, currency: str) -> Decimal:
        """`amount` with its tax, rounded to the minor unit."""
        return quantize(amount if self.included else amount + self.on(amount, currency), currency)


def tax_rule(settings: ShopSettings | None = None) -> TaxRule:
    """The active shop's rule; one SELECT unless its settings are passed."""
    settings = settings or shop_settings()
    return TaxRule(settings.tax_rate, settings.prices_include_tax)
