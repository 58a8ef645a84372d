"""Money is given back once, and never more than was taken."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.errors import OrderNotFound
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.payments.errors import (
    GatewayNotOffered,
    GatewayRefused,
    PaymentNotFound,
    RefundInvalid,
    RefundTooLarge,
)
from tenant_shop.payments.gateways.demo import DemoGateway
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.models import Payment, PaymentEntry, PaymentRefund
from tenant_shop.payments.refund import refund_amount, send_pending_refunds
from tenant_shop.payments.refundable import refundable
from tests.paying import card_order, standing, take_cards
from tests.refunding import down, give_back, give_lines_back, paid
from tests.shopping import at_once, configure, everything, order_of, stocked


@pytest.fixture(autouse=True)
def selling(shop: TenantInfo) -> None:
    take_cards()


def test_a_part_and_then_the_rest_are_given_back() -> None:
    order, payment = paid()
    first = give_back(payment, "4.90", reason="Late")
    assert (first.state, first.amount, first.currency, first.gateway_reference) == (
        "succeeded",
        Decimal("4.90"),
        "EUR",
        f"demo_refund_{first.pk.hex}",
    )
    assert standing(order) == ("confirmed", "partially_refunded")
    give_back(payment, "10.00")
    assert standing(order) == ("confirmed", "refunded")
    entries = PaymentEntry.objects.filter(kind="refunded").values_list("amount", "actor", "provider_event_id")
    assert [row[:2] for row in entries] == [(Decimal("4.90"), "ann"), (Decimal("10.00"), "ann")]
    assert entries[0][2] == first.gateway_reference
    assert OutboxEvent.objects.filter(topic="order.refunded").count() == 2


@pytest.mark.parametrize("amount", ["14.91", "1000000"])
def test_never_more_than_was_taken(amount: str) -> None:
    _, payment = paid()
    before = everything()
    with pytest.raises(RefundTooLarge):
        give_back(payment, amount)
    assert everything() == before


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "Infinity", "1.001"])
def test_what_is_no_amount_is_refused(amount: str) -> None:
    _, payment = paid()
    before = everything()
    with pytest.raises(RefundInvalid):
        give_back(payment, amount)
    assert everything() == before


def test_an_unpaid_or_unknown_payment_gives_nothing_back(shop: TenantInfo, make_shop: Any) -> None:
    _, unpaid = card_order()
    _, other = paid()
    before = everything()
    with pytest.raises(RefundTooLarge):
        give_back(unpaid, "1")
    with pytest.raises(PaymentNotFound):
        refund_amount(uuid4(), amount=Decimal(1), key="k", actor="ann")
    assert everything() == before
    with tenant_context(make_shop("globex")):
        take_cards()
        with pytest.raises(PaymentNotFound):
            give_back(other, "1")
        with pytest.raises(OrderNotFound):
            give_lines_back(Order(pk=other.order_id), {})


def test_clerks_at_the_same_moment_share_what_there_is(shop: TenantInfo) -> None:
    order, payment = paid()
    results = at_once(shop, [partial(give_back, payment, "5.00") for _ in range(6)])
    assert sum(isinstance(result, PaymentRefund) for result in results) == 2
    assert {type(result) for result in results if not isinstance(result, PaymentRefund)} == {RefundTooLarge}
    assert refundable(payment) == Decimal("4.90")
    assert standing(order) == ("confirmed", "partially_refunded")


def test_a_form_that_is_sent_twice_gives_back_once(shop: TenantInfo) -> None:
    _, payment = paid()
    results = at_once(shop, [partial(give_back, payment, "2.00", key="form-1") for _ in range(5)])
    assert len({result.pk for result in results}) == 1
    assert PaymentEntry.objects.filter(kind="refunded").count() == PaymentRefund.objects.count() == 1
    _, another = paid()
    before = everything()
    with pytest.raises(RefundInvalid):
        give_back(another, "2.00", key="form-1")
    assert everything() == before


def test_no_lock_is_held_while_the_gateway_thinks(monkeypatch: pytest.MonkeyPatch) -> None:
    _, payment = paid()
    seen: list[bool] = []
    real = DemoGateway.refund

    def look(*args: Any, **kwargs: Any) -> Any:
        seen.append(shop_connection().in_atomic_block)
        return real(*args, **kwargs)

    monkeypatch.setattr(DemoGateway, "refund", look)
    give_back(payment, "1")
    assert seen == [False]


def test_a_gateway_that_does_not_answer_keeps_the_amount_reserved_and_is_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order, payment = paid()
    monkeypatch.setattr(DemoGateway, "refund", down)
    refund = give_back(payment, "10.00")
    assert (refund.state, standing(order)) == ("pending", ("confirmed", "paid"))
    with pytest.raises(RefundTooLarge):
        give_back(payment, "5.00")
    monkeypatch.undo()
    assert send_pending_refunds(timezone.now()) == 0, "its answer may still come"
    assert send_pending_refunds(timezone.now() + timedelta(minutes=3)) == 1
    assert send_pending_refunds(timezone.now() + timedelta(minutes=9)) == 0
    assert standing(order) == ("confirmed", "partially_refunded")
    assert PaymentEntry.objects.filter(kind="refunded").count() == 1


def test_a_process_killed_after_the_gateway_said_yes_gives_back_once(monkeypatch: pytest.MonkeyPatch) -> None:
    order, payment = paid()
    keys: list[str] = []
    real = DemoGateway.refund

    def killed(self: DemoGateway, *args: Any, key: str, **how: Any) -> Any:
        keys.append(key)
        real(self, *args, key=key, **how)
        raise KeyboardInterrupt

    monkeypatch.setattr(DemoGateway, "refund", killed)
    with pytest.raises(KeyboardInterrupt):
        give_back(payment, "10.00")
    monkeypatch.undo()
    send_pending_refunds(timezone.now() + timedelta(minutes=3))
    refund = PaymentRefund.objects.get()
    assert (refund.state, refund.pk.hex) == ("succeeded", keys[0]), "asked again under the same key"
    assert standing(order) == ("confirmed", "partially_refunded")


def test_a_gateway_that_says_no_leaves_the_amount_free(monkeypatch: pytest.MonkeyPatch) -> None:
    order, payment = paid()

    def no(*args: Any, **kwargs: Any) -> Any:
        raise GatewayRefused("demo", "the account is closed")

    monkeypatch.setattr(DemoGateway, "refund", no)
    with pytest.raises(GatewayRefused):
        give_back(payment, "14.90")
    refund = PaymentRefund.objects.get()
    assert (refund.state, refund.problem) == ("failed", "the account is closed")
    assert (standing(order), refundable(payment)) == (("confirmed", "paid"), Decimal("14.90"))
    assert not PaymentEntry.objects.filter(kind="refunded").exists()


def test_a_payment_that_came_too_late_is_given_back_and_owed_no_more() -> None:
    order, payment = paid()
    cancel_order(order.pk, reason="", actor="ann")
    give_back(payment, "4.90")
    assert Order.objects.get(pk=order.pk).owed_amount == Decimal("10.00")
    give_back(payment, "10.00")
    assert Order.objects.get(pk=order.pk).owed_amount == 0


def test_a_transfer_is_given_back_by_hand_and_entered() -> None:
    order = order_of((stocked(), 1))
    mark_as_paid(order.pk, actor="ann")
    give_back(Payment.objects.get(order=order), "14.90")
    assert standing(order) == ("confirmed", "refunded")


def test_a_gateway_that_is_not_used_any_more_reserves_nothing() -> None:
    order, payment = paid()
    configure(test_mode=False)
    before = everything()
    item = OrderItem.objects.get(order=order)
    with pytest.raises(GatewayNotOffered):
        give_back(payment, "1")
    with pytest.raises(GatewayNotOffered):
        give_lines_back(order, {item.pk: 1})
    assert everything() == before
