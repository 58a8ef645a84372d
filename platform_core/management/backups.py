"""Backups as operators name them."""

from uuid import UUID

from platform_core.fleet.backups.models import Backup
from platform_core.management.operator import Refused


def backup_named(text: str) -> Backup:
    """The backup with this identifier. Errors: Refused when there is none."""
    try:
        return Backup.objects.get(pk=UUID(text))
    except (ValueError, Backup.DoesNotExist):
        raise Refused(f"There is no backup {text}; `manage.py backups` lists them.") from None
