"""Cards: given, charged while nobody is there, declined and tried again; and that nobody is charged twice, wherever a
worker dies and whatever messages come."""

from __future__ import annotations

import json
import signal
import time
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from unittest import mock

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from platform_core.billing.cards import collect as collecting
from platform_core.billing.cards.collect import collect_all
from platform_core.billing.cards.errors import CardRefused, CardsNotOffered, ChargeUnderWay
from platform_core.billing.cards.give import begin_card, finish_card, forget_card
from platform_core.billing.cards.models import CardCharge, MerchantCard
from platform_core.billing.cards.stripe import StripeCards
from platform_core.billing.credit import credit_invoice
from platform_core.billing.dunning import dunning_run
from platform_core.billing.mark_paid import mark_paid
from platform_core.billing.models import BillingInvoice, TenantSubscription
from platform_core.billing.run import billing_run
from platform_core.mails.models import PlatformMail
from platform_core.tenants.models import Tenant
from tests.localstripe import LocalStripe
from tests.platform_core.billing.bills import everything
from tests.platform_core.billing.conftest import GOOD, PAID, SECRET, Merchant, give
from tests.platform_core.fleet.children import die, in_child
from tests.together import together

stripe = pytest.importorskip("stripe")
pytestmark = pytest.mark.slow

DECLINED = "4000000000000341"
FIRST = "SS-2026-000001"
DOOR = "/billing/callbacks/stripe/"


def money(local: LocalStripe) -> list[tuple[str, int]]:
    """What Stripe has taken for this test's charges."""
    ours = {str(pk) for pk in CardCharge.objects.values_list("pk", flat=True)}
    found = local.get("/v1/payment_intents?limit=100")["data"]
    return [(each["status"], each["amount"]) for each in found if each["metadata"].get("charge") in ours]


def standing() -> tuple[str, str]:
    return TenantSubscription.objects.get().status, BillingInvoice.objects.earliest("invoice_number").status


def test_a_card_that_was_given_pays_each_invoice_on_the_day_it_is_issued(local: LocalStripe, acme: Tenant) -> None:
    assert str(MerchantCard.objects.get()) == "visa 4242"
    [charge] = collect_all(PAID)
    invoice = BillingInvoice.objects.get()
    assert (charge.state, invoice.status, invoice.payment_method) == ("succeeded", "paid", "card")
    assert (invoice.external_payment_id, invoice.due_date) == (charge.reference, PAID)
    assert money(local) == [("succeeded", 3000)]
    assert collect_all(PAID) == collect_all(date(2026, 1, 16)) == []


def test_a_merchant_without_a_card_pays_by_transfer_as_before(local: LocalStripe, merchant: Merchant) -> None:
    merchant()
    list(billing_run(PAID))
    assert collect_all(PAID) == []
    assert BillingInvoice.objects.get().due_date == date(2026, 1, 29)


def test_without_keys_no_card_is_taken_and_nothing_collected(acme: Tenant, settings: Any) -> None:
    settings.BILLING_STRIPE_SECRET_KEY = ""
    assert collect_all(PAID) == []
    with pytest.raises(CardsNotOffered):
        begin_card(acme.pk)


def test_another_shops_card_and_one_that_was_not_given_are_refused(
    local: LocalStripe, acme: Tenant, merchant: Merchant
) -> None:
    brick = merchant("brick")
    theirs = begin_card(acme.pk)
    with pytest.raises(CardRefused):
        finish_card(theirs.reference, tenant_id=acme.pk)  # nothing was given
    local.set_up(theirs.reference, GOOD)
    before = list(MerchantCard.objects.values())
    with pytest.raises(CardRefused):
        finish_card(theirs.reference, tenant_id=brick.pk)
    assert list(MerchantCard.objects.values()) == before


