"""Which tax is in, or comes on top of, an amount. Pure: what the shop's table of rates says is passed in.

docs/taxes.md tells merchants the same with numbers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from smartseller.money import quantize
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.taxes.classes import STANDARD, UNTAXED, ZERO
from tenant_shop.taxes.territories import is_outside_tax_area

# The country of a rate for all countries but the shop's own that have none of their own.
ELSEWHERE = ""


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

    def net(self, amount: Decimal, currency: str) -> Decimal:
        """`amount` without the tax in it, rounded half up to the minor unit."""
        return quantize(amount / (1 + self.rate) if self.included else amount, currency)

    def gross(self, amount: Decimal, currency: str) -> Decimal:
        """`amount` with its tax, rounded to the minor unit."""
        return quantize(amount if self.included else amount + self.on(amount, currency), currency)


@dataclass(frozen=True, slots=True)
class LocalTaxes:
    """The taxes at one address: a fraction for each class that has one of its own, and what every other class pays."""

    included: bool
    standard: Decimal
    by_class: Mapping[str, Decimal]
    shipping_class: str = STANDARD
    # What would be charged if the buyer did not owe the tax instead of the shop.
    reversed_from: "LocalTaxes | None" = None

    def reverse_charge(self) -> "LocalTaxes":
        """The taxes of who owes them instead of the shop: none, on prices without them."""
        return LocalTaxes(included=False, standard=Decimal(0), by_class={}, reversed_from=self)

    def on_goods(self, tax_class: str) -> TaxRule:
        return TaxRule(self._rate(tax_class), self.included)

    @property
    def on_delivery(self) -> TaxRule:
        return TaxRule(self._rate(self.shipping_class), self.included)

    @property
    def are_charged(self) -> bool:
        """Whether anything at all is taxed here."""
        return bool(self.standard) or any(self.by_class.values())

    def _rate(self, tax_class: str) -> Decimal:
        if tax_class in (ZERO, UNTAXED):
            return Decimal(0)
        return self.by_class.get(tax_class, self.standard)


@dataclass(frozen=True, slots=True)
class StoredRate:
    """A row of the table: `country` is ISO 3166-1 alpha-2 or `ELSEWHERE`, `state` empty for all of the country."""

    country: str
    state: str
    tax_class: str
    rate: Decimal


def local_taxes(settings: ShopSettings, country: str | None, state: str = "", postal_code: str = "") -> LocalTaxes:
    """The taxes on what is delivered to `state` of `country`; without a country, to the shop's own.

    Of a class's rates the one for the state goes before the one for the country, and that before the one for
    everywhere else; a class without any pays what `standard` pays there. Where `standard` has none either, that is the
    setting `tax_rate`. The shop's own country is never "everywhere else", but what of an EU country is outside the EU's
    tax area always is: there a rate of its state holds, and none of its country.
    """
    home = settings.country.upper()
    there, region = (country or home).upper(), state.strip().casefold()
    found: dict[str, Decimal] = {}
    elsewhere, country_wide, state_wide = (ELSEWHERE, ""), (there, ""), (there, region)
    if is_outside_tax_area(there, state=state, postal_code=postal_code):
        holding = [elsewhere, state_wide] if region else [elsewhere]
    elif there == home:
        holding = [country_wide, state_wide]
    else:
        holding = [elsewhere, country_wide, state_wide]
    for places in holding:
        found.update(_rates_at(stored_rates(settings), *places))
    return LocalTaxes(
        included=settings.prices_include_tax,
        standard=found.get(STANDARD, settings.tax_rate),
        by_class=found,
        shipping_class=settings.tax_on_shipping,
    )


def flat_taxes(rate: Decimal, *, included: bool) -> LocalTaxes:
    """One rate for everything."""
    return LocalTaxes(included=included, standard=rate, by_class={})


def stored_rates(settings: ShopSettings) -> Iterable[StoredRate]:
    """The rows as the settings carry them; triggers keep those from the table `tax_rates`."""
    return (
        StoredRate(row["country"], row["state"], row["tax_class"], Decimal(row["rate"])) for row in settings.tax_rates
    )


def _rates_at(rates: Iterable[StoredRate], country: str, state: str) -> dict[str, Decimal]:
    return {row.tax_class: row.rate for row in rates if row.country == country and row.state.casefold() == state}
