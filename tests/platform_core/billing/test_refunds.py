"""Money of credit notes goes back to the card that paid: once, with every failure shown and tried again."""

from __future__ import annotations

import io
import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from unittest import mock
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection

from platform_core.billing.by_hand import take_back
from platform_core.billing.cards import refund as refunding
from platform_core.billing.cards import stripe as stripe_cards
from platform_core.billing.cards.collect import collect_all
from platform_core.billing.cards.errors import CardRefused, CardsUnavailable, ChargeUnderWay
from platform_core.billing.cards.models import CardCharge, CardRefund
from platform_core.billing.cards.protocol import GivingBack, Outcome, Report
from platform_core.billing.cards.refund import refund_all, settle_refund
from platform_core.billing.cards.stripe import StripeCards
from platform_core.billing.credit import credit_invoice
from platform_core.billing.give_back import give_back
from platform_core.billing.models import BillingInvoice
from platform_core.fleet.doctor.platform import examine_refunds
from platform_core.mails.models import PlatformMail
from platform_core.tenants.models import Tenant
from tests.localstripe import LocalStripe
from tests.platform_core.billing.conftest import PAID
from tests.platform_core.billing.test_collecting import message
from tests.platform_core.fleet.children import die, in_child
from tests.together import together

pytest.importorskip("stripe")
pytestmark = pytest.mark.slow
FIRST, NOTE = "SS-2026-000001", "SSC-2026-000001"


@pytest.fixture
def paid(local: LocalStripe, acme: Tenant) -> CardCharge:
    """An invoice of 30.00 that a card has paid."""
    [charge] = collect_all(PAID)
    return charge


def given(local: LocalStripe, charge: CardCharge) -> list[int]:
    """What Stripe has sent back, the oldest first."""
    found = local.get(f"/v1/refunds?payment_intent={charge.reference}")["data"]
    return sorted(each["amount"] for each in found)


@pytest.fixture
def refusing() -> Iterator[mock.Mock]:
    with mock.patch.object(StripeCards, "give_back", side_effect=CardRefused) as asked:
        yield asked


def test_a_credit_note_of_an_invoice_that_a_card_paid_goes_back_to_it_at_once(
    local: LocalStripe, paid: CardCharge
) -> None:
    note = take_back(FIRST, today=PAID, amount=Decimal(10), reason="down for a day")

    refund = CardRefund.objects.get()
    assert (note.status, note.payment_method, note.external_payment_id) == ("paid", "card", refund.reference)
    assert (refund.state, refund.amount) == ("succeeded", Decimal(10))
    assert given(local, paid) == [1000]
    assert PlatformMail.objects.filter(topic="billing.given_back").count() == 1
    assert refund_all(PAID) == refund_all(PAID + timedelta(days=9)) == []
    take_back(FIRST, today=PAID)
    assert given(local, paid) == [1000, 2000]


def test_what_was_paid_by_transfer_is_given_back_by_hand(local: LocalStripe, acme: Tenant) -> None:
    from platform_core.billing.mark_paid import mark_paid

    mark_paid(FIRST, on=PAID, today=PAID)
    assert take_back(FIRST, today=PAID).status == "pending"
    assert not CardRefund.objects.exists()


def test_a_refund_that_fails_is_shown_tried_again_and_left_to_people_in_the_end(
    local: LocalStripe, paid: CardCharge, refusing: mock.Mock
) -> None:
    take_back(FIRST, today=PAID)
    days = [day for day in range(12) if refund_all(PAID + timedelta(days=day))]
    out = io.StringIO()
    call_command("invoices", "list", "--open", stdout=out)

    assert days == [1, 3, 5, 7]
    assert "failed refused" in out.getvalue()
    assert [(each.part, each.said) for each in examine_refunds()] == [
        ("refunds", f"a card did not take back the money of {NOTE}")
    ]
    assert (refusing.call_count, BillingInvoice.objects.get(invoice_number=NOTE).status) == (5, "pending")
    give_back(NOTE, on=PAID, reference="SEPA 2")
    assert list(examine_refunds()) == []
    assert refund_all(PAID + timedelta(days=20)) == []
    assert given(local, paid) == []


def test_an_attempt_after_a_failure_gives_it_back(local: LocalStripe, paid: CardCharge) -> None:
    with mock.patch.object(StripeCards, "give_back", side_effect=CardRefused):
        take_back(FIRST, today=PAID)
    assert [refund.state for refund in refund_all(PAID + timedelta(days=1))] == ["succeeded"]
    assert given(local, paid) == [3000]


