"""Forgetting what was told long ago."""

from datetime import datetime, timedelta

from django.db.models import Exists, Max, OuterRef, Q

from tenant_shop.integrations.catalogue import INTERNAL
from tenant_shop.integrations.models import Event, OutboxEvent, Webhook, WebhookDelivery

# Days that deliveries can be looked at and sent again, and events be read: docs/webhooks.md promises them.
KEPT_FOR = timedelta(days=30)
BATCH = 5000


def forget_old(now: datetime) -> int:
    """Delete events told before the days that are kept, with their deliveries, and what is done in the outbox; how many
    events.

    What still waits to be sent is kept however old it is, and so is the newest event: it says where to go on. Secrets
    whose overlap is over go, too. A few statements for every five thousand events.
    """
    before = now - KEPT_FOR
    waiting = WebhookDelivery.objects.filter(event=OuterRef("pk"), state=WebhookDelivery.State.WAITING)
    newest = Event.objects.aggregate(newest=Max("position"))["newest"]
    old = Event.objects.filter(~Exists(waiting), created_at__lt=before).exclude(position=newest)
    forgotten = 0
    while batch := list(old.values_list("pk", flat=True)[:BATCH]):
        WebhookDelivery.objects.filter(event__in=batch).delete()
        forgotten += Event.objects.filter(pk__in=batch).delete()[0]
    mine = Q()
    for begins in INTERNAL:
        mine |= Q(topic__startswith=begins)
    OutboxEvent.objects.exclude(mine).filter(delivered_at__lt=before).delete()
    over = Webhook.objects.filter(previous_secret_until__lt=now)
    over.update(previous_secret=None, previous_secret_until=None)
    return forgotten
