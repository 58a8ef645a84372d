"""Stripe: what is counted how, whose messages are believed; and the whole conversation with a server that plays it."""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo, current_tenant
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.orders.models import Order
from tenant_shop.payments.ask import attempt_of, drop_payment, read_payment, start_payment
from tenant_shop.payments.capture import capture_payment
from tenant_shop.payments.errors import GatewayNotOffered, GatewayRefused, GatewayUnavailable
from tenant_shop.payments.gateways.stripe import StripeGateway
from tenant_shop.payments.models import Payment, PaymentEntry, PaymentRefund
from tenant_shop.payments.next_attempt import next_attempt
from tenant_shop.payments.refund import refund_amount
from tenant_shop.payments.refunded_mail import send_refunded_mails
from tenant_shop.payments.secrets import keep_secrets
from tests.localstripe import KEY, PUBLIC_KEY, LocalStripe, running
from tests.paying import RETURN, standing
from tests.people import shop_browser
from tests.shopping import configure, everything, order_of, stocked

stripe = pytest.importorskip("stripe")

WEBHOOK_SECRET = "whsec_test"
DOOR = "/payments/callbacks/stripe/"


@pytest.fixture
def account(shop: TenantInfo) -> TenantInfo:
    """A shop in test mode with keys of Stripe."""
    configure(payment_methods=["stripe_card", "bank_transfer"], test_mode=True, stripe_key=PUBLIC_KEY)
    keep_secrets("stripe", {"secret_key": KEY, "webhook_secret": WEBHOOK_SECRET})
    return shop


def ordered() -> tuple[Order, Payment]:
    """An order of 14.90 by card, of which Stripe was not told."""
    order = order_of((stocked(), 1), payment_method="stripe_card")
    return order, Payment.objects.get(order=order)


def event_about(payment: Payment, *, kind: str = "payment_intent.succeeded", **changes: Any) -> dict[str, Any]:
    shop_id = str(changes.pop("shop_id", "")) or None
    told: dict[str, Any] = {
        "id": "pi_1",
        "object": "payment_intent",
        "status": "succeeded",
        "amount": 1490,
        "amount_received": 1490,
        "currency": "eur",
        "metadata": {"shop": shop_id, "payment": str(payment.pk)} if shop_id else {},
        **changes,
    }
    return {"id": "evt_1", "object": "event", "type": kind, "created": int(time.time()), "data": {"object": told}}


def tell(shop: TenantInfo, event: dict[str, Any], *, secret: str = WEBHOOK_SECRET, at: int = 0) -> Any:
    body, moment = json.dumps(event), at or int(time.time())
    signature = stripe.WebhookSignature._compute_signature(f"{moment}.{body}", secret)
    headers = {"Stripe-Signature": f"t={moment},v1={signature}"}
    return shop_browser(shop).post(DOOR, body, content_type="application/json", headers=headers)


def test_a_signed_event_pays_the_order_once(account: TenantInfo) -> None:
    order, payment = ordered()
    event = event_about(payment, shop_id=account.id)
    assert [tell(account, event).status_code for _ in range(2)] == [200, 200]
    assert standing(order) == ("confirmed", "paid")
    entry = PaymentEntry.objects.get()
    assert (entry.amount, entry.provider_event_id) == (Decimal("14.90"), "pi_1.captured")


def test_events_that_are_forged_or_old_change_nothing(account: TenantInfo) -> None:
    _, payment = ordered()
    event, before = event_about(payment, shop_id=account.id), everything()
    assert tell(account, event, secret="whsec_other").status_code == 400
    assert tell(account, event, at=int(time.time()) - 301).status_code == 400
    assert shop_browser(account).post(DOOR, json.dumps(event), content_type="application/json").status_code == 400
    assert everything() == before


def test_events_about_other_things_or_other_shops_are_no_business_of_ours(account: TenantInfo) -> None:
    _, payment = ordered()
    before = everything()
    for event in (
        event_about(payment, shop_id="01a21494-6a71-7314-8ac0-944bea77c40e"),
        event_about(payment),
        event_about(payment, shop_id=account.id, kind="customer.created"),
    ):
        assert (tell(account, event).status_code, everything() == before) == (200, True)


def test_a_decline_and_then_money_end_in_money(account: TenantInfo) -> None:
    order, payment = ordered()
    error = {"code": "card_declined", "decline_code": "insufficient_funds", "charge": "ch_1"}
    failed = event_about(
        payment,
        shop_id=account.id,
        kind="payment_intent.payment_failed",
        status="requires_payment_method",
        last_payment_error=error,
    )
    tell(account, failed)
    assert standing(order) == ("pending", "failed")
    assert PaymentEntry.objects.get().details == {"reason": "no_funds"}
    tell(account, event_about(payment, shop_id=account.id))
    tell(account, failed)
    assert standing(order) == ("confirmed", "paid")


