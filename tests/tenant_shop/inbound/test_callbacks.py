"""What gateways tell is believed when it is signed, entered once, and about this shop only."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from uuid import uuid4

import pytest
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.orders.models import Order
from tenant_shop.payments.gateways.demo import Card, declined
from tenant_shop.payments.gateways.demo_messages import sign_message
from tenant_shop.payments.gateways.protocol import Outcome, Reason, Report
from tenant_shop.payments.models import Payment, PaymentEntry
from tests.paying import CALLBACKS, card_order, give_card, message, standing, take_cards, tell
from tests.people import shop_browser
from tests.shopping import at_once, configure, everything


@pytest.fixture(autouse=True)
def selling(shop: TenantInfo) -> None:
    take_cards()


def waiting() -> tuple[Order, Payment]:
    """An order whose card's result is late."""
    order, payment = card_order()
    give_card(Card.LATE, order, payment)
    return order, payment


def test_a_signed_message_pays_the_order(shop: TenantInfo) -> None:
    order, payment = waiting()
    answer = tell(shop, message(payment))
    assert (answer.status_code, answer.content) == (200, b"Entered.\n")
    assert standing(order) == ("confirmed", "paid")
    entry = PaymentEntry.objects.get()
    assert (entry.kind, entry.amount, entry.currency, entry.actor, entry.provider_event_id) == (
        "captured",
        Decimal("14.90"),
        "EUR",
        "demo",
        f"demo_{payment.pk.hex}.captured",
    )
    payment.refresh_from_db()
    assert (payment.state, payment.gateway_reference) == ("done", f"demo_{payment.pk.hex}")


def test_a_repeated_message_is_answered_like_the_first_and_entered_once(shop: TenantInfo) -> None:
    order, payment = waiting()
    body = message(payment)
    answers = [*at_once(shop, [partial(tell, shop, body)] * 4), tell(shop, body)]
    assert [answer.status_code for answer in answers] == [200] * 5
    assert standing(order) == ("confirmed", "paid")
    assert PaymentEntry.objects.count() == OutboxEvent.objects.filter(topic="order.paid").count() == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Webhook-Signature": ""},
        {"Webhook-Signature": "v1,AAAA"},
        {"Webhook-Signature": "v1,Ünsinn"},
        {"Webhook-Id": "message-2"},
        {"Webhook-Timestamp": "0"},
        {"Webhook-Timestamp": "tomorrow"},
    ],
    ids=lambda headers: next(iter(headers.items())).__str__(),
)
def test_a_forged_message_is_refused_and_changes_nothing(shop: TenantInfo, headers: dict[str, str]) -> None:
    _, payment = waiting()
    before = everything()
    assert tell(shop, message(payment), **headers).status_code == 400
    assert everything() == before


def test_the_signature_covers_every_byte(shop: TenantInfo) -> None:
    _, payment = waiting()
    body, before = message(payment), everything()
    signed = sign_message(body, message_id="message-1", at=timezone.now())
    raised = body.replace(b"14.90", b"1.490").replace(b"14.900", b"1.4900")
    assert raised != body
    for changed in (raised, body + b" ", body.replace(b'"shop"', b'"SHOP"')):
        answer = shop_browser(shop).post(CALLBACKS, changed, content_type="application/json", headers=signed)
        assert answer.status_code == 400
    assert everything() == before


def test_an_old_message_is_not_taken_again(shop: TenantInfo) -> None:
    _, payment = waiting()
    body, before = message(payment), everything()
    old = sign_message(body, message_id="message-1", at=timezone.now() - timedelta(minutes=6))
    answer = shop_browser(shop).post(CALLBACKS, body, content_type="application/json", headers=old)
    assert answer.status_code == 400
    assert everything() == before


def test_a_signed_message_that_cannot_be_read_is_refused(shop: TenantInfo) -> None:
    _, payment = waiting()
    before = everything()
    for body in (b"{}", b"[]", b"\xff", b'{"shop": 1}', message(payment).replace(b"captured", b"stolen", 1)):
        assert tell(shop, body).status_code == 400, body
    assert everything() == before


