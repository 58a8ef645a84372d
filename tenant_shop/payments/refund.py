"""Giving money back."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.db import IntegrityError
from django.db.models import Q
from django.utils import timezone

from platform_core.tenancy.tasks import TenantTask
from platform_core.tenancy.transactions import shop_transaction
from smartseller.money import quantize
from tenant_shop.configuration.settings import ShopSettings, shop_settings
from tenant_shop.documents.credit import issue_credit_notes
from tenant_shop.inventory.take_back import take_back
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.lock import lock_order
from tenant_shop.orders.models import Order
from tenant_shop.orders.whole import complete_order
from tenant_shop.payments.ask import attempt_of
from tenant_shop.payments.errors import (
    GatewayNotOffered,
    GatewayRefused,
    GatewayUnavailable,
    OwedFirst,
    PaymentNotFound,
    RefundInvalid,
    RefundTooLarge,
)
from tenant_shop.payments.gateways.registry import gateway_of
from tenant_shop.payments.models import Payment, PaymentEntry, PaymentRefund
from tenant_shop.payments.refund_amounts import at_most, split, worth
from tenant_shop.payments.refundable import owed_yet, refundable, shares_of
from tenant_shop.payments.refunded_mail import request_refunded_mail
from tenant_shop.payments.rounds import one_round
from tenant_shop.payments.settle import settle_locked
from tenant_shop.returns.close import close_return

logger = logging.getLogger(__name__)

State = PaymentRefund.State
# How long an answer may take before a refund is sent again, under the same key.
SEND_AGAIN_AFTER = timedelta(minutes=2)
BATCH = 200
# A submission that is given back of several payments has a key for each: its own, and this much of it with a number.
KEPT_OF_KEY = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """What is to be given back, worked out under the order's lock."""

    amount: Decimal
    lines: Sequence[Mapping[str, Any]] = ()
    shipping: Decimal = Decimal(0)


def refund_amount(payment_id: UUID, *, amount: Decimal, key: str, actor: str, reason: str = "") -> PaymentRefund:
    """Give `amount` (in the payment's currency) of a payment back; the same `key` again gives back once.

    The amount is reserved under the order's lock, then the gateway is asked outside of any transaction, then the
    outcome is entered. A process that dies in between, or a gateway that does not answer, leaves a refund that is
    pending: `payments.send_pending_refunds` sends it again. `actor` is a user's id.
    Errors, with nothing given back: PaymentNotFound; RefundInvalid for an amount that is not above zero or no amount of
        the currency; RefundTooLarge above what was captured and is neither given back nor reserved; GatewayNotOffered;
        GatewayRefused, after which the amount is free again.
    """
    payment = Payment.objects.filter(pk=payment_id).first()
    if payment is None:
        raise PaymentNotFound(payment_id)
    if not amount.is_finite() or amount <= 0 or quantize(amount, payment.currency) != amount:
        raise RefundInvalid("Give an amount above zero, in whole units of the currency.")
    shop = shop_settings()
    gateway_of(payment.gateway, shop)
    with shop_transaction():
        order = lock_order(payment.order_id)
        refund, is_new = _reserve(payment, _Wish(amount=amount), key=key, actor=actor, reason=reason, restock=False)
    return _send(refund, order, shop) if is_new else refund


def refund_lines(
    order_id: UUID,
    *,
    wanted: Mapping[UUID, int],
    shipping: bool,
    restock: bool,
    key: str,
    actor: str,
    reason: str = "",
    unsent: Mapping[UUID, int] | None = None,
    capped: bool = False,
) -> list[PaymentRefund]:
    """Give back what pieces of an order's lines (by the line's id) cost, and delivery if `shipping`.

    `unsent` says how many pieces of a line were not sent, and are not sent any more; None takes as many as there are.
    With the last of those the order is shipped, if the rest of it was sent. Where the shop has less of the order's
    money than that, because some was given back before, `capped` gives back what there is.

    As `refund_amount`, of the first payment that still has so much. Where none has, of several, each with a refund of
    its own: what one gateway refuses is free again, and the others go on. With `restock` the goods go back on sale once
    the money is on its way.
    Errors: those of `refund_amount`; OrderNotFound; RefundInvalid for pieces that were not bought or are given back;
        OwedFirst while more than the order's price is there.
    """
    with shop_transaction():
        order = lock_order(order_id)
        known = _sent_before(order, key)
        if known:
            return known
        refunds = list(PaymentRefund.objects.filter(payment__order=order))
        if beyond := owed_yet(order, refunds):
            raise OwedFirst(beyond, order.currency)
        items = OrderItem.objects.filter(order=order)
        value = worth(order, items, refunds, wanted, shipping=shipping, unsent=unsent)
        if capped:
            value = at_most(value, sum(map(refundable, Payment.objects.filter(order=order)), Decimal(0)))
        shop = shop_settings()
        shares = shares_of(order, value.total)
        for payment, _ in shares:
            gateway_of(payment.gateway, shop)
        made: list[PaymentRefund] = []
        portions = split(value, [share for _, share in shares])
        for number, ((payment, _), part) in enumerate(zip(shares, portions, strict=True)):
            wish = _Wish(amount=part.total, lines=part.lines, shipping=part.shipping)
            own_key = f"{key[:KEPT_OF_KEY]}/{number}" if number else key
            refund, _ = _reserve(payment, wish, key=own_key, actor=actor, reason=reason, restock=restock)
            made.append(refund)
    return _send_all(made, order, shop)


