"""A proxy between the app and PostgreSQL: it holds every message back for a moment, so that races have room, or loses
the answer to a COMMIT."""

import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

LONGEST_DELAY = 0.002
CHUNK = 65536


class DelayProxy:
    """Passes bytes between a socket of its own and PostgreSQL's.

    `slow` says whether questions are held back. With `loses_next_commit` the line breaks once, when PostgreSQL has
    answered the next COMMIT: it was done, and nobody hears of it.
    """

    def __init__(self, folder: Path, server: Path, seed: int) -> None:
        self.slow = False
        self.loses_next_commit = False
        self._lost: socket.socket | None = None
        self._server = server
        self._random = random.Random(seed)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / server.name))
        self._listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):  # closed: the test is over
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(str(self._server))
                for source, target, held in ((client, server, True), (server, client, False)):
                    threading.Thread(target=self._pass_on, args=(source, target, held), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, held: bool) -> None:
        with suppress(OSError):
            while data := source.recv(CHUNK):
                if held and self.slow:
                    time.sleep(self._random.uniform(0, LONGEST_DELAY))
                if held and self.loses_next_commit and b"COMMIT" in data:
                    self.loses_next_commit, self._lost = False, target
                if source is self._lost:
                    break
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)
        if not held:  # the server has said its last word
            source.close()
            target.close()

    def close(self) -> None:
        self._listener.close()


@contextmanager
def delay_proxy(server: Path, *, seed: int) -> Iterator[tuple[DelayProxy, Path]]:
    """A proxy to PostgreSQL's socket file `server`, and the folder to connect to instead of the server's."""
    with TemporaryDirectory(prefix="proxy-") as folder:
        proxy = DelayProxy(Path(folder), server, seed)
        try:
            yield proxy, Path(folder)
        finally:
            proxy.close()
