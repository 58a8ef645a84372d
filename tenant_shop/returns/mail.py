"""What customers are told of their returns."""

from datetime import datetime
from functools import partial
from uuid import UUID

from celery import shared_task
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from django.utils.translation import gettext as _

from platform_core.tenancy.tasks import TenantTask
from smartseller.formats import amount
from tenant_shop.integrations.lease import due_events
from tenant_shop.integrations.mail import send_event, send_soon
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.integrations.record import record_event
from tenant_shop.orders.letter import OrderLetter, compose_letter
from tenant_shop.payments.models import PaymentRefund
from tenant_shop.returns.models import Return, ReturnLine
from tenant_shop.returns.refunds import refunds_of

TOPIC = "mail.return"
BATCH = 200
Status = Return.Status


def request_return_mail(asked: Return, *, answer: str = "") -> None:
    """Have the customer told, once it is committed, of the state that a return has reached and the shop's words."""
    customer = str(asked.customer_id) if asked.customer_id else None
    payload = {"return_id": str(asked.pk), "status": asked.status, "answer": answer, "customer_id": customer}
    event = record_event(TOPIC, payload)
    send_soon(event, send_return_mail_task)


def send_return_mail(event_id: UUID) -> bool:
    """Send the mail of an outbox event, unless it was sent; whether it was sent now."""
    return send_event(event_id, compose)


def send_return_mails(now: datetime) -> int:
    """Send the mails that are still due at `now`, at most 200; how many were sent."""
    return sum(send_return_mail(event_id) for event_id in due_events(TOPIC, at=now, limit=BATCH))


def compose(event: OutboxEvent) -> EmailMultiAlternatives | None:
    """The mail about the state in the event. None for a return that is gone, or nobody's: its customer was erased."""
    asked = Return.objects.select_related("order").filter(pk=event.payload["return_id"]).first()
    if asked is None or asked.customer_id is None:
        return None
    words = partial(_words, asked, Status(event.payload["status"]), event.payload["answer"])
    return compose_letter(asked.order, words, event_id=event.pk)


def _words(asked: Return, status: Return.Status, answer: str) -> OrderLetter:
    number = {"number": asked.order.order_number}
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
    title, first = said[status]
    return OrderLetter(
        title=title,
        paragraphs=(_("About your order %(number)s.") % number, first, *_goods(asked), *([answer] if answer else [])),
        button=_("See your order"),
    )


def _refunded(asked: Return) -> str:
    refund = refunds_of(asked).filter(state=PaymentRefund.State.SUCCEEDED).first()
    if refund is None:
        return _("Everything that you are owed for these goods has been given back:")
    return _("We have given %(amount)s back for these goods:") % {"amount": amount(refund.amount, refund.currency)}


def _goods(asked: Return) -> list[str]:
    lines = ReturnLine.objects.filter(parent=asked).select_related("order_item").order_by("order_item__position")
    return [f"{line.quantity} x {line.order_item.product_name}" for line in lines]


@shared_task(base=TenantTask, name="returns.send_mail")  # type: ignore[untyped-decorator]
def send_return_mail_task(event_id: str) -> None:
    send_return_mail(UUID(event_id))


@shared_task(base=TenantTask, name="returns.send_mails")  # type: ignore[untyped-decorator]
def send_return_mails_task() -> None:
    send_return_mails(timezone.now())
