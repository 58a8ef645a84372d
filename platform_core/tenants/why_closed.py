"""Why a shop is closed: for want of payment, or for another reason, which no money undoes."""

from platform_core.audit.models import AuditLog
from platform_core.audit.read import Wanted, entries_of
from platform_core.tenants.models import Tenant, TenantStatus

OVERDUE = " is overdue"


def is_closed_for_bills(tenant: Tenant) -> bool:
    """Whether the audit log's last word about a shop that is closed is that it did not pay; not when an operator closed
    it, however its subscription stands. One statement besides the scope's own, none for one that is not closed."""
    word = _last_word(tenant)
    return word is not None and word.user_id is None and _reason(word).endswith(OVERDUE)


def is_shut(tenant: Tenant) -> bool:
    """Whether an operator has closed the shop for a while. As many statements."""
    return tenant.status == TenantStatus.SUSPENDED and not is_closed_for_bills(tenant)


def why_closed(tenant: Tenant) -> str:
    """What was said as the shop was closed for a while; "" when nothing was, and for one that is not. As many
    statements."""
    word = _last_word(tenant)
    return "" if word is None else _reason(word)


def _last_word(tenant: Tenant) -> AuditLog | None:
    if tenant.status != TenantStatus.SUSPENDED:
        return None
    found = entries_of(tenant.pk, Wanted(action="suspend_tenant", resource_type="tenant"), limit=1).entries
    return found[0] if found else None


def _reason(entry: AuditLog) -> str:
    return str((entry.metadata or {}).get("reason", ""))
