"""The mail that says that the money has come."""

from datetime import datetime
from uuid import UUID

from celery import shared_task
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from django.utils.translation import gettext as _

from platform_core.tenancy.tasks import TenantTask
from smartseller.formats import amount
from tenant_shop.documents.mailed import attach_invoice, invoice_facts, invoice_to_mail
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.mails.letterhead import letterhead
from tenant_shop.mails.promise import promise_mail
from tenant_shop.mails.send import send_due, send_promised
from tenant_shop.orders.arrival_words import expected_of
from tenant_shop.orders.mail_facts import lines_of, order_url
from tenant_shop.orders.models import Order

TOPIC = "mail.order_paid"
CASH_ON_DELIVERY = "cash_on_delivery"


def request_receipt(order: Order) -> None:
    """Have the customer told, once it is committed, that the order is paid. One statement; none for nothing paid."""
    if order.total_amount:
        promise_mail(TOPIC, {"order_id": str(order.pk)}, task=send_receipt_task)


def send_receipt(event_id: UUID) -> bool:
    """Send the mail of an outbox event, unless it was sent; whether it was sent now."""
    return send_promised(event_id, compose)


def send_receipts(now: datetime) -> int:
    """Send the mails that are still due at `now`; how many were sent."""
    return send_due(TOPIC, send_receipt, at=now)


def compose(event: OutboxEvent) -> EmailMultiAlternatives:
    """The mail in the language in which the order was placed; of an order that was cancelled, that money goes back."""
    order = Order.objects.prefetch_related("items").get(pk=event.payload["order_id"])
    invoice = invoice_to_mail(order.pk) if order.status != Order.Status.CANCELLED else None
    with letterhead(order.language) as head:
        subject = _("%(shop)s: payment received for order %(number)s") % {
            "shop": head.name,
            "number": order.order_number,
        }
        context = {
            "number": order.order_number,
            "amount": amount(order.payable_amount, order.currency),
            "url": order_url(order, head),
            "lines": lines_of(order),
            "is_pickup": order.is_pickup,
            "expected": expected_of(order),
            "is_cancelled": order.status == Order.Status.CANCELLED,
            "is_waiting": _waits_for_money(order),
            **invoice_facts(invoice, order_url(order, head)),
        }
        # Of an order that was cancelled it says that the money goes back: no merchant's words say that.
        kind = "" if context["is_cancelled"] else "order_paid"
        mail = head.write(event, "orders/paid", to=order.customer_email, subject=subject, context=context, kind=kind)
        attach_invoice(mail, invoice, head.shop)
        return mail


def _waits_for_money(order: Order) -> bool:
    """Whether the goods are got ready now that it has come: they may have been sent before, or be paid at the door."""
    is_here = order.fulfillment_status == Order.FulfillmentStatus.UNFULFILLED
    return is_here and order.payment_method != CASH_ON_DELIVERY


@shared_task(base=TenantTask, name="payments.send_receipt")  # type: ignore[untyped-decorator]
def send_receipt_task(event_id: str) -> None:
    send_receipt(UUID(event_id))


@shared_task(base=TenantTask, name="payments.send_receipts")  # type: ignore[untyped-decorator]
def send_receipts_task() -> None:
    send_receipts(timezone.now())
