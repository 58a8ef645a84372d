"""Attempts whose end nobody has told yet."""

import logging
from datetime import datetime, timedelta

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from platform_core.tenancy.tasks import TenantTask
from tenant_shop.configuration.settings import ShopSettings, shop_settings
from tenant_shop.orders.models import Order
from tenant_shop.payments.ask import give_up_payment, read_payment
from tenant_shop.payments.gateways.protocol import Outcome, Report
from tenant_shop.payments.let_go import let_promises_go
from tenant_shop.payments.models import Payment
from tenant_shop.payments.report import take_report
from tenant_shop.payments.rounds import one_round

logger = logging.getLogger(__name__)

State = Payment.State
BATCH = 200
ASK_AFTER = timedelta(minutes=1)
# All that can be asked about: said once more in the query, so that its index is used.
OPEN = (State.ASKING, State.SHOPPER, State.WAITING, State.FAILED)


def ask_about_payments(now: datetime) -> int:
    """Ask the gateways about attempts that were quiet for a minute, the longest waiting first; how many were asked.

    Those of orders that were cancelled meanwhile, or are paid another way, are given up at the gateway, so that nobody
    pays for what is not sold or paid already; if one was paid all the same, that is entered. What fails is logged and
    holds nothing up; what is left after a minute is for the next run.
    """
    waits_for_a_card = Q(state=State.SHOPPER) | Q(state=State.FAILED, gateway_reference__isnull=False)
    newer = Payment.objects.filter(order=OuterRef("order"), created_at__gt=OuterRef("created_at"))
    quiet = Payment.objects.annotate(is_left_behind=Exists(newer)).filter(
        Q(state__in=[State.ASKING, State.WAITING])
        | Q(waits_for_a_card, ~Q(order__status=Order.Status.PENDING) | Q(is_left_behind=True)),
        state__in=OPEN,
        asked_at__lte=now - ASK_AFTER,
    )
    asked, shop = 0, shop_settings()
    for payment in one_round(quiet.select_related("order").order_by("asked_at")[:BATCH]):
        try:
            if payment.order.is_awaiting_payment and not payment.is_left_behind:
                read_payment(payment, payment.order, shop)
            else:
                _give_up(payment, shop)
            asked += 1
        except SoftTimeLimitExceeded:
            raise
        except Exception:
            logger.exception("payment %s of order %s could not be asked about", payment.pk, payment.order)
            Payment.objects.filter(pk=payment.pk).update(asked_at=now)
    return asked


def _give_up(payment: Payment, shop: ShopSettings) -> None:
    """Of what a gateway neither gives up nor knows as paid nothing more is to be had, and no other attempt waits."""
    report = give_up_payment(payment, payment.order, shop)
    if report.outcome is Outcome.DECLINED:
        take_report(payment.pk, Report(outcome=Outcome.DROPPED), amount=payment.amount, actor=payment.gateway)


@shared_task(base=TenantTask, name="payments.ask_about_payments")  # type: ignore[untyped-decorator]
def ask_about_payments_task() -> None:
    ask_about_payments(timezone.now())
    let_promises_go()
