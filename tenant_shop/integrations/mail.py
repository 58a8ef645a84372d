"""Sending the mails that wait in the outbox: a row is the promise, a message to a worker only makes it quick."""

import logging
from collections.abc import Callable
from smtplib import SMTPException
from typing import Any
from uuid import UUID

from django.core.mail import EmailMultiAlternatives
from kombu.exceptions import OperationalError

from platform_core.tenancy.transactions import after_commit
from tenant_shop.integrations.lease import finish_event, lease_event, postpone_event
from tenant_shop.integrations.models import OutboxEvent

logger = logging.getLogger(__name__)


def send_soon(event: OutboxEvent, task: Any) -> None:
    """Tell a worker of `event` once the caller has committed; `task` takes its id. Without a broker the event waits."""
    after_commit(_queue, str(event.pk), task)


def _queue(event_id: str, task: Any) -> None:
    try:
        task.delay(event_id)
    except OperationalError as error:
        logger.warning("the broker cannot be reached (%s); mail %s waits in the outbox", error, event_id)


def send_event(event_id: UUID, compose: Callable[[OutboxEvent], EmailMultiAlternatives | None]) -> bool:
    """Send the mail that `compose` makes of an event, unless it was sent; whether it was sent now.

    None says that there is nothing to send any more. A worker that dies between sending and noting it sends twice,
    under the same Message-ID. After a failure it is due again later, twelve times over about a day.
    """
    event = lease_event(event_id)
    if event is None:
        return False
    mail = compose(event)
    if mail is None:
        finish_event(event)
        return False
    try:
        mail.send()
    except (OSError, SMTPException) as error:
        logger.warning("the mail %s could not be sent: %s", event.pk, error)
        postpone_event(event, error)
        return False
    finish_event(event)
    return True
