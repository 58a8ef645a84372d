"""Switching an endpoint off and on."""

from uuid import UUID

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.integrations.models import Webhook, WebhookDelivery
from tenant_shop.integrations.webhooks.allowed import check_plan

SWITCHED_OFF = "The endpoint was switched off"


def switch_off(webhook_id: UUID) -> Webhook:
    """Send nothing to the endpoint any more. What waits for it is given up, and can be sent again later.

    Errors: Webhook.DoesNotExist.
    """
    with shop_transaction():
        webhook = Webhook.objects.select_for_update(no_key=True).get(pk=webhook_id)
        switch_off_locked(webhook, Webhook.Off.BY_HAND)
    return webhook


def switch_off_locked(webhook: Webhook, because: Webhook.Off) -> None:
    """As `switch_off`, in the transaction that has locked it. One that is off already keeps its reason."""
    if not webhook.is_active:
        return
    webhook.is_active, webhook.off_because, webhook.paused_until = False, because, None
    webhook.save(update_fields=["is_active", "off_because", "paused_until"])
    waiting = WebhookDelivery.objects.filter(webhook=webhook, state=WebhookDelivery.State.WAITING)
    waiting.update(state=WebhookDelivery.State.FAILED, next_attempt_at=None, error=SWITCHED_OFF)


def switch_on(webhook_id: UUID) -> Webhook:
    """Send to the endpoint what happens from now on, as if it had never failed.

    Errors: ApiNotInPlan; Webhook.DoesNotExist.
    """
    check_plan()
    with shop_transaction():
        webhook = Webhook.objects.select_for_update(no_key=True).get(pk=webhook_id)
        if not webhook.is_active:
            webhook.is_active, webhook.off_because, webhook.failure_count = True, "", 0
            webhook.failing_since = webhook.paused_until = webhook.warned_at = None
            webhook.save(
                update_fields=[
                    "is_active", "off_because", "failure_count", "failing_since", "paused_until", "warned_at",
                ]
            )  # fmt: skip
    return webhook