def send_pending_refunds(now: datetime) -> int:
    """Send the refunds again whose answer never came, the oldest first, under their own keys; how many were sent.

    What is left after a minute is for the next run.
    """
    waiting = PaymentRefund.objects.filter(state=State.PENDING, asked_at__lte=now - SEND_AGAIN_AFTER)
    sent, shop = 0, shop_settings()
    for refund in one_round(waiting.select_related("payment__order").order_by("asked_at")[:BATCH]):
        try:
            _send(refund, refund.payment.order, shop, again=True)
            sent += 1
        except (GatewayRefused, GatewayNotOffered) as error:
            logger.warning("the refund %s of order %s was not sent: %s", refund.pk, refund.payment.order, error)
        except SoftTimeLimitExceeded:
            raise
        except Exception:
            logger.exception("the refund %s of order %s could not be sent", refund.pk, refund.payment.order)
    return sent


def finish_refund(refund_id: UUID, *, reference: str, is_done: bool = True, problem: str = "") -> PaymentRefund:
    """Enter how a refund ended: the money is gone, or (`is_done` false) it will never go. Safe twice.

    With the money goes a credit note, if the order has an invoice. After commit: the customer is mailed.
    """
    order_id = Payment.objects.values_list("order_id", flat=True).get(refunds=refund_id)
    with shop_transaction():
        order = lock_order(order_id)
        refund = PaymentRefund.objects.select_related("payment").get(pk=refund_id)
        if refund.state != State.PENDING:
            return refund
        refund.gateway_reference, refund.problem = reference or refund.gateway_reference, problem[:500]
        refund.state = State.SUCCEEDED if is_done else State.FAILED
        refund.save(update_fields=["gateway_reference", "problem", "state"])
        if is_done:
            settle_locked(
                order,
                refund.payment,
                kind=PaymentEntry.Kind.REFUNDED,
                amount=refund.amount,
                actor=refund.actor,
                provider_event_id=reference,
                details={"refund": str(refund.pk), "reason": refund.reason},
            )
            if refund.restock:
                take_back(order.pk, _pieces(refund), actor=refund.actor)
            if any(int(line["unsent"]) for line in refund.lines):
                complete_order(order, actor=refund.actor)
            close_return(refund, actor=refund.actor)
            issue_credit_notes(order, actor=refund.actor)
            request_refunded_mail(refund, order)
    return refund


def _pieces(refund: PaymentRefund) -> dict[UUID, int]:
    """By variant. Lines whose variant is not known (imported history) took no stock."""
    of_lines = {UUID(line["item"]): int(line["quantity"]) for line in refund.lines}
    pieces: dict[UUID, int] = {}
    for item in OrderItem.objects.filter(pk__in=of_lines).exclude(variant=None):
        if item.variant_id is not None:
            pieces[item.variant_id] = pieces.get(item.variant_id, 0) + of_lines[item.pk]
    return pieces


def _sent_before(order: Order, key: str) -> list[PaymentRefund]:
    """What a submission under this key made."""
    same = Q(key=key) | Q(key__startswith=f"{key[:KEPT_OF_KEY]}/")
    return list(PaymentRefund.objects.filter(same, payment__order=order).order_by("created_at", "id"))


def _reserve(
    payment: Payment, wish: _Wish, *, key: str, actor: str, reason: str, restock: bool
) -> tuple[PaymentRefund, bool]:
    """The row that takes up the amount, and whether it is new. The order is locked."""
    known = PaymentRefund.objects.filter(key=key).first()
    if known is not None:
        if known.payment_id != payment.pk:
            raise RefundInvalid("This form was sent for another payment.")
        return known, False
    possible = refundable(payment)
    if wish.amount > possible:
        raise RefundTooLarge(wish.amount, possible, payment.currency)
    try:
        with shop_transaction():
            refund = PaymentRefund.objects.create(
                payment=payment,
                amount=wish.amount,
                currency=payment.currency,
                key=key,
                lines=list(wish.lines),
                shipping_amount=wish.shipping,
                restock=restock,
                reason=reason,
                actor=actor,
                asked_at=timezone.now(),
            )
    except IntegrityError as error:
        raise RefundInvalid("This form was sent for another payment.") from error
    return refund, True


def _send_all(refunds: Iterable[PaymentRefund], order: Order, shop: ShopSettings) -> list[PaymentRefund]:
    sent, refusal = [], None
    for refund in refunds:
        try:
            sent.append(_send(refund, order, shop))
        except GatewayRefused as error:
            refusal = refusal or error
    if refusal is not None:
        raise refusal
    return sent


def _send(refund: PaymentRefund, order: Order, shop: ShopSettings, *, again: bool = False) -> PaymentRefund:
    """Ask the gateway, with nothing locked, and enter what it says."""
    payment = refund.payment
    gateway = gateway_of(payment.gateway, shop)
    PaymentRefund.objects.filter(pk=refund.pk).update(asked_at=timezone.now())
    try:
        report = gateway.refund(
            attempt_of(payment, order),
            refund.amount,
            key=refund.pk.hex,
            reference=refund.gateway_reference or "",
            again=again,
        )
    except GatewayUnavailable as error:
        logger.warning("%s did not answer about the refund of order %s: %s", gateway.code, order, error.cause)
        return refund
    except GatewayRefused as error:
        finish_refund(refund.pk, reference="", is_done=False, problem=error.cause)
        raise
    if report.is_done:
        return finish_refund(refund.pk, reference=report.reference)
    PaymentRefund.objects.filter(pk=refund.pk).update(gateway_reference=report.reference)
    return refund


@shared_task(base=TenantTask, name="payments.send_pending_refunds")  # type: ignore[untyped-decorator]
def send_pending_refunds_task() -> None:
    send_pending_refunds(timezone.now())
