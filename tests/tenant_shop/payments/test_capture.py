"""What a card promised is taken once, never more than that, and let go when the order is cancelled."""

from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from platform_core.tenancy.context import TenantInfo
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.models import Order
from tenant_shop.payments.ask import attempt_of
from tenant_shop.payments.capture import capture_order, capture_payment
from tenant_shop.payments.errors import (
    GatewayUnavailable,
    MoneyPromised,
    NothingToCapture,
    OrderNotPayable,
    PaymentNotFound,
)
from tenant_shop.payments.gateways.demo import Card, DemoGateway, captured
from tenant_shop.payments.let_go import let_order_go, let_promises_go
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.models import Payment, PaymentEntry
from tenant_shop.payments.report import take_report
from tenant_shop.verification.verify_shop import verify_shop
from tests.paying import card_order, give_card, standing, take_cards
from tests.shopping import at_once, everything


@pytest.fixture(autouse=True)
def selling(shop: TenantInfo) -> None:
    take_cards()


def down(*args: Any, **kwargs: Any) -> Any:
    raise GatewayUnavailable("demo", "down")


def promised() -> tuple[Order, Payment]:
    order, payment = card_order()
    give_card(Card.AUTHORIZES, order, payment)
    return Order.objects.get(pk=order.pk), Payment.objects.get(pk=payment.pk)


def test_what_was_promised_is_taken_once() -> None:
    order, payment = promised()
    assert standing(order) == ("confirmed", "authorized")
    capture_payment(payment.pk, actor="ann")
    assert standing(order) == ("confirmed", "paid")
    before = everything()
    with pytest.raises(NothingToCapture):
        capture_payment(payment.pk, actor="ann")
    assert everything() == before
    assert list(PaymentEntry.objects.values_list("kind", "amount")) == [
        ("authorized", Decimal("14.90")),
        ("captured", Decimal("14.90")),
    ]


def test_of_a_part_the_rest_is_let_go() -> None:
    order, payment = promised()
    capture_payment(payment.pk, actor="ann", amount=Decimal("10.00"))
    assert list(PaymentEntry.objects.values_list("kind", "amount")) == [
        ("authorized", Decimal("14.90")),
        ("captured", Decimal("10.00")),
        ("voided", Decimal("4.90")),
    ]
    assert Payment.objects.get().state == "done"
    assert standing(order)[1] == "pending"


def test_clerks_at_the_same_moment_take_once(shop: TenantInfo) -> None:
    order, payment = promised()
    at_once(shop, [partial(capture_payment, payment.pk, actor="ann")] * 4)
    assert PaymentEntry.objects.filter(kind="captured").count() == 1
    assert standing(order) == ("confirmed", "paid")


@pytest.mark.parametrize("amount", ["0", "-1", "14.91", "1.001"])
def test_what_was_not_promised_is_not_taken(amount: str) -> None:
    _, payment = promised()
    before = everything()
    with pytest.raises(NothingToCapture):
        capture_payment(payment.pk, actor="ann", amount=Decimal(amount))
    assert everything() == before


def test_what_was_promised_for_a_cancelled_order_is_let_go_once() -> None:
    order, payment = promised()
    kept, _ = promised()
    assert let_promises_go() == 0
    cancel_order(order.pk, reason="", actor="ann")
    assert [let_promises_go(), let_promises_go()] == [1, 0]
    assert list(PaymentEntry.objects.filter(payment=payment).values_list("kind", "amount")) == [
        ("authorized", Decimal("14.90")),
        ("voided", Decimal("14.90")),
    ]
    assert standing(order) == ("cancelled", "pending")
    assert standing(kept) == ("confirmed", "authorized")


def test_a_gateway_that_is_down_lets_go_later(monkeypatch: pytest.MonkeyPatch) -> None:
    order, _ = promised()
    cancel_order(order.pk, reason="", actor="ann")
    monkeypatch.setattr(DemoGateway, "drop", down)
    assert let_promises_go() == 0
    assert standing(order) == ("cancelled", "authorized")
    monkeypatch.undo()
    assert let_promises_go() == 1


def test_nothing_is_taken_for_what_was_cancelled_or_never_promised() -> None:
    order, payment = promised()
    _, unpaid = card_order()
    cancel_order(order.pk, reason="", actor="ann")
    before = everything()
    with pytest.raises(OrderNotPayable):
        capture_payment(payment.pk, actor="ann")
    with pytest.raises(NothingToCapture):
        capture_payment(unpaid.pk, actor="ann")
    with pytest.raises(PaymentNotFound):
        capture_payment(uuid4(), actor="ann")
    assert everything() == before


