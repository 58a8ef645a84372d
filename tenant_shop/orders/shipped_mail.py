"""The mail that says that an order is on its way."""

from datetime import datetime
from functools import partial
from uuid import UUID

from celery import shared_task
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from django.utils.translation import gettext as _

from platform_core.tenancy.tasks import TenantTask
from tenant_shop.integrations.lease import due_events
from tenant_shop.integrations.mail import send_event, send_soon
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.integrations.record import record_event
from tenant_shop.orders.letter import OrderLetter, compose_letter
from tenant_shop.orders.models import Order, OrderItem
from tenant_shop.orders.shipments import Shipment

TOPIC = "mail.order_shipped"
BATCH = 200


def request_shipped_mail(shipment: Shipment) -> None:
    """Have the customer told of a parcel once it is committed."""
    send_soon(record_event(TOPIC, {"shipment_id": str(shipment.pk)}), send_shipped_mail_task)


def send_shipped_mail(event_id: UUID) -> bool:
    """Send the mail of an outbox event, unless it was sent; whether it was sent now."""
    return send_event(event_id, compose)


def send_shipped_mails(now: datetime) -> int:
    """Send the mails that are still due at `now`, at most 200; how many were sent."""
    return sum(send_shipped_mail(event_id) for event_id in due_events(TOPIC, at=now, limit=BATCH))


def compose(event: OutboxEvent) -> EmailMultiAlternatives:
    """The mail about the event's parcel: what is in it, and where it is followed."""
    shipment = Shipment.objects.select_related("order").get(pk=event.payload["shipment_id"])
    return compose_letter(shipment.order, partial(_words, shipment, shipment.order), event_id=event.pk)


def _words(shipment: Shipment, order: Order) -> OrderLetter:
    is_whole = order.fulfillment_status == Order.FulfillmentStatus.FULFILLED
    facts = {"number": order.order_number}
    if order.is_pickup:
        title = _("Your order %(number)s is ready") % facts
        first = _("You can pick up what you ordered:")
    elif is_whole:
        title = _("Your order %(number)s is on its way") % facts
        first = _("We have sent you:")
    else:
        title = _("A part of your order %(number)s is on its way") % facts
        first = _("We have sent you these; the rest follows:")
    followed = " ".join(part for part in (shipment.carrier, shipment.tracking_number) if part)
    return OrderLetter(
        title=title,
        paragraphs=(
            first,
            *_contents(shipment, order),
            *([_("Tracking: %(parcel)s") % {"parcel": followed}] if followed else []),
        ),
        button=_("Follow the parcel") if shipment.tracking_url else _("See your order"),
        url=shipment.tracking_url,
    )


def _contents(shipment: Shipment, order: Order) -> list[str]:
    sent = {UUID(line["item"]): line["quantity"] for line in shipment.lines}
    lines = []
    for item in OrderItem.objects.filter(order=order, pk__in=sent):
        options = " / ".join(str(value) for value in item.variant_info.values())
        lines.append(f"{sent[item.pk]} x {item.product_name}" + (f" ({options})" if options else ""))
    return lines


@shared_task(base=TenantTask, name="orders.send_shipped_mail")  # type: ignore[untyped-decorator]
def send_shipped_mail_task(event_id: str) -> None:
    send_shipped_mail(UUID(event_id))


@shared_task(base=TenantTask, name="orders.send_shipped_mails")  # type: ignore[untyped-decorator]
def send_shipped_mails_task() -> None:
    send_shipped_mails(timezone.now())
