"""What delivery costs, from the shop's zones, or from the setting `shipping_rates` where it has none."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from smartseller.money import quantize
from tenant_shop.configuration.settings import ShopSettings, shop_settings
from tenant_shop.shipping.arrival import Days, read_days
from tenant_shop.shipping.zones import PICKUP, zones_for

logger = logging.getLogger(__name__)

# In any currency; what orders store holds less.
TOO_MUCH = Decimal(10) ** 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingOption:
    """A way to deliver. `amount` is in the shop's currency, as the merchant entered it; `note` is for the shopper.

    What `is_pickup` needs no address: the shopper comes and gets it. `days` is how long it takes, if that is said.
    `is_own` says that the name is the merchant's, in the shop's own language.
    """

    code: str
    name: str
    amount: Decimal
    note: str
    is_pickup: bool = False
    days: Days | None = None
    is_own: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingRate:
    """A rate of a zone, or a row of the setting `shipping_rates`. Countries are ISO 3166-1 alpha-2 (none: everywhere),
    weights in grams.

    A zone's bands end below their upper limits, so that they can touch; a row of the setting includes `max_weight`.
    """

    code: str
    name: str
    amount: Decimal
    note: str
    countries: frozenset[str]
    free_above: Decimal | None
    min_weight: Decimal | None
    max_weight: Decimal | None
    min_total: Decimal | None = None
    max_total: Decimal | None = None
    is_band: bool = False
    is_pickup: bool = False
    days: Days | None = None

    def serves(self, *, weight_grams: Decimal, country: str | None, total: Decimal = Decimal(0)) -> bool:
        return (
            (not self.countries or country in self.countries)
            and (self.min_weight is None or weight_grams >= self.min_weight)
            and (
                self.max_weight is None
                or weight_grams < self.max_weight
                or (weight_grams == self.max_weight and not self.is_band)
            )
            and (self.min_total is None or total >= self.min_total)
            and (self.max_total is None or total < self.max_total)
        )

    def amount_for(self, subtotal: Decimal) -> Decimal:
        return Decimal(0) if self.free_above is not None and subtotal >= self.free_above else self.amount


def shipping_options(
    *, subtotal: Decimal, weight_grams: Decimal | int, country: str | None, state: str = ""
) -> list[ShippingOption]:
    """The ways to deliver goods worth `subtotal` (before discounts) to `country`, in the merchant's order; one SELECT.

    Without a country only pick-up and rates that serve every country are offered.
    """
    return offers(shop_settings(), subtotal=subtotal, weight_grams=Decimal(weight_grams), country=country, state=state)


def offers(
    settings: ShopSettings, *, subtotal: Decimal, weight_grams: Decimal, country: str | None, state: str = ""
) -> list[ShippingOption]:
    """`shipping_options` for settings that were read already."""
    country = country.upper() if country else None
    return [
        ShippingOption(
            code=rate.code,
            name=rate.name,
            amount=quantize(rate.amount_for(subtotal), settings.currency),
            note=rate.note,
            is_pickup=rate.is_pickup,
            days=rate.days,
        )
        for rate in rates_for(settings, country, state)
        if rate.serves(weight_grams=weight_grams, country=country, total=subtotal)
    ]


def pickup_codes(settings: ShopSettings) -> frozenset[str]:
    """The codes of the ways to deliver that are none: the shopper comes."""
    return frozenset(
        str(rate["code"]) for zone in settings.shipping_zones if zone["kind"] == PICKUP for rate in zone["rates"]
    )


def rates_for(settings: ShopSettings, country: str | None, state: str) -> Iterator[ShippingRate]:
    """The rates of the zones that a place is in, in the merchant's order, whatever they serve."""
    if not settings.shipping_zones:
        yield from filter(None, map(read_rate, settings.shipping_rates))
        return
    for zone in zones_for(settings, country, state):
        for row in zone["rates"]:
            rate = read_rate(row)
            if rate is not None:
                yield replace(rate, is_band=True, is_pickup=zone["kind"] == PICKUP)


def read_rate(row: Mapping[str, Any]) -> ShippingRate | None:
    """The rate that a row means; None, with a log line, when it means none."""
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
            min_total=_number(row, "min_total"),
            max_total=_number(row, "max_total"),
            days=read_days(row),
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
