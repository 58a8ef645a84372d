"""Asking a gateway, and entering what it says. Nothing is locked while it thinks."""

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.orders.models import Order
from tenant_shop.payments.errors import GatewayNotOffered, GatewayRefused, GatewayUnavailable
from tenant_shop.payments.gateways.demo import DemoGateway
from tenant_shop.payments.gateways.protocol import Attempt, Gateway, Outcome, Reason, Report
from tenant_shop.payments.gateways.registry import gateway_of, gateway_to_end_with
from tenant_shop.payments.models import Payment, PaymentEntry
from tenant_shop.payments.report import take_report

logger = logging.getLogger(__name__)

State = Payment.State
# A shopper who reloads the page does not make us ask each time.
ASK_AGAIN_AFTER = timedelta(seconds=2)


def start_payment(payment: Payment, order: Order, shop: ShopSettings, *, return_url: str) -> Report:
    """Announce a new attempt to its gateway, once; whoever comes second is told that it is under way.

    `return_url` is absolute: where the shopper comes back to.
    A gateway that does not answer is no error: the order stands, and `read_payment` asks again later.
    Errors: GatewayNotOffered.
    """
    gateway = gateway_of(payment.gateway, shop)
    if not _claim(payment, State.NEW):
        return Report(outcome=Outcome.WAITING)
    return _ask(payment, order, gateway, lambda attempt: gateway.start(attempt), return_url)


def enter_payment(
    payment: Payment, order: Order, shop: ShopSettings, given: Mapping[str, str], *, return_url: str
) -> Report:
    """Pay an attempt with what the shopper entered, once: a form that is sent twice pays once.

    `given` goes to the gateway and is kept nowhere. As with `start_payment`, a gateway that does not answer is no
    error.
    Errors: GatewayNotOffered.
    """
    gateway = gateway_of(payment.gateway, shop)
    if not _claim(payment, State.SHOPPER):
        return Report(outcome=Outcome.WAITING)
    return _ask(payment, order, gateway, lambda attempt: gateway.enter(attempt, given), return_url)


def read_payment(payment: Payment, order: Order, shop: ShopSettings, *, return_url: str = "") -> Report:
    """How an attempt that is under way, or was declined, stands now.

    Its gateway is asked at most every two seconds while it is thinking.
    Errors: GatewayNotOffered.
    """
    gateway = gateway_of(payment.gateway, shop)
    now = timezone.now()
    is_due = Q(asked_at=None) | Q(asked_at__lte=now - ASK_AGAIN_AFTER) | Q(state__in=[State.SHOPPER, State.FAILED])
    if not Payment.objects.filter(is_due, pk=payment.pk).update(asked_at=now):
        return Report(outcome=Outcome.WAITING)
    return _ask(payment, order, gateway, lambda attempt: gateway.read(attempt), return_url)


def drop_payment(payment: Payment, order: Order, shop: ShopSettings) -> Report:
    """Have an attempt given up at its gateway, so that nobody can pay it any more; if it was paid, that is entered.

    Errors: GatewayNotOffered.
    """
    gateway = gateway_of(payment.gateway, shop)
    Payment.objects.filter(pk=payment.pk).update(asked_at=timezone.now())
    return _ask(payment, order, gateway, lambda attempt: gateway.drop(attempt), "")


def give_up_payment(payment: Payment, order: Order, shop: ShopSettings) -> Report:
    """As `drop_payment`, whether the shop uses the gateway at the moment or not.

    The demo gateway is the shop itself: once the shop has left test mode, nobody can pay its attempts any more. Any
    other gateway takes money whatever we think of it (test mode was turned on, a key is being changed), and is asked
    with the keys that there are. Where there are none, or none that it takes, the attempt stays as it is, which is
    logged, and is given up later.
    """
    try:
        return drop_payment(payment, order, shop)
    except GatewayNotOffered:
        Payment.objects.filter(pk=payment.pk).update(asked_at=timezone.now())
    if payment.gateway != DemoGateway.code:
        gateway = gateway_to_end_with(payment.gateway)
        if gateway is not None:
            return _ask(payment, order, gateway, lambda attempt: gateway.drop(attempt), "")
        logger.warning("%s is not in use, so the payment of order %s stays under way", payment.gateway, order)
        return Report(outcome=Outcome.WAITING)
    dropped = Report(outcome=Outcome.DROPPED)
    take_report(payment.pk, dropped, amount=payment.amount, actor=payment.gateway)
    taken = PaymentEntry.objects.filter(payment=payment, kind=PaymentEntry.Kind.CAPTURED).exists()
    return Report(outcome=Outcome.CAPTURED) if taken else dropped


def attempt_of(payment: Payment, order: Order, return_url: str = "") -> Attempt:
    """What a gateway is told of a payment."""
    return Attempt(
        payment_id=payment.pk,
        order_number=order.order_number,
        amount=payment.amount,
        currency=payment.currency,
        reference=payment.gateway_reference or "",
        return_url=return_url,
    )


def _claim(payment: Payment, state: str) -> bool:
    """Take the attempt from `state` for this question, of which there is one at a time."""
    return bool(Payment.objects.filter(pk=payment.pk, state=state).update(state=State.ASKING, asked_at=timezone.now()))


def _ask(
    payment: Payment, order: Order, gateway: Gateway, question: Callable[[Attempt], Report], return_url: str
) -> Report:
    try:
        report = question(attempt_of(payment, order, return_url))
    except GatewayUnavailable as error:
        logger.warning("%s did not answer about the payment of order %s: %s", gateway.code, order, error.cause)
        return Report(outcome=Outcome.WAITING)
    except GatewayRefused as error:
        logger.warning("%s refused the payment of order %s: %s", gateway.code, order, error.cause)
        report = Report(outcome=Outcome.DECLINED, event_id=f"{payment.pk}.refused", reason=Reason.DECLINED)
    take_report(payment.pk, report, amount=payment.amount, actor=gateway.code)
    return report
