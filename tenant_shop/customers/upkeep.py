"""What customers leave behind: links that nobody followed, browsers that did not come back, letters that were sent."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from platform_core.tenancy.tasks import TenantTask
from tenant_shop.customers.letters import TOPIC
from tenant_shop.customers.sessions import forget_sessions
from tenant_shop.customers.tokens import forget_expired
from tenant_shop.integrations.forget import forget_events

LETTERS_KEPT_FOR = timedelta(days=30)


@shared_task(base=TenantTask, name="customers.upkeep")  # type: ignore[untyped-decorator]
def upkeep_task() -> None:
    now = timezone.now()
    forget_expired(now)
    forget_sessions(now)
    forget_events(TOPIC, before=now - LETTERS_KEPT_FOR)
