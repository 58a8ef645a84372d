"""Sending an order, whole or in parts, and noting that it arrived."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core import mail
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.carriers import CARRIERS, tracking_link
from tenant_shop.orders.change_tracking import change_tracking, mark_of_parcel
from tenant_shop.orders.deliver import deliver_order
from tenant_shop.orders.errors import (
    NotSentLikeThis,
    OrderNotCancellable,
    OrderNotDeliverable,
    OrderNotFound,
    OrderNotFulfillable,
    ParcelChangedMeanwhile,
)
from tenant_shop.orders.fulfil import fulfil_order, unsent_pieces
from tenant_shop.orders.history import OrderStatusHistory
from tenant_shop.orders.models import Order
from tenant_shop.orders.shipments import Shipment
from tenant_shop.orders.shipped_mail import send_shipped_mails
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.refund import refund_lines
from tenant_shop.verification.verify_shop import verify_shop
from tests.loyalty import points, run_programme, with_points
from tests.shopping import at_once, configure, everything, order_of, stocked

MUGS_AND_BOWL = (3, 1)


@pytest.fixture(autouse=True)
def selling(shop: TenantInfo) -> None:
    configure()


@pytest.fixture
def order(selling: None) -> Order:
    """Three mugs and a bowl, paid."""
    placed = order_of((stocked(name="Mug"), 3), (stocked(name="Bowl"), 1))
    return mark_as_paid(placed.pk, actor="ann")


def pieces(order: Order, *quantities: int) -> dict[UUID, int]:
    return dict(zip([item.pk for item in order.items.all()], quantities, strict=False))


def send(order: Order, *quantities: int, key: str = "", **parcel: str) -> Order:
    wanted = pieces(order, *(quantities or MUGS_AND_BOWL))
    return fulfil_order(order.pk, pieces=wanted, key=key or str(uuid4()), actor="ann", **parcel)


def topics() -> list[str]:
    return list(
        OutboxEvent.objects.filter(topic__startswith="order.")
        .exclude(topic__in=["order.created", "order.paid"])
        .order_by("created_at", "id")
        .values_list("topic", flat=True)
    )


def test_an_order_that_is_sent_whole_is_shipped(order: Order) -> None:
    sent = send(order, carrier="DHL", tracking_number="00340434161094", key="one")
    assert (sent.status, sent.fulfillment_status) == ("shipped", "fulfilled")
    assert (sent.shipping_carrier, sent.tracking_number) == ("DHL", "00340434161094")
    assert sent.shipped_at is not None
    assert [item.quantity_fulfilled for item in order.items.all()] == [3, 1]
    parcel = Shipment.objects.get()
    assert (parcel.order_id, parcel.pieces, parcel.actor, parcel.key) == (order.pk, 4, "ann", "one")
    assert parcel.tracking_url == "https://www.dhl.com/en/express/tracking.html?AWB=00340434161094"
    step = OrderStatusHistory.objects.filter(order=order).last()
    assert step is not None
    assert (step.previous_status, step.new_status, step.updated_by) == ("confirmed", "shipped", "ann")
    assert step.comment == "4 pieces sent · DHL · 00340434161094"
    event = OutboxEvent.objects.get(topic="order.fulfilled").payload
    assert (event["number"], event["shipment"]["tracking_number"]) == (order.order_number, "00340434161094")
    assert verify_shop() == []


def test_parts_go_on_their_way_until_the_last_one_ships_the_order(order: Order) -> None:
    assert (send(order, 2, 0).status, Order.objects.get().fulfillment_status) == ("processing", "partial")
    assert unsent_pieces(order) == pieces(order, 1, 1)
    with pytest.raises(OrderNotCancellable):
        cancel_order(order.pk, reason="", actor="ann")
    assert send(order, 1, 0, tracking_number="A").status == "processing"
    last = send(order, 0, 1, tracking_number="B")
    assert (last.status, last.fulfillment_status, last.tracking_number) == ("shipped", "fulfilled", "B")
    assert [parcel.tracking_number for parcel in Shipment.objects.all()] == ["", "A", "B"]
    assert topics() == ["order.partially_fulfilled", "order.partially_fulfilled", "order.fulfilled"]
    assert unsent_pieces(order) == {}


def test_what_was_given_back_before_it_was_sent_need_not_be_sent(order: Order) -> None:
    refund_lines(order.pk, wanted=pieces(order, 1), shipping=False, restock=True, key="r", actor="ann")
    assert unsent_pieces(order) == pieces(order, 2, 1)
    assert send(order, 2, 1).status == "shipped"
    assert verify_shop() == []


def test_one_click_too_many_sends_once(order: Order, shop: TenantInfo) -> None:
    calls = [partial(send, order, 1, 0, key="one")] * 3
    results = at_once(shop, calls)
    assert [type(result) for result in results] == [Order] * 3
    assert Shipment.objects.count() == 1
    assert unsent_pieces(order) == pieces(order, 2, 1)
    assert OutboxEvent.objects.filter(topic="mail.order_shipped").count() == 1


def test_two_people_do_not_send_the_same_pieces(order: Order, shop: TenantInfo) -> None:
    results = at_once(shop, [partial(send, order)] * 2)
    assert sorted(type(result).__name__ for result in results) == ["Order", "OrderNotFulfillable"]
    assert Shipment.objects.count() == 1


@pytest.mark.parametrize("status", ["pending", "shipped", "delivered", "cancelled", "refunded"])
def test_an_order_in_another_state_is_not_sent_and_nothing_changes(status: str, order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(status=status)
    before = everything()
    with pytest.raises(OrderNotFulfillable):
        send(order)
    assert everything() == before


@pytest.mark.parametrize(
    ("wanted", "parcel"),
    [
        (lambda order: pieces(order, 4), {}),
        (lambda order: pieces(order, -1), {}),
        (lambda order: pieces(order, 0, 0), {}),
        (lambda _: {}, {}),
        (lambda _: {uuid4(): 1}, {}),
        (lambda order: pieces(order, 1), {"tracking_url": "javascript:alert(1)"}),
        (lambda order: pieces(order, 1), {"tracking_url": "https://example.com/" + "x" * 500}),
    ],
)
def test_what_cannot_be_sent_is_refused_and_nothing_changes(
    wanted: Callable[[Order], dict[UUID, int]], parcel: dict[str, str], order: Order
) -> None:
    before = everything()
    with pytest.raises(NotSentLikeThis):
        fulfil_order(order.pk, pieces=wanted(order), key="one", actor="ann", **parcel)
    assert everything() == before


def test_an_order_of_another_shop_is_not_found(order: Order, make_shop: Any) -> None:
    with tenant_context(make_shop("globex")):
        with pytest.raises(OrderNotFound):
            fulfil_order(order.pk, pieces={}, key="one", actor="ann")
        with pytest.raises(OrderNotFound):
            deliver_order(order.pk, actor="ann")


def letters() -> list[Any]:
    """Send what waits; the mails that came of it."""
    mail.outbox.clear()
    send_shipped_mails(timezone.now())
    return mail.outbox


def test_the_customer_is_told_what_is_on_its_way_and_where_to_follow_it(order: Order) -> None:
    send(order, 2, 0, carrier="ups", tracking_number="1Z 999")
    (part,) = letters()
    assert part.to == ["ann@example.com"]
    assert part.subject == f"My Store: A part of your order {order.order_number} is on its way"
    assert "2 x Mug" in part.body
    assert "Bowl" not in part.body
    assert "Tracking: ups 1Z 999" in part.body
    assert "https://www.ups.com/track?tracknum=1Z%20999" in part.body
    send(order, 1, 1)
    (rest,) = letters()
    assert rest.subject == f"My Store: Your order {order.order_number} is on its way"
    assert f"/orders/{order.public_token}/" in rest.body
    assert letters() == []


def test_the_mail_is_in_the_customers_language() -> None:
    placed = order_of((stocked(name="Mug"), 1), language="de")
    send(mark_as_paid(placed.pk, actor="ann"), 1)
    (letter,) = letters()
    assert letter.subject == f"My Store – Ihre Bestellung {placed.order_number} ist unterwegs"  # noqa: RUF001


def test_what_is_picked_up_is_ready(order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(metadata={"is_pickup": True})
    send(order)
    assert letters()[0].subject == f"My Store: Your order {order.order_number} is ready"


def test_the_links_of_carriers_hold_the_number_and_nothing_else() -> None:
    for name in CARRIERS:
        link = tracking_link(name.upper(), 'a/b?"c')
        assert link.startswith("https://")
        assert "a%2Fb%3F%22c" in link
    assert tracking_link("Pigeon post", "1") == tracking_link("DHL", "") == ""


def test_an_order_arrives_once_and_its_customer_earns(shop: TenantInfo) -> None:
    run_programme()
    ann = with_points(5)
    placed = order_of((stocked(price="20.00"), 1), customer_id=ann.pk)
    send(mark_as_paid(placed.pk, actor="ann"), 1)
    results = at_once(shop, [partial(deliver_order, placed.pk, actor="bob")] * 3)
    assert [result.status for result in results] == ["delivered"] * 3
    placed.refresh_from_db()
    assert (placed.status, placed.delivered_at is not None) == ("delivered", True)
    assert topics() == ["order.fulfilled", "order.delivered"]
    assert OrderStatusHistory.objects.filter(order=placed, new_status="delivered", updated_by="bob").count() == 1
    assert points(ann) == 25
    assert verify_shop() == []


@pytest.mark.parametrize("status", ["pending", "confirmed", "processing", "cancelled", "refunded"])
def test_what_was_not_sent_does_not_arrive_and_nothing_changes(status: str, order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(status=status)
    before = everything()
    with pytest.raises(OrderNotDeliverable):
        deliver_order(order.pk, actor="ann")
    assert everything() == before


def test_a_parcel_is_followed_otherwise_and_the_customer_told_if_wanted(order: Order) -> None:
    send(order, 3, 0)
    send(order, 0, 1, carrier="UPS", tracking_number="1Z1")
    first, second = Shipment.objects.filter(order=order)
    send_shipped_mails(timezone.now())
    mail.outbox.clear()
    correct = partial(change_tracking, order.pk, actor="ann", tracking_url="")

    correct(first.pk, carrier=" DHL ", tracking_number="77", seen=mark_of_parcel(first), tell=False)
    told = correct(second.pk, carrier="UPS", tracking_number="1Z2", seen=mark_of_parcel(second), tell=True)

    first.refresh_from_db()
    order.refresh_from_db()
    assert (first.carrier, first.tracking_number, first.tracking_url) == ("DHL", "77", tracking_link("DHL", "77"))
    assert (order.shipping_carrier, order.tracking_number, order.status) == ("UPS", "1Z2", "shipped")
    assert list(OrderStatusHistory.objects.filter(order=order).values_list("comment", flat=True))[-2:] == [
        "Tracking of parcel 1: no number \N{RIGHTWARDS ARROW} DHL 77",
        "Tracking of parcel 2: UPS 1Z1 \N{RIGHTWARDS ARROW} UPS 1Z2",
    ]
    assert topics()[-2:] == ["order.tracking_changed"] * 2
    send_shipped_mails(timezone.now())
    assert ["Tracking: UPS 1Z2" in str(each.body) for each in mail.outbox] == [True]
    before = everything()
    assert correct(second.pk, carrier="UPS", tracking_number="1Z2", seen=mark_of_parcel(told), tell=True) == told
    for parcel, link, seen, refusal in (
        (second.pk, "", mark_of_parcel(second), ParcelChangedMeanwhile),
        (second.pk, "javascript:alert(1)", mark_of_parcel(told), NotSentLikeThis),
        (uuid4(), "", mark_of_parcel(told), OrderNotFound),
    ):
        with pytest.raises(refusal):
            change_tracking(
                order.pk,
                parcel,
                carrier="GLS",
                tracking_number="9",
                tracking_url=link,
                seen=seen,
                actor="ann",
                tell=True,
            )
    assert everything() == before
    assert verify_shop() == []
