"""What customers leave behind: links that nobody followed, and browsers that did not come back."""

from celery import shared_task
from django.utils import timezone

from platform_core.tenancy.tasks import TenantTask
from tenant_shop.customers.sessions import forget_sessions
from tenant_shop.customers.tokens import forget_expired


@shared_task(base=TenantTask, name="customers.upkeep")  # type: ignore[untyped-decorator]
def upkeep_task() -> None:
    now = timezone.now()
    forget_expired(now)
    forget_sessions(now)
