"""What programs leave behind: answers whose day is over, keys that open nothing, and events of last month."""

from datetime import datetime, timedelta

from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from platform_core.tenancy.tasks import TenantTask
from tenant_shop.integrations.forget_told import forget_old
from tenant_shop.integrations.idempotency.keep import ANSWERS
from tenant_shop.integrations.keys.models import ApiKey

# The back office shows them for thirty days; the audit log knows them for ever.
REMEMBERED = timedelta(days=90)


def forget_what_is_over(now: datetime) -> None:
    """Delete the active shop's kept answers whose day is over, and keys that have opened nothing for ninety days."""
    ANSWERS.forget(now)
    long_ago = now - REMEMBERED
    ApiKey.objects.filter(Q(revoked_at__lte=long_ago) | Q(expires_at__lte=long_ago)).delete()


@shared_task(base=TenantTask, name="integrations.upkeep")  # type: ignore[untyped-decorator]
def upkeep_task() -> None:
    now = timezone.now()
    forget_what_is_over(now)
    forget_old(now)
