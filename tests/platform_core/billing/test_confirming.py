"""Charges that the payer has to confirm to the bank: asked for by mail, confirmed on a page, taken once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from platform_core.billing.by_hand import note_transfer
from platform_core.billing.cards.collect import collect_all
from platform_core.billing.cards.errors import ChargeUnderWay
from platform_core.billing.cards.models import CardCharge, MerchantCard
from platform_core.billing.cards.protocol import Outcome, Report
from platform_core.billing.cards.settle import settle
from platform_core.billing.credit import credit_invoice
from platform_core.billing.dunning import dunning_run
from platform_core.billing.errors import InvoiceNotPayable
from platform_core.billing.mark_paid import mark_paid
from platform_core.billing.models import BillingInvoice
from platform_core.mails.models import PlatformMail
from platform_core.tenants.models import Tenant
from tests.localstripe import LocalStripe
from tests.people import platform_browser
from tests.platform_core.accounts.posting import mails, path_in
from tests.platform_core.billing.bills import everything
from tests.platform_core.billing.conftest import GOOD, PAID, give
from tests.platform_core.billing.test_collecting import about, message, money, standing

stripe = pytest.importorskip("stripe")
pytestmark = pytest.mark.slow
ASKS, FIRST = "4000002760003184", "SS-2026-000001"


@pytest.fixture
def waiting(local: LocalStripe, acme: Tenant) -> CardCharge:
    """Of a merchant whose bank wants to be told."""
    MerchantCard.objects.update(method=local._method(ASKS))
    [charge] = collect_all(PAID)
    return charge


def confirm(local: LocalStripe, charge: CardCharge, *, success: bool = True) -> None:
    """As the payer does in the bank's window."""
    secret = local.get(f"/v1/payment_intents/{charge.reference}")["client_secret"]
    path = f"/v1/payment_intents/{charge.reference}/_authenticate"
    local.post(path, client_secret=secret, success=str(success).lower())


def test_the_payer_is_led_by_mail_to_a_page_confirms_and_it_is_taken_once(
    local: LocalStripe, waiting: CardCharge
) -> None:
    assert (waiting.state, waiting.reason, standing()) == (
        "confirming", "authentication_required", ("active", "failed"),
    )  # fmt: skip
    message_to = [each for each in mails() if "asks you to confirm" in each.subject]
    assert [each.subject for each in message_to] == ["Your bank asks you to confirm $30.00 for Acme"]
    path, browser = path_in(message_to[0]), platform_browser()
    page = browser.get(path)
    assert waiting.reference in page.content.decode()  # the secret of this charge
    assert "https://js.stripe.com" in page["Content-Security-Policy"]
    assert "not confirmed it yet" in browser.post(path).content.decode()
    assert standing() == ("active", "failed")

    confirm(local, waiting)
    assert "It is paid" in browser.post(path).content.decode()
    assert "It is paid" in browser.get(path).content.decode()
    assert message("payment_intent.succeeded", about(waiting)).status_code == 200
    assert standing() == ("active", "paid")
    assert money(local) == [("succeeded", 3000)]
    assert PlatformMail.objects.filter(topic="billing.paid").count() == 1
    assert [browser.get(bad).status_code for bad in ("/billing/confirm/x/", f"{path[:-2]}/")] == [404, 404]


def test_a_signed_message_settles_what_the_payer_confirmed_though_the_page_was_closed(
    local: LocalStripe, waiting: CardCharge
) -> None:
    confirm(local, waiting)
    for kind in ("payment_failed", "succeeded", "succeeded"):
        assert message(f"payment_intent.{kind}", about(waiting)).status_code == 200
    assert standing() == ("active", "paid")


