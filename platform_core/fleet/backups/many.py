"""Backing up many shops, some at a time."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from uuid import UUID

from django.db import connections

from platform_core.fleet.backups.back_up import back_up_platform, back_up_shop
from platform_core.fleet.backups.models import Backup, BackupReason
from platform_core.fleet.backups.store import Tell, nobody


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of one: the backup, or why there is none. The platform's own has no slug."""

    slug: str
    backup: Backup | None
    error: Exception | None


def back_up_many(
    shops: Sequence[tuple[UUID, str]], *, platform: bool, parallel: int, tell: Tell = nobody
) -> Iterator[Outcome]:
    """Back up each of `shops` (id, slug), `parallel` at a time, then the platform; each as soon as it is done.

    The platform comes last, so that its ledger knows the shops' backups. One that fails stops no other.
    """
    work = [(slug, _shop(tenant_id, tell)) for tenant_id, slug in shops]
    yield from _all_of(work, parallel)
    if platform:
        yield from _all_of([("", lambda: back_up_platform(reason=BackupReason.MANUAL, tell=tell))], 1)


def _shop(tenant_id: UUID, tell: Tell) -> Callable[[], Backup]:
    return lambda: back_up_shop(tenant_id, reason=BackupReason.MANUAL, tell=tell)


def _all_of(work: Sequence[tuple[str, Callable[[], Backup]]], parallel: int) -> Iterator[Outcome]:
    """No more futures than threads wait at a time: an interruption then ends with those that run."""
    waiting = iter(work)
    running: dict[Future[Backup], str] = {}
    with ThreadPoolExecutor(max_workers=max(parallel, 1), thread_name_prefix="backup") as threads:
        while True:
            while len(running) < max(parallel, 1) and (next_one := next(waiting, None)) is not None:
                slug, do = next_one
                running[threads.submit(_in_thread, do)] = slug
            if not running:
                return
            for done in wait(running, return_when=FIRST_COMPLETED).done:
                slug, error = running.pop(done), done.exception()
                if error is not None and not isinstance(error, Exception):
                    raise error
                yield Outcome(slug=slug, backup=None if error else done.result(), error=error)


def _in_thread(do: Callable[[], Backup]) -> Backup:
    try:
        return do()
    finally:
        connections["default"].close()
