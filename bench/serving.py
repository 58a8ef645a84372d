"""Applications served by granian as in production, and browsers that ask as fast as they are answered."""

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

START_SECONDS = 60
LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """A running granian."""

    pid: int
    port: int

    def processor_seconds(self) -> float:
        """What the server and its workers have used so far."""
        return sum(_used(pid) for pid in (self.pid, *_children_of(self.pid)))


@contextmanager
def granian(application: str, *, workers: int, threads: int, **environment: str) -> Iterator[Server]:
    """`application` on a free port, until the block ends. Errors: RuntimeError when it does not start."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    process = subprocess.Popen(
        [
            sys.executable, "-m", "granian", "--interface", "wsgi", application, "--no-log", "--host", "127.0.0.1",
            "--port", str(port), "--workers", str(workers), "--blocking-threads", str(threads),
        ],
        cwd=settings.BASE_DIR,
        env={**os.environ, **environment},
    )  # fmt: skip
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"granian does not answer for {application}")
            time.sleep(0.1)
        yield Server(process.pid, port)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _answers(port: int) -> bool:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/healthz")
        return connection.getresponse().status < 500
    except OSError:
        return False


def pages_per_second(
    server: Server, *, host: str, path: str, requests: int, browsers: int, headers: tuple[str, ...] = ()
) -> float:
    """How many answers `browsers` get together, each over a connection of its own, one request after the other.

    They only look for the end of an answer, so that the server and not its visitors is measured.
    Errors: RuntimeError unless every answer is 200.
    """
    asked = "\r\n".join([f"GET {path} HTTP/1.1", f"Host: {host}", *headers, "", ""]).encode()
    with ThreadPoolExecutor(browsers) as pool:
        began = time.perf_counter()
        share = requests // browsers
        for done in [pool.submit(_browse, server.port, asked, share) for _ in range(browsers)]:
            done.result()
        return share * browsers / (time.perf_counter() - began)


def _browse(port: int, asked: bytes, requests: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as browser:
        browser.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(requests):
            browser.sendall(asked)
            _read_answer(browser)


def _read_answer(browser: socket.socket) -> None:
    answer = browser.recv(65536)
    while (end := answer.find(b"\r\n\r\n")) < 0:
        answer += _more(browser)
    length = LENGTH.search(answer)
    if not answer.startswith(b"HTTP/1.1 200 ") or length is None:
        raise RuntimeError(f"answered with {answer[:200]!r}")
    missing = end + 4 + int(length[1]) - len(answer)
    while missing > 0:
        missing -= len(_more(browser))


def _more(browser: socket.socket) -> bytes:
    received = browser.recv(65536)
    if not received:
        raise RuntimeError("the server hung up")
    return received


def _used(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _children_of(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children] + [
        grandchild for child in children for grandchild in _children_of(int(child))
    ]
