"""Pieces that were sent and came back are not those that were given back before they were sent."""

from datetime import timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo
from tenant_shop.customers.models import Customer
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.orders.errors import NotSentLikeThis
from tenant_shop.orders.fulfil import fulfil_order, unsent_pieces
from tenant_shop.orders.history import OrderStatusHistory
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.payments.errors import GatewayRefused, GatewayUnavailable, RefundInvalid
from tenant_shop.payments.gateways.demo import Card, DemoGateway
from tenant_shop.payments.models import PaymentRefund
from tenant_shop.payments.refund import refund_lines, send_pending_refunds
from tenant_shop.returns.errors import NothingToReturn
from tenant_shop.returns.models import Return
from tenant_shop.returns.refund import refund_return
from tenant_shop.returns.request import request_return
from tenant_shop.verification.verify_shop import verify_shop
from tests.accounts import account
from tests.databases import owner
from tests.paying import card_order, give_card, take_cards
from tests.returning import DAMAGED, arrived
from tests.shopping import everything


@pytest.fixture
def ann(shop: TenantInfo) -> Customer:
    take_cards()
    return account()


@pytest.fixture
def order(ann: Customer) -> Order:
    """Three mugs of 10.00, paid by card."""
    placed, payment = card_order(quantity=3, customer_id=ann.pk)
    give_card(Card.SUCCEEDS, placed, payment)
    return Order.objects.get(pk=placed.pk)


@pytest.fixture
def mugs(order: Order) -> OrderItem:
    return OrderItem.objects.get(order=order)


def send(order: Order, quantity: int, *, key: str = "") -> Order:
    line = OrderItem.objects.get(order=order)
    return fulfil_order(order.pk, pieces={line.pk: quantity}, key=key or str(uuid4()), actor="bob")


def give_back(mugs: OrderItem, quantity: int, *, unsent: int | None = None, restock: bool = True) -> PaymentRefund:
    (refund,) = refund_lines(
        mugs.order_id,
        wanted={mugs.pk: quantity},
        shipping=False,
        restock=restock,
        key=str(uuid4()),
        actor="bob",
        unsent=None if unsent is None else {mugs.pk: unsent},
    )
    return refund


def test_the_third_of_which_two_came_back_is_still_to_be_sent(ann: Customer, order: Order, mugs: OrderItem) -> None:
    send(order, 2)
    back = arrived(ann, order, 2, restock=True)
    assert refund_return(back.pk, shipping=False, actor="bob").status == "refunded"
    assert PaymentRefund.objects.get().amount == Decimal("20.00")
    assert unsent_pieces(order) == {mugs.pk: 1}
    assert send(order, 1).status == "shipped"
    assert verify_shop() == []


def test_so_it_is_when_staff_give_them_back_without_a_return(order: Order, mugs: OrderItem) -> None:
    send(order, 2)
    give_back(mugs, 2, unsent=0)
    assert unsent_pieces(order) == {mugs.pk: 1}
    assert send(order, 1).status == "shipped"
    assert verify_shop() == []


def test_a_piece_that_was_given_back_before_it_was_sent_cannot_be_sent(order: Order, mugs: OrderItem) -> None:
    give_back(mugs, 1)
    assert unsent_pieces(order) == {mugs.pk: 2}
    before = everything()
    with pytest.raises(NotSentLikeThis) as refused:
        send(order, 3)
    assert str(refused.value).endswith("2 can be sent, not 3.")
    assert everything() == before
    assert send(order, 2).status == "shipped"
    assert verify_shop() == []


def test_an_order_is_shipped_when_its_last_unsent_piece_is_given_back(order: Order, mugs: OrderItem) -> None:
    assert send(order, 2).status == "processing"
    give_back(mugs, 1)
    order.refresh_from_db()
    assert (order.status, order.fulfillment_status, order.shipped_at is not None) == ("shipped", "fulfilled", True)
    step = OrderStatusHistory.objects.filter(order=order).last()
    assert step is not None
    assert (step.previous_status, step.new_status, step.updated_by) == ("processing", "shipped", "bob")
    event = OutboxEvent.objects.get(topic="order.fulfilled").payload
    assert (event["number"], event["shipment"]) == (order.order_number, None)
    assert verify_shop() == []


