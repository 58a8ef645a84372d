"""Deleting events that nobody will work off any more."""

from datetime import datetime

from django.db.models import Q

from tenant_shop.integrations.lease import MAX_ATTEMPTS
from tenant_shop.integrations.models import OutboxEvent


def forget_events(topic: str, *, before: datetime) -> int:
    """Delete the events of `topic` that were delivered until `before`, or given up and due until then; how many.

    What still waits is kept, however old. One statement.
    """
    given_up = Q(delivered_at=None, attempts__gte=MAX_ATTEMPTS, available_at__lte=before)
    return OutboxEvent.objects.filter(Q(delivered_at__lte=before) | given_up, topic=topic).delete()[0]
