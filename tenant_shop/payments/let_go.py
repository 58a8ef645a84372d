"""Money that was promised for an order that is not sold any more."""

import logging
from decimal import Decimal

from celery.exceptions import SoftTimeLimitExceeded

from tenant_shop.configuration.settings import ShopSettings, shop_settings
from tenant_shop.orders.models import Order
from tenant_shop.payments.ask import give_up_payment
from tenant_shop.payments.gateways.protocol import Outcome
from tenant_shop.payments.models import Payment, PaymentEntry
from tenant_shop.payments.rounds import one_round
from tenant_shop.payments.settle import settle

logger = logging.getLogger(__name__)

BATCH = 200


def let_promises_go() -> int:
    """Give up what is authorised for cancelled orders, so that no customer's card is held up for nothing; how many.

    What was captured meanwhile is entered, and owed. What fails is logged, tried again by the next run, and holds
    nothing up; what is left after a minute is for the next run too.
    """
    held = Payment.objects.filter(
        state=Payment.State.DONE,
        order__status=Order.Status.CANCELLED,
        order__payment_status=Order.PaymentStatus.AUTHORIZED,
    )
    held = held.select_related("order").prefetch_related("entries")
    let_go, shop = 0, shop_settings()
    for payment in one_round(held.order_by("asked_at", "created_at")[:BATCH]):
        try:
            let_go += _let_go(payment, shop)
        except SoftTimeLimitExceeded:
            raise
        except Exception:
            logger.exception("what is authorised for order %s could not be given up", payment.order)
    return let_go


def _let_go(payment: Payment, shop: ShopSettings) -> bool:
    voided = sum((each.amount for each in payment.entries.all() if each.kind == PaymentEntry.Kind.VOIDED), Decimal(0))
    open_amount = payment.authorized_amount - payment.captured_amount - voided
    if open_amount <= 0 or give_up_payment(payment, payment.order, shop).outcome is not Outcome.DROPPED:
        return False
    settle(
        payment.pk,
        kind=PaymentEntry.Kind.VOIDED,
        amount=open_amount,
        actor=payment.gateway,
        provider_event_id=f"{payment.gateway_reference or payment.pk}.voided",
    )
    return True
