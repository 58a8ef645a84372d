"""Carrying out a move that is written down, from wherever it stands."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import psycopg
from celery.exceptions import SoftTimeLimitExceeded
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from platform_core.fleet.databases import (
    close_database,
    database_exists,
    drop_database_in_use,
    lock_down_database,
    open_database,
)
from platform_core.fleet.errors import FleetBusy
from platform_core.fleet.migrate.shop import Shop
from platform_core.fleet.moves.copy import copy_database, make_target
from platform_core.fleet.moves.errors import MoveFailed, MoveRefused, on_a_terminal
from platform_core.fleet.moves.follow import (
    follows,
    published,
    stop_following,
    stop_publishing,
    subscribe,
    wait_until_caught_up,
)
from platform_core.fleet.moves.freeze import close_shop, forget_the_closing, frozen, open_again
from platform_core.fleet.moves.models import Move, MoveMethod, MoveState, MoveStep
from platform_core.fleet.moves.settle import compare, prove, settle
from platform_core.fleet.moves.swap import swap
from platform_core.fleet.restores.bring_up import bring_up_to_date
from platform_core.fleet.restores.kept import work_of
from platform_core.fleet.servers import (
    OwnerConnection,
    connect_as_owner,
    only_one,
    owner_connection,
)
from platform_core.fleet.template import Say, silent
from platform_core.tenancy.commands import first_line

LONGEST_ERROR = 500
STOPPED = "stopped by the operator"
SIZE = "SELECT pg_database_size(%s)"
FINISHING = (MoveStep.FOLLOWING, MoveStep.FROZEN, MoveStep.PROVEN)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class _Site:
    """The move, and an owner's connection to each of its servers; none to one that does not answer."""

    move: Move
    source: OwnerConnection | None
    target: OwnerConnection | None
    say: Say

    def beat(self) -> None:
        Move.objects.filter(pk=self.move.pk).update(heartbeat_at=timezone.now())

    def note(self, step: MoveStep) -> None:
        self.move.step, self.move.heartbeat_at = step, timezone.now()
        self.move.save(update_fields=["step", "heartbeat_at"])


def run_move(move_id: UUID, *, say: Say = silent) -> Move:
    """Carry out a move; after a kill too, at any point. One that has ended is returned as it is.

    Ctrl-C gives it up: no shop is closed for longer than its operator wants it to be.

    Errors: FleetBusy while another process is at it; as `move_shop`, and the ledger says so then.
    """
    move = Move.objects.select_related("tenant").get(pk=move_id)
    with _alone(move, say) as site:
        move.refresh_from_db()
        if move.state != MoveState.RUNNING:
            return move
        site.beat()
        try:
            _carry_out(site)
        except FleetBusy:
            raise
        except (Exception, KeyboardInterrupt) as error:
            _give_up(site, error)
            raise
    return move


@contextmanager
def _alone(move: Move, say: Say) -> Iterator[_Site]:
    """The right to the shop's databases, on both servers: restores ask for it where the shop is."""
    with ExitStack() as stack:
        connections: list[OwnerConnection | None] = []
        for server in (move.source, move.target):
            try:
                connection = connect_as_owner(server)
            except psycopg.OperationalError:
                connections.append(None)
                continue
            stack.callback(connection.close)
            stack.enter_context(only_one(connection, work_of(move.tenant_id)))
            connections.append(connection)
        yield _Site(move=move, source=connections[0], target=connections[1], say=say)


def _carry_out(site: _Site) -> None:
    move = site.move
    if site.target is None:
        raise MoveFailed(move.tenant.slug, f"the server {move.target} does not answer")
    if move.method == MoveMethod.UNDO:
        _go_back(site, site.target)
        return
    if site.source is None:
        raise MoveFailed(move.tenant.slug, f"the server {move.source} does not answer")
    if move.method == MoveMethod.REPLICATION:
        _copy_and_follow(site, site.source)
    _change_over(site, site.source, site.target)


def _copy_and_follow(site: _Site, source: OwnerConnection) -> None:
    move, slug = site.move, site.move.tenant.slug
    if move.step not in FINISHING or not (move.step == MoveStep.PROVEN or follows(move)):
        open_again(move, source)
        forget_the_closing(move)
        stop_following(move)
        site.note(MoveStep.COPYING)
        site.say(f"copying {slug} from {move.source} to {move.target}")
        with published(move) as snapshot:
            make_target(move)
            copy_database(move, snapshot=snapshot, beat=partial(_tell_how_far, site))
        subscribe(move)
        site.note(MoveStep.FOLLOWING)
    if move.step == MoveStep.FOLLOWING:
        site.say("catching up with what is written meanwhile")
        wait_until_caught_up(move, beat=site.beat)
        with owner_connection(move.target, move.new_database) as inside:
            inside.execute("ANALYZE")
        wait_until_caught_up(move, beat=site.beat)