def test_what_a_card_promises_is_not_marked_as_paid_and_nothing_changes() -> None:
    order, _ = promised()
    before = everything()
    with pytest.raises(MoneyPromised) as refused:
        mark_as_paid(order.pk, actor="ann")
    assert everything() == before
    assert str(refused.value) == (
        f"A card has promised €14.90 for order {order.order_number}: take that, or let it go first."
    )


def test_a_card_that_staff_let_go_is_not_charged_and_the_money_comes_another_way() -> None:
    order, payment = promised()
    assert let_order_go(order.pk, actor="ann").payment_status == "pending"
    assert mark_as_paid(order.pk, actor="ann").payment_status == "paid"
    before = everything()
    with pytest.raises(NothingToCapture):
        capture_payment(payment.pk, actor="ann")
    with pytest.raises(PaymentNotFound):
        let_order_go(order.pk, actor="ann")
    assert everything() == before
    kinds = PaymentEntry.objects.values_list("payment__gateway", "kind", "amount", "actor")
    assert list(kinds) == [
        ("demo", "authorized", Decimal("14.90"), "demo"),
        ("demo", "voided", Decimal("14.90"), "ann"),
        ("manual", "captured", Decimal("14.90"), "ann"),
    ]
    assert verify_shop() == []


def test_a_card_that_the_gateway_has_charged_meanwhile_is_not_let_go_but_paid() -> None:
    order, payment = promised()
    DemoGateway().capture(attempt_of(payment, order), Decimal("14.90"))
    assert let_order_go(order.pk, actor="ann").payment_status == "paid"
    assert list(PaymentEntry.objects.values_list("kind", flat=True)) == ["authorized", "captured"]


def test_a_gateway_that_is_down_lets_no_card_go_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    order, _ = promised()
    monkeypatch.setattr(DemoGateway, "drop", down)
    with pytest.raises(GatewayUnavailable):
        let_order_go(order.pk, actor="ann")
    assert standing(order) == ("confirmed", "authorized")


def paid_and_promised() -> tuple[Order, Payment]:
    """A card's promise comes in as a transfer is entered."""
    order, payment = card_order()
    mark_as_paid(order.pk, actor="ann")
    give_card(Card.AUTHORIZES, order, payment)
    return Order.objects.get(pk=order.pk), Payment.objects.get(pk=payment.pk)


def test_a_promise_for_what_is_paid_is_not_taken_and_let_go_by_the_job() -> None:
    order, payment = paid_and_promised()
    assert standing(order) == ("confirmed", "paid")
    before = everything()
    with pytest.raises(OrderNotPayable):
        capture_order(order.pk, actor="ann")
    assert everything() == before
    assert [let_promises_go(), let_promises_go()] == [1, 0]
    assert list(PaymentEntry.objects.filter(payment=payment).values_list("kind", "amount")) == [
        ("authorized", Decimal("14.90")),
        ("voided", Decimal("14.90")),
    ]
    assert standing(order) == ("confirmed", "paid")
    assert Order.objects.get().owed_amount == 0


def test_a_retry_after_a_process_died_between_taking_and_letting_go_lets_the_right_rest_go(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, payment = promised()

    def killed(*args: Any, **kwargs: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("tenant_shop.payments.capture.settle", killed)
        with pytest.raises(KeyboardInterrupt):
            capture_payment(payment.pk, actor="ann", amount=Decimal("5.00"))
    assert list(PaymentEntry.objects.values_list("kind", flat=True)) == ["authorized", "captured"]
    capture_payment(payment.pk, actor="ann", amount=Decimal("5.00"))
    assert list(PaymentEntry.objects.values_list("kind", "amount")) == [
        ("authorized", Decimal("14.90")),
        ("captured", Decimal("5.00")),
        ("voided", Decimal("9.90")),
    ]


def test_what_was_taken_in_part_is_not_asked_to_be_taken_again(monkeypatch: pytest.MonkeyPatch) -> None:
    _, payment = promised()
    DemoGateway().capture(attempt_of(payment, payment.order), Decimal("5.00"))
    report = captured(f"demo_{payment.pk.hex}", Decimal("5.00"))
    take_report(payment.pk, report, amount=payment.amount, actor="demo")
    monkeypatch.setattr(DemoGateway, "capture", down)
    capture_payment(payment.pk, actor="ann")
    assert list(PaymentEntry.objects.values_list("kind", "amount")) == [
        ("authorized", Decimal("14.90")),
        ("captured", Decimal("5.00")),
        ("voided", Decimal("9.90")),
    ]
