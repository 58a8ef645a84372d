"""Money that was promised for an order that is not sold any more, or is paid another way."""

import logging
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from tenant_shop.configuration.settings import ShopSettings, shop_settings
from tenant_shop.orders.models import Order
from tenant_shop.payments.ask import give_up_payment
from tenant_shop.payments.errors import GatewayUnavailable, PaymentNotFound
from tenant_shop.payments.gateways.protocol import Outcome
from tenant_shop.payments.models import Payment, PaymentEntry
from tenant_shop.payments.rounds import one_round
from tenant_shop.payments.settle import settle

logger = logging.getLogger(__name__)

Kind = PaymentEntry.Kind
BATCH = 200
PAID = (
    Order.PaymentStatus.PAID,
    Order.PaymentStatus.PARTIALLY_REFUNDED,
    Order.PaymentStatus.REFUNDED,
)
# A promise lapses at the bank after about that long.
LAPSES_AFTER = timedelta(days=7)


def let_promises_go() -> int:
    """Give up what is authorised for orders that are cancelled, or paid another way, so that no customer's card is held
    up for nothing or charged as well; how many.

    What was captured meanwhile is entered, and owed. What fails is logged, tried again by the next run, and holds
    nothing up; what is left after a minute is for the next run too.
    """
    let_go, shop = 0, shop_settings()
    held = [*_held_for_cancelled(), *_held_though_paid(timezone.now())]
    for payment in one_round(held):
        try:
            let_go += _let_go(payment, shop)
        except SoftTimeLimitExceeded:
            raise
        except Exception:
            logger.exception("what is authorised for order %s could not be given up", payment.order)
    return let_go


def let_order_go(order_id: UUID, *, actor: str) -> Order:
    """Give up what a card has promised for an order, which is unpaid then; staff want the money another way.

    No lock is held while the gateway is asked. If it has taken the money meanwhile, that is entered instead. `actor` is
    a user's id.
    Errors, with nothing let go: PaymentNotFound when nothing is promised; GatewayUnavailable, after which nobody knows,
        and which may be tried again.
    """
    payments = Payment.objects.filter(order=order_id, state=Payment.State.DONE).select_related("order")
    held = [payment for payment in payments.prefetch_related("entries") if open_promise(payment)]
    if not held:
        raise PaymentNotFound(order_id)
    shop = shop_settings()
    for payment in held:
        if not _let_go(payment, shop, actor=actor) and _still_open(payment):
            raise GatewayUnavailable(payment.gateway, "it did not say that the promise is given up")
    return Order.objects.get(pk=order_id)


def open_promise(payment: Payment) -> Decimal:
    """What was authorised and is neither taken nor let go."""
    voided = sum((each.amount for each in payment.entries.all() if each.kind == Kind.VOIDED), Decimal(0))
    return max(payment.authorized_amount - payment.captured_amount - voided, Decimal(0))


def _held_for_cancelled() -> QuerySet[Payment]:
    return _oldest_first(
        Payment.objects.filter(
            state=Payment.State.DONE,
            order__status=Order.Status.CANCELLED,
            order__payment_status=Order.PaymentStatus.AUTHORIZED,
        )
    )


def _held_though_paid(now: datetime) -> QuerySet[Payment]:
    """Promises of orders that were paid another way lately; one of which a part was taken is no promise any more."""
    entries = PaymentEntry.objects.order_by().filter(payment=OuterRef("pk"))
    return _oldest_first(
        Payment.objects.filter(
            Exists(entries.filter(kind=Kind.AUTHORIZED)),
            ~Exists(entries.filter(kind__in=[Kind.CAPTURED, Kind.VOIDED])),
            state=Payment.State.DONE,
            order__payment_status__in=PAID,
            order__updated_at__gte=now - LAPSES_AFTER,
        )
    )


def _oldest_first(payments: QuerySet[Payment]) -> QuerySet[Payment]:
    return payments.select_related("order").prefetch_related("entries").order_by("asked_at", "created_at")[:BATCH]


def _still_open(payment: Payment) -> bool:
    return open_promise(Payment.objects.prefetch_related("entries").get(pk=payment.pk)) > 0


def _let_go(payment: Payment, shop: ShopSettings, *, actor: str = "") -> bool:
    """Whether it was given up now; of several at once, each enters it as the same event."""
    promised = open_promise(payment)
    if promised <= 0 or give_up_payment(payment, payment.order, shop).outcome is not Outcome.DROPPED:
        return False
    settle(
        payment.pk,
        kind=Kind.VOIDED,
        amount=promised,
        actor=actor or payment.gateway,
        provider_event_id=f"{payment.gateway_reference or payment.pk}.voided",
    )
    return True
