"""Charging merchants' cards for what they owe."""

import logging
from collections.abc import Iterator
from datetime import UTC, date, timedelta
from uuid import UUID

from celery import shared_task
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from platform_core.billing.cards.errors import CardRefused, CardsUnavailable
from platform_core.billing.cards.give import gateway
from platform_core.billing.cards.models import CardCharge, ChargeState, MerchantCard
from platform_core.billing.cards.protocol import Outcome, Report, Wanted
from platform_core.billing.cards.refund import refund_all
from platform_core.billing.cards.settle import settle
from platform_core.billing.cards.stripe import is_offered
from platform_core.billing.cards.withdraw import withdraw
from platform_core.billing.letters import OPEN, OWED
from platform_core.billing.models import BillingInvoice
from platform_core.tenants.models import TenantStatus

logger = logging.getLogger(__name__)

# Days after the first attempt on which a card that was declined is tried again; another card is tried at once.
AGAIN_AFTER = (1, 3, 5, 7)


def collect_run(today: date, *, tenant_id: UUID | None = None) -> Iterator[CardCharge]:
    """Charge every card for the open invoices of its merchant, of one shop with `tenant_id`: at once, and after it was
    declined again on the days of `AGAIN_AFTER`. What an earlier run left in the air is brought to an end first.

    Doing it again, at the same moment, or after a kill anywhere, charges nobody twice. A gateway that does not answer
    ends the run; the next one goes on. Nothing at all where cards are not offered.
    """
    if not is_offered():
        return
    of_shop = Q() if tenant_id is None else Q(tenant=tenant_id)
    in_the_air = CardCharge.objects.filter(state=ChargeState.ASKING).select_related("invoice")
    for charge in in_the_air if tenant_id is None else in_the_air.filter(invoice__tenant=tenant_id):
        yield ask(charge, today)
    owed = BillingInvoice.objects.filter(OWED, of_shop, tenant__sandbox_of=None, tenant__card__method__gt="")
    owed = owed.exclude(tenant__status=TenantStatus.CANCELLED)
    for invoice_id in owed.order_by("due_date", "invoice_number").values_list("pk", flat=True):
        yield from _withdraw_if_due(invoice_id, today)
        started = begin_charge(invoice_id, today)
        if started is not None:
            yield ask(started, today)


def collect_all(today: date, *, tenant_id: UUID | None = None) -> list[CardCharge]:
    """As `collect_run`; a gateway that does not answer is noted in the log."""
    done = []
    try:
        for charge in collect_run(today, tenant_id=tenant_id):
            done.append(charge)
    except CardsUnavailable as error:
        logger.warning("cards are charged later: %s", error)
    return done


def begin_charge(invoice_id: UUID, today: date) -> CardCharge | None:
    """Write down that a card is to be charged for an invoice, if that is due: before the gateway hears of it, in a
    transaction of its own. None when it is not due, or being done."""
    with transaction.atomic():
        invoice = BillingInvoice.objects.select_for_update(no_key=True).get(pk=invoice_id)
        card = MerchantCard.objects.filter(tenant=invoice.tenant_id).exclude(method="").first()
        before = list(invoice.charges.all())
        if card is None or invoice.status not in OPEN or not _is_due(before, card, today):
            return None
        return CardCharge.objects.create(
            invoice=invoice,
            amount=invoice.owed_amount,
            currency=invoice.currency,
            customer=card.customer,
            method=card.method,
            card=str(card),
            day=today,
        )


def ask(charge: CardCharge, today: date) -> CardCharge:
    """Have the gateway take what a charge says, or say what became of it, and settle it. No transaction is open while
    the gateway is asked. Errors: CardsUnavailable."""
    cards = gateway()
    wanted = Wanted(
        charge_id=charge.pk,
        invoice=charge.invoice.invoice_number,
        amount=charge.amount,
        currency=charge.currency,
        customer=charge.customer,
        method=charge.method,
    )
    if not charge.reference:
        try:
            charge.reference = cards.announce(wanted)
        except CardRefused:
            # The card, or the merchant, is not known there any more.
            return settle(charge.pk, Report(outcome=Outcome.DECLINED, reference="", reason="card_changed"), today=today)
        CardCharge.objects.filter(pk=charge.pk, reference="").update(
            reference=charge.reference, asked_at=timezone.now()
        )
        charge.reference = CardCharge.objects.values_list("reference", flat=True).get(pk=charge.pk)
    return settle(charge.pk, cards.take(wanted, charge.reference), today=today)


@shared_task(name="billing.collect")  # type: ignore[untyped-decorator]
def collect_task() -> None:
    today = timezone.now().astimezone(UTC).date()
    charges, refunds = collect_all(today), refund_all(today)
    logger.info("%d cards were charged or asked about, %d were given back to", len(charges), len(refunds))


def _withdraw_if_due(invoice_id: UUID, today: date) -> Iterator[CardCharge]:
    """A payer who did not confirm is waited for no longer when it is time for another attempt, or another card was
    given; what was confirmed meanwhile is the payment."""
    before = list(CardCharge.objects.filter(invoice=invoice_id))
    card = MerchantCard.objects.filter(tenant__invoices=invoice_id).exclude(method="").first()
    waits = bool(before) and before[-1].state == ChargeState.CONFIRMING
    if waits and card is not None and _is_time(before, card, today):
        ended = withdraw(invoice_id, today=today)
        if ended is not None and ended.state == ChargeState.SUCCEEDED:
            yield ended


def _is_due(before: list[CardCharge], card: MerchantCard, today: date) -> bool:
    if not before:
        return True
    if any(charge.state != ChargeState.DECLINED for charge in before):
        return False
    return _is_time(before, card, today)


def _is_time(before: list[CardCharge], card: MerchantCard, today: date) -> bool:
    last = before[-1]
    if card.given_at is not None and card.given_at > last.created_at and card.method != last.method:
        return True
    tried = sum(1 for charge in before if charge.method == last.method)
    first = next(charge for charge in before if charge.method == last.method)
    return tried <= len(AGAIN_AFTER) and first.day + timedelta(days=AGAIN_AFTER[tried - 1]) <= today
