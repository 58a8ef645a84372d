"""Deleting events that nobody will work off any more, and what events say of somebody who is to be forgotten."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from smartseller.outbox import MAX_ATTEMPTS
from tenant_shop.integrations.models import Event, OutboxEvent


def forget_events(topics: str, *, before: datetime) -> int:
    """Delete the events whose topic begins with `topics`, delivered until `before`, or given up and due until then; how
    many.

    What still waits is kept, however old. One statement.
    """
    given_up = Q(delivered_at=None, attempts__gte=MAX_ATTEMPTS, available_at__lte=before)
    return OutboxEvent.objects.filter(Q(delivered_at__lte=before) | given_up, topic__startswith=topics).delete()[0]


def forget_told_of(customer_id: UUID, *, subjects: Iterable[UUID]) -> int:
    """Delete what was told of a customer and of `subjects`, and what receivers answered to it; how many events.

    What an erased customer did can then be read from nowhere here; receivers are told that they are erased.
    """
    about = Q(subject_id__in=[customer_id, *subjects]) | Q(data__customer_id=str(customer_id))
    return Event.objects.filter(about).delete()[1].get("tenant_shop.Event", 0)