def test_a_declined_card_goes_through_dunning_and_another_card_makes_it_good(
    local: LocalStripe, merchant: Merchant
) -> None:
    shop = merchant()
    TenantSubscription.objects.update(billing_cycle="annual", amount=Decimal(300))
    give(local, shop, DECLINED)
    seen: list[tuple[int, str, str]] = []
    for day in range(16):
        today = PAID + timedelta(days=day)
        list(billing_run(today))
        for _ in range(2):
            seen += [(day, "card", charge.state) for charge in collect_all(today)]
            seen += [(day, "step", step.topic.removeprefix("billing.")) for step in dunning_run(today)]
    assert seen == [
        (0, "card", "declined"),
        (1, "card", "declined"), (1, "step", "reminder"),
        (3, "card", "declined"), (3, "step", "reminder"),
        (5, "card", "declined"), (5, "step", "reminder"),
        (7, "card", "declined"), (7, "step", "reminder"),
        (8, "step", "past_due"), (15, "step", "suspended"),
    ]  # fmt: skip
    assert standing() == ("suspended", "failed")
    assert PlatformMail.objects.filter(topic="billing.card_declined").count() == 5
    give(local, shop)
    assert [charge.state for charge in collect_all(PAID + timedelta(days=16))] == ["succeeded"]
    assert standing() == ("active", "paid")
    assert Tenant.objects.get().status == "active"
    assert sorted(money(local)) == [("requires_payment_method", 30000)] * 5 + [("succeeded", 30000)]


def steps() -> list[Any]:
    """Where a worker may die: after it wrote the charge down, before and after it announced it, took it, settled it."""
    return [
        pytest.param(collecting, "ask", "before", id="written down"),
        pytest.param(StripeCards, "announce", "after", id="announced"),
        pytest.param(StripeCards, "take", "before", id="reference kept"),
        pytest.param(StripeCards, "take", "after", id="taken"),
        pytest.param(collecting, "settle", "after", id="settled"),
    ]


@pytest.mark.parametrize(("place", "name", "when"), steps())
def test_wherever_a_worker_dies_the_card_is_charged_once(
    local: LocalStripe, acme: Tenant, place: Any, name: str, when: str
) -> None:
    original = getattr(place, name)

    def dies(*args: Any, **how: Any) -> Any:
        if when == "after":
            original(*args, **how)
        die()

    def work() -> None:
        with mock.patch.object(place, name, dies):
            collect_all(PAID)

    assert in_child(work) == signal.SIGKILL
    collect_all(PAID)
    assert standing() == ("active", "paid")
    assert [each for each in money(local) if each[0] == "succeeded"] == [("succeeded", 3000)]
    assert CardCharge.objects.count() == 1
    assert collect_all(PAID) == []


def test_workers_at_the_same_moment_charge_once(local: LocalStripe, acme: Tenant) -> None:
    results = together(*[partial(collect_all, PAID)] * 3)
    assert [type(result) for result in results] == [list] * 3
    collect_all(PAID)
    assert [each for each in money(local) if each[0] == "succeeded"] == [("succeeded", 3000)]
    assert standing() == ("active", "paid")


def test_no_row_is_locked_and_no_transaction_open_while_the_gateway_is_asked(local: LocalStripe, acme: Tenant) -> None:
    seen = []

    def watched(name: str) -> Any:
        original = getattr(StripeCards, name)

        def ask(*args: Any, **how: Any) -> Any:
            seen.append((name, connection.in_atomic_block))
            return original(*args, **how)

        return mock.patch.object(StripeCards, name, ask)

    with watched("announce"), watched("take"), watched("read_set_up"), watched("begin_set_up"):
        give(local, acme)
        collect_all(PAID)
    assert seen == [(name, False) for name in ("begin_set_up", "read_set_up", "announce", "take")]


def test_while_a_card_is_charged_nothing_else_is_done_with_the_invoice(local: LocalStripe, acme: Tenant) -> None:
    charge = collecting.begin_charge(BillingInvoice.objects.get().pk, PAID)
    assert charge is not None
    assert collecting.begin_charge(charge.invoice_id, PAID) is None
    before = everything()
    for refused in (
        partial(mark_paid, FIRST, on=PAID, today=PAID),
        partial(credit_invoice, FIRST, today=PAID, amount=Decimal(5)),
    ):
        with pytest.raises(ChargeUnderWay):
            refused()
    assert everything() == before


def test_only_what_is_owed_is_taken_and_a_card_that_was_taken_back_pays_no_more(
    local: LocalStripe, acme: Tenant
) -> None:
    credit_invoice(FIRST, today=PAID, amount=Decimal("12.34"))
    collect_all(PAID)
    assert money(local) == [("succeeded", 1766)]
    forget_card(acme.pk)
    list(billing_run(date(2026, 2, 15)))
    assert collect_all(date(2026, 2, 15)) == []


