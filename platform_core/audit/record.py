"""Adding to the audit log."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from platform_core.audit.models import AuditLog
from platform_core.audit.scope import platform_scope, tenant_scope


def record(
    action: str,
    *,
    resource_type: str,
    resource_id: UUID | None = None,
    tenant_id: UUID | None = None,
    user_id: UUID | None = None,
    old_values: Mapping[str, Any] | None = None,
    new_values: Mapping[str, Any] | None = None,
    metadata: Mapping[str, Any] | None = None,
    ip_address: str | None = None,
    user_agent: str | None = None,
    request_id: str | None = None,
) -> UUID:
    """Write down that `user_id` (None: the platform itself) did `action`; the id of the new entry.

    `tenant_id` is None for an action on the platform itself. Values must be what JSON can hold. The entry belongs to
    the transaction on the platform's database that is open, if one is, and shares its fate.
    """
    with platform_scope() if tenant_id is None else tenant_scope(tenant_id):
        entry = AuditLog.objects.create(
            action=action,
            resource_type=resource_type,
            resource_id=resource_id,
            tenant_id=tenant_id,
            user_id=user_id,
            old_values=None if old_values is None else dict(old_values),
            new_values=None if new_values is None else dict(new_values),
            metadata=dict(metadata or {}),
            ip_address=ip_address,
            user_agent=user_agent,
            request_id=request_id,
        )
    return entry.pk