@pytest.mark.parametrize(
    ("place", "name", "when"),
    [
        pytest.param(refunding, "ask_refund", "before", id="written down"),
        pytest.param(StripeCards, "give_back", "before", id="about to ask"),
        pytest.param(StripeCards, "give_back", "after", id="given"),
        pytest.param(refunding, "settle_refund", "after", id="settled"),
    ],
)
def test_wherever_a_worker_dies_it_is_given_back_once(
    local: LocalStripe, paid: CardCharge, place: Any, name: str, when: str
) -> None:
    credit_invoice(FIRST, today=PAID)
    original = getattr(place, name)

    def dies(*args: Any, **how: Any) -> Any:
        if when == "after":
            original(*args, **how)
        die()

    def work() -> None:
        with mock.patch.object(place, name, dies):
            refund_all(PAID)

    assert in_child(work) == signal.SIGKILL
    refund_all(PAID)
    assert given(local, paid) == [3000]
    assert BillingInvoice.objects.get(invoice_number=NOTE).status == "paid"


def test_workers_at_the_same_moment_give_back_once_and_no_transaction_is_open_meanwhile(
    local: LocalStripe, paid: CardCharge
) -> None:
    credit_invoice(FIRST, today=PAID)
    seen, original = [], StripeCards.give_back

    def watched(*args: Any, **how: Any) -> Any:
        seen.append(connection.in_atomic_block)
        return original(*args, **how)

    with mock.patch.object(StripeCards, "give_back", watched):
        together(*[partial(refund_all, PAID)] * 3)
    refund_all(PAID)
    assert (set(seen), given(local, paid)) == ({False}, [3000])


def test_a_worker_that_was_overtaken_reports_what_the_faster_one_gave(local: LocalStripe, paid: CardCharge) -> None:
    take_back(FIRST, today=PAID)
    refund = CardRefund.objects.get()
    wanted = GivingBack(
        refund_id=refund.pk, charge=paid.reference, note=NOTE, amount=refund.amount, currency="USD", is_again=False
    )
    ask = stripe_cards._ask
    refusal: list[Any] = [CardRefused()]

    def refuses_first(question: Any) -> Any:
        if refusal:
            raise refusal.pop()
        return ask(question)

    with mock.patch.object(stripe_cards, "_ask", refuses_first):
        report = StripeCards().give_back(wanted)
    assert (report.outcome, report.reference) == (Outcome.SUCCEEDED, refund.reference)
    refusal.append(CardRefused())
    with mock.patch.object(stripe_cards, "_ask", refuses_first), pytest.raises(CardRefused):
        StripeCards().give_back(replace(wanted, refund_id=uuid4()))
    assert given(local, paid) == [3000]


def test_a_silent_gateway_leaves_it_in_the_air_and_nobody_gives_it_back_by_hand_meanwhile(
    local: LocalStripe, paid: CardCharge
) -> None:
    with mock.patch.object(StripeCards, "give_back", side_effect=CardsUnavailable("nobody there")):
        take_back(FIRST, today=PAID)
    with pytest.raises(ChargeUnderWay):
        give_back(NOTE, on=PAID)
    assert BillingInvoice.objects.get(invoice_number=NOTE).status == "pending"
    assert [refund.state for refund in refund_all(date(2026, 3, 1))] == ["succeeded"]
    assert given(local, paid) == [3000]


def test_money_that_comes_home_days_later_is_owed_again_and_the_next_attempt_sends_it(
    local: LocalStripe, paid: CardCharge
) -> None:
    take_back(FIRST, today=PAID)
    refund = CardRefund.objects.get()
    told = {"id": refund.reference, "object": "refund", "metadata": {"refund": str(refund.pk)}}
    assert message("refund.updated", told).status_code == 200
    assert BillingInvoice.objects.get(invoice_number=NOTE).status == "paid"

    report = Report(outcome=Outcome.DECLINED, reference=refund.reference, reason="lost_or_stolen_card")
    for _ in range(2):
        settle_refund(refund.pk, report, today=PAID + timedelta(days=4))
    note = BillingInvoice.objects.get(invoice_number=NOTE)
    assert (note.status, note.paid_date, note.external_payment_id) == ("pending", None, None)
    assert [each.state for each in refund_all(PAID + timedelta(days=4))] == ["succeeded"]
    assert BillingInvoice.objects.get(invoice_number=NOTE).status == "paid"
