"""A new secret for an endpoint, with the old one good for a while beside it."""

from datetime import datetime, timedelta
from uuid import UUID

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.integrations.models import Webhook
from tenant_shop.integrations.webhooks.errors import OutOfRange
from tenant_shop.integrations.webhooks.secrets import new_secret, sealed_secret

LONGEST_OVERLAP = timedelta(days=7)
USUAL_OVERLAP = timedelta(hours=24)


def rotate_secret(webhook_id: UUID, *, at: datetime, overlap: timedelta = USUAL_OVERLAP) -> tuple[Webhook, str]:
    """The endpoint, and its new secret, which is never shown again. Until `at + overlap` both sign whatever is sent.

    Without overlap the old one is worth nothing at once: for a secret that got about. A third one is not kept: who
    rotates twice ends the first overlap. Errors: OutOfRange; Webhook.DoesNotExist.
    """
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise OutOfRange(f"The old secret can be good for at most {LONGEST_OVERLAP.days} days.")
    secret = new_secret()
    with shop_transaction():
        webhook = Webhook.objects.select_for_update(no_key=True).get(pk=webhook_id)
        webhook.previous_secret = webhook.secret if overlap else None
        webhook.previous_secret_until = at + overlap if overlap else None
        webhook.secret = sealed_secret(secret)
        webhook.save(update_fields=["secret", "previous_secret", "previous_secret_until"])
    return webhook, secret
