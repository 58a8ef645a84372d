"""How many orders of guests wait to be paid."""

from datetime import datetime

from django.db.models.functions import Lower

from tenant_shop.orders.models import Order

AWAITING = (Order.PaymentStatus.PENDING, Order.PaymentStatus.FAILED)


def unpaid_guest_orders(email: str, *, since: datetime) -> int:
    """How many of the guest orders that were placed with this address since then still wait to be paid; what was paid,
    cancelled or has expired does not count. One statement, by an index.
    """
    orders = Order.objects.alias(address=Lower("customer_email")).filter(customer=None, created_at__gte=since)
    waiting = orders.filter(status=Order.Status.PENDING, payment_status__in=AWAITING)
    return waiting.filter(address=email.strip().lower()).count()
