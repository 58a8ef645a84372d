"""Letting somebody into a shop."""

from uuid import UUID

from django.db import connection

from platform_core.accounts.models import AccessRole

GRANT = """
INSERT INTO tenant_access (platform_user_id, tenant_id, role, granted_by) VALUES (%s, %s, %s, %s)
ON CONFLICT (platform_user_id, tenant_id) DO NOTHING
"""


def grant_access(*, user_id: UUID, tenant_id: UUID, role: AccessRole, granted_by: UUID | None = None) -> bool:
    """Give a user `role` in a shop; false when the user has an access there already, which is left as it is."""
    with connection.cursor() as cursor:
        cursor.execute(GRANT, [user_id, tenant_id, role.value, granted_by])
        return bool(cursor.rowcount)
