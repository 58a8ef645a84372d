"""What a run over the fleet holds while it works: memory of its process, sessions on the server."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.conf import settings

from bench.child import resident_bytes
from bench.cluster import superuser
from bench.measure import Figure, ratio_of
from platform_core.fleet.migrate.choose import MigrationOrder
from platform_core.fleet.migrate.ledger import Outcome

MEBIBYTE = 1024 * 1024
# Between two looks at the server's sessions: shorter than a shop takes.
LOOK_SECONDS = 0.005
# What `migrate_shops` promises.
MOST_CONNECTIONS = 2 * MigrationOrder().parallel + 3
SESSIONS = "SELECT count(*) FROM pg_stat_activity WHERE usename = %s"


class Runner:
    """Looks at this process after a tenth of each run and at its end, and at the server's sessions all the time."""

    def __init__(self) -> None:
        self._early: list[float] = []
        self._late: list[float] = []
        self._done = 0
        self._most = 0

    def tell(self, outcomes: Sequence[Outcome], total: int) -> None:
        """Hears of shops that are done, as `migrate_shops` tells it."""
        before, self._done = self._done, self._done + len(outcomes)
        if before < total / 10 <= self._done:
            self._early.append(float(resident_bytes()))
        if self._done >= total:
            self._late.append(float(resident_bytes()))
            self._done = 0

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Count sessions of the role that migrates until the block ends."""
        ended = threading.Event()
        thread = threading.Thread(target=self._count, args=(ended,))
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _count(self, ended: threading.Event) -> None:
        with superuser() as connection:
            while not ended.wait(LOOK_SECONDS):
                row = connection.execute(SESSIONS, (settings.DATABASE_OWNER_ROLE,)).fetchone()
                self._most = max(self._most, row[0] if row else 0)

    def figures(self, rounds: int) -> list[Figure]:
        ratio, low, high = ratio_of(self._late, self._early)
        part = self._most / MOST_CONNECTIONS
        return [
            Figure(
                name="memory of the process that migrates, at the end of a run",
                measured=f"{max(self._late) / MEBIBYTE:.1f} MiB",
                baseline=f"{max(self._early) / MEBIBYTE:.1f} MiB after a tenth of it",
                ratio=ratio,
                low=low,
                high=high,
                goal="≤ 1.05",
                rounds=rounds,
            ),
            Figure(
                name="sessions of the role that migrates",
                measured=f"{self._most} at once",
                baseline=f"{MOST_CONNECTIONS} promised",
                ratio=part,
                low=part,
                high=part,
                goal="≤ 1.0",
                rounds=rounds,
            ),
        ]
