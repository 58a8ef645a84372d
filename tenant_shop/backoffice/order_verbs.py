"""The buttons of an order's page: which verb each calls, and what is said when it is done."""

from collections.abc import Callable
from uuid import UUID

from tenant_shop.orders.confirm import confirm_order
from tenant_shop.orders.deliver import deliver_order
from tenant_shop.orders.models import Order
from tenant_shop.payments.capture import capture_order
from tenant_shop.payments.late_money import enter_late_money
from tenant_shop.payments.let_go import let_order_go
from tenant_shop.payments.mark_paid import mark_as_paid

VERBS: dict[str, Callable[..., Order]] = {
    "confirm": confirm_order,
    "pay": mark_as_paid,
    "late": enter_late_money,
    "capture": capture_order,
    "let_go": let_order_go,
    "deliver": deliver_order,
}

# The others are done in one transaction with what is written down of them.
ASKING_A_GATEWAY = {"capture", "let_go"}


def do(verb: str, order_id: UUID, *, actor: str) -> Order:
    """What a button asks for. Errors: those of its verb."""
    return VERBS[verb](order_id, actor=actor)


def said_of(order: Order, verb: str) -> str:
    """What has become of the order by it."""
    if verb == "late" and order.owed_amount:
        return f"The money for order {order.order_number} is entered. It was cancelled, so please give the money back."
    if verb == "let_go":
        paid = order.get_payment_status_display().lower()
        return f"The card is asked for nothing more; the payment of order {order.order_number} is {paid} now."
    return f"Order {order.order_number} is {order.get_status_display().lower()} now."
