"""What merchants are told about what they owe."""

from datetime import date
from enum import StrEnum

from django.db.models import Q

from platform_core.billing.cards.known import pays_by_card
from platform_core.billing.cards.link import link_text
from platform_core.billing.cards.models import ChargeState
from platform_core.billing.cards.reasons import why
from platform_core.billing.ended import BUTTON, PATH, kept_for
from platform_core.billing.models import BillingInvoice, InvoiceKind, InvoiceStatus
from platform_core.billing.papers.printed import attachment_of
from platform_core.mails.models import PlatformMail
from platform_core.mails.promise import promise_mail
from platform_core.mails.send import WRITERS
from platform_core.tenancy.hosts import platform_url, shop_url
from platform_core.tenants.models import Tenant
from smartseller.letter import Letter
from smartseller.money import display

OPEN = {InvoiceStatus.PENDING, InvoiceStatus.FAILED}
# What is owed: credit notes that are open are the platform's to pay.
OWED = Q(status__in=OPEN) & ~Q(kind=InvoiceKind.CREDIT)


class Topic(StrEnum):
    ISSUED = "billing.invoice_issued"
    REMINDER = "billing.reminder"
    PAST_DUE = "billing.past_due"
    SUSPENDED = "billing.suspended"
    CLOSED = "billing.closed"
    PAID = "billing.paid"
    CREDITED = "billing.credited"
    GIVEN_BACK = "billing.given_back"
    CARD_DECLINED = "billing.card_declined"
    CARD_CONFIRM = "billing.card_confirm"


ASKING = {Topic.REMINDER, Topic.PAST_DUE, Topic.SUSPENDED, Topic.CLOSED, Topic.CARD_DECLINED, Topic.CARD_CONFIRM}


def tell(topic: Topic, invoice: BillingInvoice, *, step: int | None = None) -> bool:
    """Promise the mail of a topic about an invoice, in the caller's transaction; False when it was promised before.

    `step` is the day of a reminder.
    """
    key = f"{invoice.pk}" if step is None else f"{invoice.pk} {step}"
    return promise_mail(topic, key, tenant_id=invoice.tenant_id, payload={"invoice": str(invoice.pk)})


def write(mail: PlatformMail, tenant: Tenant) -> Letter | None:
    """The letter, as things are when it is sent; None when what it asks for was paid meanwhile."""
    invoice = BillingInvoice.objects.select_related("corrects").get(pk=mail.payload["invoice"])
    topic = Topic(mail.topic)
    if topic in ASKING and invoice.status not in OPEN:
        return None
    if topic is Topic.CARD_CONFIRM:
        return _to_confirm(tenant, invoice)
    amount = display(abs(invoice.total_amount if topic is Topic.ISSUED else invoice.owed_amount), invoice.currency)
    title, paragraphs = _words(topic, tenant.name, invoice, amount)
    by_card = pays_by_card(tenant.pk)
    return Letter(
        title=title,
        paragraphs=paragraphs,
        button=BUTTON if topic is Topic.CLOSED else "See your plan and bills",
        path=platform_url(PATH) if topic is Topic.CLOSED else shop_url(tenant.slug, "/admin/plan/"),
        note=_how_to_pay(topic, invoice, by_card=by_card),
        attachments=(attachment_of(invoice),) if topic in (Topic.ISSUED, Topic.CREDITED) else (),
    )


def _to_confirm(tenant: Tenant, invoice: BillingInvoice) -> Letter | None:
    """None when the payer is waited for no longer."""
    charge = invoice.charges.filter(state=ChargeState.CONFIRMING).last()
    if charge is None:
        return None
    amount = display(charge.amount, charge.currency)
    return Letter(
        title=f"Your bank asks you to confirm {amount} for {tenant.name}",
        paragraphs=(
            f"We have charged your card {charge.card} for the invoice {invoice.invoice_number}, and your bank wants to"
            " hear from you first. It takes a minute.",
        ),
        button="Confirm the payment",
        path=platform_url(f"/billing/confirm/{link_text(charge)}/"),
        note="If it is not confirmed, we try the card again in the next days. Another card can be given under Plan and"
        f" bills: {shop_url(tenant.slug, '/admin/plan/')}",
    )


def _how_to_pay(topic: Topic, invoice: BillingInvoice, *, by_card: bool) -> str:
    if invoice.status not in OPEN or invoice.kind == InvoiceKind.CREDIT:
        return ""
    if by_card and invoice.status == InvoiceStatus.PENDING:
        return "Your card is charged; there is nothing to do."
    if by_card:
        return "" if topic is Topic.CLOSED else "Another card that you give there is charged at once."
    return f"Please name the number {invoice.invoice_number} when you transfer the money."


def _words(topic: Topic, shop: str, invoice: BillingInvoice, amount: str) -> tuple[str, tuple[str, ...]]:
    number, due = invoice.invoice_number, _day(invoice.due_date)
    match topic:
        case Topic.ISSUED:
            period = f"from {_day(invoice.period_start)} to {_day(invoice.period_end)}"
            return f"Invoice {number} for {shop}", (f"{amount} {period}, due on {due}.",)
        case Topic.REMINDER:
            return f"Invoice {number} is overdue", (
                f"{amount} for {shop} were due on {due}, and have not come yet.",
                "If the money is on its way, there is nothing to do.",
            )
        case Topic.PAST_DUE:
            return f"{shop} goes on selling, and invoice {number} is still open", (
                f"{amount} were due on {due}. Two weeks after that day the shop is closed to shoppers until they come.",
            )
        case Topic.SUSPENDED:
            return f"{shop} is closed to shoppers", (
                f"{amount} were due on {due} and have not come. The shop opens again as soon as they do; nothing in it"
                " was changed.",
                "Thirty days after that day it is closed for good.",
            )
        case Topic.CLOSED:
            return f"{shop} is closed for good", (
                f"{amount} were due on {due} and never came.",
                kept_for(),
            )
        case Topic.CARD_DECLINED:
            return f"Your card could not be charged for {shop}", (
                f"{amount} for the invoice {number} could not be taken: {_why(invoice)}",
                "We try again in the next days. To have it done at once, give another card.",
            )
        case Topic.CARD_CONFIRM:
            raise AssertionError  # `_to_confirm` writes it
        case Topic.CREDITED:
            about = invoice.corrects.invoice_number if invoice.corrects else ""
            return f"Credit note {number} for {shop}", (
                f"We take back {amount} of the invoice {about}.",
                *([invoice.reason] if invoice.reason else []),
            )
        case Topic.GIVEN_BACK:
            return f"{amount} are on their way to you", (f"We have given back what the credit note {number} says.",)
        case Topic.PAID:
            return f"Thank you: invoice {number} is paid", (f"{amount} for {shop} have come.",)


def _why(invoice: BillingInvoice) -> str:
    charge = invoice.charges.filter(state=ChargeState.DECLINED).last()
    return why(charge.reason if charge else "")


def _day(day: date | None) -> str:
    return f"{day:%-d %B %Y}" if day else ""


WRITERS.update(dict.fromkeys(Topic, write))
