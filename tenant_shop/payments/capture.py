"""Taking money that was promised."""

from decimal import Decimal
from uuid import UUID

from smartseller.money import quantize
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.orders.models import Order
from tenant_shop.payments.ask import attempt_of
from tenant_shop.payments.errors import NothingToCapture, OrderNotPayable, PaymentNotFound
from tenant_shop.payments.gateways.protocol import Outcome
from tenant_shop.payments.gateways.registry import gateway_of
from tenant_shop.payments.models import Payment, PaymentEntry
from tenant_shop.payments.report import take_report
from tenant_shop.payments.settle import settle


def capture_order(order_id: UUID, *, actor: str) -> Order:
    """Take all that was authorised for an order; as `capture_payment`. Errors: PaymentNotFound when nothing was."""
    payment = (
        Payment.objects.filter(order=order_id, entries__kind=PaymentEntry.Kind.AUTHORIZED)
        .order_by("created_at", "id")
        .last()
    )
    if payment is None:
        raise PaymentNotFound(order_id)
    return capture_payment(payment.pk, actor=actor)


def capture_payment(payment_id: UUID, *, actor: str, amount: Decimal | None = None) -> Order:
    """Take `amount` (in the payment's currency) of what was authorised, or all of it; what is left is let go.

    Safe twice: a gateway takes once for a payment, and says so again. No lock is held while it is asked; a process that
    dies before it has entered the answer is told again by the gateway's message or by the next try. `actor` is a user's
    id.
    Errors, with nothing taken: PaymentNotFound; OrderNotPayable once the order is cancelled; NothingToCapture for more
        than was authorised, or when it was taken before; GatewayNotOffered; GatewayUnavailable, after which nobody
        knows, and which may be tried again; GatewayRefused.
    """
    payment = Payment.objects.select_related("order").prefetch_related("entries").filter(pk=payment_id).first()
    if payment is None:
        raise PaymentNotFound(payment_id)
    if payment.order.status in (Order.Status.CANCELLED, Order.Status.REFUNDED):
        raise OrderNotPayable(payment.order.order_number, payment.order.status)
    gone = payment.captured_amount + sum(
        (entry.amount for entry in payment.entries.all() if entry.kind == PaymentEntry.Kind.VOIDED), Decimal(0)
    )
    possible = max(payment.authorized_amount - gone, Decimal(0))
    wanted = possible if amount is None else amount
    if not 0 < wanted <= possible or quantize(wanted, payment.currency) != wanted:
        raise NothingToCapture(wanted, possible, payment.currency)
    gateway = gateway_of(payment.gateway, shop_settings())
    report = gateway.capture(attempt_of(payment, payment.order), wanted)
    take_report(payment.pk, report, amount=wanted, actor=actor)
    taken = wanted if report.amount is None else report.amount
    if report.outcome is Outcome.CAPTURED and taken < possible:
        settle(
            payment.pk,
            kind=PaymentEntry.Kind.VOIDED,
            amount=possible - taken,
            actor=actor,
            provider_event_id=f"{report.event_id}.rest",
        )
    return Order.objects.get(pk=payment.order_id)
