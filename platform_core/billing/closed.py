"""Shops that are closed for want of payment, and those that are closed for another reason, which no money undoes."""

from platform_core.audit.read import Wanted, entries_of
from platform_core.tenants.models import Tenant
from platform_core.tenants.suspend import suspend_tenant

OVERDUE = " is overdue"


def close_for_bills(tenant: Tenant, *, number: str) -> None:
    """Close the locked shop, which is active, because of the invoice `number`."""
    suspend_tenant(tenant.pk, reason=f"{number}{OVERDUE}")


def is_closed_for_bills(tenant: Tenant) -> bool:
    """Whether the audit log's last word about a shop that is closed is that it did not pay; not when an operator closed
    it, however its subscription stands. One statement besides the scope's own."""
    closed = entries_of(tenant.pk, Wanted(action="suspend_tenant", resource_type="tenant"), limit=1).entries
    return any(
        entry.user_id is None and str((entry.metadata or {}).get("reason", "")).endswith(OVERDUE) for entry in closed
    )
