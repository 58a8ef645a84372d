"""The mail that says that money was given back. Of a return its own mail says so."""

from datetime import datetime
from typing import Any
from uuid import UUID

from celery import shared_task
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from django.utils.translation import gettext as _

from platform_core.tenancy.tasks import TenantTask
from smartseller.formats import amount
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.mails.letterhead import Letterhead, letterhead
from tenant_shop.mails.promise import promise_mail
from tenant_shop.mails.send import send_due, send_promised
from tenant_shop.orders.mail_facts import order_url
from tenant_shop.orders.models import Order
from tenant_shop.payments.models import Payment, PaymentEntry, PaymentRefund
from tenant_shop.returns.refunds import return_of

TOPIC = "mail.order_refunded"


def request_refunded_mail(refund: PaymentRefund, order: Order) -> None:
    """Have the customer told, once it is committed, that the money of `refund` is gone. One statement; none for the
    refund of a return.
    """
    if return_of(refund) is None:
        payload = {"refund_id": str(refund.pk), "order_id": str(order.pk)}
        promise_mail(TOPIC, payload, task=send_refunded_mail_task)


def request_mail_of_gateways_refund(payment: Payment, reference: str) -> None:
    """The same for a refund that was made at the gateway, by the gateway's id of it. One statement."""
    payload = told_of_gateways(payment.pk, reference, order_id=payment.order_id)
    promise_mail(TOPIC, payload, task=send_refunded_mail_task)


def told_of_gateways(payment_id: UUID, reference: str, *, order_id: UUID) -> dict[str, str]:
    """What its mail is written from."""
    return {"payment_id": str(payment_id), "reference": reference, "order_id": str(order_id)}


def send_refunded_mail(event_id: UUID) -> bool:
    """Send the mail of an outbox event, unless it was sent; whether it was sent now."""
    return send_promised(event_id, compose)


def send_refunded_mails(now: datetime) -> int:
    """Send the mails that are still due at `now`; how many were sent."""
    return send_due(TOPIC, send_refunded_mail, at=now)


def compose(event: OutboxEvent) -> EmailMultiAlternatives | None:
    """The mail in the language in which the order was placed.

    None for a test order that was deleted meanwhile, and for money that the bank has sent back before it was told of.
    """
    refund = _ours(event.payload["refund_id"]) if "refund_id" in event.payload else _gateways(**event.payload)
    if refund is None:
        return None
    order = refund.payment.order
    with letterhead(order.language) as head:
        title = _("We have given %(amount)s back") % {"amount": amount(refund.amount, refund.currency)}
        subject = _("%(shop)s: %(title)s") % {"shop": head.name, "title": title}
        context = _context(refund, order, head, title)
        return head.write(
            event, "orders/news", to=order.customer_email, subject=subject, context=context, kind="order_refunded"
        )


def _ours(refund_id: str) -> PaymentRefund | None:
    refunds = PaymentRefund.objects.select_related("payment__order")
    return refunds.filter(pk=refund_id, state=PaymentRefund.State.SUCCEEDED).first()


def _gateways(*, payment_id: str, reference: str, order_id: str) -> PaymentEntry | None:
    """What the ledger says of it. One that failed afterwards has a second entry."""
    told = PaymentEntry.objects.filter(payment__pk=payment_id, payment__order__pk=order_id)
    if told.filter(kind=PaymentEntry.Kind.REFUND_FAILED, provider_event_id=failure_of(reference)).exists():
        return None
    refunds = told.filter(kind=PaymentEntry.Kind.REFUNDED, provider_event_id=reference)
    return refunds.select_related("payment__order").first()


def failure_of(reference: str) -> str:
    """What the entry goes by that says of the refund `reference` that the money came back."""
    return f"{reference}.failed"


def _context(refund: PaymentRefund | PaymentEntry, order: Order, head: Letterhead, title: str) -> dict[str, Any]:
    url, lines = order_url(order, head), _lines(refund, order)
    if lines:
        first = _("The money goes the way it came. It is for these goods of your order:")
    else:
        first = _("The money goes the way it came. Your bank may need some days to show it.")
    return {
        "title": title,
        "number": order.order_number,
        "amount": amount(refund.amount, refund.currency),
        "first": first,
        "lines": lines,
        "fact": "",
        "answer": "",
        "button": _("See your order"),
        "href": url,
        "url": url,
    }


def _lines(refund: PaymentRefund | PaymentEntry, order: Order) -> list[dict[str, Any]]:
    """The pieces whose money goes back with this refund. A gateway does not know of any."""
    if isinstance(refund, PaymentEntry):
        return []
    pieces = {UUID(line["item"]): int(line["quantity"]) for line in refund.lines}
    return [
        {
            "quantity": pieces[item.pk],
            "name": item.product_name,
            "options": " / ".join(str(value) for value in item.variant_info.values()),
            "total": "",
        }
        for item in order.items.filter(pk__in=pieces).order_by("position")
        if pieces[item.pk]
    ]


@shared_task(base=TenantTask, name="payments.send_refunded_mail")  # type: ignore[untyped-decorator]
def send_refunded_mail_task(event_id: str) -> None:
    send_refunded_mail(UUID(event_id))


@shared_task(base=TenantTask, name="payments.send_refunded_mails")  # type: ignore[untyped-decorator]
def send_refunded_mails_task() -> None:
    send_refunded_mails(timezone.now())
