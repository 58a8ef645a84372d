"""What the back office's forms are sent, and what its audit log says."""

from typing import Any

from platform_core.audit.models import AuditLog
from platform_core.audit.scope import tenant_scope
from platform_core.tenancy.context import TenantInfo


def entries(shop: TenantInfo) -> list[AuditLog]:
    """What the audit log says of the shop besides who logged in, oldest first."""
    with tenant_scope(shop.id):
        return list(AuditLog.objects.exclude(action="log_in").order_by("created_at"))


def inline(prefix: str, rows: list[dict[str, Any]], *, initial: int = 0) -> dict[str, Any]:
    """The fields of an inline formset, of whose rows the first `initial` exist already."""
    form = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial}
    return form | {f"{prefix}-{index}-{name}": value for index, row in enumerate(rows) for name, value in row.items()}


def product_form(**changes: Any) -> dict[str, Any]:
    """The form of a hammer for 12.50 with no variants and no pictures."""
    return {
        "name": "Hammer",
        "slug": "hammer",
        "sku": "H-1",
        "status": "active",
        "visibility": "visible",
        "price": "12.50",
        "low_stock_threshold": 3,
        "track_inventory": "on",
        **inline("variant_rows", []),
        **inline("images", []),
        **inline("scheduled", []),
        **changes,
    }
