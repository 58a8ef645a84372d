"""Asking to send something back, and what the merchant makes of it."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from platform_core.audit.models import AuditLog
from platform_core.audit.scope import tenant_scope
from tenant_shop.loyalty.earn import earn_points
from tenant_shop.loyalty.models import LoyaltyEntry
from tenant_shop.loyalty.spending import Purse
from tenant_shop.models import Customer, Order, OutboxEvent, Return
from tenant_shop.orders.errors import OrderNotFound
from tenant_shop.orders.quote import quote
from tenant_shop.payments.errors import GatewayRefused, GatewayUnavailable, RefundTooLarge
from tenant_shop.payments.gateways.demo import Card, DemoGateway
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.models import PaymentRefund
from tenant_shop.payments.refund import refund_lines, send_pending_refunds
from tenant_shop.returns.errors import NothingToReturn, NotReturnable, ReturnNotMovable
from tenant_shop.returns.mail import send_return_mails
from tenant_shop.returns.move import NEXT, approve_return, decline_return
from tenant_shop.returns.receive import receive_return
from tenant_shop.returns.refund import refund_return, value_of
from tenant_shop.returns.request import request_return
from tenant_shop.returns.returnable import returnable_pieces
from tenant_shop.verification.verify_shop import verify_shop
from tests.accounts import account, logged_in
from tests.loyalty import entries as points_of
from tests.loyalty import run_programme
from tests.paying import card_order, give_card, take_cards
from tests.people import staff_browser
from tests.shopping import at_once, cart_with, everything, order_from, order_of, stock_of, stocked

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


VERBS = {
    "approved": approve_return,
    "declined": decline_return,
    "received": partial(receive_return, restock=False),
    "refunded": partial(refund_return, shipping=False),
}


@pytest.mark.parametrize("before", Return.Status.values)
def test_a_return_moves_along_its_road_only(ann, order, before):
    mark_as_paid(order.pk, actor="x")
    asked = request_return(ann, order.pk, pieces(order, 1), reason=DAMAGED)
    for after, verb in VERBS.items():
        PaymentRefund.objects.all().delete()
        Return.objects.update(status=before)
        if after in NEXT[before]:
            assert verb(asked.pk, actor="x").status == after
        elif before == after == "refunded":
            assert verb(asked.pk, actor="x").status == "refunded"
            assert PaymentRefund.objects.count() == 0
        else:
            unchanged = everything()
            with pytest.raises(ReturnNotMovable):
                verb(asked.pk, actor="x")
            assert everything() == unchanged


def arrived(ann: Customer, order: Order, *quantities: int, restock: bool = False) -> Return:
    """A return whose goods are here."""
    asked = request_return(ann, order.pk, pieces(order, *quantities), reason=DAMAGED)
    approve_return(asked.pk, actor="x")
    return receive_return(asked.pk, restock=restock, actor="x")


def paid(order: Order) -> Order:
    mark_as_paid(order.pk, actor="x")
    return order


@pytest.mark.parametrize("restock", [True, False])
def test_what_arrives_goes_back_on_sale_if_the_shop_says_so(ann, order, restock):
    mug = order.items.first().variant
    before = stock_of(mug)
    arrived(ann, order, 2, restock=restock)
    assert stock_of(mug) == before + (2 if restock else 0)
    assert verify_shop() == []


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


def test_an_order_that_nobody_paid_for_has_nothing_to_give_back_and_nothing_changes(ann, order):
    asked = arrived(ann, order, 2)
    before = everything()
    with pytest.raises(RefundTooLarge):
        refund_return(asked.pk, shipping=False, actor="x")
    assert everything() == before


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


def letters():
    mail.outbox.clear()
    send_return_mails(timezone.now())
    return mail.outbox


def test_the_customer_is_told_of_every_state_in_the_shops_words(ann, order):
    asked = request_return(ann, order.pk, pieces(paid(order), 2), reason=DAMAGED)
    steps = [
        partial(approve_return, answer="Please pack it well."),
        partial(receive_return, restock=False),
        partial(refund_return, shipping=False),
    ]
    seen = letters()
    for step in steps:
        step(asked.pk, actor="x")
        seen = [*seen, *letters()]
    assert [letter.subject for letter in seen] == [
        "Harbour Kitchen: We have your request to send something back",
        "Harbour Kitchen: Please send it back",
        "Harbour Kitchen: What you sent back has arrived",
        "Harbour Kitchen: Your return is done",
    ]
    assert all(letter.to == ["ann@example.com"] and "2 x Mug" in letter.body for letter in seen)
    assert ["Please pack it well." in letter.body for letter in seen] == [False, True, False, False]
    assert "We have given €20.00 back for these goods:" in seen[3].body
    assert letters() == []


def test_who_is_declined_is_told_why_and_sees_it_on_the_orders_page(ann, order):
    asked = request_return(ann, order.pk, pieces(order, 1), reason=DAMAGED)
    letters()
    decline_return(asked.pk, actor="x", answer="It was used.")
    (letter,) = letters()
    assert letter.subject == "Harbour Kitchen: Your return was declined"
    assert "It was used." in letter.body
    assert "It was used." in logged_in().get(f"/account/orders/{order.pk}/").content.decode()


def test_who_was_erased_is_not_written_to(ann, order):
    asked = request_return(ann, order.pk, pieces(order, 1), reason=DAMAGED)
    Return.objects.update(customer=None)
    approve_return(asked.pk, actor="x")
    assert letters() == []
    assert OutboxEvent.objects.filter(topic="mail.return", delivered_at=None).count() == 0


PATH = "/admin/tenant_shop/return/"


def test_the_merchants_people_see_and_move_returns_and_a_viewer_only_sees(selling, ann, order):
    asked = request_return(ann, order.pk, pieces(order, 1), reason=DAMAGED, note="Chipped")
    action = {"action": "approve", "_selected_action": [str(asked.pk)]}
    viewer = staff_browser(selling, role="viewer", email="viewer@acme.example")
    assert order.order_number in viewer.get(PATH).content.decode()
    page = viewer.get(f"{PATH}{asked.pk}/change/").content.decode()
    assert "Chipped" in page
    assert "/approve/" not in page
    before = everything()
    viewer.post(PATH, action)
    for verb in ("approve", "decline", "receive", "refund"):
        assert viewer.post(f"{PATH}{asked.pk}/{verb}/").status_code == 403
    after = everything()
    assert {table for table in before if before[table] != after[table]} <= {"django_session"}
    editor = staff_browser(selling, role="editor", email="editor@acme.example")
    editor.post(PATH, action)
    assert Return.objects.get().status == "approved"
    assert "cannot become approved" in editor.post(PATH, action, follow=True).content.decode()


def test_a_returns_page_leads_from_the_request_to_the_refund(selling, ann, order):
    asked = request_return(ann, order.pk, pieces(paid(order), 2), reason=DAMAGED)
    page, mug = f"{PATH}{asked.pk}/", order.items.first().variant
    stock = stock_of(mug)
    browser = staff_browser(selling, role="editor", email="editor@acme.example")
    assert browser.get(f"{page}approve/").status_code == 405
    assert "Approve" in browser.get(f"{page}change/").content.decode()
    browser.post(f"{page}approve/", {"answer": "Pack it well."})
    assert "The goods have arrived" in browser.get(f"{page}change/").content.decode()
    browser.post(f"{page}receive/", {"restock": "on"})
    shown = browser.get(f"{page}change/").content.decode()
    assert "<strong>€20.00</strong>" in shown
    assert "The delivery cost €4.90." in shown
    answers = [browser.post(f"{page}refund/", {"shipping": "on"}, follow=True).content.decode() for _ in range(2)]
    assert "The return is refunded now" in answers[0]
    asked.refresh_from_db()
    assert (asked.status, asked.answer) == ("refunded", "Pack it well.")
    assert PaymentRefund.objects.get().amount == Decimal("24.90")
    assert stock_of(mug) == stock + 2
    assert browser.post(f"{PATH}{ann.pk}/approve/").status_code == 404
    with tenant_scope(selling.id):
        actions = AuditLog.objects.filter(resource_id=asked.pk).order_by("created_at").values_list("action", flat=True)
        assert list(actions) == ["approve_return", "receive_return", "refund_return", "refund_return"]


def test_a_return_of_another_shop_is_not_there(selling, ann, order, make_shop):
    asked = request_return(ann, order.pk, pieces(order, 1), reason=DAMAGED)
    browser = staff_browser(make_shop("globex"), role="owner", email="owner@globex.example")
    assert browser.post(f"{PATH}{asked.pk}/approve/").status_code == 404
    assert Return.objects.get().status == "requested"
