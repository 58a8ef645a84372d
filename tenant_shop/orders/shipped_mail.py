"""The mail that says that an order is on its way."""

from datetime import datetime
from typing import Any
from uuid import UUID

from celery import shared_task
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from django.utils.translation import gettext as _

from platform_core.tenancy.tasks import TenantTask
from tenant_shop.documents.mailed import attach_invoice, invoice_facts, invoice_to_mail
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.mails.letterhead import Letterhead, letterhead
from tenant_shop.mails.promise import promise_mail
from tenant_shop.mails.send import send_due, send_promised
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.mail_facts import order_url
from tenant_shop.orders.models import Order
from tenant_shop.orders.shipments import Shipment

TOPIC = "mail.order_shipped"


def request_shipped_mail(shipment: Shipment) -> None:
    """Have the customer told of a parcel once it is committed. One statement."""
    promise_mail(TOPIC, told_of(shipment), task=send_shipped_mail_task)


def told_of(shipment: Shipment) -> dict[str, Any]:
    """What the mail's event says."""
    return {"shipment_id": str(shipment.pk), "order_id": str(shipment.order_id)}


def send_shipped_mail(event_id: UUID) -> bool:
    """Send the mail of an outbox event, unless it was sent; whether it was sent now."""
    return send_promised(event_id, compose)


def send_shipped_mails(now: datetime) -> int:
    """Send the mails that are still due at `now`; how many were sent."""
    return send_due(TOPIC, send_shipped_mail, at=now)


def compose(event: OutboxEvent) -> EmailMultiAlternatives:
    """The mail about the event's parcel in the language of the order: what is in it, and where it is followed."""
    shipment = Shipment.objects.select_related("order").get(pk=event.payload["shipment_id"])
    order = shipment.order
    invoice = invoice_to_mail(order.pk)
    with letterhead(order.language) as head:
        title, first = _words(order)
        subject = _("%(shop)s: %(title)s") % {"shop": head.name, "title": title}
        context = {
            "title": title,
            "first": first,
            **_context(shipment, order, head),
            **invoice_facts(invoice, order_url(order, head)),
        }
        mail = head.write(
            event, "orders/news", to=order.customer_email, subject=subject, context=context, kind=_kind(order)
        )
        attach_invoice(mail, invoice, head.shop)
        return mail


def _kind(order: Order) -> str:
    if order.is_pickup:
        return "order_ready"
    is_whole = order.fulfillment_status == Order.FulfillmentStatus.FULFILLED
    return "order_shipped" if is_whole else "order_partly_shipped"


def _words(order: Order) -> tuple[str, str]:
    """The title and the first sentence."""
    number = {"number": order.order_number}
    if order.is_pickup:
        return _("Your order %(number)s is ready") % number, _("You can pick up what you ordered:")
    if order.fulfillment_status == Order.FulfillmentStatus.FULFILLED:
        return _("Your order %(number)s is on its way") % number, _("We have sent you:")
    return _("A part of your order %(number)s is on its way") % number, _("We have sent you these; the rest follows:")


def _context(shipment: Shipment, order: Order, head: Letterhead) -> dict[str, Any]:
    followed = " ".join(part for part in (shipment.carrier, shipment.tracking_number) if part)
    return {
        "number": order.order_number,
        "lines": _lines(shipment),
        "fact": _("Tracking: %(parcel)s") % {"parcel": followed} if followed else "",
        "answer": "",
        "button": _("Follow the parcel") if shipment.tracking_url else _("See your order"),
        "href": shipment.tracking_url or order_url(order, head),
        "url": order_url(order, head),
    }


def _lines(shipment: Shipment) -> list[dict[str, Any]]:
    sent = {UUID(line["item"]): line["quantity"] for line in shipment.lines}
    return [
        {
            "quantity": sent[item.pk],
            "name": item.product_name,
            "options": " / ".join(str(value) for value in item.variant_info.values()),
            "total": "",
        }
        for item in OrderItem.objects.filter(order=shipment.order_id, pk__in=sent)
    ]


@shared_task(base=TenantTask, name="orders.send_shipped_mail")  # type: ignore[untyped-decorator]
def send_shipped_mail_task(event_id: str) -> None:
    send_shipped_mail(UUID(event_id))


@shared_task(base=TenantTask, name="orders.send_shipped_mails")  # type: ignore[untyped-decorator]
def send_shipped_mails_task() -> None:
    send_shipped_mails(timezone.now())