def _tell_how_far(site: _Site) -> None:
    """While it is copied. Indexes come last: it is nearly as large as the original well before the end."""
    site.beat()
    sizes = []
    for connection, database in ((site.target, site.move.new_database), (site.source, site.move.old_database)):
        row = connection.execute(SIZE, (database,)).fetchone() if connection else None
        sizes.append(filesizeformat(row[0] if row else 0))
    site.say(f"copied so far: {sizes[0]} of about {sizes[1]}")


def _change_over(site: _Site, source: OwnerConnection, target: OwnerConnection) -> None:
    """The shop is closed in here. Whatever ran before a kill is proven anew: nobody knows how far it came."""
    move = site.move
    by_dump = move.method == MoveMethod.DUMP
    site.say(f"closing {move.tenant.slug} " + ("while it is copied" if by_dump else "for the change-over"))
    with frozen(move, source) as held:
        if by_dump:
            make_target(move)
            copy_database(move, snapshot=None, beat=partial(_tell_how_far, site))
        elif follows(move):
            wait_until_caught_up(move, beat=site.beat)
            settle(move, held, target, followed=True)
        elif move.step != MoveStep.PROVEN:
            raise MoveFailed(move.tenant.slug, f"the copy on {move.target} follows no more")
        if by_dump:
            settle(move, held, target, followed=False)
        prove(move)
        site.note(MoveStep.PROVEN)
        stop_following(move)
        close_database(source, move.old_database, spare=held.info.backend_pid)
        swap(move)
    if by_dump:
        _analyse(move)


def _go_back(site: _Site, target: OwnerConnection) -> None:
    """Back to the kept database. Without its server, what was written there since cannot even be looked at."""
    move = site.move
    if not database_exists(target, move.new_database):
        raise MoveRefused(move.tenant.slug, f"the database {move.new_database} is not there any more")
    if site.source is None:
        if not move.discard:
            raise MoveRefused(
                move.tenant.slug, f"{move.source} does not answer, and nobody knows what was written there since"
            )
        close_shop(move)
        _open_kept(move, target)
        swap(move, schema_version=bring_up_to_date(_as_shop(move)))
        return
    with frozen(move, site.source) as held:
        _open_kept(move, target)
        if not move.discard:
            different = compare(move)
            if different:
                raise MoveRefused(
                    move.tenant.slug,
                    f"something was written since ({different}); move_tenant {move.tenant.slug} --to {move.target}"
                    " takes it along, --undo --discard goes back without it",
                )
        version = bring_up_to_date(_as_shop(move))
        close_database(site.source, move.old_database, spare=held.info.backend_pid)
        swap(move, schema_version=version)


def _open_kept(move: Move, target: OwnerConnection) -> None:
    open_database(target, move.new_database)
    lock_down_database(target, move.new_database)


def _as_shop(move: Move) -> Shop:
    tenant = move.tenant
    return Shop(id=tenant.pk, slug=tenant.slug, server=move.target, database=move.new_database)


def _analyse(move: Move) -> None:
    """Statistics are not dumped. The shop is open; without them it is slower until autovacuum comes by."""
    try:
        with owner_connection(move.target, move.new_database) as inside:
            inside.execute("ANALYZE")
    except psycopg.Error as error:
        logger.warning("%s could not be analysed: %s", move.new_database, error)


def _give_up(site: _Site, error: BaseException) -> None:
    """The shop goes on where it was. What is left on a server that does not answer the reconciler removes later; what
    cannot even be opened again (its own server went away) stays `running`, and the reconciler takes it on.
    """
    move = site.move
    move.refresh_from_db()
    if move.state != MoveState.RUNNING:
        return
    if move.availability_before or move.method == MoveMethod.REPLICATION:
        with owner_connection(move.source) as source:
            open_again(move, source)
        if move.method == MoveMethod.REPLICATION:
            stop_publishing(move)
    try:
        _clear_target(move)
    except (psycopg.Error, OSError) as left:
        logger.warning("the reconciler will remove what is left of move %s on %s: %s", move.pk, move.target, left)
    move.state, move.finished_at = MoveState.FAILED, timezone.now()
    move.error = _why(move, error)[:LONGEST_ERROR]
    move.save(update_fields=["state", "finished_at", "error"])
    site.say(f"given up: {move.tenant.slug} goes on on {move.source}")


def _why(move: Move, error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt):
        return STOPPED
    if isinstance(error, SoftTimeLimitExceeded):
        return f"it took longer than a worker may. {on_a_terminal(move.tenant.slug, move.target)}"
    return f"{type(error).__name__}: {first_line(error)}"


def _clear_target(move: Move) -> None:
    if move.method == MoveMethod.REPLICATION:
        stop_following(move)
    with owner_connection(move.target) as target:
        if move.method != MoveMethod.UNDO:
            drop_database_in_use(target, move.new_database)
        elif database_exists(target, move.new_database):
            close_database(target, move.new_database)
