"""The mail that brings the merchant's answer."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from celery import shared_task
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from django.utils.translation import gettext as _

from platform_core.tenancy.tasks import TenantTask
from smartseller.formats import amount, moment
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.mails.letterhead import letterhead
from tenant_shop.mails.promise import promise_mail
from tenant_shop.mails.send import send_due, send_promised
from tenant_shop.quotes.models import QuoteRequest

TOPIC = "mail.quote_answered"


def request_mail(quote: QuoteRequest) -> None:
    """Have the answer mailed once it is committed. One statement."""
    payload = {"quote_id": str(quote.pk), "revision": quote.revision, "email": quote.email}
    promise_mail(TOPIC, payload, task=send_answer_task)


def send_answer(event_id: UUID) -> bool:
    """Send the mail of an outbox event, unless it was sent; whether it was sent now.

    An answer that was corrected meanwhile has a mail of its own, and one that does not hold any more needs none.
    """
    return send_promised(event_id, compose)


def send_answers(now: datetime) -> int:
    """Send the mails that are still due at `now`; how many were sent."""
    return send_due(TOPIC, send_answer, at=now)


def compose(event: OutboxEvent) -> EmailMultiAlternatives | None:
    """The mail in the language in which the customer asked; None when the answer is no longer the one to tell of."""
    quote = QuoteRequest.objects.prefetch_related("lines").filter(pk=event.payload["quote_id"]).first()
    if quote is None or not quote.is_open or quote.revision != event.payload["revision"]:
        return None

    def money(value: Decimal) -> str:
        return amount(value, quote.currency)

    lines = [
        {
            "quantity": line.quantity,
            "name": line.product_name,
            "options": " / ".join(str(value) for value in line.variant_info.values()),
            "total": money((line.unit_price or Decimal(0)) * line.quantity),
        }
        for line in quote.lines.all()
    ]
    goods = sum(((line.unit_price or Decimal(0)) * line.quantity for line in quote.lines.all()), Decimal(0))
    with letterhead(quote.language) as head:
        subject = _("%(shop)s: our offer %(number)s") % {"shop": head.name, "number": quote.number}
        with timezone.override(head.shop.zone):
            valid_until = moment(quote.valid_until) if quote.valid_until else ""
        context = {
            "number": quote.number,
            "url": head.url(f"/quotes/{quote.public_token}/"),
            "lines": lines,
            "subtotal": money(goods),
            "shipping": "" if quote.shipping_amount is None else money(quote.shipping_amount),
            "valid_until": valid_until,
            "answer": quote.answer,
        }
        return head.write(
            event, "quotes/answered", to=quote.email, subject=subject, context=context, kind="quote_answered"
        )


@shared_task(base=TenantTask, name="quotes.send_answer")  # type: ignore[untyped-decorator]
def send_answer_task(event_id: str) -> None:
    send_answer(UUID(event_id))


@shared_task(base=TenantTask, name="quotes.send_answers")  # type: ignore[untyped-decorator]
def send_answers_task() -> None:
    send_answers(timezone.now())
