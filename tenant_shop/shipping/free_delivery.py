"""How much is missing until delivery is free."""

from decimal import Decimal

from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.shipping.rates import rates_for


def missing_for_free_delivery(
    settings: ShopSettings, *, goods: Decimal, weight_grams: Decimal, country: str | None, state: str = ""
) -> Decimal | None:
    """What goods worth `goods` (before discounts, in the shop's currency) lack until a rate to `state` of `country`
    (ISO 3166-1 alpha-2) costs nothing, by the rate that is free soonest: 0 when one is. None when none ever is.

    Fetching goods oneself is no delivery.
    """
    country = country.upper() if country else None
    soonest: Decimal | None = None
    for rate in rates_for(settings, country, state):
        free_from = Decimal(0) if not rate.amount else rate.free_above
        if rate.is_pickup or free_from is None:
            continue
        total = max(goods, free_from, rate.min_total or Decimal(0))
        if rate.serves(weight_grams=weight_grams, country=country, total=total):
            soonest = total if soonest is None else min(soonest, total)
    return None if soonest is None else soonest - goods
