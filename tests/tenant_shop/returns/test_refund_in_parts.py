"""A return that was paid by two payments is refunded when both parts of its money are gone, and not before."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from tenant_shop.customers.models import Customer
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.orders.models import Order
from tenant_shop.payments.errors import GatewayRefused, GatewayUnavailable
from tenant_shop.payments.gateways.demo import Card, DemoGateway
from tenant_shop.payments.gateways.manual import ManualGateway
from tenant_shop.payments.gateways.protocol import RefundNews
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.models import Payment, PaymentEntry, PaymentRefund
from tenant_shop.payments.refund import send_pending_refunds
from tenant_shop.payments.refund_news import take_refund_news
from tenant_shop.payments.settle import settle
from tenant_shop.returns.errors import ReturnNotMovable
from tenant_shop.returns.models import Return
from tenant_shop.returns.move import decline_return
from tenant_shop.returns.refund import refund_return, value_of
from tenant_shop.verification.verify_shop import verify_shop
from tests.paying import card_order, give_card, take_cards
from tests.people import staff_browser
from tests.returning import arrived, delivered
from tests.shopping import everything, order_of, stocked


def in_two(ann: Customer, by_card: str) -> Order:
    """Three mugs of 10.00 with 4.90 for delivery: `by_card` taken from a card, the rest transferred; delivered."""
    take_cards(store_name="Harbour Kitchen")
    order = order_of((stocked(stock=5), 3), payment_method="test_card", customer_id=ann.pk)
    card = Payment.objects.get(order=order)
    settle(card.pk, kind=PaymentEntry.Kind.CAPTURED, amount=Decimal(by_card), actor="demo", provider_event_id="one")
    mark_as_paid(order.pk, actor="x")
    return delivered(order)


@pytest.fixture
def parted(selling: Any, ann: Customer) -> Order:
    return in_two(ann, "12.00")


def refused(*args: Any, **how: Any) -> Any:
    raise GatewayRefused("demo", "the card is closed")


def unavailable(*args: Any, **how: Any) -> Any:
    raise GatewayUnavailable("demo", "down")


def refunds() -> list[tuple[str, str, Decimal]]:
    return list(PaymentRefund.objects.order_by("created_at", "id").values_list("payment__gateway", "state", "amount"))


@pytest.mark.parametrize(
    ("closed", "first", "rest"),
    [
        (DemoGateway, [("demo", "failed", "12.00"), ("manual", "succeeded", "18.00")], "12.00"),
        (ManualGateway, [("demo", "succeeded", "12.00"), ("manual", "failed", "18.00")], "18.00"),
    ],
)
def test_a_part_that_is_refused_leaves_the_return_open_and_is_given_back_the_next_time(
    closed: type,
    first: list[tuple[str, str, str]],
    rest: str,
    ann: Customer,
    parted: Order,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = arrived(ann, parted, 3)
    with monkeypatch.context() as patched:
        patched.setattr(closed, "refund", refused)
        with pytest.raises(GatewayRefused):
            refund_return(asked.pk, shipping=False, actor="x")
    assert refunds() == [(gateway, state, Decimal(amount)) for gateway, state, amount in first]
    assert Return.objects.get().status == "received"
    assert value_of(asked, shipping=False) == Decimal(rest)
    assert OutboxEvent.objects.filter(topic="return.refunded").count() == 0
    with pytest.raises(ReturnNotMovable):
        decline_return(asked.pk, actor="x")
    assert verify_shop() == []
    assert refund_return(asked.pk, shipping=False, actor="x").status == "refunded"
    assert refunds()[2:] == [(first[0 if closed is DemoGateway else 1][0], "succeeded", Decimal(rest))]
    before = everything()
    assert refund_return(asked.pk, shipping=True, actor="x").status == "refunded"
    assert everything() == before
    assert verify_shop() == []


@pytest.mark.parametrize("closed", [DemoGateway, ManualGateway])
def test_the_missing_part_of_some_pieces_is_their_own_and_no_other_pieces_money(
    closed: type, ann: Customer, parted: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the third mug, which stays with the customer, would be given back with the two that came."""
    refund = PaymentRefund.objects.create(
        payment=Payment.objects.get(gateway="manual"),
        amount=Decimal("13.00"),
        currency="EUR",
        key="x",
        actor="x",
        state="pending",
    )
    asked = arrived(ann, parted, 2)
    with monkeypatch.context() as patched:
        patched.setattr(closed, "refund", refused)
        with pytest.raises(GatewayRefused):
            refund_return(asked.pk, shipping=False, actor="x")
    PaymentRefund.objects.filter(pk=refund.pk).update(state="failed")
    assert refund_return(asked.pk, shipping=False, actor="x").status == "refunded"
    given = PaymentRefund.objects.filter(state="succeeded").values_list("amount", flat=True)
    assert sorted(given) == [Decimal("8.00"), Decimal("12.00")]
    assert verify_shop() == []


