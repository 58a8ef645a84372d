"""A real worker process with one child, on a queue of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import redis
from celery import current_app
from django.conf import settings

from tests.worker import done_list

# Seconds after which a worker that says nothing is taken for dead: no rule of the product, only a way out for the test.
GIVE_UP = 240


class RealWorker:
    """Takes from `name` once it is started; `next_done` is what a task says of itself when it is done."""

    def __init__(self, log: Path) -> None:
        self.name, self._log = f"tests-{uuid4().hex}", log
        self._process: subprocess.Popen[bytes] | None = None
        self._client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=None)
        self._client.delete(done_list())

    def start(self, **environment: str) -> None:
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "tests.worker", "worker", "-c", "1", "-Q", self.name,
                 "--without-mingle", "--without-gossip", "-l", "INFO"],
                stdout=log, stderr=subprocess.STDOUT,
                env={**os.environ, "DJANGO_SETTINGS_MODULE": "smartseller.settings.test", **environment},
            )  # fmt: skip

    def next_done(self) -> str:
        found = self._client.blpop([done_list()], timeout=GIVE_UP)
        assert found, self._log.read_text()
        return found[1].decode()

    @property
    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def log(self) -> str:
        return self._log.read_text()

    def ask_to_stop(self) -> None:
        """With TERM."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)

    def until_it_says(self, words: str) -> None:
        """Read its log until these words stand in it."""
        assert self._process is not None
        while words not in self.log() and self._process.poll() is None:
            time.sleep(0.01)
        assert words in self.log()

    def wait(self) -> int | None:
        """Its exit code."""
        return None if self._process is None else self._process.wait()


@contextmanager
def real_worker(folder: Path) -> Iterator[RealWorker]:
    worker = RealWorker(folder / "worker.log")
    try:
        yield worker
    finally:
        worker.ask_to_stop()
        worker.wait()
        forget_queue(worker.name)


def forget_queue(name: str) -> None:
    """Celery keeps the name of every queue that it was ever asked to send to."""
    current_app.amqp.queues.pop(name, None)
