"""A signed event of no business, to see whether a receiver understands."""

from datetime import datetime
from uuid import UUID

from django.db.models import Max

from platform_core.tenancy.transactions import after_commit, shop_transaction
from smartseller.ids import uuid7
from tenant_shop.integrations.catalogue import TEST
from tenant_shop.integrations.fan_out import wait_for_turn
from tenant_shop.integrations.models import Event, Webhook, WebhookDelivery
from tenant_shop.integrations.webhooks.allowed import check_plan
from tenant_shop.integrations.webhooks.errors import EndpointOff
from tenant_shop.integrations.webhooks.wake import wake_relay


def send_test(webhook_id: UUID, *, at: datetime) -> WebhookDelivery:
    """Queue a test event for this endpoint alone, whatever it listens to; also while it is left alone.

    It is sent, signed, tried again and shown like any other. Errors: ApiNotInPlan; EndpointOff; Webhook.DoesNotExist.
    """
    check_plan()
    with shop_transaction():
        webhook = Webhook.objects.select_for_update(no_key=True).get(pk=webhook_id)
        if not webhook.is_active:
            raise EndpointOff(webhook.name)
        wait_for_turn()
        last = Event.objects.aggregate(last=Max("position"))["last"] or 0
        data = {"message": "This is a test. Nothing has happened in the shop.", "webhook_id": str(webhook.pk)}
        event = Event.objects.create(
            id=uuid7(), position=last + 1, type=TEST, subject_id=webhook.pk, data=data, occurred_at=at
        )
        delivery = WebhookDelivery.objects.create(webhook=webhook, event=event, next_attempt_at=at)
        Webhook.objects.filter(pk=webhook.pk).update(paused_until=None)
        after_commit(wake_relay)
    return delivery
