"""Faults that are drawn by lot: at a statement, a process is killed, its connection is gone, or a server is killed.

`FAULTS_SEED=…` draws others; a failure prints the seed and the point. `FAULTS_SHARE=0.1` meets a tenth of them. What
counts are processes and servers that were killed with signal 9 while the work was going on: a lot that comes too late,
because the work took fewer statements than in the rehearsal, is drawn again, and a lost connection is an extra.
"""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest import mock

import psycopg

from platform_core.tenancy import directory
from smartseller.embedded import Embedded, postgres
from tests.own_cluster import kill_server
from tests.platform_core.fleet.children import die, in_child

SEED = int(os.environ.get("FAULTS_SEED") or 512672)
SHARE = float(os.environ.get("FAULTS_SHARE") or 1)
OF_PROCESSES = ("killed before", "killed after")
OF_SERVERS = ("server killed before", "server killed after", "server killed during")
# A killed server takes long to come back: a third of the draws.
HOW = (*OF_PROCESSES * 3, *OF_SERVERS, "connection lost")
# Draws for each that counts, before something is wrong with the drawing.
MOST_DRAWS = 3
# Seconds after the statement began: long enough to meet the copying of a database, a dump, or the next statements.
DURING = 0.05


def points(number: int) -> int:
    return max(1, round(number * SHARE))


class Fault:
    """What happens at the statement `at`. Without one, statements are counted and nothing happens."""

    def __init__(self, at: int, how: str, server: Embedded, delay: float) -> None:
        self._at, self._how, self._server, self._delay = at, how, server, delay

    def before(self, count: int, connection: Any) -> None:
        if count != self._at:
            return
        if self._how == "killed before":
            die()
        elif self._how == "connection lost":
            connection.pgconn.finish()
        elif self._how == "server killed before":
            kill_server(self._server)
        elif self._how == "server killed during":
            threading.Timer(self._delay, kill_server, (self._server,)).start()

    def after(self, count: int) -> None:
        if count != self._at:
            return
        if self._how == "killed after":
            die()
        elif self._how == "server killed after":
            kill_server(self._server)


@contextmanager
def watched(fault: Fault, told: Path) -> Iterator[None]:
    """Every statement and every commit is counted, into the file `told`, and meets its fault."""
    count = 0

    def around(original: Callable[..., Any], connection_of: Callable[[Any], Any]) -> Callable[..., Any]:
        def act(self: Any, *args: Any, **kwargs: Any) -> Any:
            nonlocal count
            count += 1
            mine = count
            told.write_text(str(mine))
            fault.before(mine, connection_of(self))
            result = original(self, *args, **kwargs)
            fault.after(mine)
            return result

        return act

    execute = around(psycopg.Cursor.execute, lambda cursor: cursor.connection)
    commit = around(psycopg.Connection.commit, lambda connection: connection)
    with mock.patch.object(psycopg.Cursor, "execute", execute), mock.patch.object(psycopg.Connection, "commit", commit):
        yield


class Lots:
    """Draws the points of one kind of work. `servers` are those it needs, each of which may be the one that is killed;
    they run again when a strike is over.
    """

    def __init__(self, kind: str, folder: Path, servers: Sequence[Embedded]) -> None:
        self._told, self._kind, self._random = folder / "statements", kind, random.Random(f"{SEED} {kind}")
        self._servers = servers
        self.statements = self.kills = self.servers_killed = 0

    def rounds(self, number: int) -> Iterator[int]:
        """The numbers of the rounds that it takes until `number` kills were met; the first is the rehearsal."""
        for count in range(MOST_DRAWS * number + 1):
            if self.kills == number:
                return
            yield count
        assert self.kills == number, f"of {MOST_DRAWS * number} faults {self.kills} were kills of {self._kind}"

    def strike(self, work: Callable[[], object]) -> None:
        """Do it with a fault somewhere; the first time without one, to know how many statements it takes."""
        if not self.statements:
            assert self._do(work, Fault(0, "", self._servers[0], 0)) == 0
            self.statements = int(self._told.read_text())
            print(f"FAULTS_SEED={SEED}: {self._kind} takes {self.statements} statements")
            return
        at, how = self._random.randint(1, self.statements), self._random.choice(HOW)
        number, delay = self._random.randrange(len(self._servers)), self._random.uniform(0, DURING)
        print(f"{self._kind}: {how} at statement {at}" + (f" (server {number})" if how in OF_SERVERS else ""))
        signal = self._do(work, Fault(at, how, self._servers[number], delay))
        killed = not all(map(postgres.is_running, self._servers))
        for server in self._servers:
            postgres.start(server)
        self.servers_killed += killed
        self.kills += signal != 0 or killed

    def _do(self, work: Callable[[], object], fault: Fault) -> int:
        def try_it() -> None:
            with watched(fault, self._told), suppress(Exception):
                work()

        signal = in_child(try_it)
        directory.clear()
        return signal
