"""The parent's end of the processes that run migrations' Python: one for each thread, replaced now and then."""

import json
import subprocess
import sys
import threading
from collections.abc import Sequence

from platform_core.fleet.migrate.errors import MigrationFailed, WorkerDied
from platform_core.fleet.migrate.script import MigrationScript
from platform_core.fleet.migrate.shop import Shop

# Shops that one process serves before another takes its place.
SHOPS_PER_PROCESS = 25

_local = threading.local()


class MayPass(Exception):
    """What the child met may pass by itself: a lock, a lost server."""


def migrate_in_child(
    shop: Shop,
    script: Sequence[MigrationScript],
    applied: frozenset[str],
    *,
    lock_timeout: float,
    backwards: bool = False,
) -> None:
    """Let this thread's child migrate the shop. Errors: MayPass, MigrationFailed, WorkerDied."""
    child = _child()
    order = {
        "server": shop.server,
        "database": shop.database,
        "lock_timeout": lock_timeout,
        "migrations": [[migration.app, migration.name] for migration in script],
        "backwards": backwards,
        "applied": sorted(applied),
    }
    try:
        child.stdin.write(json.dumps(order) + "\n")  # type: ignore[union-attr]
        child.stdin.flush()  # type: ignore[union-attr]
        line = child.stdout.readline()  # type: ignore[union-attr]
    except OSError:
        line = ""
    if not line:
        close_child()
        raise WorkerDied(child.returncode)
    answer = json.loads(line)
    if answer["done"]:
        return
    if answer["may_pass"]:
        raise MayPass(answer["error"])
    raise MigrationFailed(answer["at"], answer["error"], "")


def _child() -> "subprocess.Popen[str]":
    child: subprocess.Popen[str] | None = getattr(_local, "child", None)
    if child is not None and _local.served >= SHOPS_PER_PROCESS:
        close_child()
        child = None
    if child is None:
        child = subprocess.Popen(
            [sys.executable, "-m", "platform_core.fleet.migrate.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        _local.child, _local.served = child, 0
    _local.served += 1
    return child


def close_child() -> None:
    """End this thread's child, if it has one, and wait for it."""
    child: subprocess.Popen[str] | None = getattr(_local, "child", None)
    if child is None:
        return
    _local.child = None
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except BrokenPipeError:
                continue  # it died with an order in the pipe
    child.wait()