def test_a_refund_that_was_made_at_stripe_is_entered_once(account: TenantInfo) -> None:
    order, payment = ordered()
    tell(account, event_about(payment, shop_id=account.id))
    refund = {"id": "re_1", "object": "refund", "status": "succeeded", "amount": 490, "payment_intent": "pi_1"}
    for kind in ("refund.created", "refund.updated", "charge.refund.updated"):
        assert tell(account, event_about(payment, kind=kind, **refund)).status_code == 200
    assert standing(order) == ("confirmed", "partially_refunded")
    assert PaymentEntry.objects.get(kind="refunded").amount == Decimal("4.90")
    assert send_refunded_mails(timezone.now()) == 1


@pytest.mark.parametrize(
    ("status", "state"), [("succeeded", "succeeded"), ("failed", "failed"), ("pending", "pending")]
)
def test_what_became_of_a_refund_of_ours_is_told(account: TenantInfo, status: str, state: str) -> None:
    _, payment = ordered()
    tell(account, event_about(payment, shop_id=account.id))
    refund = PaymentRefund.objects.create(
        payment=payment, amount=Decimal("4.90"), currency="EUR", key="k", actor="ann", asked_at=timezone.now()
    )
    names = {"shop": str(account.id), "payment": str(payment.pk), "refund": refund.pk.hex}
    told = {"id": "re_1", "object": "refund", "status": status, "amount": 490, "payment_intent": "pi_1"}
    for _ in range(2):
        tell(account, event_about(payment, kind="refund.updated", **told, metadata=names))
    refund.refresh_from_db()
    assert refund.state == state
    assert PaymentEntry.objects.filter(kind="refunded").count() == (status == "succeeded")


def test_events_about_test_money_are_not_believed_by_a_shop_that_sells_for_real(account: TenantInfo) -> None:
    configure(payment_methods=["stripe_card"], test_mode=False, stripe_key="pk_live_1")
    keep_secrets("stripe", {"secret_key": "sk_live_1", "webhook_secret": WEBHOOK_SECRET})
    order, payment = ordered()
    event, before = event_about(payment, shop_id=account.id), everything()
    assert tell(account, {**event, "livemode": False}).content == b"Nothing to enter.\n"
    assert everything() == before
    tell(account, {**event, "livemode": True})
    assert standing(order) == ("confirmed", "paid")


def test_keys_of_the_other_mode_or_none_are_not_used(account: TenantInfo) -> None:
    order, payment = ordered()
    attempt = attempt_of(payment, order)
    for secrets in ({"secret_key": "sk_live_1", "webhook_secret": "w"}, {}):
        keep_secrets("stripe", secrets)
        with pytest.raises(GatewayUnavailable):
            StripeGateway().start(attempt)
    configure(payment_methods=["stripe_card"], test_mode=False, stripe_key=PUBLIC_KEY)
    with pytest.raises(GatewayNotOffered):
        start_payment(payment, order, shop_settings(), return_url=RETURN)


def test_a_stripe_that_cannot_be_reached_leaves_the_order(account: TenantInfo, settings: Any) -> None:
    settings.STRIPE_API_URL = "http://127.0.0.1:9"
    order, payment = ordered()
    report = start_payment(payment, order, shop_settings(), return_url=RETURN)
    payment.refresh_from_db()
    assert (report.outcome, payment.state, standing(order)) == ("waiting", "asking", ("pending", "pending"))


@pytest.fixture
def local(account: TenantInfo, tmp_path: Path, settings: Any) -> Iterator[LocalStripe]:
    with running(tmp_path) as server:
        settings.STRIPE_API_URL = server.url
        yield server


def started(local: LocalStripe) -> tuple[Order, Payment, str]:
    order, payment = ordered()
    report = start_payment(payment, order, shop_settings(), return_url=RETURN)
    assert report.outcome == "shopper"
    assert report.page["client_secret"].startswith(f"{report.reference}_secret_")
    payment.refresh_from_db()
    return order, payment, report.reference


@pytest.mark.slow
def test_the_whole_conversation_with_a_server_that_plays_stripe(local: LocalStripe) -> None:
    order, payment, intent = started(local)
    assert local.post(f"/v1/payment_intents/{intent}", **{"metadata[seen]": "1"})["amount"] == 1490
    local.give_card(intent, "4242424242424242")
    assert read_payment(payment, order, shop_settings()).outcome == "captured"
    assert standing(order) == ("confirmed", "paid")

    refund_amount(payment.pk, amount=Decimal("4.90"), key="a", actor="ann")
    refund_amount(payment.pk, amount=Decimal("10.00"), key="b", actor="ann")
    assert standing(order) == ("confirmed", "refunded")
    references = PaymentRefund.objects.values_list("gateway_reference", flat=True)
    assert all(str(reference).startswith("re_") for reference in references)


