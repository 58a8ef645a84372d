"""What the tests of refunds share: orders that were paid by card, and ways to give them back."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from tenant_shop.orders.models import Order
from tenant_shop.payments.errors import (
    GatewayUnavailable,
)
from tenant_shop.payments.gateways.demo import Card
from tenant_shop.payments.models import Payment, PaymentRefund
from tenant_shop.payments.refund import refund_amount, refund_lines
from tests.paying import card_order, give_card


def paid(**order: Any) -> tuple[Order, Payment]:
    """An order of 14.90 that was paid by card."""
    made, payment = card_order(**order)
    give_card(Card.SUCCEEDS, made, payment)
    return Order.objects.get(pk=made.pk), Payment.objects.get(pk=payment.pk)


def give_back(payment: Payment, amount: str, **changes: Any) -> PaymentRefund:
    values: dict[str, Any] = {"key": str(uuid4()), "actor": "ann", **changes}
    return refund_amount(payment.pk, amount=Decimal(amount), **values)


def give_lines_back(order: Order, wanted: dict[UUID, int], **changes: Any) -> PaymentRefund:
    values: dict[str, Any] = {"shipping": False, "restock": False, "key": str(uuid4()), "actor": "ann", **changes}
    (refund,) = refund_lines(order.pk, wanted=wanted, **values)
    return refund


def down(*args: Any, **kwargs: Any) -> Any:
    raise GatewayUnavailable("demo", "down")
