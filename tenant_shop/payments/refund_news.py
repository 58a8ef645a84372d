"""What gateways tell of refunds: of ours, and of those that were made at the gateway."""

from decimal import Decimal

from django.db.models import QuerySet

from platform_core.tenancy.transactions import shop_transaction
from smartseller.formats import amount as written
from tenant_shop.documents.credit import issue_credit_notes
from tenant_shop.integrations.record import record_event
from tenant_shop.orders.lock import lock_order
from tenant_shop.orders.models import Order
from tenant_shop.orders.remark import remark
from tenant_shop.orders.snapshot import order_snapshot
from tenant_shop.payments.gateways.protocol import RefundNews
from tenant_shop.payments.models import Payment, PaymentEntry, PaymentRefund
from tenant_shop.payments.refund import finish_refund
from tenant_shop.payments.refunded_mail import failure_of, request_mail_of_gateways_refund
from tenant_shop.payments.settle import settle_locked
from tenant_shop.returns.close import reopen_return

State = PaymentRefund.State
GIVEN_UP = "The gateway gave it up."
CAME_BACK = "The gateway could not deliver it, days after it had said that it was done."


def take_refund_news(payment: Payment, news: RefundNews, *, actor: str) -> None:
    """Enter how a refund of `payment` stands at its gateway, in any order and any number of times.

    One of ours that is pending ends; one that was made at the gateway is entered, and the customer told. A bank may
    send money back that a gateway had reported as given back: then it is the shop's again, what it was for can be given
    back another way, its return waits for that, and the order's history says so. Whatever is told of a refund after it
    failed is old.
    """
    if not (news.is_done or news.is_failed):
        return
    with shop_transaction():
        order = lock_order(payment.order_id)
        ours = next((each for each in PaymentRefund.objects.filter(payment=payment) if each.pk.hex == news.ours), None)
        if ours is not None and ours.state == State.PENDING:
            problem = "" if news.is_done else GIVEN_UP
            finish_refund(ours.pk, reference=news.reference, is_done=news.is_done, problem=problem)
        elif news.is_failed:
            _take_failure(order, payment, ours, news, actor=actor)
        elif ours is None and not _entries(payment, news.reference, failure_of(news.reference)).exists():
            settle_locked(
                order,
                payment,
                kind=PaymentEntry.Kind.REFUNDED,
                amount=news.amount,
                actor=actor,
                provider_event_id=news.reference,
            )
            issue_credit_notes(order, actor=actor)
            request_mail_of_gateways_refund(payment, news.reference)


def _take_failure(order: Order, payment: Payment, ours: PaymentRefund | None, news: RefundNews, *, actor: str) -> None:
    """The order is locked. The entry about a refund that was never entered is of nothing: it says that none follows."""
    if _entries(payment, failure_of(news.reference)).exists() or (ours is not None and ours.state == State.FAILED):
        return
    given = _entries(payment, news.reference).filter(kind=PaymentEntry.Kind.REFUNDED).first()
    if ours is not None:
        ours.state, ours.problem = State.FAILED, CAME_BACK
        ours.save(update_fields=["state", "problem"])
        reopen_return(ours, actor=actor)
    settle_locked(
        order,
        payment,
        kind=PaymentEntry.Kind.REFUND_FAILED,
        amount=given.amount if given else Decimal(0),
        actor=actor,
        provider_event_id=failure_of(news.reference),
    )
    if given is None:
        return
    remark(
        order,
        f"{written(given.amount, given.currency)} that were given back came back: {CAME_BACK} "
        "They have to be given back another way.",
        actor=actor,
    )
    record_event("order.refund_failed", order_snapshot(order))


def _entries(payment: Payment, *event_ids: str) -> QuerySet[PaymentEntry]:
    return PaymentEntry.objects.filter(gateway=payment.gateway, provider_event_id__in=event_ids)
