"""How much is missing until delivery is free."""

from decimal import Decimal

from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.shipping.rates import read_rate


def missing_for_free_delivery(
    settings: ShopSettings, *, goods: Decimal, weight_grams: Decimal, country: str | None
) -> Decimal | None:
    """What goods worth `goods` (before discounts, in the shop's currency) lack until a rate to `country` (ISO 3166-1
    alpha-2) costs nothing, by the rate that is free soonest: 0 when one is. None when none ever is.
    """
    rates = [rate for rate in map(read_rate, settings.shipping_rates) if rate is not None]
    limits = [
        rate.free_above if rate.amount else Decimal(0)
        for rate in rates
        if rate.serves(weight_grams=weight_grams, country=country) and (rate.free_above is not None or not rate.amount)
    ]
    free_above = min((limit for limit in limits if limit is not None), default=None)
    return None if free_above is None else max(free_above - goods, Decimal(0))
