"""Moving a shop to another server, and back: written down first, copied while it sells, then it changes over."""

import logging
from uuid import UUID

import psycopg
from django.conf import settings
from django.db import IntegrityError, transaction

from platform_core.fleet.errors import NoServerAvailable, UnknownServer
from platform_core.fleet.models import DatabaseServer, ServerState
from platform_core.fleet.moves.able import why_not_replicated
from platform_core.fleet.moves.errors import MoveCloses, MoveFailed, MoveRefused
from platform_core.fleet.moves.forecast import forecast
from platform_core.fleet.moves.models import Move, MoveMethod, MoveState
from platform_core.fleet.moves.run import run_move
from platform_core.fleet.names import restored_name
from platform_core.fleet.regions import check_region
from platform_core.fleet.restores.models import KeptDatabase, Restore, RestoreState
from platform_core.fleet.servers import owner_connection
from platform_core.fleet.template import Say, silent
from platform_core.tenants.models import Tenant, TenantStatus

logger = logging.getLogger(__name__)


def move_shop(tenant_id: UUID, *, to: str, by_dump: bool = False, may_close: bool = False, say: Say = silent) -> Move:
    """Move a shop to the server `to`, with everything that is written until the change-over.

    By replication the shop sells on while it is copied and is closed for the moment of the change-over. With `by_dump`,
    or where the servers do not allow replication and `may_close`, it is closed while it is dumped and restored;
    `Move.reason` says why. The old database is kept, closed, for `settings.MOVE_KEEP_HOURS`. One at a time for each
    shop; one that a kill cut short is carried on by `run_move`.
    Errors: MoveCloses, MoveRefused, OutsideRegion, UnknownServer, NoServerAvailable; MoveFailed, ClientProgramMissing,
    psycopg.OperationalError, and the shop is open where it was then.
    """
    return run_move(plan_move(tenant_id, to=to, by_dump=by_dump, may_close=may_close, say=say).pk, say=say)


def plan_move(tenant_id: UUID, *, to: str, by_dump: bool = False, may_close: bool = False, say: Say = silent) -> Move:
    """Write a move down that `run_move` carries out, and nothing else. Errors: as `move_shop`, but for its failures."""
    tenant = Tenant.objects.get(pk=tenant_id)
    source = str(tenant.server_id)
    _check(tenant, to)
    # Asked before its servers: a database that other work holds closed looks like one that cannot be replicated.
    _check_at_rest(tenant)
    reason = "it was asked for" if by_dump else why_not_replicated(source, tenant.database_name, to)
    if reason:
        _check_answer(tenant, source, to)  # nobody is asked to close a shop for what cannot be done so, either
    if reason and not (by_dump or may_close):
        raise MoveCloses(tenant.slug, reason, forecast(tenant))
    if reason:
        say(f"{tenant.slug} is closed while it is dumped and restored, {forecast(tenant)}: {reason}")
    return _write_down(
        Move(
            tenant=tenant,
            method=MoveMethod.DUMP if reason else MoveMethod.REPLICATION,
            reason=reason,
            source=source,
            target=to,
            old_database=tenant.database_name,
            new_database=restored_name(tenant.slug),
        )
    )


def undo_move(tenant_id: UUID, *, discard: bool = False, say: Say = silent) -> Move:
    """Give a shop the database back that it had before its last move; the one it has now is kept in turn.

    Refused when anything was written since, unless `discard`: `move_shop` back takes it along. With `discard` the
    server that the shop is on need not answer.
    Errors: MoveRefused, OutsideRegion; as `move_shop`.
    """
    tenant = Tenant.objects.get(pk=tenant_id)
    last = Move.objects.filter(tenant=tenant, state=MoveState.SUCCEEDED).order_by("-finished_at").first()
    if last is None or (last.new_database, last.target) != (tenant.database_name, str(tenant.server_id)):
        raise MoveRefused(tenant.slug, "it was not moved, or got another database since")
    if not KeptDatabase.objects.filter(name=last.old_database, server=last.source).exists():
        raise MoveRefused(tenant.slug, f"the database from before the move is not kept on {last.source} any more")
    check_region(tenant, last.source)
    move = _write_down(
        Move(
            tenant=tenant,
            method=MoveMethod.UNDO,
            discard=discard,
            source=last.target,
            target=last.source,
            old_database=last.new_database,
            new_database=last.old_database,
        )
    )
    return run_move(move.pk, say=say)


def _check(tenant: Tenant, to: str) -> None:
    if to not in settings.DATABASE_SERVERS:
        raise UnknownServer(to)
    check_region(tenant, to)
    if to == str(tenant.server_id):
        raise MoveRefused(tenant.slug, f"it is on {to} already")
    server = DatabaseServer.objects.get(key=to)
    if server.state != ServerState.OPEN:
        raise MoveRefused(tenant.slug, f"the server {to} is {server.state}")
    if server.tenants.count() >= server.capacity:
        raise NoServerAvailable(server.region or None)


def _check_answer(tenant: Tenant, *servers: str) -> None:
    for server in servers:
        try:
            with owner_connection(server):
                pass
        except psycopg.OperationalError as error:
            raise MoveFailed(tenant.slug, f"the server {server} does not answer") from error


def _check_at_rest(tenant: Tenant) -> None:
    if tenant.status == TenantStatus.PENDING_SETUP:
        raise MoveRefused(tenant.slug, "it is being made")
    if KeptDatabase.objects.filter(name=tenant.database_name).exists():
        raise MoveRefused(tenant.slug, "its database is about to be dropped")
    if Restore.objects.filter(tenant=tenant, state=RestoreState.RUNNING).exists():
        finish = f"`manage.py restore --tenant {tenant.slug} --resume` finishes it"
        raise MoveRefused(tenant.slug, f"a restore of it is under way; {finish} if it was cut short")
    running = Move.objects.filter(tenant=tenant, state=MoveState.RUNNING).first()
    if running is not None:
        raise MoveRefused(
            tenant.slug, f"the move {running.pk} is under way; `manage.py move_tenant {tenant.slug} --resume` goes on"
        )


def _write_down(move: Move) -> Move:
    _check_at_rest(move.tenant)
    try:
        with transaction.atomic():
            move.save(force_insert=True)
    except IntegrityError:
        _check_at_rest(move.tenant)  # somebody wrote another one down meanwhile
        raise
    return move
