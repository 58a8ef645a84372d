"""What the tests of returns share: orders that were sent, and returns whose goods are here."""

from typing import Any

from django.utils import timezone

from tenant_shop.models import Customer, Order, Return
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.returns.move import approve_return
from tenant_shop.returns.receive import receive_return
from tenant_shop.returns.request import request_return

DAMAGED = Return.Reason.DAMAGED


def delivered(order: Order) -> Order:
    Order.objects.filter(pk=order.pk).update(status="delivered", delivered_at=timezone.now())
    return Order.objects.get(pk=order.pk)


def pieces(order: Order, *quantities: int) -> dict[Any, int]:
    return dict(zip([item.pk for item in order.items.all()], quantities, strict=False))


def arrived(ann: Customer, order: Order, *quantities: int, restock: bool = False) -> Return:
    """A return whose goods are here."""
    asked = request_return(ann, order.pk, pieces(order, *quantities), reason=DAMAGED)
    approve_return(asked.pk, actor="x")
    return receive_return(asked.pk, restock=restock, actor="x")


def paid(order: Order) -> Order:
    mark_as_paid(order.pk, actor="x")
    return order
