"""The mail that tells the shop's people of a new order."""

from datetime import datetime
from uuid import UUID

from celery import shared_task
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from django.utils.translation import gettext as _

from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.hosts import shop_url
from platform_core.tenancy.tasks import TenantTask
from smartseller.formats import amount
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.mails.letterhead import letterhead
from tenant_shop.mails.send import send_due, send_promised
from tenant_shop.orders.mail_facts import lines_of
from tenant_shop.orders.models import Order

TOPIC = "mail.order_notice"


def send_notice(event_id: UUID) -> bool:
    """Send the mail of an outbox event, unless it was sent; whether it was sent now."""
    return send_promised(event_id, compose)


def send_notices(now: datetime) -> int:
    """Send the mails that are still due at `now`; how many were sent."""
    return send_due(TOPIC, send_notice, at=now)


def compose(event: OutboxEvent) -> EmailMultiAlternatives:
    """The mail in the shop's own language; its button leads behind the counter."""
    order = Order.objects.prefetch_related("items").get(pk=event.payload["order_id"])
    with letterhead("") as head:
        words = {"number": order.order_number, "total": amount(order.total_amount, order.currency)}
        title = _("New order %(number)s, %(total)s") % words
        url = shop_url(current_tenant().slug, f"/admin/tenant_shop/order/{order.pk}/change/")
        context = {
            "title": title,
            "number": order.order_number,
            "first": _("%(customer)s has ordered:") % {"customer": order.customer_email},
            "lines": lines_of(order),
            "fact": "",
            "answer": "",
            "button": _("See the order"),
            "href": url,
            "url": url,
        }
        subject = _("%(shop)s: %(title)s") % {"shop": head.name, "title": title}
        return head.write(event, "orders/news", to=event.payload["to"], subject=subject, context=context)


@shared_task(base=TenantTask, name="orders.send_notice")  # type: ignore[untyped-decorator]
def send_notice_task(event_id: str) -> None:
    send_notice(UUID(event_id))


@shared_task(base=TenantTask, name="orders.send_notices")  # type: ignore[untyped-decorator]
def send_notices_task() -> None:
    send_notices(timezone.now())
