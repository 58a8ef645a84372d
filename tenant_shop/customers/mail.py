"""Sending the mails to customers."""

import logging
from datetime import datetime
from email.utils import formataddr, parseaddr
from smtplib import SMTPException
from uuid import UUID

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.hosts import public_url
from platform_core.tenancy.tasks import TenantTask
from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.configuration.languages import readable, shop_languages
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.configuration.theme import parse_theme
from tenant_shop.customers.find import by_email, customer_by_email
from tenant_shop.customers.letters import TOPIC, Kind, Letter, letter
from tenant_shop.customers.models import Customer
from tenant_shop.customers.tokens import CustomerToken, issue
from tenant_shop.integrations.lease import due_events, finish_event, lease_event, postpone_event
from tenant_shop.integrations.models import OutboxEvent

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS = 20
BATCH = 200


def send_mail(event_id: UUID) -> bool:
    """Send the mail of an outbox event, unless it was sent; whether it was sent now.

    An address that asked for a new password and has no account gets none, and neither does a link that is spent
    already. A worker that dies between sending and noting it sends twice, under the same Message-ID. After a failure
    it is due again later, twelve times over about a day.
    """
    event = lease_event(event_id)
    if event is None:
        return False
    content = _content(event)
    if content is None:
        finish_event(event)
        return False
    kind, token, has_account = content
    try:
        compose(event, kind, token, has_account=has_account).send()
    except (OSError, SMTPException) as error:
        logger.warning("the mail %s could not be sent: %s", event.pk, error)
        postpone_event(event, error)
        return False
    if kind == Kind.ERASED:
        event.delete()  # nothing of the mailbox is kept
    else:
        finish_event(event)
    return True


def send_mails(now: datetime) -> int:
    """Send the mails that are still due at `now`, at most 200; how many were sent."""
    return sum(send_mail(event_id) for event_id in due_events(TOPIC, at=now, limit=BATCH))


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
    """The mail as text and HTML in the reader's language and the shop's colours; answers go to the shop."""
    languages = shop_languages()
    language = readable(event.payload["language"] or languages.own)
    with translation.override(language):
        shop = shop_settings()
        facts = event.payload.get("facts")
        words = letter(kind, shop=shop.store_name, token=token, has_account=has_account, facts=facts)
        return _compose(event, words, languages.prefix_of(language), language)


def _compose(event: OutboxEvent, words: Letter, prefix: str, language: str) -> EmailMultiAlternatives:
    shop, tenant = shop_settings(), current_tenant()
    name = " ".join(shop.store_name.split())
    subject = _("%(shop)s: %(title)s") % {"shop": name, "title": words.title}
    context = {
        "subject": subject,
        "language": language,
        "is_rtl": translation.get_language_bidi(),
        "theme": parse_theme(tenant.theme),
        "shop_name": shop.store_name,
        "shop_email": shop.store_email,
        "letter": words,
        "url": public_url(tenant.slug, tenant.domain, prefix + words.path) if words.path else "",
    }
    mail = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string("emails/customers/letter.txt", context),
        from_email=formataddr((name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1])),
        to=[event.payload["email"]],
        reply_to=[" ".join(shop.store_email.split())],
        headers={"Message-ID": f"<{event.pk}@{settings.PLATFORM_DOMAIN}>"},
        connection=get_connection(timeout=TIMEOUT_SECONDS),
    )
    mail.attach_alternative(render_to_string("emails/customers/letter.html", context), "text/html")
    return mail


@shared_task(base=TenantTask, name="customers.send_mail")  # type: ignore[untyped-decorator]
def send_mail_task(event_id: str) -> None:
    send_mail(UUID(event_id))


@shared_task(base=TenantTask, name="customers.send_mails")  # type: ignore[untyped-decorator]
def send_mails_task() -> None:
    send_mails(timezone.now())
