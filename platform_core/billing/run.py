"""The nightly billing of every shop whose period is over."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from platform_core.billing.dunning import dunning_run
from platform_core.billing.models import BillingInvoice, TenantSubscription
from platform_core.billing.renew import renew
from platform_core.billing.running import RENEWED
from platform_core.billing.trial_ends import tell_trials

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Billed:
    """What became of one shop: its new invoices, or why there are none."""

    tenant_id: UUID
    slug: str
    invoices: tuple[BillingInvoice, ...]
    error: Exception | None = None


def billing_run(today: date) -> Iterator[Billed]:
    """Renew every subscription whose period ended before `today` (UTC), one shop at a time, each in its transaction:
    doing it again, or after a kill, bills nobody twice. One that fails holds no other up, and is tried again by the
    next run.
    """
    due = TenantSubscription.objects.filter(status__in=RENEWED, current_period_end__lt=today, tenant__sandbox_of=None)
    for tenant_id, slug in due.order_by("current_period_end", "tenant__slug").values_list("tenant_id", "tenant__slug"):
        try:
            yield Billed(tenant_id=tenant_id, slug=slug, invoices=tuple(renew(tenant_id, today=today)))
        except Exception as error:
            logger.exception("%s could not be billed", slug)
            yield Billed(tenant_id=tenant_id, slug=slug, invoices=(), error=error)


@shared_task(name="billing.run")  # type: ignore[untyped-decorator]
def billing_run_task() -> None:
    today = timezone.now().astimezone(UTC).date()
    invoices = sum(len(billed.invoices) for billed in billing_run(today))
    steps = sum(1 for step in dunning_run(today) if step.error is None)
    tell_trials(today)
    logger.info("%d invoices were issued, and %d steps taken with open ones", invoices, steps)