def test_a_part_that_is_slow_and_one_that_is_refused(
    ann: Customer, parted: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = arrived(ann, parted, 3)
    with monkeypatch.context() as patched:
        patched.setattr(DemoGateway, "refund", unavailable)
        patched.setattr(ManualGateway, "refund", refused)
        with pytest.raises(GatewayRefused):
            refund_return(asked.pk, shipping=False, actor="x")
        assert refund_return(asked.pk, shipping=False, actor="x").status == "received"
    assert refunds() == [("demo", "pending", Decimal("12.00")), ("manual", "failed", Decimal("18.00"))]
    assert send_pending_refunds(timezone.now() + timedelta(minutes=5)) == 1
    assert Return.objects.get().status == "received", "the transfer is missing"
    assert refund_return(asked.pk, shipping=False, actor="x").status == "refunded"
    assert refunds()[2:] == [("manual", "succeeded", Decimal("18.00"))]
    assert verify_shop() == []


@pytest.mark.parametrize(("by_card", "missing"), [("12.00", "22.90"), ("30.00", "4.90"), ("32.00", "2.90")])
def test_delivery_that_was_promised_with_it_comes_with_the_rest(
    by_card: str, missing: str, ann: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = arrived(ann, in_two(ann, by_card), 3)
    with monkeypatch.context() as patched:
        patched.setattr(ManualGateway, "refund", refused)
        with pytest.raises(GatewayRefused):
            refund_return(asked.pk, shipping=True, actor="x")
    assert (Return.objects.get().status, value_of(asked, shipping=False)) == ("received", Decimal(missing))
    assert refund_return(asked.pk, shipping=False, actor="x").status == "refunded"
    assert refunds()[2:] == [("manual", "succeeded", Decimal(missing))]
    assert Order.objects.get().payment_status == "refunded"
    assert verify_shop() == []


def came_back(refund: PaymentRefund) -> None:
    """The bank sends the money back, and the gateway says so twice."""
    told = RefundNews(
        reference=str(refund.gateway_reference),
        ours=refund.pk.hex,
        intent="",
        amount=refund.amount,
        is_done=False,
        is_failed=True,
    )
    for _ in range(2):
        take_refund_news(refund.payment, told, actor="demo")


@pytest.fixture
def by_card(selling: Any, ann: Customer) -> Order:
    take_cards(store_name="Harbour Kitchen")
    order, payment = card_order(quantity=2, customer_id=ann.pk)
    give_card(Card.SUCCEEDS, order, payment)
    return delivered(order)


def test_money_that_came_back_days_later_opens_the_return_again(ann: Customer, by_card: Order) -> None:
    asked = refund_return(arrived(ann, by_card, 1).pk, shipping=False, actor="x")
    assert asked.status == "refunded"
    came_back(PaymentRefund.objects.get())
    asked.refresh_from_db()
    assert (asked.status, value_of(asked, shipping=False)) == ("received", Decimal("10.00"))
    event = OutboxEvent.objects.get(topic="return.refund_failed").payload
    assert (event["id"], event["from"]) == (str(asked.pk), "refunded")
    assert verify_shop() == []
    assert refund_return(asked.pk, shipping=False, actor="x").status == "refunded"
    assert verify_shop() == []


def test_the_returns_page_says_what_went_and_what_did_not(
    selling: Any, ann: Customer, parted: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = arrived(ann, parted, 3)
    browser = staff_browser(selling, role="editor", email="editor@acme.example")
    page = f"/admin/tenant_shop/return/{asked.pk}/"
    with monkeypatch.context() as patched:
        patched.setattr(DemoGateway, "refund", refused)
        answer = browser.post(f"{page}refund/", follow=True).content.decode()
    assert "€18.00 of its money went back already." in answer
    assert "Not all of its money went back: the card is closed" in answer
    assert "What came back is worth <strong>€12.00</strong>" in answer
    assert "The return is refunded now" in browser.post(f"{page}refund/", follow=True).content.decode()
