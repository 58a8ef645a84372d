"""Ending visits before their time."""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from platform_core.accounts.impersonation.models import Impersonation
from platform_core.accounts.sessions.models import UserSession
from platform_core.audit.origin import Origin
from platform_core.audit.record import record_of


def end_impersonation(visit_id: UUID, *, origin: Origin) -> bool:
    """End one visit; false when it had ended. Its sessions are over with it."""
    return end_visits(Impersonation.objects.filter(pk=visit_id), origin=origin) == 1


def end_visits(visits: QuerySet[Impersonation], *, origin: Origin) -> int:
    """End those of `visits` that are running; how many that were."""
    with transaction.atomic():
        now = timezone.now()
        running = list(visits.filter(ended_at=None, expires_at__gt=now).select_for_update(of=("self",)))
        for visit in running:
            Impersonation.objects.filter(pk=visit.pk).update(ended_at=now)
            UserSession.objects.filter(impersonation=visit).delete()
            record_of(
                origin,
                "end_impersonation",
                resource_type="impersonation",
                resource_id=visit.pk,
                tenant_id=visit.tenant_id,
            )
    return len(running)
