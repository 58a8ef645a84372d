"""Adding to the audit log."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from platform_core.audit.acting import machinery, origin_for
from platform_core.audit.mask import without_secrets
from platform_core.audit.models import AuditLog
from platform_core.audit.origin import Origin
from platform_core.audit.scope import platform_scope, tenant_scope
from smartseller.observability.request_id import current_request_id


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
    entry_id: UUID | None = None,
    at: datetime | None = None,
) -> UUID:
    """Write down that `user_id` (None: the platform itself) did `action`; the id of the new entry.

    `tenant_id` is None for an action on the platform itself. Values must be what JSON can hold. The entry belongs to
    the transaction on the platform's database that is open, if one is, and shares its fate.

    `request_id` is, unless it is said, that of the request that this is done for; address and browser are those of who
    is `acting`; what nobody is named for says which command or task it was (`by` in its metadata). Values of secret
    fields are masked, wherever they stand.

    `entry_id` names what is told perhaps more than once: it is written once. `at` is when it happened, or now.
    """
    told: dict[str, Any] = {"id": entry_id} if entry_id else {}
    if (origin := origin_for(user_id)) is not None:
        ip_address, user_agent = ip_address or origin.ip_address, user_agent or origin.user_agent
        metadata = {**origin.marks, **(metadata or {})}
    # What is told later, was not done by who tells it.
    if user_id is None and entry_id is None and (by := machinery()):
        metadata = {"by": by, **(metadata or {})}
    if at is not None:
        told["created_at"] = at
    with platform_scope() if tenant_id is None else tenant_scope(tenant_id):
        entry = AuditLog(
            **told,
            action=action,
            resource_type=resource_type,
            resource_id=resource_id,
            tenant_id=tenant_id,
            user_id=user_id,
            old_values=None if old_values is None else without_secrets(old_values),
            new_values=None if new_values is None else without_secrets(new_values),
            metadata=dict(metadata or {}),
            ip_address=ip_address,
            user_agent=user_agent,
            request_id=request_id or current_request_id() or None,
        )
        AuditLog.objects.bulk_create([entry], ignore_conflicts=entry_id is not None)
    return entry.pk


def record_of(
    origin: Origin,
    action: str,
    *,
    resource_type: str,
    resource_id: UUID | None = None,
    tenant_id: UUID | None = None,
    old_values: Mapping[str, Any] | None = None,
    new_values: Mapping[str, Any] | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> UUID:
    """As `record`, for something that a person did in a request."""
    return record(
        action,
        resource_type=resource_type,
        resource_id=resource_id,
        tenant_id=tenant_id,
        user_id=origin.user_id,
        old_values=old_values,
        new_values=new_values,
        metadata={**(metadata or {}), **origin.marks},
        ip_address=origin.ip_address,
        user_agent=origin.user_agent,
    )
