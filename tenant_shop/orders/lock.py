"""Locking an order, and who orders."""

from uuid import UUID

from tenant_shop.customers.models import Customer
from tenant_shop.orders.errors import OrderNotFound
from tenant_shop.orders.models import Order


def lock_customer(customer_id: UUID) -> int | None:
    """The customer's points; None for who is none any more: an erasure that is under way is waited for.

    Locked until the transaction ends, before the cart.
    """
    customers = Customer.objects.select_for_update(no_key=True).filter(pk=customer_id, status=Customer.Status.ACTIVE)
    return customers.values_list("loyalty_points", flat=True).first()


def lock_order(order_id: UUID) -> Order:
    """The order, locked until the transaction ends: whatever changes an order starts here. Errors: OrderNotFound."""
    order = Order.objects.select_for_update(no_key=True).filter(pk=order_id).first()
    if order is None:
        raise OrderNotFound(order_id)
    return order
