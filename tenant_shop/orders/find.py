"""Finding an order."""

from uuid import UUID

from tenant_shop.orders.errors import OrderNotFound
from tenant_shop.orders.models import Order


def order_by_token(token: UUID | str) -> Order:
    """The order behind a guest's link, its `items` read along. Two statements. Errors: OrderNotFound."""
    try:
        wanted = token if isinstance(token, UUID) else UUID(token)
    except ValueError:
        raise OrderNotFound(token) from None
    order = Order.objects.prefetch_related("items").filter(public_token=wanted).first()
    if order is None:
        raise OrderNotFound(token)
    return order


def order_by_number(number: str, *, email: str) -> Order:
    """The order with this number, if it was placed with this e-mail address. One statement. Errors: OrderNotFound."""
    order = Order.objects.filter(order_number=number.strip(), customer_email__iexact=email.strip()).first()
    if order is None:
        raise OrderNotFound(number)
    return order
