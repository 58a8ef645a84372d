"""Sending what was promised: the one place from which mails of a shop leave."""

import logging
from collections.abc import Callable
from datetime import datetime
from smtplib import SMTPException
from uuid import UUID

from django.core.mail import EmailMultiAlternatives

from tenant_shop.integrations.lease import due_events, finish_event, lease_event, postpone_event
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.mails.sandbox import fenced

logger = logging.getLogger(__name__)

BATCH = 200


def send_promised(
    event_id: UUID,
    compose: Callable[[OutboxEvent], EmailMultiAlternatives | None],
    *,
    finish: Callable[[OutboxEvent], object] = finish_event,
) -> bool:
    """Send the mail of an outbox event, unless it was sent; whether it was sent now.

    `compose` writes it when it is sent, as things are then; None means that none is due any more. `finish` notes that
    the event is done. A worker that dies between sending and noting it sends twice, under the same Message-ID. After a
    failure it is due again later, twelve times over about a day.
    """
    event = lease_event(event_id)
    if event is None:
        return False
    mail = compose(event)
    mail = fenced(mail) if mail is not None else None
    if mail is not None:
        try:
            mail.send()
        except (OSError, SMTPException) as error:
            logger.warning("the mail %s (%s) could not be sent: %s", event.pk, event.topic, error)
            postpone_event(event, error)
            return False
    finish(event)
    return mail is not None


def send_due(topic: str, send: Callable[[UUID], bool], *, at: datetime, limit: int = BATCH) -> int:
    """Send the mails of a topic that are still due, at most `limit`; how many were sent."""
    return sum(send(event_id) for event_id in due_events(topic, at=at, limit=limit))
