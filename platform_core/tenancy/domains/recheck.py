"""The job that looks at domains again."""

import logging
from datetime import datetime

from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from platform_core.tenancy.domains.check import LATER, WAITED_FOR, look_again
from platform_core.tenancy.domains.models import DomainState, TenantDomain

logger = logging.getLogger(__name__)

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
        try:
            look_again(claim, at=now)
        except Exception:
            # Whatever one zone has brought about, the others are looked at, and this one not first of all again.
            logger.exception("%s could not be looked at", claim.domain)
            TenantDomain.objects.filter(pk=claim.pk).update(due_at=now + LATER)
    return len(claims)


@shared_task(name="domains.recheck")  # type: ignore[untyped-decorator]
def recheck_domains_task() -> None:
    recheck_domains(timezone.now())
