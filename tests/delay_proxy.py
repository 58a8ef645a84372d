"""A proxy between the app and PostgreSQL that holds every message back for a moment, so that races have room."""

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
    """Passes bytes between a socket of its own and PostgreSQL's; `slow` says whether questions are held back."""

    def __init__(self, folder: Path, server: Path, seed: int) -> None:
        self.slow = False
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
