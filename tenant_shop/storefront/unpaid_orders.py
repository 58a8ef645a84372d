"""Slowing down those who order by the hundred, as guests, with one mailbox, and pay nothing: every order takes goods
from the shelf and writes to somebody who may not have asked for it.
"""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from smartseller.throttle import has_counted_mailbox, note_mailbox
from tenant_shop.carts.models import ShoppingCart
from tenant_shop.orders.errors import TooManyUnpaid
from tenant_shop.orders.models import Order
from tenant_shop.orders.unpaid import unpaid_guest_orders
from tenant_shop.storefront.visit import Visit

WHAT = "unpaid-order"
# Within so long, with one mailbox.
MOST_UNPAID = 10
WITHIN = timedelta(hours=1)


def check_unpaid(visit: Visit, cart_id: UUID, email: str) -> None:
    """Before a guest orders: no statement, and two once so many were placed. Then the database says how many still wait
    to be paid. Whose cart is ordered already is led to that order, however many there are. Without the cache nobody is
    counted, and nobody is kept out.

    Errors: TooManyUnpaid.
    """
    if visit.customer_id is not None or not has_counted_mailbox(email, WHAT, most=MOST_UNPAID):
        return
    if unpaid_guest_orders(email, since=timezone.now() - WITHIN) < MOST_UNPAID:
        return
    if not ShoppingCart.objects.filter(pk=cart_id, completed_at__isnull=False).exists():
        raise TooManyUnpaid


def count_unpaid(visit: Visit, order: Order) -> None:
    """An order was placed."""
    if visit.customer_id is None and order.is_awaiting_payment:
        note_mailbox(order.customer_email, WHAT, seconds=int(WITHIN.total_seconds()))
