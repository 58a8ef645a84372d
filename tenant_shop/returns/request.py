"""Asking to send something back."""

from collections.abc import Mapping
from uuid import UUID

from django.utils import timezone

from platform_core.tenancy.transactions import shopper_transaction
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.customers.models import Customer
from tenant_shop.integrations.record import record_event
from tenant_shop.orders.errors import OrderNotFound
from tenant_shop.orders.lock import lock_order
from tenant_shop.orders.models import Order
from tenant_shop.returns.errors import NothingToReturn, NotReturnable
from tenant_shop.returns.mail import request_return_mail
from tenant_shop.returns.models import Return, ReturnLine
from tenant_shop.returns.returnable import is_returnable, returnable_pieces

LONGEST_NOTE = 2000


def request_return(
    customer: Customer | None, order_id: UUID, pieces: Mapping[UUID, int], *, reason: Return.Reason, note: str = ""
) -> Return:
    """Ask to send `pieces` (by order line) of the customer's order back, or of a guest's: `customer` None, for whoever
    has the order's link. The merchant decides.

    Two requests at once cannot ask for more than was bought.
    Errors, with nothing written: OrderNotFound, also for somebody else's; NotReturnable; NothingToReturn; ShopBusy.
    """
    return_days = shop_settings().return_days
    with shopper_transaction():
        order = lock_order(order_id)
        if order.customer_id != (customer and customer.pk):
            raise OrderNotFound(order_id)
        asked = write_return(order, pieces, reason=reason, note=note, return_days=return_days)
        request_return_mail(asked)
    return asked


def write_return(
    order: Order, pieces: Mapping[UUID, int], *, reason: Return.Reason, note: str, return_days: int
) -> Return:
    """Write down what of an order, which the caller's transaction has locked, is to come back. Nobody is told.

    Errors: NotReturnable; NothingToReturn.
    """
    wanted = {line: quantity for line, quantity in pieces.items() if quantity}
    if not is_returnable(order, return_days=return_days, now=timezone.now()):
        raise NotReturnable(order.order_number)
    left = returnable_pieces(order)
    if not wanted or any(not 0 < quantity <= left.get(line, 0) for line, quantity in wanted.items()):
        raise NothingToReturn
    asked = Return.objects.create(order=order, customer_id=order.customer_id, reason=reason, note=note[:LONGEST_NOTE])
    ReturnLine.objects.bulk_create(
        ReturnLine(parent=asked, order_item_id=line, quantity=quantity) for line, quantity in wanted.items()
    )
    record_event(
        "return.requested",
        {
            "id": str(asked.pk),
            "order_id": str(order.pk),
            "order_number": order.order_number,
            "reason": reason.value,
            "lines": [{"order_item_id": str(line), "quantity": quantity} for line, quantity in wanted.items()],
        },
    )
    return asked
