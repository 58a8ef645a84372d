"""Money is given back once, never more than was taken, and worth exactly what was paid for it."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.carts.coupon import apply_coupon
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.inventory.models import StockMovement
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.errors import OrderNotFound
from tenant_shop.orders.models import Order, OrderItem
from tenant_shop.payments.ask import start_payment
from tenant_shop.payments.errors import (
    GatewayNotOffered,
    GatewayRefused,
    GatewayUnavailable,
    PaymentNotFound,
    RefundInvalid,
    RefundTooLarge,
)
from tenant_shop.payments.gateways.demo import Card, DemoGateway
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.models import Payment, PaymentEntry, PaymentRefund
from tenant_shop.payments.refund import refund_amount, refund_lines, refundable, send_pending_refunds
from tenant_shop.payments.refund_amounts import line_price
from tests.factories.promotions import DiscountCodeFactory
from tests.paying import RETURN, card_order, give_card, standing, take_cards
from tests.shopping import at_once, cart_with, configure, everything, order_from, order_of, stock_of, stocked


@pytest.fixture(autouse=True)
def selling(shop: TenantInfo) -> None:
    take_cards()


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


def discounted() -> tuple[Order, list[OrderItem]]:
    """Two lines with a share of ten per cent each, taxed on top: 3 x 9.99 and 1 x 5.00, delivered for 4.90."""
    take_cards(tax_rate="0.19")
    DiscountCodeFactory(code="TEN", type="percentage", value=Decimal(10))
    cart = cart_with((stocked(price="9.99"), 3), (stocked(price="5.00"), 1))
    apply_coupon(cart, "TEN")
    order = order_from(cart, payment_method="test_card")
    payment = Payment.objects.get(order=order)
    start_payment(payment, order, shop_settings(), return_url=RETURN)
    give_card(Card.SUCCEEDS, order, payment)
    return Order.objects.get(pk=order.pk), list(order.items.all())


def test_lines_are_worth_what_was_paid_for_them_with_tax_and_discount() -> None:
    order, (three, one) = discounted()
    refund = give_lines_back(order, {three.pk: 3})
    assert refund.amount == three.total_price - three.discount_amount + three.tax_amount
    refund = give_lines_back(order, {one.pk: 1}, shipping=True)
    assert PaymentRefund.objects.count() == 2
    assert standing(order) == ("confirmed", "refunded"), "lines and delivery are all of it, to the cent"
    assert refund.shipping_amount + refund.amount > one.total_price


def test_pieces_that_come_back_one_by_one_are_worth_the_whole_line() -> None:
    order, (three, _) = discounted()
    amounts = [give_lines_back(order, {three.pk: 1}).amount for _ in range(3)]
    assert sum(amounts) == line_price(three, order)
    before = everything()
    with pytest.raises(RefundInvalid):
        give_lines_back(order, {three.pk: 1})
    assert everything() == before


@pytest.mark.parametrize("wanted", [{}, {"own": 0}, {"own": 4}, {"own": -1}, {"other": 1}])
def test_what_was_not_bought_is_not_given_back(wanted: dict[str, int]) -> None:
    order, (three, _) = discounted()
    stranger, _ = paid()
    ids = {"own": three.pk, "other": OrderItem.objects.get(order=stranger).pk}
    before = everything()
    with pytest.raises(RefundInvalid):
        give_lines_back(order, {ids[name]: pieces for name, pieces in wanted.items()})
    assert everything() == before


def test_delivery_is_given_back_once() -> None:
    order, (_, one) = discounted()
    give_lines_back(order, {}, shipping=True)
    before = everything()
    with pytest.raises(RefundInvalid):
        give_lines_back(order, {one.pk: 1}, shipping=True)
    assert everything() == before


def test_goods_go_back_on_sale_when_asked_and_never_twice() -> None:
    mug = stocked(stock=5)
    order = order_of((mug, 3), payment_method="test_card")
    payment = Payment.objects.get(order=order)
    start_payment(payment, order, shop_settings(), return_url=RETURN)
    give_card(Card.SUCCEEDS, order, payment)
    item = OrderItem.objects.get(order=order)
    give_lines_back(order, {item.pk: 1})
    assert stock_of(mug) == 2
    give_lines_back(order, {item.pk: 1}, restock=True)
    assert stock_of(mug) == 3
    assert StockMovement.objects.filter(order_id=order.pk).values_list("reason", flat=True).last() == "return"
    cancel_order(order.pk, reason="", actor="ann")
    assert stock_of(mug) == 5


def test_goods_of_a_refund_that_failed_stay_where_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    order, _ = paid()
    item = OrderItem.objects.get(order=order)
    monkeypatch.setattr(DemoGateway, "refund", down)
    give_lines_back(order, {item.pk: 1}, restock=True)
    assert not StockMovement.objects.filter(reason="return").exists()
    monkeypatch.undo()
    send_pending_refunds(timezone.now() + timedelta(minutes=3))
    assert StockMovement.objects.filter(reason="return").count() == 1
