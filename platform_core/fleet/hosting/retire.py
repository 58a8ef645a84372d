"""A server that holds nothing any more is given up."""

from django.db import transaction

from platform_core.audit.record import record
from platform_core.fleet.databases import database_exists, database_names, drop_database
from platform_core.fleet.errors import UnknownServer
from platform_core.fleet.hosting.errors import ServerRefused
from platform_core.fleet.models import DatabaseServer, ServerState, SpareDatabase, TemplateVersion
from platform_core.fleet.moves.models import Move, MoveState
from platform_core.fleet.names import is_spare, is_template_leftover, template_name
from platform_core.fleet.restores.models import KeptDatabase
from platform_core.fleet.servers import OwnerConnection, only_one, owner_connection
from platform_core.fleet.spares import WORK as SPARES_WORK
from platform_core.fleet.survey import platforms_own
from platform_core.fleet.template import WORK as TEMPLATE_WORK
from platform_core.tenants.models import Tenant, TenantStatus
from smartseller.plurals import number_of

NAMED = 5


def retire_server(key: str) -> DatabaseServer:
    """Give up a drained server: its spares and its template go, and it is looked after no more. Idempotent.

    Errors: UnknownServer; ServerRefused while it takes shops or anything is left on it: a shop, a database that is
    kept for a way back or waits to be dropped, one that nobody knows; psycopg.OperationalError when it does not answer.
    """
    server = DatabaseServer.objects.filter(key=key).first()
    if server is None:
        raise UnknownServer(key)
    if server.state == ServerState.OPEN:
        raise ServerRefused(key, "it takes shops; `manage.py servers drain` comes first")
    with owner_connection(key) as connection:
        _check_ledgers(key)
        _check_databases(connection, key)
        _remove_own(connection, key)
    with transaction.atomic():
        server.state = ServerState.RETIRED
        server.save(update_fields=["state"])
        record("retire_server", resource_type="database_server", resource_id=server.pk, new_values={"key": key})
    return server


def _check_ledgers(key: str) -> None:
    serving = Tenant.objects.filter(server__key=key).exclude(status=TenantStatus.CANCELLED)
    slugs = list(serving.order_by("slug").values_list("slug", flat=True))
    if slugs:
        raise ServerRefused(key, f"{number_of(len(slugs), 'shop is', 'shops are')} on it: {_named(slugs)}")
    running = Move.objects.filter(state=MoveState.RUNNING)
    if running.filter(source=key).exists() or running.filter(target=key).exists():
        raise ServerRefused(key, "a move from or to it is under way")
    kept = KeptDatabase.objects.filter(server=key).order_by("-kept_until").first()
    if kept is not None:
        raise ServerRefused(key, f"{kept.name} is kept on it until {kept.kept_until:%Y-%m-%d %H:%M} UTC")


def _check_databases(connection: OwnerConnection, key: str) -> None:
    found = database_names(connection) - platforms_own(key) - {template_name()}
    left = sorted(name for name in found if not is_spare(name) and not is_template_leftover(name))
    if left:
        raise ServerRefused(key, f"{number_of(len(left), 'database is', 'databases are')} on it: {_named(left)}")


def _remove_own(connection: OwnerConnection, key: str) -> None:
    with only_one(connection, SPARES_WORK), only_one(connection, TEMPLATE_WORK):
        for name in sorted(database_names(connection) - platforms_own(key)):
            if name == template_name() or is_spare(name) or is_template_leftover(name):
                drop_database(connection, name)
        SpareDatabase.objects.filter(server__key=key).delete()
        if not database_exists(connection, template_name()):
            TemplateVersion.objects.filter(server__key=key).delete()


def _named(names: list[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
