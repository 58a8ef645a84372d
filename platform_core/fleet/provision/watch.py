"""Who waits for a shop that is being made, and hears how far it is."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from platform_core.fleet.backups.store import Tell, nobody
from platform_core.fleet.provision import ledger

NOTE_SECONDS = 2.0


def _no_step(step: str) -> None:
    """Whoever waits for nothing hears nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """`begins` hears the name of each step as it begins, `copied` of bytes as they are copied within one."""

    begins: Callable[[str], None] = _no_step
    copied: Tell = nobody


UNWATCHED = Watch()


class StepProgress:
    """Counts the bytes that one step has copied: passes each piece on, and now and then writes the sum down, which also
    says that the run's process lives.
    """

    def __init__(self, run_id: UUID, step: str, tell: Tell) -> None:
        self._run_id, self._step, self._tell = run_id, step, tell
        self._noted_at, self._done = time.monotonic(), 0

    def __call__(self, size: int) -> None:
        self._tell(size)
        self._done += size
        if time.monotonic() - self._noted_at > NOTE_SECONDS:
            ledger.note_bytes(self._run_id, step=self._step, done=self._done)
            self._noted_at = time.monotonic()
