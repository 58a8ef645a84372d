"""What was told, for those who ask instead of being called: `/api/v1/events?after=`."""

from uuid import UUID

from tenant_shop.integrations.catalogue import TEST
from tenant_shop.integrations.errors import EventForgotten
from tenant_shop.integrations.models import Event

MOST_EVENTS = 250


def events_after(event_id: UUID | None, *, limit: int = 100, types: frozenset[str] = frozenset()) -> list[Event]:
    """The events told after that one, oldest first, at most `limit`; from the oldest that is kept without one.

    Whoever goes on from the last one that was answered misses nothing, however many processes write. Two statements.
    `message.envelope` is how an event is shown. `types` narrows it; empty means all.
    Errors: EventForgotten when there is no such event, or none any more.
    """
    events = Event.objects.exclude(type=TEST)
    if event_id is not None:
        position = Event.objects.filter(pk=event_id).values_list("position", flat=True).first()
        if position is None:
            raise EventForgotten(event_id)
        events = events.filter(position__gt=position)
    if types:
        events = events.filter(type__in=types)
    return list(events.order_by("position")[: min(limit, MOST_EVENTS)])
