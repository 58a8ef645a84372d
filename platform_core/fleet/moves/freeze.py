"""A shop stands still: closed to visitors, closed to their processes, and no row of it can change."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import psycopg
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from psycopg import sql

from platform_core.fleet.databases import database_exists, lock_down_database, open_database
from platform_core.fleet.moves.models import Move, MoveStep
from platform_core.fleet.servers import OwnerConnection, owner_connection
from platform_core.tenancy import directory
from platform_core.tenants.models import Tenant, TenantAvailability

# What was begun before the shop was closed may take so long to end by itself; then its session is ended.
DRAIN_SECONDS = 3.0
POLL_SECONDS = 0.01
LOCK_TIMEOUT_MS = 5000
LOCK_ATTEMPTS = 5
BUSY = """
SELECT FROM pg_stat_activity
WHERE datname = %s AND backend_type = 'client backend' AND usename = %s AND xact_start IS NOT NULL LIMIT 1
"""
# Walsenders go on: the last changes have to leave.
END_SESSIONS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = %s AND backend_type = 'client backend' AND usename = ANY (%s) AND pid <> pg_backend_pid()
"""
TABLES = """
SELECT c.relname FROM pg_class c
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY c.relname
"""


@contextmanager
def frozen(move: Move, server: OwnerConnection) -> Iterator[OwnerConnection]:
    """No row of the old database changes in this block, not even by who has not heard that the shop is closed.

    `server` is an owner's connection to the old database's server. Gives a connection to the old database that holds
    its tables. Afterwards the shop stays closed: by `open_again`, or by another database, it opens.
    """
    close_shop(move)
    open_database(server, move.old_database)  # a killed attempt may have closed it
    _shut_out(server, move.old_database)
    with owner_connection(move.source, move.old_database) as holder:
        _hold(holder, server, move.old_database)
        try:
            yield holder
        finally:
            if not holder.closed:
                holder.rollback()


def close_shop(move: Move) -> None:
    """Visitors are told to come back in a moment; what the shop was set to before is noted. Idempotent."""
    with transaction.atomic():
        tenant = Tenant.objects.select_for_update(no_key=True).get(pk=move.tenant_id)
        if not move.availability_before:
            move.availability_before = tenant.availability
            move.frozen_at = timezone.now()
            move.save(update_fields=["availability_before", "frozen_at"])
        if move.step in (MoveStep.COPYING, MoveStep.FOLLOWING):
            move.step = MoveStep.FROZEN
            move.save(update_fields=["step"])
        if tenant.availability != TenantAvailability.MOVING:
            tenant.availability = TenantAvailability.MOVING
            tenant.save(update_fields=["availability"])
            transaction.on_commit(partial(directory.forget, tenant.pk))


def open_again(move: Move, server: OwnerConnection) -> None:
    """The shop goes on with the database that it has. Idempotent."""
    if database_exists(server, move.old_database):
        lock_down_database(server, move.old_database)
        open_database(server, move.old_database)
    reopen_shop(move)


def reopen_shop(move: Move) -> None:
    """Visitors are let in again, if the move closed the shop. Idempotent."""
    with transaction.atomic():
        tenant = Tenant.objects.select_for_update(no_key=True).get(pk=move.tenant_id)
        if move.availability_before and tenant.availability == TenantAvailability.MOVING:
            tenant.availability = move.availability_before
            tenant.save(update_fields=["availability"])
            transaction.on_commit(partial(directory.forget, tenant.pk))


def forget_the_closing(move: Move) -> None:
    """The copy is begun anew and the shop is open: it will be closed another time."""
    move.availability_before, move.frozen_at = "", None
    move.save(update_fields=["availability_before", "frozen_at"])


def _shut_out(server: OwnerConnection, database: str) -> None:
    """The role that serves requests gets no new connection; what it has begun may end, then its sessions are ended."""
    app = settings.DATABASE_APP_ROLE
    server.execute(
        sql.SQL("REVOKE CONNECT ON DATABASE {} FROM {}").format(sql.Identifier(database), sql.Identifier(app))
    )
    deadline = time.monotonic() + DRAIN_SECONDS
    while time.monotonic() < deadline and server.execute(BUSY, (database, app)).rowcount:
        time.sleep(POLL_SECONDS)
    server.execute(END_SESSIONS, (database, [app]))


def _hold(holder: OwnerConnection, server: OwnerConnection, database: str) -> None:
    """Lock every table against changes; whoever is in the way is ended: a migration, an index that is being built."""
    tables = [name for (name,) in holder.execute(TABLES)]
    lock = sql.SQL("LOCK TABLE {} IN SHARE MODE").format(sql.SQL(", ").join(map(sql.Identifier, tables)))
    for attempt in range(1, LOCK_ATTEMPTS + 1):
        holder.execute("BEGIN")
        try:
            holder.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(sql.Literal(LOCK_TIMEOUT_MS)))
            holder.execute("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
            holder.execute(lock)
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
            holder.execute("ROLLBACK")
            if attempt == LOCK_ATTEMPTS:
                raise
            server.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"
                " AND backend_type = 'client backend' AND usename = ANY (%s) AND pid <> %s",
                (database, [settings.DATABASE_APP_ROLE, settings.DATABASE_OWNER_ROLE], holder.info.backend_pid),
            )
        else:
            return
