"""What gateways tell of refunds, in any order: also that a bank sent back what was reported as given back."""

from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from platform_core.tenancy.context import TenantInfo
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.history import OrderStatusHistory
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.payments.gateways.demo import Card
from tenant_shop.payments.gateways.protocol import RefundNews
from tenant_shop.payments.models import Payment, PaymentEntry, PaymentRefund
from tenant_shop.payments.refund import refund_amount, refund_lines
from tenant_shop.payments.refund_news import take_refund_news
from tenant_shop.payments.refundable import refundable
from tenant_shop.verification.verify_shop import verify_shop
from tests.paying import card_order, give_card, standing, take_cards
from tests.shopping import everything


@pytest.fixture(autouse=True)
def selling(shop: TenantInfo) -> None:
    take_cards()


def paid() -> tuple[Order, Payment]:
    """An order of 14.90 that was paid by card."""
    order, payment = card_order()
    give_card(Card.SUCCEEDS, order, payment)
    return Order.objects.get(pk=order.pk), Payment.objects.get(pk=payment.pk)


def news(refund: PaymentRefund | None = None, *, amount: str = "4.90", ends: str = "failed") -> RefundNews:
    return RefundNews(
        reference=str(refund.gateway_reference) if refund else "re_1",
        ours=refund.pk.hex if refund else "",
        intent="",
        amount=refund.amount if refund else Decimal(amount),
        is_done=ends == "done",
        is_failed=ends == "failed",
    )


def given_back(payment: Payment, amount: str = "4.90") -> PaymentRefund:
    return refund_amount(payment.pk, amount=Decimal(amount), key=f"key {amount}", actor="ann")


def ledger() -> list[tuple[str, Decimal]]:
    return list(PaymentEntry.objects.exclude(kind="captured").values_list("kind", "amount"))


def test_a_refund_that_fails_after_it_was_reported_as_done_is_the_shops_money_again() -> None:
    order, payment = paid()
    refund = given_back(payment)
    assert standing(order) == ("confirmed", "partially_refunded")
    for _ in range(2):
        take_refund_news(payment, news(refund), actor="demo")
    refund.refresh_from_db()
    assert (refund.state, refund.problem[:29]) == ("failed", "The gateway could not deliver")
    assert ledger() == [("refunded", Decimal("4.90")), ("refund_failed", Decimal("4.90"))]
    assert (standing(order), refundable(payment)) == (("confirmed", "paid"), Decimal("14.90"))
    comment = OrderStatusHistory.objects.filter(order=order).last()
    assert comment is not None
    assert str(comment.comment).startswith("€4.90 that were given back came back")
    told = ["mail.order_paid", "order.paid", "order.refund_failed"]
    topics = OutboxEvent.objects.filter(topic__in=told).values_list("topic", flat=True)
    assert sorted(topics) == told, "it is not paid a second time"
    assert verify_shop() == []


def test_its_lines_can_be_given_back_another_time() -> None:
    order, payment = paid()
    item = OrderItem.objects.get(order=order)
    wishes: dict[str, Any] = {"wanted": {item.pk: 1}, "shipping": True, "restock": True, "actor": "ann"}
    (refund,) = refund_lines(order.pk, key="a", **wishes)
    take_refund_news(payment, news(refund), actor="demo")
    (again,) = refund_lines(order.pk, key="b", **wishes)
    assert (again.state, again.amount, standing(order)) == ("succeeded", Decimal("14.90"), ("confirmed", "refunded"))
    assert verify_shop() == [], "and its goods are on sale once"


def test_what_came_back_of_a_cancelled_order_is_owed_again() -> None:
    order, payment = paid()
    cancel_order(order.pk, reason="", actor="ann")
    refund = given_back(payment, "14.90")
    assert Order.objects.get(pk=order.pk).owed_amount == 0
    take_refund_news(payment, news(refund), actor="demo")
    assert Order.objects.get(pk=order.pk).owed_amount == Decimal("14.90")
    assert standing(order) == ("cancelled", "paid")
    assert verify_shop() == []


@pytest.mark.parametrize("told", sorted(set(permutations(["done", "done", "failed", "failed"]))))
def test_a_refund_made_at_the_gateway_that_failed_has_failed_in_whatever_order_that_is_told(told: tuple[str]) -> None:
    order, payment = paid()
    for ends in told:
        take_refund_news(payment, news(ends=ends), actor="demo")
    assert (standing(order), refundable(payment)) == (("confirmed", "paid"), Decimal("14.90"))
    assert verify_shop() == []


def test_old_news_of_a_refund_of_ours_that_failed_change_nothing() -> None:
    _, payment = paid()
    refund = given_back(payment)
    take_refund_news(payment, news(refund), actor="demo")
    before = everything()
    for ends in ("done", "failed", "pending"):
        take_refund_news(payment, news(refund, ends=ends), actor="demo")
    assert everything() == before


def test_a_refund_of_ours_that_the_shop_has_forgotten_is_entered_all_the_same() -> None:
    """As after a restore: the money has gone."""
    order, payment = paid()
    lost = PaymentRefund(amount=Decimal("4.90"), gateway_reference="re_9")
    take_refund_news(payment, news(lost, ends="done"), actor="demo")
    assert standing(order) == ("confirmed", "partially_refunded")
    assert verify_shop() == []
