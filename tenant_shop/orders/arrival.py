"""When an order is expected, as it was promised: the days are kept with the order, whatever its rate becomes."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tenant_shop.orders.models import Order
from tenant_shop.shipping.arrival import Arrival, Days
from tenant_shop.shipping.rates import ShippingOption

KEY = "arrival"


def promised(delivery: ShippingOption, *, at: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """What an order placed `at` keeps of it, in its metadata; nothing where the rate does not say how long it takes."""
    if delivery.days is None:
        return {}
    return {KEY: _kept(delivery.days, delivery.days.counted_from(at.astimezone(zone).date()))}


def days_of(order: Order) -> Days | None:
    """The working days that were promised."""
    kept = order.metadata.get(KEY)
    return Days(*kept["days"]) if kept else None


def arrival_of(order: Order) -> Arrival | None:
    """The dates that were promised."""
    kept = order.metadata.get(KEY)
    return Arrival(date.fromisoformat(kept["first"]), date.fromisoformat(kept["last"])) if kept else None


def count_anew(order: Order, *, on: date) -> bool:
    """Count the promised days from `on`, when the money came; whether that changes anything. It is not saved."""
    days = days_of(order)
    if days is None:
        return False
    kept = _kept(days, days.counted_from(on))
    if kept == order.metadata[KEY]:
        return False
    order.metadata = {**order.metadata, KEY: kept}
    return True


def _kept(days: Days, arrival: Arrival) -> dict[str, Any]:
    return {
        "days": [days.first, days.last],
        "first": arrival.first.isoformat(),
        "last": arrival.last.isoformat(),
    }
