"""Orders that nobody paid."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.db.models import Exists, Max, Min, OuterRef, QuerySet, Subquery
from django.utils import timezone

from platform_core.tenancy.tasks import TenantTask
from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.configuration.settings import ShopSettings, shop_settings
from tenant_shop.orders.cancel import cancel_locked
from tenant_shop.orders.models import Order
from tenant_shop.payments.ask import give_up_payment
from tenant_shop.payments.models import Payment, PaymentEntry
from tenant_shop.payments.reopen import PAYABLE
from tenant_shop.payments.rounds import one_round

logger = logging.getLogger(__name__)

ACTOR = "orders.expire_unpaid"
BATCH = 500
# For how long a gateway that does not say what became of an attempt keeps an order's goods.
PATIENCE = timedelta(hours=1)


def expire_unpaid(now: datetime) -> int:
    """Cancel the orders whose time to pay was over at `now` (aware), and return how many.

    An order for which some money arrived stays: a person decides. Attempts that are under way, or were declined and
    could be paid with another card, are given up at their gateway first, so that nobody pays later what was cancelled;
    while one may still be paid, or its gateway is silent, the order is kept for another hour. What is paid after all
    that is entered, and owed to the customer. Each order is cancelled in a transaction of its own; one that is being
    changed at the moment is left for the next run, as is what exceeds 500 orders or a minute. Orders about which no
    gateway has to be asked come first, then those about which none was asked for the longest: a gateway that is silent
    holds nobody else up. An order that cannot be cancelled is logged and does not hold up the others either.
    """
    asked = Payment.objects.filter(PAYABLE, order=OuterRef("pk")).order_by().values("order").values(at=Max("asked_at"))
    in_turn = _overdue(now).order_by(Subquery(asked).asc(nulls_first=True), "payment_due_at")
    due = list(in_turn.values_list("pk", flat=True)[:BATCH])
    expired, shop = 0, shop_settings()
    for order_id in one_round(due):
        try:
            if not _may_be_paid(order_id, now, shop):
                expired += _expire(order_id, now)
        except SoftTimeLimitExceeded:
            raise
        except Exception:
            logger.exception("order %s is overdue and could not be cancelled", order_id)
    return expired


def next_expiry(now: datetime) -> datetime | None:
    """When, after `now`, an order's time to pay is over next."""
    moment: datetime | None = _unpaid().filter(payment_due_at__gt=now).aggregate(next=Min("payment_due_at"))["next"]
    return moment


def _overdue(now: datetime) -> QuerySet[Order]:
    return _unpaid().filter(payment_due_at__lte=now)


def _unpaid() -> QuerySet[Order]:
    money = PaymentEntry.objects.filter(
        payment__order=OuterRef("pk"), kind__in=[PaymentEntry.Kind.AUTHORIZED, PaymentEntry.Kind.CAPTURED]
    )
    return Order.objects.filter(
        ~Exists(money),
        status=Order.Status.PENDING,
        payment_status__in=[Order.PaymentStatus.PENDING, Order.PaymentStatus.FAILED],
    )


def _may_be_paid(order_id: UUID, now: datetime, shop: ShopSettings) -> bool:
    """Give up what could be paid for the order; whether some of it still can. No lock is held while gateways think."""
    attempts = Payment.objects.filter(PAYABLE, order=order_id)
    for payment in attempts.select_related("order"):
        give_up_payment(payment, payment.order, shop)
    return attempts.filter(order__payment_due_at__gt=now - PATIENCE).exists()


def _expire(order_id: UUID, now: datetime) -> bool:
    with shop_transaction():
        order = _overdue(now).select_for_update(no_key=True, skip_locked=True, of=("self",)).filter(pk=order_id).first()
        if order is None:
            return False
        cancel_locked(order, reason="It was not paid in time.", actor=ACTOR, is_overdue=True)
        return True


@shared_task(base=TenantTask, name="orders.expire_unpaid")  # type: ignore[untyped-decorator]
def expire_unpaid_task() -> None:
    expire_unpaid(timezone.now())
