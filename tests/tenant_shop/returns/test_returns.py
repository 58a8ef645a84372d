"""Asking to send something back, and what the merchant makes of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tenant_shop.models import Customer, Order, OutboxEvent, Return
from tenant_shop.orders.errors import OrderNotFound
from tenant_shop.returns.errors import NothingToReturn, NotReturnable, ReturnNotMovable
from tenant_shop.returns.move import NEXT, move_return
from tenant_shop.returns.request import request_return
from tenant_shop.returns.returnable import returnable_pieces
from tests.accounts import account
from tests.people import staff_browser
from tests.shopping import at_once, everything, order_of, stocked

DAMAGED = Return.Reason.DAMAGED


@pytest.fixture
def ann(selling) -> Customer:
    return account()


@pytest.fixture
def order(ann: Customer) -> Order:
    """Three mugs and a bowl, delivered to Ann."""
    placed = order_of((stocked(name="Mug"), 3), (stocked(name="Bowl"), 1), customer_id=ann.pk)
    return delivered(placed)


def delivered(order: Order) -> Order:
    Order.objects.filter(pk=order.pk).update(status="delivered", delivered_at=timezone.now())
    return Order.objects.get(pk=order.pk)


def pieces(order: Order, *quantities: int) -> dict[Any, int]:
    return dict(zip([item.pk for item in order.items.all()], quantities, strict=False))


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
    move_return(asked.pk, Return.Status.DECLINED, actor="x")
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


@pytest.mark.parametrize("before", Return.Status.values)
def test_a_return_moves_along_its_road_only(ann, order, before):
    asked = request_return(ann, order.pk, pieces(order, 1), reason=DAMAGED)
    for after in Return.Status.values:
        Return.objects.update(status=before)
        if after in NEXT[before]:
            assert move_return(asked.pk, Return.Status(after), actor="x").status == after
        else:
            with pytest.raises(ReturnNotMovable):
                move_return(asked.pk, Return.Status(after), actor="x")
            assert Return.objects.get().status == before


def test_the_merchants_people_see_and_move_returns_and_a_viewer_only_sees(selling, ann, order):
    asked = request_return(ann, order.pk, pieces(order, 1), reason=DAMAGED, note="Chipped")
    path, action = "/admin/tenant_shop/return/", {"action": "approve", "_selected_action": [str(asked.pk)]}
    viewer = staff_browser(selling, role="viewer", email="viewer@acme.example")
    assert order.order_number in viewer.get(path).content.decode()
    viewer.post(path, action)
    assert Return.objects.get().status == "requested"
    editor = staff_browser(selling, role="editor", email="editor@acme.example")
    assert "Chipped" in editor.get(f"{path}{asked.pk}/change/").content.decode()
    editor.post(path, action)
    assert Return.objects.get().status == "approved"
    assert "cannot become approved" in editor.post(path, action, follow=True).content.decode()
