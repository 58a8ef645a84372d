"""What customers are told of their returns."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from celery import shared_task
from django.core.mail import EmailMultiAlternatives
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from platform_core.tenancy.tasks import TenantTask
from smartseller.formats import amount
from tenant_shop.customers.find import is_erased
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.mails.letterhead import letterhead
from tenant_shop.mails.promise import promise_mail
from tenant_shop.mails.send import send_due, send_promised
from tenant_shop.orders.mail_facts import order_url
from tenant_shop.orders.models import Order
from tenant_shop.payments.credit import unpaid_amount
from tenant_shop.payments.models import PaymentRefund
from tenant_shop.returns.models import Return, ReturnLine
from tenant_shop.returns.refunds import refunds_of

TOPIC = "mail.return"
Status = Return.Status
State = PaymentRefund.State
UNPAID = (Order.PaymentStatus.PENDING, Order.PaymentStatus.FAILED)


def request_return_mail(asked: Return, *, answer: str = "") -> None:
    """Have the customer told, once it is committed, of the state that a return has reached and of the shop's words."""
    promise_mail(TOPIC, told_of(asked, answer=answer), task=send_return_mail_task)


def told_of(asked: Return, *, answer: str) -> dict[str, Any]:
    """What the mail's event says."""
    customer = str(asked.customer_id) if asked.customer_id else None
    return {
        "return_id": str(asked.pk),
        "order_id": str(asked.order_id),
        "status": asked.status,
        "answer": answer,
        "customer_id": customer,
    }


def send_return_mail(event_id: UUID) -> bool:
    """Send the mail of an outbox event, unless it was sent; whether it was sent now."""
    return send_promised(event_id, compose)


def send_return_mails(now: datetime) -> int:
    """Send the mails that are still due at `now`; how many were sent."""
    return send_due(TOPIC, send_return_mail, at=now)


def compose(event: OutboxEvent) -> EmailMultiAlternatives | None:
    """The mail about the state in the event. None for a return that is gone, or nobody's: who ordered was erased or
    left no address."""
    asked = Return.objects.select_related("order").filter(pk=event.payload["return_id"]).first()
    if asked is None or not asked.order.customer_email or is_erased(asked.order.customer_email):
        return None
    with letterhead(asked.order.language) as head:
        title, first = _words(asked, Status(event.payload["status"]))
        url = order_url(asked.order, head)
        context = {
            "title": title,
            "number": asked.order.order_number,
            "first": first,
            "lines": _lines(asked),
            "fact": _still_to_pay(asked),
            "answer": event.payload["answer"],
            "button": _("See your order"),
            "href": url,
            "url": url,
        }
        subject = _("%(shop)s: %(title)s") % {"shop": head.name, "title": title}
        return head.write(
            event,
            "orders/news",
            to=asked.order.customer_email,
            subject=subject,
            context=context,
            kind=f"return_{event.payload['status']}",
        )


def _words(asked: Return, status: Return.Status) -> tuple[str, str]:
    """The title and the first sentence."""
    said: dict[Return.Status, tuple[str, str]] = {
        Status.REQUESTED: (
            _("We have your request to send something back"),
            _("The shop looks at it and answers you. Please do not send anything yet."),
        ),
        Status.APPROVED: (_("Please send it back"), _("The shop takes these goods of your order back:")),
        Status.RECEIVED: (_("What you sent back has arrived"), _received(asked)),
        Status.REFUNDED: (_("Your return is done"), _refunded(asked)),
        Status.DECLINED: (_("Your return was declined"), _("The shop does not take these goods back:")),
    }
    return said[status]


def _received(asked: Return) -> str:
    if asked.order.payment_status in UNPAID and asked.order.payable_amount:
        return _("The shop looks at it and takes it off what you have to pay.")
    return _("The shop looks at it and gives your money back.")


def _refunded(asked: Return) -> str:
    currency = asked.order.currency
    given, credited = _sum_of(asked, State.SUCCEEDED), _sum_of(asked, State.CREDITED)
    words = {"amount": amount(given, currency), "credit": amount(credited, currency)}
    if given and credited:
        return _("We have given %(amount)s back for these goods, and you need not pay %(credit)s for them:") % words
    if credited:
        return _("You need not pay %(credit)s for these goods any more:") % words
    if given:
        return _("We have given %(amount)s back for these goods:") % words
    return _("Everything that you are owed for these goods has been given back:")


def _still_to_pay(asked: Return) -> str:
    """What is left to be paid of an order of which something was taken off by this return."""
    order = asked.order
    if asked.status != Status.REFUNDED or order.payment_status not in UNPAID or not _sum_of(asked, State.CREDITED):
        return ""
    left = amount(unpaid_amount(order), order.currency)
    return _("Of your order %(amount)s are still to be paid.") % {"amount": left}


def _sum_of(asked: Return, state: PaymentRefund.State) -> Decimal:
    total: Decimal = refunds_of(asked).filter(state=state).aggregate(total=Sum("amount", default=Decimal(0)))["total"]
    return total


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