def test_dunning_goes_on_and_each_attempt_has_a_link_of_its_own(local: LocalStripe, waiting: CardCharge) -> None:
    seen: list[tuple[int, str, str]] = []
    for day in range(4):
        today = PAID + timedelta(days=day)
        seen += [(day, "card", charge.state) for charge in collect_all(today)]
        seen += [(day, "step", step.topic.removeprefix("billing.")) for step in dunning_run(today)]
    assert seen == [
        (1, "card", "confirming"), (1, "step", "reminder"), (3, "card", "confirming"), (3, "step", "reminder"),
    ]  # fmt: skip
    assert PlatformMail.objects.filter(topic="billing.card_confirm").count() == 3
    assert sorted(money(local)) == [("canceled", 3000), ("canceled", 3000), ("requires_action", 3000)]
    links = [path_in(each) for each in mails() if "asks you to confirm" in each.subject]
    assert len(links) == 3
    # The mails are written when they are sent: all lead to the attempt that is waited for.
    assert len(set(links)) == 1
    confirm(local, CardCharge.objects.get(state="confirming"))
    collect_all(PAID + timedelta(days=5))
    assert standing() == ("active", "paid")
    assert [each for each in money(local) if each[0] == "succeeded"] == [("succeeded", 3000)]


def test_another_card_ends_the_waiting_at_once(local: LocalStripe, waiting: CardCharge, acme: Tenant) -> None:
    give(local, acme, GOOD)
    assert [charge.state for charge in collect_all(PAID)] == ["succeeded"]
    assert sorted(money(local)) == [("canceled", 3000), ("succeeded", 3000)]
    waiting.refresh_from_db()
    assert (waiting.state, waiting.reason) == ("declined", "authentication_required")


def test_what_was_confirmed_a_moment_before_another_card_would_be_charged_is_the_payment(
    local: LocalStripe, waiting: CardCharge, acme: Tenant
) -> None:
    confirm(local, waiting)
    give(local, acme, GOOD)
    assert [charge.pk for charge in collect_all(PAID)] == [waiting.pk]
    assert money(local) == [("succeeded", 3000)]


def test_a_transfer_that_came_ends_the_waiting_and_nobody_pays_twice(local: LocalStripe, waiting: CardCharge) -> None:
    before = everything()
    for refused in (
        partial(mark_paid, FIRST, on=PAID, today=PAID),
        partial(credit_invoice, FIRST, today=PAID, amount=Decimal(5)),
    ):
        with pytest.raises(ChargeUnderWay):
            refused()
    assert everything() == before

    note_transfer(FIRST, on=PAID, today=PAID, reference="SEPA 1")
    assert (standing(), money(local)) == (("active", "paid"), [("canceled", 3000)])
    assert mails()[0].subject != "Your bank asks you to confirm $30.00 for Acme"


def test_a_transfer_that_is_noted_as_the_payer_confirms_is_refused(local: LocalStripe, waiting: CardCharge) -> None:
    confirm(local, waiting)
    with pytest.raises(InvoiceNotPayable):
        note_transfer(FIRST, on=PAID, today=PAID)
    assert BillingInvoice.objects.get().payment_method == "card"


def test_what_the_bank_refuses_on_the_page_may_be_tried_again_there(acme: Tenant, waiting: CardCharge) -> None:
    """Until it is taken or withdrawn nothing is settled: the browser still has what it takes to confirm."""
    for outcome in (Outcome.DECLINED, Outcome.CONFIRM, Outcome.WAITING):
        report = Report(outcome=outcome, reference=waiting.reference, reason="payment_intent_authentication_failure")
        assert settle(waiting.pk, report, today=PAID).state == "confirming"
    report = Report(outcome=Outcome.WITHDRAWN, reference=waiting.reference)
    assert settle(waiting.pk, report, today=PAID).state == "declined"
    assert PlatformMail.objects.filter(topic="billing.card_declined").count() == 0


@pytest.mark.parametrize(
    ("intent", "outcome"),
    [
        # What Stripe says of a charge that nobody could confirm; localstripe says the second.
        ({"status": "requires_payment_method", "last_payment_error": {"code": "authentication_required"}}, "confirm"),
        ({"status": "requires_action"}, "confirm"),
        (
            {
                "status": "requires_payment_method",
                "last_payment_error": {"code": "card_declined", "decline_code": "authentication_required"},
            },
            "confirm",
        ),
        ({"status": "requires_payment_method", "last_payment_error": {"code": "expired_card"}}, "declined"),
        ({"status": "canceled"}, "withdrawn"),
    ],
)
def test_how_stripes_words_are_read(intent: dict[str, Any], outcome: str) -> None:
    from platform_core.billing.cards.stripe import report_of

    assert report_of({"id": "pi_1", **intent}).outcome == outcome
