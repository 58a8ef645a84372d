"""Promising a mail."""

import logging
from collections.abc import Mapping
from typing import Any

from celery import Task
from kombu.exceptions import OperationalError

from platform_core.tenancy.transactions import after_commit
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.integrations.record import record_event

logger = logging.getLogger(__name__)


def promise_mail(topic: str, payload: Mapping[str, Any], *, task: Task[[str], None]) -> OutboxEvent:
    """Have a mail sent once the caller's transaction has committed. One statement.

    The row in the outbox is the promise; `task`, which is given its id, only makes it quick. When the broker is down,
    or the worker dies, the recurring job of the topic finds the row.
    """
    event = record_event(topic, payload)
    send_soon(event, task)
    return event


def send_soon(event: OutboxEvent, task: Task[[str], None]) -> None:
    """Have a mail that is promised already sent once the caller's transaction has committed."""
    after_commit(_queue, task, str(event.pk))


def _queue(task: Task[[str], None], event_id: str) -> None:
    try:
        task.delay(event_id)
    except OperationalError as error:
        logger.warning("the broker cannot be reached (%s); mail %s waits in the outbox", error, event_id)
