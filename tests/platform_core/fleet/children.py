"""Child processes that are killed where it hurts."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

from django.db import connections

from platform_core.fleet.kept import close_kept_connections
from platform_core.tenancy.postgresql.base import pool


def die() -> None:
    """What a power cut, the OOM killer or `kill -9` does: nothing is cleaned up."""
    os.kill(os.getpid(), signal.SIGKILL)


def die_instead(*args: object, **kwargs: object) -> None:
    """Stands in for any function."""
    die()


def in_child(work: Callable[[], object]) -> int:
    """Run `work` in a fork of this process; the signal that ended it, or 0 when it ended by itself."""
    # A child must not speak on, or close, its parent's connections.
    connections.close_all()
    close_kept_connections()
    pool().forget("")
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
