"""Asking to send something back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tenant_shop.models import Order, OutboxEvent, Return
from tenant_shop.orders.errors import OrderNotFound
from tenant_shop.returns.errors import NothingToReturn, NotReturnable
from tenant_shop.returns.move import decline_return
from tenant_shop.returns.request import request_return
from tenant_shop.returns.returnable import returnable_pieces
from tests.accounts import account
from tests.returning import DAMAGED, pieces
from tests.shopping import at_once, everything


def test_a_customer_asks_to_send_some_of_an_order_back(ann, order):
    asked = request_return(ann, order.pk, pieces(order, 2, 0), reason=DAMAGED, note="Chipped")
    assert (asked.order, asked.customer, asked.status, asked.reason, asked.note) == (
        order,
        ann,
        "requested",
        "damaged",
        "Chipped",
    )
    assert [(line.order_item.product_name, line.quantity) for line in asked.lines.all()] == [("Mug", 2)]
    assert sorted(returnable_pieces(order).values()) == [1, 1]
    assert OutboxEvent.objects.get(topic="return.requested").payload["order_number"] == order.order_number


def test_no_more_comes_back_than_was_bought(ann, order):
    request_return(ann, order.pk, pieces(order, 2), reason=DAMAGED)
    before = everything()
    for wanted in (pieces(order, 2), pieces(order, 0, 0), {}, pieces(order, -1), {ann.pk: 1}):
        with pytest.raises(NothingToReturn):
            request_return(ann, order.pk, wanted, reason=DAMAGED)
    assert everything() == before


def test_two_requests_at_once_do_not_ask_for_more_than_was_bought(selling, ann, order):
    wanted = pieces(order, 2)
    results = at_once(selling, [lambda: request_return(ann, order.pk, wanted, reason=DAMAGED)] * 3)
    assert sorted(type(result).__name__ for result in results) == ["NothingToReturn", "NothingToReturn", "Return"]


def test_what_was_declined_can_be_asked_for_again(ann, order):
    asked = request_return(ann, order.pk, pieces(order, 3), reason=DAMAGED)
    decline_return(asked.pk, actor="x")
    assert request_return(ann, order.pk, pieces(order, 3), reason=DAMAGED).status == "requested"


def test_only_what_was_sent_and_not_too_long_ago_comes_back(ann, order, configure):
    configure(return_days=14)
    Order.objects.update(delivered_at=timezone.now() - timedelta(days=15))
    with pytest.raises(NotReturnable):
        request_return(ann, order.pk, pieces(order, 1), reason=DAMAGED)
    configure(return_days=30)
    assert request_return(ann, order.pk, pieces(order, 1), reason=DAMAGED)
    for status in ("pending", "confirmed", "processing", "cancelled", "refunded"):
        Order.objects.update(status=status)
        with pytest.raises(NotReturnable):
            request_return(ann, order.pk, pieces(order, 1), reason=DAMAGED)


def test_another_customers_order_is_not_there(ann, order):
    bob = account("bob@example.com")
    with pytest.raises(OrderNotFound):
        request_return(bob, order.pk, pieces(order, 1), reason=DAMAGED)
    assert Return.objects.count() == 0
