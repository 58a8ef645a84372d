"""Migrating one shop: look, do what is missing, say what became of it."""

import logging
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field, replace

import psycopg

from platform_core.fleet.databases import database_exists
from platform_core.fleet.errors import UnknownServer
from platform_core.fleet.migrate.crew import TryLater
from platform_core.fleet.migrate.errors import HistoryMoved, WorkerDied
from platform_core.fleet.migrate.ledger import Outcome
from platform_core.fleet.migrate.models import ShopMigrationState
from platform_core.fleet.migrate.script import Script, newest_of
from platform_core.fleet.migrate.shop import Shop, applied_in, apply, connect, first_line, pending_of, take_back
from platform_core.fleet.migrate.workers import MayPass, migrate_in_child
from platform_core.fleet.servers import OwnerConnection, owner_connection
from smartseller.errors import SmartSellerError
from smartseller.plurals import number_of

logger = logging.getLogger(__name__)

# What may pass by itself: a lock, a deadlock, a lost or full server, another who migrated at the same moment.
PASSING = (psycopg.OperationalError, HistoryMoved, WorkerDied, MayPass)


@dataclass(kw_only=True)
class Work:
    """What is to be done to every shop, for the crew's threads. `undo`, newest first, is the way back if that is meant.

    A server that does not answer is remembered: its other shops are not waited for.
    """

    script: Script
    lock_timeout: float
    retries: int
    undo: Script | None = None
    _down: dict[str, str] = field(default_factory=dict, init=False)
    _guard: threading.Lock = field(default_factory=threading.Lock, init=False)

    def __call__(self, shop: Shop, attempt: int) -> Outcome:
        """Errors: TryLater, and nothing else."""
        began = time.perf_counter()
        try:
            outcome = self._do(shop)
        except PASSING as error:
            outcome = self._passing(shop, attempt, error)
        except UnknownServer as error:
            outcome = _bad(shop, ShopMigrationState.FAILED, str(error), counts=False)
        except (SmartSellerError, psycopg.Error) as error:
            outcome = _bad(shop, ShopMigrationState.QUARANTINED, first_line(error))
        except Exception as error:
            logger.exception("migrating %s met what nobody expected", shop.slug)
            outcome = _bad(shop, ShopMigrationState.FAILED, f"{type(error).__name__}: {first_line(error)}")
        return replace(outcome, attempts=attempt, ms=(time.perf_counter() - began) * 1000)

    def _do(self, shop: Shop) -> Outcome:
        if shop.server in self._down:
            return _bad(shop, ShopMigrationState.FAILED, self._down[shop.server], counts=False)
        with closing(connect(shop, lock_timeout=self.lock_timeout)) as connection:
            applied = applied_in(connection, shop)
            before = newest_of(applied)
            pending = pending_of(self.script, applied)  # proves that the history is ours, on the way back too
            if self.undo is not None:
                pending = tuple(migration for migration in self.undo if migration.key in applied)
            if not pending:
                return Outcome(shop=shop, state=ShopMigrationState.CURRENT, from_version=before, to_version=before)
            try:
                after = self._send(connection, shop, pending, applied)
            except psycopg.errors.ObjectInUse as error:
                return _bad(shop, ShopMigrationState.QUARANTINED, first_line(error), version=before)
            except PASSING:
                raise
            except (SmartSellerError, psycopg.Error) as error:
                return _bad(shop, ShopMigrationState.QUARANTINED, first_line(error), version=_seen(connection, shop))
        return Outcome(shop=shop, state=ShopMigrationState.SUCCEEDED, from_version=before, to_version=newest_of(after))

    def _send(
        self, connection: OwnerConnection, shop: Shop, pending: Script, applied: frozenset[str]
    ) -> frozenset[str]:
        backwards = self.undo is not None
        if any(migration.needs_python for migration in pending):
            connection.close()  # the child has one of its own
            migrate_in_child(shop, pending, applied, lock_timeout=self.lock_timeout, backwards=backwards)
        else:
            (take_back if backwards else apply)(connection, pending, applied)
        keys = {migration.key for migration in pending}
        return applied - keys if backwards else applied | keys

    def _passing(self, shop: Shop, attempt: int, error: Exception) -> Outcome:
        down, is_there = _ask_the_server(shop) if isinstance(error, psycopg.OperationalError) else (None, True)
        if not is_there:
            if shop.in_preparation:  # it will be made from the new template
                return Outcome(shop=shop, state=ShopMigrationState.CURRENT)
            return _bad(shop, ShopMigrationState.FAILED, f"The database {shop.database} does not exist.")
        if down is not None:
            if attempt <= 1:
                raise TryLater from error
            with self._guard:
                self._down[shop.server] = f"The server {shop.server} does not answer: {down}"
            return _bad(shop, ShopMigrationState.FAILED, self._down[shop.server], counts=False)
        if attempt <= self.retries:
            raise TryLater from error
        return _bad(shop, ShopMigrationState.FAILED, f"{first_line(error)} ({number_of(attempt, 'attempt')})")


def _bad(shop: Shop, state: ShopMigrationState, error: str, *, version: str = "", counts: bool = True) -> Outcome:
    return Outcome(shop=shop, state=state, error=error, from_version=version, to_version=version, counts=counts)


def _seen(connection: OwnerConnection, shop: Shop) -> str:
    """The version that a failure left: earlier stretches of the same plan stand."""
    if connection.closed:
        return ""
    try:
        return newest_of(applied_in(connection, shop))
    except psycopg.Error:
        return ""


def _ask_the_server(shop: Shop) -> tuple[str | None, bool]:
    """Why the server does not answer, None when it does; and whether it has the shop's database, as far as it says."""
    try:
        with owner_connection(shop.server) as connection:
            return None, database_exists(connection, shop.database)
    except psycopg.OperationalError as error:
        return first_line(error), True
