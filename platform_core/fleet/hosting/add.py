"""A server begins to take shops."""

from django.conf import settings
from django.db import transaction

from platform_core.audit.record import record
from platform_core.fleet.errors import UnknownServer
from platform_core.fleet.hosting.errors import ServerRefused
from platform_core.fleet.models import DatabaseServer, ServerState
from platform_core.fleet.servers import owner_connection
from platform_core.fleet.spares import refill_spares
from platform_core.fleet.template import Say, ensure_template, silent
from platform_core.tenants.models import Tenant
from smartseller.plurals import number_of


def add_server(
    key: str, *, region: str | None = None, capacity: int | None = None, say: Say = silent
) -> DatabaseServer:
    """Let a server that the settings know take shops: its template and spares are made, then it is open.

    One that is known already, drained or retired too, is opened again; `region` and `capacity` (shops) stay as they are
    unless they are given. Idempotent.
    Errors: UnknownServer without addresses; ServerRefused when shops on it may not be in `region`; as
    `ensure_template`; psycopg.OperationalError when it does not answer.
    """
    if key not in settings.DATABASE_SERVERS:
        raise UnknownServer(key)
    with owner_connection(key):
        pass
    server = DatabaseServer.objects.filter(key=key).first() or DatabaseServer(key=key, state=ServerState.DRAINING)
    if region is not None and region != server.region:
        _check_shops(server, region)
        server.region = region
    if capacity is not None:
        server.capacity = capacity
    server.save()
    ensure_template(key, say=say)
    made = refill_spares(key).made
    say(f"made {number_of(made, 'spare database')} on {key}")
    with transaction.atomic():
        server.state = ServerState.OPEN
        server.save()
        record(
            "add_server",
            resource_type="database_server",
            resource_id=server.pk,
            new_values={"key": key, "region": server.region, "capacity": server.capacity},
        )
    return server


def _check_shops(server: DatabaseServer, region: str) -> None:
    bound = Tenant.objects.filter(server__key=server.key).exclude(region__in=("", region))
    slug = bound.order_by("slug").values_list("slug", flat=True).first()
    if slug is not None:
        raise ServerRefused(
            server.key, f"{number_of(bound.count(), 'shop')} on it, {slug} first, may not be in {region or 'none'}"
        )
