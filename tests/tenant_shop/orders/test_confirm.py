"""An order is accepted before its money has come."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.confirm import COMMENT, confirm_order
from tenant_shop.orders.errors import OrderNotConfirmable
from tenant_shop.orders.expire import expire_unpaid
from tenant_shop.orders.fulfil import fulfil_rest
from tenant_shop.orders.history import OrderStatusHistory
from tenant_shop.orders.models import Order
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.models import PaymentEntry
from tenant_shop.verification.verify_shop import verify_shop
from tests.shopping import at_once, configure, everything, order_of, stock_of, stocked


@pytest.fixture(autouse=True)
def selling(shop: TenantInfo) -> None:
    configure()


def test_it_is_kept_sent_and_paid_afterwards(shop: TenantInfo) -> None:
    mug = stocked(stock=5)
    order = order_of((mug, 2))

    results = at_once(shop, [partial(confirm_order, order.pk, actor="ann")] * 3)

    assert [(result.status, result.payment_status) for result in results] == [("confirmed", "pending")] * 3
    [step] = OrderStatusHistory.objects.filter(order=order, new_status="confirmed")
    assert (step.previous_status, step.comment, step.updated_by) == ("pending", COMMENT, "ann")
    [event] = OutboxEvent.objects.filter(topic="order.confirmed")
    assert (event.payload["number"], event.payload["status"]) == (order.order_number, "confirmed")
    assert expire_unpaid(timezone.now() + timedelta(days=30)) == 0
    assert (stock_of(mug), PaymentEntry.objects.count()) == (3, 0)
    assert fulfil_rest(order.pk, key="a", actor="ann").status == "shipped"
    paid = mark_as_paid(order.pk, actor="ann")
    assert (paid.status, paid.payment_status) == ("shipped", "paid")
    assert verify_shop() == []


def test_it_can_still_be_cancelled_and_nobody_is_owed_anything() -> None:
    mug = stocked(stock=5)
    order = confirm_order(order_of((mug, 2)).pk, actor="ann")

    cancelled = cancel_order(order.pk, reason="", actor="ann")

    assert (cancelled.status, cancelled.owed_amount, stock_of(mug)) == ("cancelled", 0, 5)
    assert verify_shop() == []


@pytest.mark.parametrize(
    "facts",
    [
        {"status": "processing"},
        {"status": "shipped"},
        {"status": "cancelled"},
        {"status": "refunded"},
        {"payment_status": "authorized"},
        {"payment_gateway": "stripe"},
    ],
)
def test_what_waits_for_no_transfer_is_refused_and_nothing_changes(facts: dict[str, str]) -> None:
    order = order_of((stocked(), 2))
    Order.objects.filter(pk=order.pk).update(**facts)
    before = everything()

    with pytest.raises(OrderNotConfirmable):
        confirm_order(order.pk, actor="ann")

    assert everything() == before
