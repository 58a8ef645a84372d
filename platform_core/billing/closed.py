"""Closing a shop for want of payment."""

from platform_core.tenants.models import Tenant
from platform_core.tenants.suspend import suspend_tenant
from platform_core.tenants.why_closed import OVERDUE


def close_for_bills(tenant: Tenant, *, number: str) -> None:
    """Close the locked shop, which is active, because of the invoice `number`."""
    suspend_tenant(tenant.pk, reason=f"{number}{OVERDUE}")
