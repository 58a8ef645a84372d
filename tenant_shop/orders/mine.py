"""A customer's orders."""

from uuid import UUID

from django.db.models import Count

from tenant_shop.customers.models import Customer
from tenant_shop.orders.errors import OrderNotFound
from tenant_shop.orders.models import Order


def orders_of(customer: Customer, *, page: int, on_a_page: int) -> tuple[list[Order], bool]:
    """A page (from 1) of the customer's orders, the latest first, with how many lines each has as `line_count`; and
    whether there are older ones. One statement.
    """
    start = (page - 1) * on_a_page
    orders = Order.objects.filter(customer=customer).annotate(line_count=Count("items"))
    found: list[Order] = list(orders.order_by("-created_at", "-id")[start : start + on_a_page + 1])
    return found[:on_a_page], len(found) > on_a_page


def order_of(customer: Customer, order_id: UUID) -> Order:
    """The customer's order, its `items` read along. Two statements. Errors: OrderNotFound, also for another's."""
    order = Order.objects.prefetch_related("items").filter(customer=customer, pk=order_id).first()
    if order is None:
        raise OrderNotFound(order_id)
    return order