def test_of_a_mixed_line_those_that_were_not_sent_are_given_back_first(order: Order, mugs: OrderItem) -> None:
    send(order, 1)
    give_back(mugs, 2)
    assert PaymentRefund.objects.get().lines == [
        {"item": str(mugs.pk), "quantity": 2, "unsent": 2, "amount": "20.00"},
    ]
    assert Order.objects.get().status == "shipped"


@pytest.mark.parametrize(("pieces", "unsent"), [(2, 2), (3, 0), (1, 2), (1, -1)])
def test_more_than_there_is_of_either_kind_is_refused_and_nothing_changes(
    pieces: int, unsent: int, order: Order, mugs: OrderItem
) -> None:
    send(order, 2)
    before = everything()
    with pytest.raises(RefundInvalid):
        give_back(mugs, pieces, unsent=unsent)
    assert everything() == before


def test_what_is_on_its_way_back_is_not_sent_and_leaves_the_order_open(
    order: Order, mugs: OrderItem, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(DemoGateway, "refund", unavailable)
        assert give_back(mugs, 1).state == "pending"
    assert unsent_pieces(order) == {mugs.pk: 2}
    assert send(order, 2).status == "processing"
    assert send_pending_refunds(timezone.now() + timedelta(minutes=5)) == 1
    assert Order.objects.get().status == "shipped"
    assert verify_shop() == []


def test_what_could_not_be_given_back_can_be_sent_after_all(
    order: Order, mugs: OrderItem, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(DemoGateway, "refund", refused)
        with pytest.raises(GatewayRefused):
            give_back(mugs, 1)
    assert unsent_pieces(order) == {mugs.pk: 3}
    assert send(order, 3).status == "shipped"
    assert verify_shop() == []


def unavailable(*args: Any, **how: Any) -> Any:
    raise GatewayUnavailable("demo", "down")


def refused(*args: Any, **how: Any) -> Any:
    raise GatewayRefused("demo", "the card is closed")


def test_only_what_was_sent_can_come_back(ann: Customer, order: Order, mugs: OrderItem) -> None:
    send(order, 1)
    give_back(mugs, 1)
    before = everything()
    with pytest.raises(NothingToReturn):
        request_return(ann, order.pk, {mugs.pk: 2}, reason=DAMAGED)
    assert everything() == before
    assert request_return(ann, order.pk, {mugs.pk: 1}, reason=DAMAGED).status == "requested"


@pytest.mark.parametrize(
    ("status", "sent", "key", "unsent"),
    [
        ("confirmed", 0, "by hand", [2, 0]),
        ("processing", 2, "by hand", [1, 0]),
        ("shipped", 3, "by hand", [0, 0]),
        ("delivered", 0, "by hand", [0, 0]),
        ("processing", 2, f"return-{UUID(int=1).hex}-1", [0, 0]),
    ],
)
def test_refunds_of_before_are_told_from_what_was_sent_then(
    status: str, sent: int, key: str, unsent: list[int], order: Order, mugs: OrderItem, shop: TenantInfo
) -> None:
    payment = order.payments.get()
    Order.objects.filter(pk=order.pk).update(status=status)
    OrderItem.objects.filter(pk=mugs.pk).update(quantity_fulfilled=sent)
    for number, (state, pieces) in enumerate((("succeeded", 2), ("failed", 0))):
        PaymentRefund.objects.create(
            payment=payment,
            amount=Decimal(1),
            currency="EUR",
            key=key if not number else "other",
            actor="bob",
            state=state,
            lines=[{"item": str(mugs.pk), "quantity": pieces, "amount": "1.00"}],
        )
    migration = import_module("tenant_shop.migrations.0040_pieces_never_sent")
    with owner(shop.database_name) as connection:
        connection.execute(migration.UNSENT)
    assert [refund.lines[0]["unsent"] for refund in PaymentRefund.objects.all()] == unsent
    assert Return.objects.count() == 0
