"""The job that looks at domains again."""

from datetime import datetime

from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from platform_core.tenancy.domains.check import WAITED_FOR, look_again
from platform_core.tenancy.domains.models import DomainState, TenantDomain

# In one round: each costs two questions to somebody's servers.
AT_ONCE = 200


def recheck_domains(now: datetime) -> int:
    """Look at the domains that are due, those that were due longest first; how many.

    What nobody proved within two weeks is not asked about any more, only when the merchant wishes. Safe to repeat, by
    several at once: each look is settled under the shop's lock.
    """
    waits = Q(state__in=(DomainState.PENDING, DomainState.LOST))
    given_up = waits & Q(created_at__lt=now - WAITED_FOR)
    due = TenantDomain.objects.filter(due_at__lte=now).exclude(given_up).select_related("tenant").order_by("due_at")
    claims = list(due[:AT_ONCE])
    for claim in claims:
        look_again(claim, at=now)
    return len(claims)


@shared_task(name="domains.recheck")  # type: ignore[untyped-decorator]
def recheck_domains_task() -> None:
    recheck_domains(timezone.now())
