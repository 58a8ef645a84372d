"""Writing down what happened, for those who want to hear of it."""

from collections.abc import Mapping
from typing import Any

from tenant_shop.integrations.models import OutboxEvent


def record_event(topic: str, payload: Mapping[str, Any]) -> OutboxEvent:
    """Put an event into the outbox, in the caller's transaction: it exists if and only if the business does.

    `topic` is a noun and a past participle (`order.placed`); `payload` is ready for JSON, amounts as strings.
    """
    return OutboxEvent.objects.create(topic=topic, payload=dict(payload))
