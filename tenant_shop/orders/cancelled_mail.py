"""The mail that says that an order was cancelled, and what becomes of its money."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from celery import shared_task
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from django.utils.translation import gettext as _

from platform_core.tenancy.tasks import TenantTask
from smartseller.formats import amount
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.mails.letterhead import letterhead
from tenant_shop.mails.promise import promise_mail
from tenant_shop.mails.send import send_due, send_promised
from tenant_shop.orders.mail_facts import lines_of, order_url
from tenant_shop.orders.models import Order

TOPIC = "mail.order_cancelled"


def request_cancelled_mail(order: Order, *, is_overdue: bool) -> None:
    """Have the customer told, once it is committed, that `order` is cancelled. One statement.

    `is_overdue` says that nobody paid it in time.
    """
    promise_mail(TOPIC, told_of(order, is_overdue=is_overdue), task=send_cancelled_mail_task)


def told_of(order: Order, *, is_overdue: bool) -> dict[str, Any]:
    """What the mail's event says. What they are owed is told as it is now: by the time that the mail is written it may
    have gone back already."""
    return {
        "order_id": str(order.pk),
        "is_overdue": is_overdue,
        "owed": str(order.owed_amount),
        "is_reserved": order.payment_status == Order.PaymentStatus.AUTHORIZED,
    }


def send_cancelled_mail(event_id: UUID) -> bool:
    """Send the mail of an outbox event, unless it was sent; whether it was sent now."""
    return send_promised(event_id, compose)


def send_cancelled_mails(now: datetime) -> int:
    """Send the mails that are still due at `now`; how many were sent."""
    return send_due(TOPIC, send_cancelled_mail, at=now)


def compose(event: OutboxEvent) -> EmailMultiAlternatives | None:
    """The mail in the language in which the order was placed. None for a test order that was deleted meanwhile."""
    order = Order.objects.prefetch_related("items").filter(pk=event.payload["order_id"]).first()
    if order is None:
        return None
    with letterhead(order.language) as head:
        title = _("Your order %(number)s is cancelled") % {"number": order.order_number}
        url = order_url(order, head)
        context = {
            "title": title,
            "number": order.order_number,
            "first": _reason(event),
            "lines": [{**line, "total": ""} for line in lines_of(order)],
            "fact": _money(event, order),
            "answer": "",
            "button": _("See your order"),
            "href": url,
            "url": url,
        }
        subject = _("%(shop)s: %(title)s") % {"shop": head.name, "title": title}
        return head.write(
            event, "orders/news", to=order.customer_email, subject=subject, context=context, kind="order_cancelled"
        )


def _reason(event: OutboxEvent) -> str:
    if event.payload["is_overdue"]:
        return _("It was not paid in time, so these goods are on sale again:")
    return _("These goods are not sent:")


def _money(event: OutboxEvent, order: Order) -> str:
    """What becomes of the money; of a cancelled order nothing is left to be paid."""
    owed = Decimal(event.payload["owed"])
    if owed:
        return _("What you have paid goes back to you: %(amount)s.") % {"amount": amount(owed, order.currency)}
    if event.payload["is_reserved"]:
        return _("What was reserved on your card is free again.")
    return _("You have nothing to pay for it. If you have sent money already, it goes back to you.")


@shared_task(base=TenantTask, name="orders.send_cancelled_mail")  # type: ignore[untyped-decorator]
def send_cancelled_mail_task(event_id: str) -> None:
    send_cancelled_mail(UUID(event_id))


@shared_task(base=TenantTask, name="orders.send_cancelled_mails")  # type: ignore[untyped-decorator]
def send_cancelled_mails_task() -> None:
    send_cancelled_mails(timezone.now())
