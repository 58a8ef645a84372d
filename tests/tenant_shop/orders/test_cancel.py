"""Cancelling, by hand and because nobody paid."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo, tenant_context
from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.carts.coupon import apply_coupon
from tenant_shop.catalog.models import Product
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.inventory.adjust import adjust_stock
from tenant_shop.inventory.models import StockMovement
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.errors import OrderNotCancellable, OrderNotFound
from tenant_shop.orders.expire import expire_unpaid
from tenant_shop.orders.history import OrderStatusHistory
from tenant_shop.orders.lock import lock_order
from tenant_shop.orders.models import Order
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.models import Payment, PaymentEntry
from tenant_shop.payments.settle import settle
from tenant_shop.promotions.models import DiscountCode, DiscountRedemption
from tenant_shop.restock import wake
from tenant_shop.restock.ask import ask_to_be_told
from tenant_shop.verification.verify_shop import verify_shop
from tests.factories.promotions import DiscountCodeFactory
from tests.shopping import at_once, cart_with, configure, everything, order_from, order_of, stock_of, stocked

LATER = timedelta(days=8)


@pytest.fixture(autouse=True)
def selling(shop: TenantInfo) -> None:
    configure()


def test_goods_and_code_come_back() -> None:
    DiscountCodeFactory(code="ONCE", usage_limit=1, usage_limit_per_customer=1)
    mug, later = stocked(stock=5), stocked(stock=0, allow_backorder=True)
    cart_id = cart_with((mug, 2), (later, 3))
    apply_coupon(cart_id, "ONCE")
    order = order_from(cart_id)
    cancel_order(order.pk, reason="Ordered twice", actor="user 7")

    assert (stock_of(mug), stock_of(later)) == (5, 0)
    assert DiscountCode.objects.get().usage_count == 0
    assert DiscountRedemption.objects.get().released_at is not None
    again = Order.objects.get(pk=order.pk)
    assert again.status == "cancelled"
    assert again.cancelled_at is not None
    step = OrderStatusHistory.objects.filter(order=order).last()
    assert step is not None
    assert (step.previous_status, step.new_status, step.comment, step.updated_by) == (
        "pending",
        "cancelled",
        "Ordered twice",
        "user 7",
    )
    event = OutboxEvent.objects.get(topic="order.cancelled")
    assert (event.payload["number"], event.payload["reason"]) == (order.order_number, "Ordered twice")
    assert verify_shop() == []

    cart_id = cart_with((mug, 1))
    apply_coupon(cart_id, "ONCE")
    assert order_from(cart_id).discount_codes == ["ONCE"]


def test_what_was_taken_comes_back_even_when_tracking_was_switched_off_meanwhile() -> None:
    mug = stocked(stock=5)
    order = order_of((mug, 2))
    Product.objects.update(track_inventory=False)
    cancel_order(order.pk, reason="", actor="ann")
    assert stock_of(mug) == 5


def test_goods_that_are_not_put_back_are_written_off_and_the_ledger_tells_both() -> None:
    mug, later, cup = stocked(stock=5), stocked(stock=1, allow_backorder=True), stocked(stock=2)
    order = order_of((mug, 2), (later, 3), (cup, 1))
    adjust_stock({cup.pk: 4}, reason=StockMovement.Reason.RECEIVED)
    cancel_order(order.pk, reason="The shelf fell.", actor="user 7", restock=False)

    # Of three only one had been there.
    assert (stock_of(mug), stock_of(later), stock_of(cup)) == (3, 0, 5)
    told = StockMovement.objects.filter(order=order, variant__in=[mug, later]).order_by("id")
    assert sorted(told.values_list("variant", "delta", "reason", "actor")) == sorted(
        [
            (mug.pk, -2, "sale", "checkout"),
            (mug.pk, 2, "cancellation", "user 7"),
            (mug.pk, -2, "damage", "user 7"),
            (later.pk, -3, "sale", "checkout"),
            (later.pk, 3, "cancellation", "user 7"),
            (later.pk, -1, "damage", "user 7"),
        ]
    )
    step = OrderStatusHistory.objects.filter(order=order).last()
    assert step is not None
    assert step.comment == "The shelf fell. Its goods were written off as damaged."
    assert verify_shop() == []


def test_nobody_is_told_that_goods_are_back_which_were_written_off(monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[list[str]] = []
    monkeypatch.setattr(wake.tell_waiting_task, "delay", woken.append)
    mug = stocked(stock=2)
    lost, kept = order_of((mug, 1)), order_of((mug, 1))
    ask_to_be_told(mug.pk, email="ann@example.com", language="en")
    cancel_order(lost.pk, reason="", actor="ann", restock=False)
    assert woken == []
    cancel_order(kept.pk, reason="", actor="ann")
    assert woken == [[str(mug.pk)]]


@pytest.mark.parametrize(
    "state",
    [{"status": "shipped"}, {"status": "cancelled"}, {"fulfillment_status": "partial"}, {"status": "delivered"}],
)
def test_what_was_sent_or_cancelled_cannot_be_cancelled(state: dict[str, str]) -> None:
    order = order_of((stocked(), 1))
    Order.objects.filter(pk=order.pk).update(**state)
    before = everything()
    with pytest.raises(OrderNotCancellable):
        cancel_order(order.pk, reason="", actor="ann")
    with pytest.raises(OrderNotFound):
        cancel_order(uuid4(), reason="", actor="ann")
    assert everything() == before


def test_money_for_a_cancelled_order_stays_in_the_ledger() -> None:
    order = order_of((stocked(price="10.00"), 1))
    mark_as_paid(order.pk, actor="ann")
    cancelled = cancel_order(order.pk, reason="", actor="ann")
    assert (cancelled.status, cancelled.payment_status) == ("cancelled", "paid")
    assert PaymentEntry.objects.get().amount == Decimal("14.90")


def test_unpaid_orders_expire_and_their_goods_come_back() -> None:
    mug = stocked(stock=9)
    due, paid = order_of((mug, 1)), order_of((mug, 2))
    on_delivery = order_of((mug, 3), payment_method="cash_on_delivery")
    mark_as_paid(paid.pk, actor="ann")
    assert expire_unpaid(timezone.now()) == 0
    assert expire_unpaid(timezone.now() + LATER) == 1
    assert expire_unpaid(timezone.now() + LATER) == 0
    statuses = dict(Order.objects.values_list("pk", "status"))
    assert statuses == {due.pk: "cancelled", paid.pk: "confirmed", on_delivery.pk: "confirmed"}
    assert stock_of(mug) == 4
    step = OrderStatusHistory.objects.filter(order=due).last()
    assert step is not None
    assert (step.comment, step.updated_by) == ("It was not paid in time.", "orders.expire_unpaid")


def test_an_order_expires_at_its_moment_not_before() -> None:
    order = order_of((stocked(), 1))
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC)
    Order.objects.update(payment_due_at=moment)
    assert expire_unpaid(moment - timedelta(microseconds=1)) == 0
    assert expire_unpaid(moment) == 1
    assert Order.objects.get(pk=order.pk).status == "cancelled"


def test_an_order_that_was_paid_in_part_waits_for_a_person() -> None:
    order = order_of((stocked(), 1))
    payment = Payment.objects.get(order=order)
    settle(payment.pk, kind=PaymentEntry.Kind.CAPTURED, amount=Decimal(1), actor="ann")
    assert expire_unpaid(timezone.now() + LATER) == 0
    settle(payment.pk, kind=PaymentEntry.Kind.FAILED, amount=Decimal(1), actor="ann")
    assert expire_unpaid(timezone.now() + LATER) == 0


def test_an_order_that_somebody_holds_is_left_for_the_next_run(shop: TenantInfo) -> None:
    held, free = order_of((stocked(), 1)), order_of((stocked(), 1))
    moment = timezone.now() + LATER
    with shop_transaction():
        lock_order(held.pk)
        assert at_once(shop, [lambda: expire_unpaid(moment)]) == [1]
    assert Order.objects.get(pk=free.pk).status == "cancelled"
    assert expire_unpaid(moment) == 1


def test_an_order_that_cannot_be_cancelled_does_not_hold_up_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    from tenant_shop.orders import expire

    broken, fine = order_of((stocked(), 1)), order_of((stocked(), 1))
    real = expire.cancel_locked

    def fail_for_one(order: Order, **how: Any) -> Order:
        if order.pk == broken.pk:
            raise RuntimeError("broken")
        return real(order, **how)

    monkeypatch.setattr(expire, "cancel_locked", fail_for_one)
    assert expire_unpaid(timezone.now() + LATER) == 1
    assert Order.objects.get(pk=fine.pk).status == "cancelled"
    assert Order.objects.get(pk=broken.pk).status == "pending"


def test_one_shops_orders_expire_alone(shop: TenantInfo, make_shop: Any) -> None:
    order_of((stocked(), 1))
    other = make_shop("other")
    with tenant_context(other):
        configure()
        theirs = order_of((stocked(), 1))
    assert expire_unpaid(timezone.now() + LATER) == 1
    with tenant_context(other):
        assert Order.objects.get(pk=theirs.pk).status == "pending"
