"""Working off the outbox: one worker at a time for each event, and none lost when a worker dies."""

from datetime import datetime
from uuid import UUID

from django.db.models import Min

from smartseller import outbox
from smartseller.outbox import MAX_ATTEMPTS
from tenant_shop.integrations.models import OutboxEvent


def due_events(topic: str, *, at: datetime, limit: int) -> list[UUID]:
    """The ids of events of `topic` that wait for delivery, oldest first; of one moment, as they were promised."""
    return outbox.due(OutboxEvent.objects.filter(topic=topic), at=at, limit=limit)


def next_delivery(now: datetime) -> datetime | None:
    """When, after `now`, an event is due next that could not be delivered at once."""
    waiting = OutboxEvent.objects.filter(delivered_at=None, available_at__gt=now, attempts__lt=MAX_ATTEMPTS)
    moment: datetime | None = waiting.aggregate(next=Min("available_at"))["next"]
    return moment


def oldest_promise(now: datetime) -> datetime | None:
    """Since when an event waits that was due before `now` and was not given up; None when none does. One statement."""
    return outbox.oldest(OutboxEvent.objects.all(), at=now)


def lease_event(event_id: UUID) -> OutboxEvent | None:
    """Take an event for ten minutes; None when it is delivered, taken by another worker, or not due."""
    return outbox.lease(OutboxEvent.objects.all(), event_id)


def finish_event(event: OutboxEvent) -> None:
    """The leased event was delivered."""
    outbox.finish(OutboxEvent.objects.all(), event.pk)


def postpone_event(event: OutboxEvent, error: Exception) -> None:
    """The leased event could not be delivered: it is due again later."""
    outbox.postpone(OutboxEvent.objects.all(), event.pk, attempts=event.attempts, error=error)
