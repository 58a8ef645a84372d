"""Moves whose process was stopped: found by their silence, and carried on."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from django.utils import timezone

from platform_core.fleet.findings import Finding, Kind
from platform_core.fleet.moves.models import Move, MoveState
from platform_core.fleet.moves.run import run_move
from platform_core.fleet.take_on import take_on


def stuck_moves(*, fix: bool, stuck_after: timedelta) -> Iterator[Finding]:
    """Moves that nobody has worked on for `stuck_after`; with `fix`, carried out as they were asked for."""
    silent = Move.objects.select_related("tenant").filter(
        state=MoveState.RUNNING, heartbeat_at__lt=timezone.now() - stuck_after
    )
    for move in silent:
        finding = Finding(
            kind=Kind.STUCK_MOVE,
            server=move.target,
            database=move.new_database,
            tenant=move.tenant.slug,
            detail=f"silent since {move.heartbeat_at:%Y-%m-%d %H:%M:%S} UTC, {move.step}",
        )
        yield take_on(finding, partial(run_move, move.pk), what=f"move {move.pk}") if fix else finding
