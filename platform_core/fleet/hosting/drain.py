"""Every shop of a server moves away; what cannot be moved now is said, and the rest moves all the same."""

import logging
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from platform_core.audit.record import record
from platform_core.fleet.databases import database_names
from platform_core.fleet.errors import UnknownServer
from platform_core.fleet.hosting.errors import ServerRefused
from platform_core.fleet.models import DatabaseServer, ServerState
from platform_core.fleet.moves.models import Move, MoveState
from platform_core.fleet.moves.move import move_shop
from platform_core.fleet.moves.run import run_move
from platform_core.fleet.restores.models import KeptDatabase
from platform_core.fleet.servers import owner_connection, place_shop
from platform_core.fleet.spares import refill_spares
from platform_core.fleet.template import Say, silent
from platform_core.tenancy.commands import first_line
from platform_core.tenants.models import Tenant, TenantStatus
from smartseller.errors import SmartSellerError

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class MovedShop:
    """A shop that was moved away. `closed_seconds` is how long it was closed."""

    slug: str
    server: str
    method: str
    closed_seconds: float


@dataclass(frozen=True, kw_only=True)
class Drained:
    """What a drain did. `failed` says why, by shop; `left` are shops that nobody has moved."""

    server: str
    moved: list[MovedShop] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)


def drain_server(key: str, *, by_dump: bool = False, may_close: bool = False, say: Say = silent) -> Drained:
    """Let a server take no more shops, and move those that it has to open servers of their regions.

    A shop that cannot be moved while it sells stays, unless `may_close` or `by_dump` closes it meanwhile.

    Repeat it after a kill, or for those that failed: moves that were cut short are carried on first.
    Errors: UnknownServer; ServerRefused for a retired one.
    """
    server = DatabaseServer.objects.filter(key=key).first()
    if server is None:
        raise UnknownServer(key)
    if server.state == ServerState.RETIRED:
        raise ServerRefused(key, "it is retired")
    _take_no_more(server)
    refill_spares(key, wanted=0, rebuild=True)
    drained = Drained(server=key)
    shops = list(_to_be_moved(key))
    for number, tenant in enumerate(shops, start=1):
        try:
            move = _move_away(tenant, by_dump=by_dump, may_close=may_close, say=say)
        except Exception as error:
            # It is this shop's own: the others are moved all the same. What we refuse ourselves needs no traceback.
            if not isinstance(error, SmartSellerError):
                logger.exception("%s could not be moved away from %s", tenant.slug, key)
            drained.failed[tenant.slug] = first_line(error)
            say(f"{number} of {len(shops)}: {tenant.slug} stays: {first_line(error)}")
            continue
        closed = round(move.downtime.total_seconds(), 3) if move.downtime else 0.0
        drained.moved.append(MovedShop(slug=tenant.slug, server=move.target, method=move.method, closed_seconds=closed))
        say(f"{number} of {len(shops)}: {tenant.slug} is on {move.target}, closed for {closed:.2f} s")
    drained.left.extend(tenant.slug for tenant in _to_be_moved(key))
    return drained


def _take_no_more(server: DatabaseServer) -> None:
    if server.state == ServerState.DRAINING:
        return
    with transaction.atomic():
        server.state = ServerState.DRAINING
        server.save(update_fields=["state"])
        record("drain_server", resource_type="database_server", resource_id=server.pk, new_values={"key": server.key})


def _to_be_moved(key: str) -> list[Tenant]:
    """Those with a database that stays; those that are being made move when they are made."""
    shops = Tenant.objects.filter(server__key=key).exclude(status=TenantStatus.PENDING_SETUP).order_by("slug")
    going = set(KeptDatabase.objects.filter(server=key).values_list("name", flat=True))
    gone = set(_without_database(key))
    return [tenant for tenant in shops if tenant.database_name not in going and tenant.pk not in gone]


def _without_database(key: str) -> list[UUID]:
    """Cancelled shops whose database was dropped when its time was over."""
    cancelled = Tenant.objects.filter(server__key=key, status=TenantStatus.CANCELLED)
    with owner_connection(key) as connection:
        there = database_names(connection)
    return [tenant.pk for tenant in cancelled if tenant.database_name not in there]


def _move_away(tenant: Tenant, *, by_dump: bool, may_close: bool, say: Say) -> Move:
    running = Move.objects.filter(tenant=tenant, state=MoveState.RUNNING).first()
    if running is not None:
        return run_move(running.pk, say=say)
    to = place_shop(region=tenant.region or None)
    return move_shop(tenant.pk, to=to, by_dump=by_dump, may_close=may_close, say=say)
