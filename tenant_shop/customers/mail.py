"""Sending the mails to customers."""

from datetime import datetime
from uuid import UUID

from celery import shared_task
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from django.utils.translation import gettext as _

from platform_core.tenancy.tasks import TenantTask
from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.customers.find import by_email, customer_by_email
from tenant_shop.customers.letters import TOPIC, Kind, letter
from tenant_shop.customers.models import Customer
from tenant_shop.customers.tokens import CustomerToken, issue
from tenant_shop.integrations.lease import finish_event
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.mails.letterhead import letterhead
from tenant_shop.mails.send import send_due, send_promised


def send_mail(event_id: UUID) -> bool:
    """Send the mail of an outbox event, unless it was sent; whether it was sent now.

    An address that asked for a new password and has no account gets none, and neither does a link that is spent
    already.
    """
    return send_promised(event_id, _compose_due, finish=_finish)


def send_mails(now: datetime) -> int:
    """Send the mails that are still due at `now`; how many were sent."""
    return send_due(TOPIC, send_mail, at=now)


def _finish(event: OutboxEvent) -> None:
    if Kind(event.payload["kind"]) in (Kind.ERASED, Kind.MERGED):
        event.delete()  # nothing of the mailbox is kept
    else:
        finish_event(event)


def _compose_due(event: OutboxEvent) -> EmailMultiAlternatives | None:
    content = _content(event)
    if content is None:
        return None
    kind, token, has_account = content
    return compose(event, kind, token, has_account=has_account)


def _content(event: OutboxEvent) -> tuple[Kind, CustomerToken | None, bool] | None:
    """What the mail is about, the link in it, and whether its address has an account; None when none is to be sent."""
    kind, email = Kind(event.payload["kind"]), event.payload["email"]
    if kind == Kind.RESET:
        token = _reset_token(event)
        return None if token is None else (kind, token, True)
    has_account = kind == Kind.REGISTER and _is_taken(email)
    if event.payload["token_id"] is None:
        return kind, None, has_account
    token = CustomerToken.objects.filter(pk=event.payload["token_id"]).first()
    return None if token is None else (kind, token, has_account)


def _reset_token(event: OutboxEvent) -> CustomerToken | None:
    """None without an account, and when its password has changed since it was asked for: the link may be spent."""
    email = event.payload["email"]
    with shop_transaction():
        active = by_email(email).select_for_update(no_key=True).filter(status=Customer.Status.ACTIVE)
        customer = active.filter(password_changed_at__lte=event.created_at).first()
        if customer is None:
            return None
        # Under the event's own id: a mail that is tried again brings the same link.
        return issue(CustomerToken.Purpose.RESET, email=email, customer=customer, token_id=event.pk)


def _is_taken(email: str) -> bool:
    """Whether there is an account that the address cannot open once more."""
    customer = customer_by_email(email)
    return customer is not None and (customer.email_verified or customer.status != Customer.Status.ACTIVE)


def compose(
    event: OutboxEvent, kind: Kind, token: CustomerToken | None, *, has_account: bool
) -> EmailMultiAlternatives:
    """The mail in the reader's language, else in the shop's own."""
    with letterhead(event.payload["language"]) as head:
        facts = event.payload.get("facts")
        words = letter(kind, shop=head.shop.store_name, token=token, has_account=has_account, facts=facts)
        subject = _("%(shop)s: %(title)s") % {"shop": head.name, "title": words.title}
        context = {**(facts or {}), "letter": words, "url": head.url(words.path) if words.path else ""}
        # That there is an account already is said to one reader in a thousand: in our words.
        own = "" if kind == Kind.REGISTER and has_account else str(kind)
        return head.write(event, "letter", to=event.payload["email"], subject=subject, context=context, kind=own)


@shared_task(base=TenantTask, name="customers.send_mail")  # type: ignore[untyped-decorator]
def send_mail_task(event_id: str) -> None:
    send_mail(UUID(event_id))


@shared_task(base=TenantTask, name="customers.send_mails")  # type: ignore[untyped-decorator]
def send_mails_task() -> None:
    send_mails(timezone.now())
