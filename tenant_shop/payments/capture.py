"""Taking money that was promised."""

from decimal import Decimal
from uuid import UUID

from django.db.models import prefetch_related_objects

from smartseller.money import quantize
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.orders.models import Order
from tenant_shop.payments.ask import attempt_of
from tenant_shop.payments.errors import NothingToCapture, OrderNotPayable, PaymentNotFound
from tenant_shop.payments.gateways.protocol import Outcome
from tenant_shop.payments.gateways.registry import gateway_of
from tenant_shop.payments.let_go import open_promise
from tenant_shop.payments.models import Payment, PaymentEntry
from tenant_shop.payments.report import take_report
from tenant_shop.payments.settle import settle
from tenant_shop.payments.status import balance


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
    Errors, with nothing taken: PaymentNotFound; OrderNotPayable once the order is cancelled, or was paid another way;
        NothingToCapture for more than was authorised or is unpaid, or when it was taken before; GatewayNotOffered;
        GatewayUnavailable, after which nobody knows, and which may be tried again; GatewayRefused.
    """
    payment = Payment.objects.select_related("order").filter(pk=payment_id).first()
    if payment is None:
        raise PaymentNotFound(payment_id)
    if payment.order.status in (Order.Status.CANCELLED, Order.Status.REFUNDED):
        raise OrderNotPayable(payment.order.order_number, payment.order.status)
    # In this order: what somebody takes of the promise in between is missing from the promise too, and the order is not
    # said to be paid another way.
    unpaid = _unpaid(payment.order)
    prefetch_related_objects([payment], "entries")
    promised = open_promise(payment)
    if promised and unpaid <= 0:
        raise OrderNotPayable(payment.order.order_number, Order.PaymentStatus.PAID)
    possible = min(promised, max(unpaid, Decimal(0)))
    wanted = possible if amount is None else amount
    if not 0 < wanted <= possible or quantize(wanted, payment.currency) != wanted:
        raise NothingToCapture(wanted, possible, payment.currency)
    gateway = gateway_of(payment.gateway, shop_settings())
    attempt = attempt_of(payment, payment.order)
    # Whoever took a part died before the rest was let go: the gateway takes nothing more.
    report = gateway.read(attempt) if payment.captured_amount else gateway.capture(attempt, wanted)
    take_report(payment.pk, report, amount=wanted, actor=actor)
    if report.outcome is Outcome.CAPTURED:
        _let_the_rest_go(payment.pk, event_id=f"{report.event_id}.rest", actor=actor)
    return Order.objects.get(pk=payment.order_id)


def _unpaid(order: Order) -> Decimal:
    """What of the order's price was not taken."""
    return order.payable_amount - balance(PaymentEntry.objects.filter(payment__order=order)).captured


def _let_the_rest_go(payment_id: UUID, *, event_id: str, actor: str) -> None:
    rest = open_promise(Payment.objects.prefetch_related("entries").get(pk=payment_id))
    if rest > 0:
        settle(payment_id, kind=PaymentEntry.Kind.VOIDED, amount=rest, actor=actor, provider_event_id=event_id)