def test_a_gateway_that_does_not_answer_ends_the_run_and_the_next_goes_on(
    local: LocalStripe, acme: Tenant, settings: Any
) -> None:
    settings.STRIPE_API_URL = "http://127.0.0.1:9"
    assert collect_all(PAID) == []
    assert CardCharge.objects.get().state == "asking"
    settings.STRIPE_API_URL = local.url
    assert [charge.state for charge in collect_all(PAID)] == ["succeeded"]


def message(kind: str, told: dict[str, Any], *, secret: str = SECRET, at: int = 0) -> Any:
    event = {"id": "evt_1", "object": "event", "type": kind, "created": int(time.time()), "data": {"object": told}}
    body, moment = json.dumps(event), at or int(time.time())
    signature = stripe.WebhookSignature._compute_signature(f"{moment}.{body}", secret)
    headers = {"Stripe-Signature": f"t={moment},v1={signature}", "Host": "localhost"}
    return Client().post(DOOR, body, content_type="application/json", headers=headers)


def about(charge: CardCharge) -> dict[str, Any]:
    return {"id": charge.reference, "object": "payment_intent", "metadata": {"charge": str(charge.pk)}}


def taken_unheard(local: LocalStripe) -> CardCharge:
    """A charge that Stripe took, of which the answer was lost."""
    with mock.patch.object(collecting, "settle", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        collect_all(PAID)
    assert [status for status, _ in money(local)] == ["succeeded"]
    return CardCharge.objects.get()


def test_a_signed_message_settles_a_charge_once_however_often_and_in_which_order(
    local: LocalStripe, acme: Tenant
) -> None:
    charge = taken_unheard(local)
    assert standing() == ("active", "pending")
    for kind in ("succeeded", "payment_failed", "succeeded", "created"):
        assert message(f"payment_intent.{kind}", about(charge)).status_code == 200
        assert standing() == ("active", "paid")
    assert PlatformMail.objects.filter(topic="billing.paid").count() == 1
    assert collect_all(PAID) == []


def test_forged_and_old_messages_and_those_about_nothing_of_ours_change_nothing(
    local: LocalStripe, acme: Tenant
) -> None:
    charge = taken_unheard(local)
    before = everything()
    told = about(charge)
    assert message("payment_intent.succeeded", told, secret="whsec_other").status_code == 400
    assert message("payment_intent.succeeded", told, at=int(time.time()) - 301).status_code == 400
    assert Client().post(DOOR, "{}", content_type="application/json", headers={"Host": "localhost"}).status_code == 400
    for strange in ({"id": "pi_1", "metadata": {}}, {"id": "pi_1", "metadata": {"charge": str(acme.pk)}}):
        assert message("payment_intent.succeeded", strange).status_code == 200
    assert message("customer.created", {"id": "cus_1"}).status_code == 200
    assert everything() == before


def test_a_message_that_comes_before_the_worker_has_written_the_result_is_the_same_result(
    local: LocalStripe, acme: Tenant
) -> None:
    """Stripe's message overtakes the worker, which has the answer and has not committed it."""
    original, answers = collecting.settle, []

    def overtaken(charge_id: Any, report: Any, **how: Any) -> Any:
        with mock.patch.object(collecting, "settle", original):
            answers.append(message("payment_intent.succeeded", about(CardCharge.objects.get())).status_code)
        return original(charge_id, report, **how)

    with mock.patch.object(collecting, "settle", overtaken):
        collect_all(PAID)
    assert (answers, standing()) == ([200], ("active", "paid"))
    assert PlatformMail.objects.filter(topic="billing.paid").count() == 1


def test_a_message_that_a_card_was_given_brings_it_and_pays_what_is_owed(
    local: LocalStripe, merchant: Merchant
) -> None:
    shop = merchant(begins=timezone.now().date() - timedelta(days=14))
    list(billing_run(timezone.now().date()))
    made = begin_card(shop.pk)
    local.set_up(made.reference, GOOD)
    told = {"id": made.reference, "object": "setup_intent", "metadata": {}}
    assert [message("setup_intent.succeeded", told).status_code for _ in range(2)] == [200, 200]
    assert standing() == ("active", "paid")
    assert money(local) == [("succeeded", 3000)]
