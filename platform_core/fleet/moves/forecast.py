"""How long a shop would be closed if it were dumped and restored on another server, as far as anybody can know."""

from dataclasses import dataclass
from datetime import timedelta

import psycopg
from django.template.defaultfilters import filesizeformat

from platform_core.fleet.backups.models import Backup
from platform_core.fleet.servers import owner_connection
from platform_core.tenants.models import Tenant
from smartseller.plurals import number_of

# A backup reads everything twice (the dump, the checksums). Moving reads it three times, writes it and builds indexes.
TIMES_A_BACKUP = 3
TWO_MINUTES = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What is known before: the size of the database in bytes (None when its server does not answer), and how long the
    newest backup of the shop took (None when it has none).
    """

    size: int | None
    backup_took: timedelta | None

    @property
    def closed_for(self) -> timedelta | None:
        """A rough guess, and of how long a move by replication takes, too; None when nothing is known to guess from."""
        return None if self.backup_took is None else self.backup_took * TIMES_A_BACKUP

    def __str__(self) -> str:
        size = "" if self.size is None else f"{filesizeformat(self.size)}, "
        if self.closed_for is None:
            return f"for nobody knows how long ({size}never backed up)"
        return f"for about {in_words(self.closed_for)} ({size}three times what its last backup took)"


def forecast(tenant: Tenant) -> Forecast:
    """Two statements, one of them on the shop's server."""
    newest = Backup.objects.of(tenant.pk).complete().order_by("-started_at").first()
    took = newest.finished_at - newest.started_at if newest and newest.finished_at else None
    return Forecast(size=_size(tenant), backup_took=took)


def in_words(time: timedelta) -> str:
    """`1 second`, `90 seconds`, `3 minutes`: rounded up."""
    seconds = -(-time // timedelta(seconds=1))
    return number_of(seconds, "second") if time < TWO_MINUTES else number_of(-(-seconds // 60), "minute")


def _size(tenant: Tenant) -> int | None:
    try:
        with owner_connection(str(tenant.server_id)) as connection:
            row = connection.execute("SELECT pg_database_size(%s)", (tenant.database_name,)).fetchone()
    except psycopg.Error:
        return None
    return int(row[0]) if row else None
