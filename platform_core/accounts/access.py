"""Who may enter a shop."""

from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Now

from platform_core.accounts.models import TenantAccess


def live_access(user_id: UUID, tenant_id: UUID) -> TenantAccess | None:
    """The access of an active user to a shop; None when there is none, or it was withdrawn or has expired.

    One statement.
    """
    return (
        TenantAccess.objects.filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=Now()),
            platform_user=user_id,
            platform_user__is_active=True,
            tenant=tenant_id,
            is_active=True,
        )
        .order_by()
        .first()
    )
