"""Working off the outbox: one worker at a time for each event, and none lost when a worker dies."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from tenant_shop.integrations.models import OutboxEvent

LEASE = timedelta(minutes=10)
MAX_ATTEMPTS = 12
MAX_DELAY = timedelta(hours=12)


def due_events(topic: str, *, at: datetime, limit: int) -> list[UUID]:
    """The ids of events of `topic` that wait for delivery, oldest first; of one moment, as they were promised."""
    waiting = OutboxEvent.objects.filter(
        topic=topic, delivered_at=None, available_at__lte=at, attempts__lt=MAX_ATTEMPTS
    )
    return list(waiting.order_by("available_at", "pk").values_list("pk", flat=True)[:limit])


def lease_event(event_id: UUID) -> OutboxEvent | None:
    """Take an event for ten minutes; None when it is delivered, taken by another worker, or not due.

    No transaction stays open while the world is slow: a worker that dies lets go when the lease runs out.
    """
    now = timezone.now()
    taken = OutboxEvent.objects.filter(pk=event_id, delivered_at=None, available_at__lte=now).update(
        available_at=now + LEASE, attempts=F("attempts") + 1
    )
    return OutboxEvent.objects.get(pk=event_id) if taken else None


def finish_event(event: OutboxEvent) -> None:
    """The leased event was delivered."""
    OutboxEvent.objects.filter(pk=event.pk).update(delivered_at=timezone.now(), last_error=None)


def postpone_event(event: OutboxEvent, error: Exception) -> None:
    """The leased event could not be delivered: it is due again after 1, 2, 4 … minutes, at most twelve hours."""
    delay = min(timedelta(minutes=2 ** (event.attempts - 1)), MAX_DELAY)
    OutboxEvent.objects.filter(pk=event.pk).update(
        available_at=timezone.now() + delay, last_error=f"{type(error).__name__}: {error}"[:1000]
    )
