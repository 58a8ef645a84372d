"""How long the owners of a cancelled shop can take it along before anybody may close its database."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from platform_core.audit.models import AuditLog
from platform_core.audit.scope import tenant_scope
from platform_core.fleet.errors import ExportWindowOpen
from platform_core.tenants.models import Tenant, TenantStatus


def window_ends(tenant: Tenant) -> datetime | None:
    """`settings.EXPORT_WINDOW_DAYS` after the shop was cancelled, as the audit log has it; None for one that is not
    cancelled, or that was without an entry in the log.
    """
    if tenant.status != TenantStatus.CANCELLED:
        return None
    with tenant_scope(tenant.pk):
        entries = AuditLog.objects.filter(action="cancel_tenant", resource_id=tenant.pk).order_by("-created_at")
        cancelled_at = entries.values_list("created_at", flat=True).first()
    return cancelled_at + timedelta(days=settings.EXPORT_WINDOW_DAYS) if cancelled_at else None


def check_window(tenant: Tenant) -> None:
    """Errors: ExportWindowOpen as long as the shop's owners have time to take it along."""
    ends = window_ends(tenant)
    if ends is not None and timezone.now() < ends:
        raise ExportWindowOpen(tenant.slug, ends)
