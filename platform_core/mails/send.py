"""Sending what was promised: the one place from which the platform's mails leave."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from smtplib import SMTPException
from uuid import UUID

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from platform_core.mails.look import LOOK
from platform_core.mails.models import PlatformMail
from platform_core.tenancy.hosts import platform_url
from platform_core.tenants.models import Tenant
from smartseller import outbox
from smartseller.letter import Letter

logger = logging.getLogger(__name__)

BATCH = 200
TIMEOUT_SECONDS = 20
# Who writes the letters of a topic: it is given the mail and its merchant, and returns None when none is due any more.
WRITERS: dict[str, Callable[[PlatformMail, Tenant], Letter | None]] = {}
# The same for mails to people.
WRITERS_TO_PEOPLE: dict[str, Callable[[PlatformMail], Letter | None]] = {}


def send_mail(mail_id: UUID) -> bool:
    """Send a promised mail, unless it was sent; whether it was sent now.

    A worker that dies between sending and noting it sends twice, under the same Message-ID. After a failure it is due
    again later, twelve times over about a day.
    """
    rows = PlatformMail.objects.select_related("tenant")
    mail = outbox.lease(rows, mail_id)
    if mail is None:
        return False
    letter = WRITERS_TO_PEOPLE[mail.topic](mail) if mail.tenant is None else WRITERS[mail.topic](mail, mail.tenant)
    if letter is not None:
        try:
            _written(mail, letter).send()
        except (OSError, SMTPException) as error:
            logger.warning("the mail %s (%s) could not be sent: %s", mail.pk, mail.topic, error)
            outbox.postpone(rows, mail.pk, attempts=mail.attempts, error=error)
            return False
    outbox.finish(rows, mail.pk)
    return letter is not None


def send_waiting(at: datetime) -> int:
    """Send what is still due at `at`, at most 200 mails; how many were sent."""
    return sum(send_mail(mail_id) for mail_id in outbox.due(PlatformMail.objects.all(), at=at, limit=BATCH))


def longest_waiting_mail(at: datetime) -> timedelta:
    """How long the oldest mail that waits at `at` has waited; nothing when none does. One statement."""
    oldest = outbox.oldest(PlatformMail.objects.all(), at=at)
    return timedelta() if oldest is None else at - oldest


def _written(mail: PlatformMail, letter: Letter) -> EmailMultiAlternatives:
    values = {
        "subject": letter.title,
        "words": None,
        "language": "en",
        "is_rtl": False,
        "own": SafeString(""),
        "look": LOOK,
        "shop_name": "SmartSeller",
        "shop_email": settings.SUPPORT_EMAIL,
        "shop_phone": "",
        "shop_address": [],
        "shop_url": platform_url(),
        "letter": letter,
        "url": letter.path,
    }
    written = EmailMultiAlternatives(
        subject=letter.title,
        body=render_to_string("emails/letter.txt", values),
        to=[_address_of(mail)],
        reply_to=[settings.SUPPORT_EMAIL],
        headers={"Message-ID": f"<{mail.pk}@{settings.PLATFORM_DOMAIN}>"},
        connection=get_connection(timeout=TIMEOUT_SECONDS),
    )
    written.attach_alternative(render_to_string("emails/letter.html", values), "text/html")
    for each in letter.attachments:
        written.attach(each.name, each.content, each.kind)
    return written


def _address_of(mail: PlatformMail) -> str:
    if mail.tenant is None:
        return str(mail.email)
    return mail.email or mail.tenant.billing_email or mail.tenant.contact_email


@shared_task(name="mails.send")  # type: ignore[untyped-decorator]
def send_mail_task(mail_id: str) -> None:
    send_mail(UUID(mail_id))


@shared_task(name="mails.send_waiting")  # type: ignore[untyped-decorator]
def send_waiting_task() -> None:
    send_waiting(timezone.now())
