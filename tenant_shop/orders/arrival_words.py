"""When goods arrive, in words: on pages and in mails."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from smartseller import formats
from tenant_shop.orders.arrival import arrival_of, days_of
from tenant_shop.orders.models import Order
from tenant_shop.shipping.arrival import Days
from tenant_shop.shipping.rates import ShippingOption

# What is still to come.
OPEN = (Order.Status.PENDING, Order.Status.CONFIRMED, Order.Status.PROCESSING, Order.Status.SHIPPED)


def expected(delivery: ShippingOption, today: date) -> str:
    """What a way to deliver promises for what is ordered today; "" where the merchant says nothing of it."""
    if delivery.days is None:
        return ""
    arrival = delivery.days.counted_from(today)
    if delivery.is_pickup:
        return _("Ready to be picked up: %(days)s") % {"days": formats.days(arrival.first, arrival.last)}
    return _("Arrives %(days)s") % {"days": formats.days(arrival.first, arrival.last)}


def expected_of(order: Order) -> str:
    """What was promised; of an order that waits for a transfer, counted from the day when that comes; "" if nothing,
    or if it has left or will not come.
    """
    days, arrival = days_of(order), arrival_of(order)
    if days is None or arrival is None or order.status not in OPEN:
        return ""
    if order.is_awaiting_payment and order.payment_gateway == "manual":
        return _after_payment(days)
    return formats.days(arrival.first, arrival.last)


def _after_payment(days: Days) -> str:
    if days.first == days.last:
        return ngettext(
            "%(number)s working day after your payment has arrived",
            "%(number)s working days after your payment has arrived",
            days.last,
        ) % {"number": formats.number(days.last)}
    return _("%(first)s to %(last)s working days after your payment has arrived") % {
        "first": formats.number(days.first),
        "last": formats.number(days.last),
    }
