"""What customers are told of their returns."""

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
from tenant_shop.mails.letterhead import letterhead
from tenant_shop.mails.promise import promise_mail
from tenant_shop.mails.send import send_due, send_promised
from tenant_shop.orders.mail_facts import order_url
from tenant_shop.payments.models import PaymentRefund
from tenant_shop.returns.models import Return, ReturnLine
from tenant_shop.returns.refunds import refunds_of

TOPIC = "mail.return"
Status = Return.Status


def request_return_mail(asked: Return, *, answer: str = "") -> None:
    """Have the customer told, once it is committed, of the state that a return has reached and of the shop's words."""
    customer = str(asked.customer_id) if asked.customer_id else None
    payload = {"return_id": str(asked.pk), "status": asked.status, "answer": answer, "customer_id": customer}
    promise_mail(TOPIC, payload, task=send_return_mail_task)


def send_return_mail(event_id: UUID) -> bool:
    """Send the mail of an outbox event, unless it was sent; whether it was sent now."""
    return send_promised(event_id, compose)


def send_return_mails(now: datetime) -> int:
    """Send the mails that are still due at `now`; how many were sent."""
    return send_due(TOPIC, send_return_mail, at=now)


def compose(event: OutboxEvent) -> EmailMultiAlternatives | None:
    """The mail about the state in the event. None for a return that is gone, or nobody's: its customer was erased."""
    asked = Return.objects.select_related("order").filter(pk=event.payload["return_id"]).first()
    if asked is None or asked.customer_id is None:
        return None
    with letterhead(asked.order.language) as head:
        title, first = _words(asked, Status(event.payload["status"]))
        url = order_url(asked.order, head)
        context = {
            "title": title,
            "number": asked.order.order_number,
            "first": first,
            "lines": _lines(asked),
            "fact": "",
            "answer": event.payload["answer"],
            "button": _("See your order"),
            "href": url,
            "url": url,
        }
        subject = _("%(shop)s: %(title)s") % {"shop": head.name, "title": title}
        return head.write(event, "orders/news", to=asked.order.customer_email, subject=subject, context=context)


def _words(asked: Return, status: Return.Status) -> tuple[str, str]:
    """The title and the first sentence."""
    said: dict[Return.Status, tuple[str, str]] = {
        Status.REQUESTED: (
            _("We have your request to send something back"),
            _("The shop looks at it and answers you. Please do not send anything yet."),
        ),
        Status.APPROVED: (_("Please send it back"), _("The shop takes these goods of your order back:")),
        Status.RECEIVED: (_("What you sent back has arrived"), _("The shop looks at it and gives your money back.")),
        Status.REFUNDED: (_("Your return is done"), _refunded(asked)),
        Status.DECLINED: (_("Your return was declined"), _("The shop does not take these goods back:")),
    }
    return said[status]


def _refunded(asked: Return) -> str:
    refund = refunds_of(asked).filter(state=PaymentRefund.State.SUCCEEDED).first()
    if refund is None:
        return _("Everything that you are owed for these goods has been given back:")
    return _("We have given %(amount)s back for these goods:") % {"amount": amount(refund.amount, refund.currency)}


def _lines(asked: Return) -> list[dict[str, Any]]:
    lines = ReturnLine.objects.filter(parent=asked).select_related("order_item").order_by("order_item__position")
    return [
        {
            "quantity": line.quantity,
            "name": line.order_item.product_name,
            "options": " / ".join(str(value) for value in line.order_item.variant_info.values()),
            "total": "",
        }
        for line in lines
    ]


@shared_task(base=TenantTask, name="returns.send_mail")  # type: ignore[untyped-decorator]
def send_return_mail_task(event_id: str) -> None:
    send_return_mail(UUID(event_id))


@shared_task(base=TenantTask, name="returns.send_mails")  # type: ignore[untyped-decorator]
def send_return_mails_task() -> None:
    send_return_mails(timezone.now())
