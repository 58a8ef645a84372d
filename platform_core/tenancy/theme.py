"""Making a shop's look live."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import router, transaction

from platform_core.audit.record import record
from platform_core.tenancy import directory


def set_theme(
    tenant_id: UUID,
    config: Mapping[str, Any],
    *,
    user_id: UUID | None,
    metadata: Mapping[str, Any] | None = None,
    ip_address: str | None = None,
    user_agent: str | None = None,
) -> Mapping[str, Any]:
    """Give the shop the look `config` (its `theme_config`, whole), and return the one it had.

    Every process shows it from its next request on. The change is in the audit log, or does not happen; `metadata` says
    there who did it where it is no person.
    """
    tenants = apps.get_model("platform_core", "Tenant").objects
    with transaction.atomic(using=router.db_for_write(tenants.model)):
        before: Mapping[str, Any] = tenants.select_for_update().values_list("theme_config", flat=True).get(pk=tenant_id)
        tenants.filter(pk=tenant_id).update(theme_config=dict(config))
        record(
            "publish_theme",
            resource_type="tenant",
            resource_id=tenant_id,
            tenant_id=tenant_id,
            user_id=user_id,
            old_values={"theme_config": before},
            new_values={"theme_config": dict(config)},
            metadata=metadata,
            ip_address=ip_address,
            user_agent=user_agent,
        )
    directory.forget(tenant_id)
    return before
