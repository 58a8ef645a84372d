"""Writing down what happened, for those who want to hear of it."""

from collections.abc import Iterable, Mapping
from typing import Any

from tenant_shop.integrations.models import OutboxEvent


def record_event(topic: str, payload: Mapping[str, Any]) -> OutboxEvent:
    """Put an event into the outbox, in the caller's transaction: it exists if and only if the business does.

    `topic` is a noun and a past participle (`order.created`); `payload` is ready for JSON, amounts as strings.
    """
    return OutboxEvent.objects.create(topic=topic, payload=dict(payload))


def record_events(events: Iterable[tuple[str, Mapping[str, Any]]]) -> list[OutboxEvent]:
    """As `record_event`, for several at once, of each its topic and payload; one statement, whatever their number."""
    return OutboxEvent.objects.bulk_create(OutboxEvent(topic=topic, payload=dict(payload)) for topic, payload in events)
