"""Letting somebody into a shop."""

from uuid import UUID

from platform_core.accounts.models import AccessRole, TenantAccess


def grant_access(*, user_id: UUID, tenant_id: UUID, role: AccessRole, granted_by: UUID | None = None) -> None:
    """Give a user `role` in a shop, unless the user has an access there already: that one is left as it is."""
    TenantAccess.objects.bulk_create(
        [TenantAccess(platform_user_id=user_id, tenant_id=tenant_id, role=role, granted_by_id=granted_by)],
        ignore_conflicts=True,
    )
