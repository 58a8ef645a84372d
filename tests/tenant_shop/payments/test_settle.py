"""Money reaches an order through one door."""

from decimal import Decimal
from functools import partial
from uuid import uuid4

import pytest

from platform_core.tenancy.context import TenantInfo
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.history import OrderStatusHistory
from tenant_shop.orders.models import Order
from tenant_shop.payments.errors import NothingOpen, OrderNotPayable, PaymentNotFound
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.models import Payment, PaymentEntry
from tenant_shop.payments.refund import refund_amount
from tenant_shop.payments.settle import settle
from tests.shopping import at_once, configure, everything, order_of, stock_of, stocked

CAPTURED, FAILED, REFUNDED = PaymentEntry.Kind.CAPTURED, PaymentEntry.Kind.FAILED, PaymentEntry.Kind.REFUNDED


@pytest.fixture(autouse=True)
def selling(shop: TenantInfo) -> None:
    configure()


def placed() -> tuple[Order, Payment]:
    order = order_of((stocked(price="10.00"), 1))
    return order, Payment.objects.get(order=order)


def test_staff_say_that_an_order_was_paid() -> None:
    order, payment = placed()
    paid = mark_as_paid(order.pk, actor="user 7")
    assert (paid.status, paid.payment_status) == ("confirmed", "paid")
    stored = Order.objects.get(pk=order.pk)
    assert (stored.status, stored.payment_status) == ("confirmed", "paid")
    assert stored.confirmed_at is not None
    entry = PaymentEntry.objects.get()
    assert (entry.payment_id, entry.kind, entry.amount, entry.currency, entry.actor) == (
        payment.pk,
        "captured",
        Decimal("14.90"),
        "EUR",
        "user 7",
    )
    step = OrderStatusHistory.objects.filter(order=order).last()
    assert step is not None
    assert (step.previous_status, step.new_status, step.updated_by) == ("pending", "confirmed", "user 7")
    assert OutboxEvent.objects.get(topic="order.paid").payload["payment_status"] == "paid"


def test_where_nothing_is_open_nobody_says_that_it_was_paid() -> None:
    order, payment = placed()
    mark_as_paid(order.pk, actor="ann")
    before = everything()
    with pytest.raises(NothingOpen) as refused:
        mark_as_paid(order.pk, actor="bob")
    assert everything() == before
    assert str(refused.value) == f"Nothing of order {order.order_number} is open to be paid."
    refund_amount(payment.pk, amount=Decimal("4.90"), key="one", actor="ann")
    before = everything()
    with pytest.raises(NothingOpen):
        mark_as_paid(order.pk, actor="bob")
    assert everything() == before


def test_staff_enter_what_is_still_open() -> None:
    order, payment = placed()
    settle(payment.pk, kind=CAPTURED, amount=Decimal("4.90"), actor="ann")
    assert Order.objects.get(pk=order.pk).payment_status == "pending"
    mark_as_paid(order.pk, actor="ann")
    assert sorted(PaymentEntry.objects.values_list("amount", flat=True)) == [Decimal("4.90"), Decimal("10.00")]


def test_a_cancelled_order_takes_no_payment_by_hand() -> None:
    order, _ = placed()
    cancel_order(order.pk, reason="", actor="ann")
    before = everything()
    with pytest.raises(OrderNotPayable):
        mark_as_paid(order.pk, actor="ann")
    assert everything() == before


def test_an_event_is_entered_once_however_often_and_wherever_it_is_told(shop: TenantInfo) -> None:
    order, payment = placed()
    tell = partial(
        settle, payment.pk, kind=CAPTURED, amount=Decimal("14.90"), actor="gateway", provider_event_id="evt_1"
    )
    results = at_once(shop, [tell] * 8)
    assert {result.payment_status for result in results} == {"paid"}
    assert PaymentEntry.objects.count() == OutboxEvent.objects.filter(topic="order.paid").count() == 1
    assert OrderStatusHistory.objects.filter(order=order).count() == 2


def test_a_failure_that_arrives_after_the_money_changes_nothing() -> None:
    order, payment = placed()
    settle(payment.pk, kind=CAPTURED, amount=Decimal("14.90"), actor="gateway", provider_event_id="evt_2")
    settle(payment.pk, kind=FAILED, amount=Decimal("14.90"), actor="gateway", provider_event_id="evt_1")
    assert Order.objects.get(pk=order.pk).payment_status == "paid"


def test_a_failed_payment_leaves_the_order_waiting() -> None:
    order, payment = placed()
    settle(payment.pk, kind=FAILED, amount=Decimal("14.90"), actor="gateway")
    again = Order.objects.get(pk=order.pk)
    assert (again.status, again.payment_status, again.is_awaiting_payment) == ("pending", "failed", True)
    assert OutboxEvent.objects.filter(topic="order.payment_failed").count() == 1


def test_money_for_a_cancelled_order_is_entered_and_noted_but_sells_nothing() -> None:
    mug = stocked(stock=1)
    order = order_of((mug, 1))
    payment = Payment.objects.get(order=order)
    cancel_order(order.pk, reason="", actor="ann")
    order_of((mug, 1))
    settle(payment.pk, kind=CAPTURED, amount=order.total_amount, actor="gateway", provider_event_id="late")
    again = Order.objects.get(pk=order.pk)
    assert (again.status, again.payment_status, stock_of(mug)) == ("cancelled", "paid", 0)
    step = OrderStatusHistory.objects.filter(order=order).last()
    assert step is not None
    assert step.comment == "Paid after it was cancelled: the money has to be given back."
    assert OutboxEvent.objects.get(topic="order.paid").payload["status"] == "cancelled"


def test_refunds_show_in_the_status() -> None:
    order, payment = placed()
    mark_as_paid(order.pk, actor="ann")
    settle(payment.pk, kind=REFUNDED, amount=Decimal("4.90"), actor="ann")
    assert Order.objects.get(pk=order.pk).payment_status == "partially_refunded"
    settle(payment.pk, kind=REFUNDED, amount=Decimal("10.00"), actor="ann")
    assert Order.objects.get(pk=order.pk).payment_status == "refunded"


def test_what_cannot_be_entered_moves_nothing() -> None:
    _, payment = placed()
    before = everything()
    with pytest.raises(PaymentNotFound):
        settle(uuid4(), kind=CAPTURED, amount=Decimal(1), actor="ann")
    with pytest.raises(ValueError, match="never negative"):
        settle(payment.pk, kind=CAPTURED, amount=Decimal(-1), actor="ann")
    assert everything() == before
