"""A backup has the keys of its day: what was ended since is ended in the database that comes out of it, too."""

from typing import Any
from uuid import UUID

from platform_core.audit.models import AuditLog
from platform_core.audit.scope import tenant_scope

REVOKE = "UPDATE api_keys SET revoked_at = %s::timestamptz WHERE id = %s AND revoked_at IS NULL"
END = "UPDATE api_keys SET expires_at = LEAST(COALESCE(expires_at, 'infinity'), %s::timestamptz) WHERE id = %s"


def changes_of_restore(shop_id: UUID) -> list[tuple[str, tuple[Any, ...]]]:
    """Statements with their parameters, for the owner of the restored database: by the audit log, which is the
    platform's and was not restored. Safe to repeat.
    """
    with tenant_scope(shop_id):
        ended = AuditLog.objects.filter(
            tenant=shop_id, resource_type="apikey", action__in=["revoke_api_key", "roll_api_key"]
        )
        found = list(ended.order_by("created_at", "id").values_list("action", "resource_id", "new_values"))
    return [
        (REVOKE, (values["revoked_at"], key_id))
        if action == "revoke_api_key"
        else (END, (values["expires_at"], key_id))
        for action, key_id, values in found
        if values
    ]
