"""The domains of a shop, to look at."""

from uuid import UUID

from platform_core.tenancy.domains.models import TenantDomain


def domains_of(tenant_id: UUID) -> list[TenantDomain]:
    """By name; one statement."""
    return list(TenantDomain.objects.filter(tenant=tenant_id))
