"""What people call the shop that a row is about."""

from typing import Any


def shop_of(row: Any) -> str:
    """Its address where the row was read with its shop, its id otherwise: naming a row asks nothing."""
    tenant = row._state.fields_cache.get("tenant")
    return str(tenant.slug if tenant is not None else row.tenant_id)