def test_messages_out_of_order_end_in_the_same_place(shop: TenantInfo) -> None:
    order, payment = waiting()
    reference = f"demo_{payment.pk.hex}"
    authorised = Report(outcome=Outcome.AUTHORIZED, reference=reference, event_id=f"{reference}.authorized")
    for report in (None, declined(reference, Reason.DECLINED), authorised):
        assert tell(shop, message(payment, report=report)).status_code == 200
    assert standing(order) == ("confirmed", "paid")
    payment.refresh_from_db()
    assert payment.state == "done"


def test_another_shops_message_is_forged_here(shop: TenantInfo, make_shop) -> None:
    _, payment = waiting()
    before = everything()
    globex = make_shop("globex")
    with tenant_context(globex):
        take_cards()
        answer = tell(shop, message(payment))
    assert answer.status_code == 400
    assert everything() == before


def test_a_message_about_another_shops_payment_is_none_of_our_business(shop: TenantInfo, make_shop) -> None:
    globex = make_shop("globex")
    with tenant_context(globex):
        take_cards()
        order, payment = waiting()
        theirs, about_theirs = everything(), message(payment)
    ours = everything()
    answer = tell(shop, about_theirs)
    assert (answer.status_code, answer.content) == (200, b"Nothing to enter.\n")
    assert everything() == ours
    with tenant_context(globex):
        assert everything() == theirs
        assert standing(order) == ("pending", "pending")


def test_a_message_before_the_orders_commit_is_asked_for_again(shop: TenantInfo) -> None:
    unwritten = Payment(id=uuid4(), amount=Decimal("14.90"), currency="EUR")
    before = everything()
    answer = tell(shop, message(unwritten))
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert everything() == before


@pytest.mark.parametrize("payment_id", ["01a21494-6a71-7314-8ac0-944bea77c40e", "nonsense", "", "00"])
def test_an_unknown_payment_is_not_found(shop: TenantInfo, payment_id: str) -> None:
    unknown = Payment(id=uuid4(), amount=Decimal("14.90"), currency="EUR")
    before = everything()
    body = message(unknown, payment_id=payment_id, at=timezone.now() - timedelta(minutes=11))
    assert tell(shop, body).status_code == 404
    assert everything() == before


def test_money_in_another_currency_or_below_zero_is_refused(shop: TenantInfo) -> None:
    _, payment = waiting()
    before = everything()
    assert tell(shop, message(payment, currency="JPY")).status_code == 422
    assert tell(shop, message(payment, amount=Decimal("-1"))).status_code == 422
    assert everything() == before


def test_a_message_has_a_length_and_a_bound(shop: TenantInfo) -> None:
    before = everything()
    assert tell(shop, b"x" * (64 * 1024 + 1)).status_code == 413
    assert tell(shop, b"").status_code == 411
    assert tell(shop, b"{}", **{"Content-Length": "all"}).status_code == 411
    assert everything() == before


def test_only_messages_are_taken_at_this_door(shop: TenantInfo) -> None:
    assert shop_browser(shop).get(CALLBACKS).status_code == 405
    assert shop_browser(shop).get("/de" + CALLBACKS).status_code == 404


@pytest.mark.parametrize("gateway", ["manual", "stripe", "nobody"])
def test_gateways_that_are_not_used_have_no_door(shop: TenantInfo, gateway: str) -> None:
    before = everything()
    answer = shop_browser(shop).post(f"/payments/callbacks/{gateway}/", b"{}", content_type="application/json")
    assert answer.status_code in (400, 404)
    assert everything() == before


def test_a_shop_that_sells_for_real_takes_no_test_messages(shop: TenantInfo) -> None:
    _, payment = waiting()
    configure(test_mode=False, payment_methods=["test_card", "bank_transfer"])
    before = everything()
    assert tell(shop, message(payment)).status_code == 404
    assert everything() == before
