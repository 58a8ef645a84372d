"""What delivery costs, from the shop's table of rates."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from smartseller.money import quantize
from tenant_shop.configuration.settings import shop_settings

logger = logging.getLogger(__name__)

# In any currency; what orders store holds less.
TOO_MUCH = Decimal(10) ** 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingOption:
    """A way to deliver. `amount` is in the shop's currency, as the merchant entered it; `note` is for the shopper."""

    code: str
    name: str
    amount: Decimal
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingRate:
    """A row of the setting `shipping_rates`. Countries are ISO 3166-1 alpha-2 (none: everywhere), weights in grams."""

    code: str
    name: str
    amount: Decimal
    note: str
    countries: frozenset[str]
    free_above: Decimal | None
    min_weight: Decimal | None
    max_weight: Decimal | None

    def serves(self, *, weight_grams: Decimal, country: str | None) -> bool:
        return (
            (not self.countries or country in self.countries)
            and (self.min_weight is None or weight_grams >= self.min_weight)
            and (self.max_weight is None or weight_grams <= self.max_weight)
        )

    def amount_for(self, subtotal: Decimal) -> Decimal:
        return Decimal(0) if self.free_above is not None and subtotal >= self.free_above else self.amount


def shipping_options(
    *, subtotal: Decimal, weight_grams: Decimal | int, country: str | None, currency: str
) -> list[ShippingOption]:
    """The ways to deliver goods worth `subtotal` (after discounts) to `country`, in the merchant's order; one SELECT.

    Without a country only rates that serve every country are offered.
    """
    return offers(
        shop_settings().shipping_rates,
        subtotal=subtotal,
        weight_grams=Decimal(weight_grams),
        country=country,
        currency=currency,
    )


def offers(
    rows: Iterable[Mapping[str, Any]], *, subtotal: Decimal, weight_grams: Decimal, country: str | None, currency: str
) -> list[ShippingOption]:
    """`shipping_options` for rows that were read already. A row that makes no sense is skipped with a log line."""
    return [
        ShippingOption(
            code=rate.code, name=rate.name, amount=quantize(rate.amount_for(subtotal), currency), note=rate.note
        )
        for rate in map(read_rate, rows)
        if rate is not None and rate.serves(weight_grams=weight_grams, country=country)
    ]


def read_rate(row: Mapping[str, Any]) -> ShippingRate | None:
    """The rate that a row of the setting means; None, with a log line, when it means none."""
    try:
        rate = ShippingRate(
            code=str(row["code"]),
            name=str(row["name"]),
            amount=Decimal(str(row["amount"])),
            note=str(row.get("note") or ""),
            countries=frozenset(str(country).upper() for country in row.get("countries") or ()),
            free_above=_number(row, "free_above"),
            min_weight=_number(row, "min_weight"),
            max_weight=_number(row, "max_weight"),
        )
    except (AttributeError, KeyError, TypeError, ValueError, InvalidOperation):
        logger.warning("a row of the setting shipping_rates cannot be read and is not offered: %r", row)
        return None
    if not rate.amount.is_finite() or not 0 <= rate.amount < TOO_MUCH:
        logger.warning("the shipping rate %s has the amount %s and is not offered", rate.code, rate.amount)
        return None
    return rate


def _number(row: Mapping[str, Any], key: str) -> Decimal | None:
    """Errors: InvalidOperation for what is no number, ValueError for one that nothing can be compared with."""
    if row.get(key) is None:
        return None
    number = Decimal(str(row[key]))
    if not number.is_finite():
        raise ValueError(f"{key} is {number}")
    return number
