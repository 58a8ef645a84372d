"""A server in another rack: every message to PostgreSQL arrives a millisecond later.

Over a socket of the same machine a transaction holds a row for as long as the processors need. Where the line is what
takes time, as with every server of its own, the row is what everybody waits for.

`python -m bench.far FOLDER SERVER` is the line itself: a process of its own, so that it shares no interpreter with
what is measured. It ends with its standard input.
"""

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from psycopg.conninfo import make_conninfo

SECONDS_AWAY = 0.001
CHUNK = 65536
SOCKET = ".s.PGSQL.5432"


@contextmanager
def server_far_away() -> Iterator[str]:
    """The folder by which the embedded server is reached through the line. Errors: RuntimeError when it cannot be."""
    assert settings.EMBEDDED is not None
    with TemporaryDirectory(prefix="far-") as folder:
        line = subprocess.Popen(
            [sys.executable, "-m", "bench.far", folder, str(settings.EMBEDDED.run_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=settings.BASE_DIR,
        )
        assert line.stdin is not None
        assert line.stdout is not None
        try:
            if not line.stdout.readline():
                raise RuntimeError("the line to the server did not open")
            yield folder
        finally:
            line.stdin.close()
            line.wait(timeout=30)


def address(folder: str, role: str, database: str) -> str:
    """Where `role` reaches `database` through the line."""
    return make_conninfo(host=folder, user=role, dbname=database)


def _carry(folder: Path, server: Path) -> None:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(folder / SOCKET))
    listener.listen(64)
    threading.Thread(target=_accept, args=(listener, server / SOCKET), daemon=True).start()
    print("open", flush=True)
    sys.stdin.read()


def _accept(listener: socket.socket, server: Path) -> None:
    while True:
        client, _ = listener.accept()
        there = socket.socket(socket.AF_UNIX)
        there.connect(str(server))
        for source, target, seconds in ((client, there, SECONDS_AWAY), (there, client, 0.0)):
            threading.Thread(target=_pass_on, args=(source, target, seconds), daemon=True).start()


def _pass_on(source: socket.socket, target: socket.socket, seconds: float) -> None:
    """All the delay lies on the way there: a client waits for the answer before it asks again."""
    with suppress(OSError):
        while data := source.recv(CHUNK):
            if seconds:
                time.sleep(seconds)
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


if __name__ == "__main__":
    _carry(Path(sys.argv[1]), Path(sys.argv[2]))
