"""Locking an order, and who orders."""

from uuid import UUID

from tenant_shop.customers.models import Customer
from tenant_shop.orders.errors import OrderNotFound
from tenant_shop.orders.models import Order


def lock_customer(customer_id: UUID) -> bool:
    """Whether they are a customer still: an erasure that is under way is waited for. Locked until the transaction ends,
    before the cart."""
    customers = Customer.objects.select_for_update(no_key=True).filter(pk=customer_id)
    return customers.values_list("status", flat=True).first() == Customer.Status.ACTIVE


def lock_order(order_id: UUID) -> Order:
    """The order, locked until the transaction ends: whatever changes an order starts here. Errors: OrderNotFound."""
    order = Order.objects.select_for_update(no_key=True).filter(pk=order_id).first()
    if order is None:
        raise OrderNotFound(order_id)
    return order
