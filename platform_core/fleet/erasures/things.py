"""What there is of a shop besides rows of the platform: how many of each kind, and being rid of them."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from platform_core.fleet.backups.media import file_names
from platform_core.fleet.backups.models import Backup, BackupTurn
from platform_core.fleet.backups.store import MANIFEST, files_below, store
from platform_core.fleet.copies.discard import database_of, remove_files
from platform_core.fleet.copies.models import ShopExport
from platform_core.fleet.databases import database_exists, drop_database_in_use
from platform_core.fleet.migrate.models import ShopMigration
from platform_core.fleet.models import SpareDatabase
from platform_core.fleet.moves.models import Move, MoveMethod, MoveState
from platform_core.fleet.restores.models import KeptDatabase, Restore
from platform_core.fleet.servers import owner_connection
from platform_core.tenancy import directory
from platform_core.tenancy.context import tenant_context
from platform_core.tenants.models import Tenant


@dataclass(frozen=True)
class Things:
    """A kind of thing that a shop leaves; `erase` is safe to repeat, and `count` is 0 afterwards."""

    what: str
    count: Callable[[Tenant], int]
    erase: Callable[[Tenant], None]


def _shops(tenant: Tenant) -> list[Tenant]:
    """The shop and the sandboxes that it had."""
    return [tenant, *Tenant.objects.filter(sandbox_of=tenant.pk)]


def _databases(shop: Tenant) -> list[str]:
    """The one it has, those that are kept, and those of restores that were never finished; of these, what exists."""
    names = {shop.database_name, database_of(f"ended-{shop.pk.hex}")}
    names |= set(KeptDatabase.objects.filter(tenant=shop).values_list("name", flat=True))
    names |= set(Restore.objects.filter(tenant=shop).values_list("new_database", flat=True))
    names -= set(
        Tenant.objects.filter(database_name__in=names).exclude(pk=shop.pk).values_list("database_name", flat=True)
    )
    with owner_connection(str(shop.server_id)) as connection:
        return sorted(name for name in names if database_exists(connection, name))


def _elsewhere(shop: Tenant) -> list[tuple[str, str]]:
    """Databases that are kept on servers that the shop has left, and copies that failed moves left; their servers."""
    kept = KeptDatabase.objects.filter(tenant=shop).exclude(server=str(shop.server_id))
    failed = Move.objects.filter(tenant=shop, state=MoveState.FAILED, target__in=settings.DATABASE_SERVERS)
    copies = failed.exclude(method=MoveMethod.UNDO).exclude(new_database=shop.database_name)
    found = []
    for server, name in {*kept.values_list("server", "name"), *copies.values_list("target", "new_database")}:
        with owner_connection(server) as connection:
            if database_exists(connection, name):
                found.append((server, name))
    return found


def _count_databases(tenant: Tenant) -> int:
    return sum(len(_databases(shop)) + len(_elsewhere(shop)) for shop in _shops(tenant))


def _drop_databases(tenant: Tenant) -> None:
    for shop in _shops(tenant):
        with owner_connection(str(shop.server_id)) as connection:
            for name in _databases(shop):
                drop_database_in_use(connection, name)
        for server, name in _elsewhere(shop):
            with owner_connection(server) as connection:
                drop_database_in_use(connection, name)
        KeptDatabase.objects.filter(tenant=shop).delete()
        Restore.objects.filter(tenant=shop).delete()
        SpareDatabase.objects.filter(claimed_by__tenant=shop).delete()
        ShopMigration.objects.filter(tenant=shop).delete()


def _count_files(tenant: Tenant) -> int:
    counted = 0
    for shop in _shops(tenant):
        with tenant_context(directory.read_now(shop.pk)):
            counted += sum(1 for _ in file_names())
    return counted


def _remove_files(tenant: Tenant) -> None:
    for shop in _shops(tenant):
        remove_files(shop.pk)


def _archives(tenant: Tenant) -> list[str]:
    return [f"exports/{shop.pk.hex}" for shop in _shops(tenant)]


def _backups(tenant: Tenant) -> list[str]:
    return [f"shops/{shop.pk.hex}" for shop in _shops(tenant)]


def _count_below(folders: list[str]) -> int:
    return sum(1 for folder in folders for _ in files_below(folder))


def _remove_archives(tenant: Tenant) -> None:
    for folder in _archives(tenant):
        _remove_below(folder)
    ShopExport.objects.filter(tenant__in=_shops(tenant)).delete()


def _remove_backups(tenant: Tenant) -> None:
    for folder in _backups(tenant):
        _remove_below(folder)
    for shop in _shops(tenant):
        Backup.objects.of(shop.pk).delete()
        BackupTurn.objects.filter(tenant=shop).delete()


def _remove_below(folder: str) -> None:
    """Manifests first: what is left of a killed removal is no backup."""
    for name in sorted(files_below(folder), key=lambda name: (not name.endswith(f"/{MANIFEST}"), name)):
        store().delete(name)


THINGS = (
    Things("databases of the shop and its sandboxes", _count_databases, _drop_databases),
    Things("pictures and other files", _count_files, _remove_files),
    Things("files of archives", lambda tenant: _count_below(_archives(tenant)), _remove_archives),
    Things(
        "files of backups, the final one included",
        lambda tenant: _count_below(_backups(tenant)),
        _remove_backups,
    ),
)
