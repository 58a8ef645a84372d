"""What happened to one object of the shop, from the audit log."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from platform_core.audit.models import AuditLog
from platform_core.audit.scope import tenant_scope

NEWEST = 100


@dataclass(frozen=True, slots=True)
class Change:
    """One entry: when, by whom (an e-mail address, or the platform), and what, in words."""

    at: datetime
    by: str
    what: str


def changes_of(tenant_id: UUID, resource_id: UUID) -> list[Change]:
    """The newest hundred entries about an object of this shop."""
    with tenant_scope(tenant_id):
        entries = list(
            AuditLog.objects.filter(tenant=tenant_id, resource_id=resource_id)
            .select_related("user")
            .order_by("-created_at")[:NEWEST]
        )
    return [
        Change(entry.created_at, entry.user.email if entry.user else "SmartSeller", _words(entry)) for entry in entries
    ]


def _words(entry: AuditLog) -> str:
    verb = entry.action.partition("_")[0].capitalize()
    fields = [name for change in _changes(entry) for name in change.get("fields", [])]
    return f"{verb}: {', '.join(fields)}" if fields else verb


def _changes(entry: AuditLog) -> list[dict[str, Any]]:
    stored = (entry.new_values or {}).get("changes")
    if not isinstance(stored, list):
        return []
    return [part for step in stored if isinstance(step, dict) for part in step.values() if isinstance(part, dict)]
