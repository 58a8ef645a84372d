"""Asking for a move: it is written down here, and a worker carries it out."""

import logging
from datetime import timedelta
from functools import partial
from uuid import UUID

from celery import current_app, shared_task
from django.db import transaction
from kombu.exceptions import OperationalError as BrokerError

from platform_core.audit.record import record
from platform_core.fleet.moves.errors import MoveOutlastsWorkers
from platform_core.fleet.moves.forecast import forecast
from platform_core.fleet.moves.models import Move
from platform_core.fleet.moves.move import plan_move
from platform_core.fleet.moves.run import run_move
from smartseller.errors import SmartSellerError

logger = logging.getLogger(__name__)


def ask_for_move(tenant_id: UUID, *, to: str, reason: str, actor_id: UUID, may_close: bool = False) -> Move:
    """Have a worker move a shop to the server `to`, as `move_shop` does, by dump and restore only if it `may_close`.

    A message that is lost is made good: workers take on moves that nobody works on. One that would take longer than a
    worker may, as far as the last backup tells, is refused: it would be given up at the end, the shop closed in vain.
    Errors: MoveOutlastsWorkers; as `move_shop`, before anything is begun; nothing changes then.
    """
    with transaction.atomic():
        move = plan_move(tenant_id, to=to, may_close=may_close)
        expected, limit = forecast(move.tenant), timedelta(seconds=current_app.conf.task_soft_time_limit)
        if expected.closed_for is not None and expected.closed_for > limit:
            raise MoveOutlastsWorkers(move.tenant.slug, to=to, forecast=expected, limit=limit)
        record(
            "ask_for_move",
            resource_type="tenant",
            resource_id=tenant_id,
            tenant_id=tenant_id,
            user_id=actor_id,
            old_values={"server": move.source},
            new_values={"server": move.target},
            metadata={"reason": reason, "move": str(move.pk), "method": str(move.method)},
        )
        transaction.on_commit(partial(_queue, move.pk))
    return move


def _queue(move_id: UUID) -> None:
    try:
        move_task.delay(str(move_id))
    except (BrokerError, OSError) as error:
        logger.warning("the move %s could not be queued, workers will find it: %s", move_id, error)


@shared_task(name="fleet.move", acks_late=True)  # type: ignore[untyped-decorator]
def move_task(move_id: str) -> None:
    try:
        run_move(UUID(move_id))
    except SmartSellerError as error:
        logger.warning("the move %s: %s", move_id, error)  # its ledger has it, and the shop is open where it was
