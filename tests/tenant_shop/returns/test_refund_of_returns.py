"""The money and the points of what came back."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from tenant_shop.loyalty.earn import earn_points
from tenant_shop.loyalty.models import LoyaltyEntry
from tenant_shop.loyalty.spending import Purse
from tenant_shop.models import Order, OutboxEvent, Return
from tenant_shop.orders.quote import quote
from tenant_shop.payments.errors import GatewayRefused, GatewayUnavailable
from tenant_shop.payments.gateways.demo import Card, DemoGateway
from tenant_shop.payments.models import PaymentRefund
from tenant_shop.payments.refund import refund_lines, send_pending_refunds
from tenant_shop.returns.errors import ReturnNotMovable
from tenant_shop.returns.move import decline_return
from tenant_shop.returns.refund import refund_return, value_of
from tenant_shop.verification.verify_shop import verify_shop
from tests.loyalty import entries as points_of
from tests.loyalty import run_programme
from tests.paying import card_order, give_card, take_cards
from tests.returning import arrived, delivered, paid, pieces
from tests.shopping import at_once, cart_with, order_from, stocked


def test_the_money_of_what_came_back_is_given_back_once(selling, ann, order):
    asked = arrived(ann, paid(order), 2)
    results = at_once(selling, [partial(refund_return, asked.pk, shipping=False, actor="x")] * 3)
    assert [type(result) for result in results] == [Return] * 3
    refund = PaymentRefund.objects.get()
    assert (refund.amount, refund.state, refund.restock) == (Decimal("20.00"), "succeeded", False)
    asked.refresh_from_db()
    assert asked.status == "refunded"
    assert OutboxEvent.objects.filter(topic="return.refunded").count() == 1
    assert Order.objects.get().payment_status == "partially_refunded"
    assert verify_shop() == []


def test_delivery_goes_back_too_if_the_shop_says_so(ann, order):
    asked = arrived(ann, paid(order), 3, 1)
    assert value_of(asked, shipping=True) == Decimal("44.90")
    refund_return(asked.pk, shipping=True, actor="x")
    assert PaymentRefund.objects.get().amount == Decimal("44.90")
    assert Order.objects.get().payment_status == "refunded"


def test_what_was_given_back_before_is_not_given_back_twice(ann, order):
    asked = arrived(ann, paid(order), 3)
    refund_lines(order.pk, wanted=pieces(order, 2), shipping=False, restock=False, key="by hand", actor="x")
    assert value_of(asked, shipping=False) == Decimal("10.00")
    refund_return(asked.pk, shipping=False, actor="x")
    assert sorted(PaymentRefund.objects.values_list("amount", flat=True)) == [Decimal("10.00"), Decimal("20.00")]
    other = arrived(ann, order, 0, 1)
    refund_lines(order.pk, wanted={order.items.last().pk: 1}, shipping=False, restock=False, key="all", actor="x")
    assert refund_return(other.pk, shipping=False, actor="x").status == "refunded"
    assert PaymentRefund.objects.count() == 3
    assert verify_shop() == []


def test_a_gateway_that_is_slow_leaves_the_return_open_until_it_has_answered(ann, selling, monkeypatch):
    take_cards(store_name="Harbour Kitchen")
    order, payment = card_order(quantity=2, customer_id=ann.pk)
    give_card(Card.SUCCEEDS, order, payment)
    asked = arrived(ann, delivered(order), 1)
    with monkeypatch.context() as patched:

        def down(*args: Any, **kwargs: Any) -> Any:
            raise GatewayUnavailable("demo", "down")

        patched.setattr(DemoGateway, "refund", down)
        assert refund_return(asked.pk, shipping=False, actor="x").status == "received"
        assert refund_return(asked.pk, shipping=False, actor="x").status == "received"
    with pytest.raises(ReturnNotMovable):
        decline_return(asked.pk, actor="x")
    assert send_pending_refunds(timezone.now() + timedelta(minutes=5)) == 1
    asked.refresh_from_db()
    assert asked.status == "refunded"
    assert PaymentRefund.objects.get().amount == Decimal("10.00")


def test_a_refund_that_failed_is_tried_again(ann, selling, monkeypatch):
    take_cards(store_name="Harbour Kitchen")
    order, payment = card_order(quantity=2, customer_id=ann.pk)
    give_card(Card.SUCCEEDS, order, payment)
    asked = arrived(ann, delivered(order), 1)
    with monkeypatch.context() as patched:

        def refused(*args: Any, **kwargs: Any) -> Any:
            raise GatewayRefused("demo", "no")

        patched.setattr(DemoGateway, "refund", refused)
        with pytest.raises(GatewayRefused):
            refund_return(asked.pk, shipping=False, actor="x")
    assert Return.objects.get().status == "received"
    assert refund_return(asked.pk, shipping=False, actor="x").status == "refunded"
    assert sorted(PaymentRefund.objects.values_list("state", flat=True)) == ["failed", "succeeded"]


def test_points_go_back_both_ways_with_what_came_back(ann, selling):
    run_programme(may_be_spent=True)
    LoyaltyEntry.objects.create(customer=ann, points=500, reason="correction", actor="x")
    cart_id = cart_with((stocked(price="10.00"), 2))
    seen = quote(cart_id, country="DE", shipping_code="standard", purse=Purse(balance=500, wanted=500))
    order = delivered(paid(order_from(cart_id, customer_id=ann.pk, points=500, expected_total=seen.total)))
    earn_points(order.pk, actor="x")
    refund_return(arrived(ann, order, 1).pk, shipping=False, actor="x")
    assert points_of(ann)[2:] == [("earned", 12), ("taken_back", -6), ("given_back", 250)]
    refund_return(arrived(ann, order, 1).pk, shipping=False, actor="x")
    assert points_of(ann)[5:] == [("taken_back", -6), ("given_back", 250)]
    assert verify_shop() == []


def test_goods_that_points_alone_paid_for_bring_points_and_no_money(ann, selling):
    run_programme(may_be_spent=True, largest_share="100")
    LoyaltyEntry.objects.create(customer=ann, points=2000, reason="correction", actor="x")
    cart_id = cart_with((stocked(price="10.00"), 2))
    seen = quote(cart_id, country="DE", shipping_code="standard", purse=Purse(balance=2000, wanted=2000))
    order = delivered(paid(order_from(cart_id, customer_id=ann.pk, points=2000, expected_total=seen.total)))
    asked = arrived(ann, order, 1)
    assert value_of(asked, shipping=False) == 0
    assert refund_return(asked.pk, shipping=False, actor="x").status == "refunded"
    assert PaymentRefund.objects.count() == 0
    assert points_of(ann)[-1] == ("given_back", 1000)
    assert refund_return(arrived(ann, order, 1).pk, shipping=True, actor="x").status == "refunded"
    assert PaymentRefund.objects.get().amount == Decimal("4.90")
    assert points_of(ann)[-1] == ("given_back", 1000)
    assert verify_shop() == []
