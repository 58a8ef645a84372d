"""Sending a mail about an order once more, for a customer who has not got it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from celery import Task
from django.utils import timezone

from platform_core.tenancy.transactions import shop_transaction
from smartseller.errors import RuleViolation
from smartseller.formats import amount
from tenant_shop.customers.find import is_erased
from tenant_shop.mails.promise import promise_mail
from tenant_shop.orders import cancelled_mail, confirmation, expire, shipped_mail
from tenant_shop.orders.history import OrderStatusHistory
from tenant_shop.orders.lock import lock_order
from tenant_shop.orders.models import Order
from tenant_shop.orders.remark import remark
from tenant_shop.orders.shipments import Shipment
from tenant_shop.payments import receipt, refunded_mail
from tenant_shop.payments.models import PaymentEntry, PaymentRefund
from tenant_shop.payments.stand import entries_and_refunds, made_elsewhere
from tenant_shop.returns import mail as return_mail
from tenant_shop.returns.models import Return
from tenant_shop.returns.refunds import return_of

# The second of two clicks sends nothing.
AGAIN_AFTER = timedelta(minutes=1)
SENT_AGAIN = "Sent again: {}."
PAID = (Order.PaymentStatus.PAID, Order.PaymentStatus.PARTIALLY_REFUNDED)


class NoSuchMail(RuleViolation):
    """What is asked for was never mailed about this order, or there is nobody left to mail it to."""

    code = "no_such_mail"
    status: ClassVar[int] = 404

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(f"There is no such mail about order {number}.")


class SentJustNow(RuleViolation):
    """The same mail was asked for less than `AGAIN_AFTER` ago."""

    code = "sent_just_now"

    def __init__(self, title: str) -> None:
        self.title = title
        super().__init__(f"This mail was sent again less than a minute ago: {title}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMail:
    """A mail that the customer should have. `key` names it among those of its order, `title` says what it is about."""

    key: str
    title: str
    topic: str
    payload: dict[str, Any]
    task: Task[[str], None]


def mails_of(
    order: Order,
    *,
    parcels: Iterable[Shipment],
    entries: Sequence[PaymentEntry],
    refunds: Sequence[PaymentRefund],
    returns: Iterable[Return],
) -> list[OrderMail]:
    """The mails that `order`, with all of its parcels, its payments' entries, refunds and returns, has caused, as they
    would be written today; none for an order that is nobody's any more. At most one statement.
    """
    if is_erased(order.customer_email):
        return []
    return [
        *_of_order(order),
        *_of_parcels(parcels),
        *_of_refunds(order, refunds),
        *_of_gateways_refunds(order, entries, refunds),
        *_of_returns(returns),
    ]


def send_again(order_id: UUID, key: str, *, actor: str) -> OrderMail:
    """Promise the mail of that `key` once more, to the order's address, and write that into its history.

    It is written as things are now. `actor` is a user's id.
    Errors, with nothing promised: OrderNotFound; NoSuchMail; SentJustNow.
    """
    with shop_transaction():
        order = lock_order(order_id)
        entries, refunds = entries_and_refunds(order)
        offered = mails_of(
            order,
            parcels=Shipment.objects.filter(order=order),
            entries=entries,
            refunds=refunds,
            returns=Return.objects.filter(order=order),
        )
        mail = next((mail for mail in offered if mail.key == key), None)
        if mail is None:
            raise NoSuchMail(order.order_number)
        said = SENT_AGAIN.format(mail.title)
        lately = timezone.now() - AGAIN_AFTER
        if OrderStatusHistory.objects.filter(order=order, comment=said, created_at__gt=lately).exists():
            raise SentJustNow(mail.title)
        promise_mail(mail.topic, mail.payload, task=mail.task)
        remark(order, said, actor=actor)
    return mail


def _of_order(order: Order) -> Iterator[OrderMail]:
    about = {"order_id": str(order.pk)}
    yield OrderMail(
        key="placed",
        title="the confirmation",
        topic=confirmation.TOPIC,
        payload=about,
        task=confirmation.send_confirmation_task,
    )
    if order.payment_status in PAID and order.total_amount:
        yield OrderMail(
            key="paid", title="the receipt", topic=receipt.TOPIC, payload=about, task=receipt.send_receipt_task
        )
    if order.status == Order.Status.CANCELLED:
        yield OrderMail(
            key="cancelled",
            title="the cancellation",
            topic=cancelled_mail.TOPIC,
            payload=cancelled_mail.told_of(order, is_overdue=_is_overdue(order)),
            task=cancelled_mail.send_cancelled_mail_task,
        )


def _is_overdue(order: Order) -> bool:
    steps = OrderStatusHistory.objects.filter(order=order, new_status=Order.Status.CANCELLED)
    return steps.filter(updated_by=expire.ACTOR).exists()


def _of_parcels(parcels: Iterable[Shipment]) -> Iterator[OrderMail]:
    for number, parcel in enumerate(parcels, start=1):
        yield OrderMail(
            key=f"parcel-{parcel.pk}",
            title=f"parcel {number}, {_day(parcel.created_at)}",
            topic=shipped_mail.TOPIC,
            payload=shipped_mail.told_of(parcel),
            task=shipped_mail.send_shipped_mail_task,
        )


def _of_refunds(order: Order, refunds: Iterable[PaymentRefund]) -> Iterator[OrderMail]:
    """Of a return its own mail says what was given back."""
    for refund in refunds:
        if refund.state == PaymentRefund.State.SUCCEEDED and return_of(refund) is None:
            yield OrderMail(
                key=f"refund-{refund.pk}",
                title=_given_back(refund),
                topic=refunded_mail.TOPIC,
                payload={"refund_id": str(refund.pk), "order_id": str(order.pk)},
                task=refunded_mail.send_refunded_mail_task,
            )


def _of_gateways_refunds(
    order: Order, entries: Sequence[PaymentEntry], refunds: Sequence[PaymentRefund]
) -> Iterator[OrderMail]:
    """Of what was given back at the gateway and has not come back since."""
    failed = {entry.provider_event_id for entry in entries if entry.kind == PaymentEntry.Kind.REFUND_FAILED}
    for entry in made_elsewhere(entries, refunds):
        if entry.provider_event_id and refunded_mail.failure_of(entry.provider_event_id) not in failed:
            yield OrderMail(
                key=f"entry-{entry.pk}",
                title=_given_back(entry),
                topic=refunded_mail.TOPIC,
                payload=refunded_mail.told_of_gateways(entry.payment_id, entry.provider_event_id, order_id=order.pk),
                task=refunded_mail.send_refunded_mail_task,
            )


def _given_back(refund: PaymentRefund | PaymentEntry) -> str:
    return f"{amount(refund.amount, refund.currency)} given back, {_day(refund.created_at)}"


def _of_returns(returns: Iterable[Return]) -> Iterator[OrderMail]:
    for asked in returns:
        yield OrderMail(
            key=f"return-{asked.pk}",
            title=f"the return of {_day(asked.created_at)}, {asked.get_status_display().lower()}",
            topic=return_mail.TOPIC,
            payload=return_mail.told_of(asked, answer=asked.answer),
            task=return_mail.send_return_mail_task,
        )


def _day(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%-d %b %Y}"
