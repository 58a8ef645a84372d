"""Promising a mail to a merchant, or to a person."""

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from kombu.exceptions import OperationalError

from platform_core.mails.models import PlatformMail
from platform_core.mails.send import send_mail_task

logger = logging.getLogger(__name__)


def promise_mail(topic: str, key: str, *, tenant_id: UUID, payload: Mapping[str, Any]) -> bool:
    """Have the mail `key` of a topic sent once the caller's transaction has committed; False when it was promised
    before. Two statements.

    The row is the promise; the message to the broker only makes it quick. When the broker is down, or the worker dies,
    the recurring job finds the row.
    """
    return _promise(PlatformMail(topic=topic, key=key, tenant_id=tenant_id, payload=dict(payload)))


def promise_mail_to(email: str, topic: str, key: str, *, payload: Mapping[str, Any]) -> bool:
    """As `promise_mail`, to the mailbox of a person. Two statements, whoever it is."""
    return _promise(PlatformMail(topic=topic, key=key, email=email, payload=dict(payload)))


def _promise(mail: PlatformMail) -> bool:
    PlatformMail.objects.bulk_create([mail], ignore_conflicts=True)
    is_new = PlatformMail.objects.filter(pk=mail.pk).exists()
    if is_new:
        transaction.on_commit(partial(_queue, str(mail.pk)))
    return is_new


def _queue(mail_id: str) -> None:
    try:
        send_mail_task.delay(mail_id)
    except OperationalError as error:
        logger.warning("the broker cannot be reached (%s); mail %s waits for the recurring job", error, mail_id)
