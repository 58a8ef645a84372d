"""Messages from gateways."""

import logging
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from platform_core.tenancy.context import current_tenant
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.payments.errors import CallbackUnusable, PaymentNotFound, PaymentNotKnownYet
from tenant_shop.payments.gateways.protocol import Callback
from tenant_shop.payments.gateways.registry import gateway_of
from tenant_shop.payments.models import Payment
from tenant_shop.payments.refund_news import take_refund_news
from tenant_shop.payments.report import take_report

logger = logging.getLogger(__name__)

# For how long a payment that is not here may be one whose order is being committed, or a database catching up.
FRESH = timedelta(minutes=10)


def receive(gateway_code: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Enter a gateway's message, however often and in whatever order it is told; whether it was about something of
    ours.

    One that is about another shop's payment (one account may serve two shops) is none of our business, and no error.
    Errors, with nothing changed: GatewayNotOffered; CallbackForged; CallbackUnusable; PaymentNotKnownYet for a payment
        that is not here while the message is younger than ten minutes, PaymentNotFound later.
    """
    callback = gateway_of(gateway_code, shop_settings()).read_callback(headers, body)
    if callback is None:
        return False
    payment = _payment(gateway_code, callback)
    if payment is None:
        return False
    if callback.currency != payment.currency:
        raise CallbackUnusable(f"it is in {callback.currency}, the payment in {payment.currency}")
    told = callback.report or callback.refund
    if told is not None and told.amount is not None and told.amount < 0:
        raise CallbackUnusable("its amount is below zero")
    if callback.report is not None:
        take_report(payment.pk, callback.report, amount=payment.amount, actor=gateway_code)
    if callback.refund is not None:
        take_refund_news(payment, callback.refund, actor=gateway_code)
    return True


def _payment(gateway_code: str, callback: Callback) -> Payment | None:
    """The payment that a message is about; None when it is not this shop's."""
    if not callback.shop_id and callback.refund is not None:
        return Payment.objects.filter(gateway=gateway_code, gateway_reference=callback.refund.intent).first()
    if callback.shop_id != str(current_tenant().id):
        logger.warning("%s told of a payment of another shop", gateway_code)
        return None
    try:
        payment_id = UUID(callback.payment_id)
    except ValueError:
        raise PaymentNotFound(callback.payment_id) from None
    payment = Payment.objects.filter(pk=payment_id, gateway=gateway_code).first()
    if payment is not None:
        return payment
    if timezone.now() - callback.happened_at < FRESH:
        raise PaymentNotKnownYet(payment_id)
    raise PaymentNotFound(payment_id)
