from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, CommandParser

from platform_core.fleet.moves.errors import MoveCloses
from platform_core.fleet.moves.models import Move, MoveState
from platform_core.fleet.moves.move import move_shop, undo_move
from platform_core.fleet.moves.run import run_move
from platform_core.fleet.restores.models import KeptDatabase
from platform_core.management.confirm import confirm
from platform_core.management.operator import OperatorCommand, table, tenant_id_of
from platform_core.tenants.models import Tenant


class Command(OperatorCommand):
    help = """Move a shop to another database server while it sells.

  manage.py move_tenant acme --to second
  manage.py move_tenant acme --to second --dump
  manage.py move_tenant acme --resume
  manage.py move_tenant acme --undo

The shop is copied, and what is written meanwhile is repeated in the copy (logical replication). Then it is closed for a
moment: the last changes arrive, rows and checksums of every table are compared, and every process follows to the new
server. How long that moment was is said. Where the servers do not allow replication the shop would be closed while it
is dumped and restored: why, and for about how long, is said, and nothing begun until the shop's address was typed
(--yes does not ask). --dump does it that way in any case. The database before is kept for MOVE_KEEP_HOURS: --undo goes
back to it, as long as nothing was written since; --discard goes back all the same, and keeps the other one in turn.
Ctrl-C gives a move up, and the shop goes on where it was; one that was killed is finished by --resume, or by workers
within minutes. Both servers' regions are respected; there is no way round."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("tenant", metavar="SLUG", help="the shop")
        choice = parser.add_mutually_exclusive_group(required=True)
        choice.add_argument("--to", metavar="SERVER", help="the key of the server it is moved to")
        choice.add_argument("--resume", action="store_true", help="finish a move that was interrupted")
        choice.add_argument("--undo", action="store_true", help="go back to the database from before the last move")
        parser.add_argument("--dump", action="store_true", help="dump and restore; the shop is closed meanwhile")
        parser.add_argument("--discard", action="store_true", help="with --undo: leave behind what was written since")
        parser.add_argument("--yes", action="store_true", help="do not ask; needed where nobody can answer")

    def work(self, *, tenant: str, to: str | None, resume: bool, undo: bool, **options: Any) -> None:
        tenant_id = tenant_id_of(tenant)
        if (options["dump"] and to is None) or (options["discard"] and not undo):
            raise CommandError("--dump goes with --to, and --discard with --undo.", returncode=2)
        if resume:
            self._answer(self._resumed(tenant, tenant_id))
        elif undo:
            if options["discard"]:
                confirm(self, tenant, "{} loses what was written since its move.", yes=options["yes"])
            self._answer(undo_move(tenant_id, discard=options["discard"], say=self.say))
        else:
            assert to is not None  # noqa: S101 - one of the three is said
            self._answer(self._moved(tenant, tenant_id, to=to, by_dump=options["dump"], yes=options["yes"]))

    def _moved(self, slug: str, tenant_id: UUID, *, to: str, by_dump: bool, yes: bool) -> Move:
        try:
            return move_shop(tenant_id, to=to, by_dump=by_dump, may_close=yes, say=self.say)
        except MoveCloses as closes:
            self.say(str(closes))
            confirm(self, slug, "Close {} for that?", yes=False)
        return move_shop(tenant_id, to=to, may_close=True, say=self.say)

    def _resumed(self, slug: str, tenant_id: UUID) -> Move:
        running = Move.objects.filter(tenant_id=tenant_id, state=MoveState.RUNNING).first()
        if running is None:
            self.refuse(f"No move of {slug} was interrupted.")
        return run_move(running.pk, say=self.say)

    def _answer(self, move: Move) -> None:
        tenant = Tenant.objects.get(pk=move.tenant_id)
        kept = KeptDatabase.objects.filter(tenant=tenant, name=move.old_database).first()
        took = (move.finished_at - move.started_at).total_seconds() if move.finished_at else None
        facts = {
            "tenant": tenant.slug,
            "move": str(move.pk),
            "state": move.state,
            "method": move.method,
            "reason": move.reason or None,
            "from": move.source,
            "server": str(tenant.server_id),
            "database_name": tenant.database_name,
            "epoch": tenant.epoch,
            "availability": tenant.availability,
            "closed_seconds": round(move.downtime.total_seconds(), 3) if move.downtime is not None else None,
            "took_seconds": took and round(took, 3),
            "kept_database": kept and kept.name,
            "kept_until": kept and kept.kept_until.isoformat(),
        }
        self.answer(facts, table(["", ""], [(name, "" if value is None else value) for name, value in facts.items()]))
