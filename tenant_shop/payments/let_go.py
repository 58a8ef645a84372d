"""Money that was promised for an order that is not sold any more."""

import logging
from decimal import Decimal

from tenant_shop.configuration.settings import shop_settings
from tenant_shop.orders.models import Order
from tenant_shop.payments.ask import give_up_payment
from tenant_shop.payments.gateways.protocol import Outcome
from tenant_shop.payments.models import Payment, PaymentEntry
from tenant_shop.payments.settle import settle

logger = logging.getLogger(__name__)

BATCH = 200


def let_promises_go() -> int:
    """Give up what is authorised for cancelled orders, so that no customer's card is held up for nothing; how many.

    What was captured meanwhile is entered, and owed. What fails is logged, tried again by the next run, and holds
    nothing up.
    """
    held = Payment.objects.filter(
        state=Payment.State.DONE,
        order__status=Order.Status.CANCELLED,
        order__payment_status=Order.PaymentStatus.AUTHORIZED,
    )
    let_go = 0
    for payment in held.select_related("order").prefetch_related("entries").order_by("created_at")[:BATCH]:
        try:
            let_go += _let_go(payment)
        except Exception:
            logger.exception("what is authorised for order %s could not be given up", payment.order)
    return let_go


def _let_go(payment: Payment) -> bool:
    voided = sum((each.amount for each in payment.entries.all() if each.kind == PaymentEntry.Kind.VOIDED), Decimal(0))
    open_amount = payment.authorized_amount - payment.captured_amount - voided
    if open_amount <= 0 or give_up_payment(payment, payment.order, shop_settings()).outcome is not Outcome.DROPPED:
        return False
    settle(
        payment.pk,
        kind=PaymentEntry.Kind.VOIDED,
        amount=open_amount,
        actor=payment.gateway,
        provider_event_id=f"{payment.gateway_reference or payment.pk}.voided",
    )
    return True
