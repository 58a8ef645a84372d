"""What the tests of webhooks share: events, and a clock that jumps to whatever is due next."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.utils import timezone

from tenant_shop.integrations.models import WebhookDelivery
from tenant_shop.integrations.record import record_event
from tenant_shop.integrations.webhooks.relay import next_attempt, relay


def happen(number: int = 1) -> list[str]:
    return [str(record_event("order.created", {"id": str(uuid4())}).pk) for _ in range(number)]


def delivery() -> WebhookDelivery:
    return WebhookDelivery.objects.get()


class Clock:
    """A virtual clock: `relay` and what it writes go by it."""

    def __init__(self) -> None:
        self.now = timezone.now() + timedelta(seconds=1)

    def __call__(self) -> datetime:
        return self.now

    def run_to_next(self, limit: datetime) -> bool:
        """Go to when something is due next, and send it; whether that was before `limit`."""
        moment = next_attempt(self.now)
        if moment is None or moment > limit:
            return False
        self.now = moment
        relay(clock=self)
        return True
