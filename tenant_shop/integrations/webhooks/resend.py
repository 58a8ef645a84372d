"""Sending again what was sent or given up: one delivery, or all that a filter finds."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from platform_core.tenancy.transactions import after_commit, shop_transaction
from tenant_shop.integrations.models import Webhook, WebhookDelivery
from tenant_shop.integrations.webhooks.allowed import check_plan
from tenant_shop.integrations.webhooks.wake import wake_relay

# What one press of a button may send again.
MOST_AT_ONCE = 1000


def resend(delivery_ids: Iterable[UUID], *, at: datetime) -> int:
    """Queue deliveries anew, under the ids of their events, with the whole schedule before them; how many.

    Those to endpoints that are switched off are left as they are, and so are those that wait already. The oldest
    thousand of more. Errors: ApiNotInPlan.
    """
    check_plan()
    with shop_transaction():
        chosen = WebhookDelivery.objects.filter(pk__in=list(delivery_ids), webhook__is_active=True)
        chosen = chosen.exclude(state=WebhookDelivery.State.WAITING)
        found = list(chosen.order_by("created_at", "pk").values_list("pk", "webhook_id")[:MOST_AT_ONCE])
        # Endpoints before deliveries, as everywhere; one that is left alone is tried at once.
        Webhook.objects.filter(pk__in={webhook for _, webhook in found}).update(paused_until=None)
        queued = WebhookDelivery.objects.filter(pk__in=[pk for pk, _ in found]).exclude(
            state=WebhookDelivery.State.WAITING
        )
        number = queued.update(
            state=WebhookDelivery.State.WAITING, attempts=0, next_attempt_at=at, delivered_at=None, error=""
        )
        after_commit(wake_relay)
    return number