@pytest.mark.slow
def test_the_payment_page_brings_stripes_fields_and_lets_them_speak_with_stripe_only(local: LocalStripe) -> None:
    order, _, intent = started(local)
    path = f"/orders/{order.public_token}/pay/"
    browser = shop_browser(current_tenant())
    page = browser.get(path)
    text = page.content.decode()
    secret = re.search(r'data-secret="(\S+)"', text)
    assert secret is not None
    assert secret[1].startswith(f"{intent}_secret_")
    assert f'data-key="{PUBLIC_KEY}"' in text
    assert KEY not in text
    assert "Paying by card needs JavaScript" in text
    assert 'id="stripe-blocked" role="status" hidden>The fields for your card could not be loaded' in text
    rules = dict(rule.strip().split(" ", 1) for rule in page["Content-Security-Policy"].split(";"))
    assert rules["script-src"] == "'self' https://js.stripe.com"
    assert rules["frame-src"] == "https://js.stripe.com https://hooks.stripe.com"
    assert rules["connect-src"] == "'self' https://api.stripe.com"
    assert "frame-src" not in browser.get("/cart/")["Content-Security-Policy"]
    local.give_card(intent, "4242424242424242")
    assert browser.get(path)["Location"] == f"/orders/{order.public_token}/"
    assert standing(order) == ("confirmed", "paid")


@pytest.mark.slow
def test_a_declined_card_at_the_server_is_followed_by_a_new_intent(local: LocalStripe) -> None:
    order, payment, intent = started(local)
    local.give_card(intent, "4000000000000341")
    assert read_payment(payment, order, shop_settings()).outcome == "declined"
    assert standing(order) == ("pending", "failed")
    _, second = next_attempt(order, shop_settings(), after=payment.pk, method="stripe_card")
    again = start_payment(second, order, shop_settings(), return_url=RETURN)
    assert again.reference != intent
    payment.refresh_from_db()
    assert payment.state == "dropped"
    local.give_card(again.reference, "4242424242424242")
    second.refresh_from_db()
    read_payment(second, order, shop_settings())
    assert standing(order) == ("confirmed", "paid")


@pytest.mark.slow
def test_a_second_step_at_the_server_waits_for_the_shopper(local: LocalStripe) -> None:
    order, payment, intent = started(local)
    local.give_card(intent, "4000002760003184")
    report = read_payment(payment, order, shop_settings())
    assert report.outcome == "shopper"
    secret = report.page["client_secret"]
    local.post(f"/v1/payment_intents/{intent}/_authenticate", client_secret=secret, success="true")
    payment.refresh_from_db()
    assert read_payment(payment, order, shop_settings()).outcome == "captured"


@pytest.mark.slow
def test_an_intent_is_given_up_at_the_server_unless_it_was_paid(local: LocalStripe) -> None:
    order, payment, intent = started(local)
    assert drop_payment(payment, order, shop_settings()).outcome == "dropped"
    assert local.post(f"/v1/payment_intents/{intent}", **{"metadata[seen]": "1"})["status"] == "canceled"
    order, payment, intent = started(local)
    local.give_card(intent, "4242424242424242")
    assert drop_payment(payment, order, shop_settings()).outcome == "captured"
    assert standing(order) == ("confirmed", "paid")


@pytest.mark.slow
def test_an_authorised_intent_is_captured_at_the_server(local: LocalStripe) -> None:
    order, payment = ordered()
    intent = local.post("/v1/payment_intents", amount=1490, currency="eur", capture_method="manual")["id"]
    Payment.objects.filter(pk=payment.pk).update(gateway_reference=intent, state="shopper")
    payment.refresh_from_db()
    local.give_card(intent, "4242424242424242")
    assert read_payment(payment, order, shop_settings()).outcome == "authorized"
    capture_payment(payment.pk, actor="ann")
    assert standing(order) == ("confirmed", "paid")


@pytest.mark.slow
def test_what_the_server_refuses_is_a_no(local: LocalStripe) -> None:
    order, payment, _ = started(local)
    with pytest.raises(GatewayRefused):
        StripeGateway().refund(attempt_of(payment, order), Decimal("1"), key="k")
    with pytest.raises(GatewayRefused):
        StripeGateway().read(replace(attempt_of(payment, order), reference="pi_nobody"))
