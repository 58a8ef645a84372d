"""Taking deliveries to send: one process at a time for each, and none lost when a process dies with it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Min, Q

from platform_core.tenancy.connections import shop_connection
from tenant_shop.integrations.models import Webhook, WebhookDelivery

# Longer than any attempt takes: a delivery whose process died is due again then, under the same id.
LEASE = timedelta(minutes=2)

TAKE = """
UPDATE webhook_deliveries SET next_attempt_at = %s, attempts = attempts + 1, last_attempt_at = %s
WHERE id IN (
    SELECT due.id FROM unnest(%s::UUID[], %s::INTEGER[]) AS endpoint (id, room)
    CROSS JOIN LATERAL (
        SELECT id FROM webhook_deliveries
        WHERE webhook_id = endpoint.id AND state = 'waiting' AND next_attempt_at <= %s
        ORDER BY next_attempt_at LIMIT endpoint.room FOR UPDATE SKIP LOCKED
    ) AS due
)
RETURNING id
"""


def take_due(rooms: Mapping[UUID, int], *, at: datetime) -> list[WebhookDelivery]:
    """Take what is due at that moment, of each endpoint at most as many as `rooms` says; oldest first.

    An attempt is counted when it begins: a delivery that kills its process comes to its end, too. Two statements.
    """
    rooms = {webhook: room for webhook, room in rooms.items() if room > 0}
    if not rooms:
        return []
    with shop_connection().cursor() as cursor:
        cursor.execute(TAKE, [at + LEASE, at, list(rooms), list(rooms.values()), at])
        taken = [row[0] for row in cursor.fetchall()]
    if not taken:
        return []
    return list(WebhookDelivery.objects.select_related("event").filter(pk__in=taken).order_by("event__position"))


def listening(at: datetime) -> list[Webhook]:
    """The endpoints that may be sent to at that moment: switched on, and not left alone."""
    return list(Webhook.objects.filter(Q(paused_until=None) | Q(paused_until__lte=at), is_active=True))


def next_attempt(now: datetime) -> datetime | None:
    """When, after `now`, the next delivery is due that could not be made at once. One statement.

    One that is due already waits for its endpoint's pause to end.
    """
    waiting = WebhookDelivery.objects.filter(state=WebhookDelivery.State.WAITING, webhook__is_active=True)
    found = waiting.aggregate(
        due=Min("next_attempt_at", filter=Q(next_attempt_at__gt=now)),
        paused=Min("webhook__paused_until", filter=Q(webhook__paused_until__gt=now)),
    )
    moments = [moment for moment in found.values() if moment is not None]
    return min(moments, default=None)
