"""The nightly round: whoever is due, one after the other, until none is left."""

import logging
import time

from celery import shared_task
from django.utils import timezone

from platform_core.fleet.backups import turns
from platform_core.fleet.backups.back_up import back_up_platform, back_up_shop
from platform_core.fleet.backups.models import Backup, BackupReason, BackupTurn
from platform_core.fleet.backups.retention import remove_outdated
from platform_core.fleet.servers import PLATFORM_SERVER

# A worker does other work as well: the next message, a minute later, goes on.
LONGEST_ROUND_SECONDS = 600.0
RENEW_EVERY_SECONDS = 60.0

logger = logging.getLogger(__name__)


def back_up_due(*, longest: float = LONGEST_ROUND_SECONDS) -> list[Backup]:
    """Back up what is due, remove what is outdated, for at most `longest` seconds; what was taken.

    One that fails is due again later, so that a broken database stops nobody.
    """
    began, taken = time.monotonic(), []
    while time.monotonic() - began < longest and (turn := turns.take_due(timezone.now())) is not None:
        try:
            taken.append(_take(turn))
        except Exception as error:
            logger.exception("%s could not be backed up", turn.tenant or "the platform")
            turns.fail(turn, timezone.now(), error)
    return taken


def _take(turn: BackupTurn) -> Backup:
    tell, reason = _Renewal(turn), BackupReason.MANUAL if turn.is_asked else BackupReason.NIGHTLY
    if turn.tenant is None:
        backup, server = back_up_platform(reason=reason, tell=tell), PLATFORM_SERVER
    else:
        backup, server = back_up_shop(turn.tenant.pk, reason=reason, tell=tell), str(turn.tenant.server_id)
    turns.finish(turn, timezone.now())
    remove_outdated(server, turn.tenant_id)
    return backup


class _Renewal:
    """Hears how a long backup goes on, and renews the lease of its turn."""

    def __init__(self, turn: BackupTurn) -> None:
        self._turn, self._said_at = turn, time.monotonic()

    def __call__(self, size: int) -> None:
        if time.monotonic() - self._said_at > RENEW_EVERY_SECONDS:
            turns.renew(self._turn, timezone.now())
            self._said_at = time.monotonic()


@shared_task(name="fleet.back_up_due")  # type: ignore[untyped-decorator]
def back_up_due_task() -> None:
    back_up_due()
