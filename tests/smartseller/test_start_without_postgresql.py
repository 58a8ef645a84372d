"""A web process that starts while PostgreSQL is down says so, and serves as soon as it is back."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from smartseller import embedded
from smartseller.embedded import APP_ROLE, OWNER_ROLE, Embedded
from tests.browser import ROOT

pytestmark = pytest.mark.slow
START_SECONDS = 60


@contextmanager
def web(environment: dict[str, str]) -> Iterator[int]:
    """granian on a free port, stopped by its process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "smartseller.wsgi:application"], cwd=ROOT, env={**environment, "PORT": str(port)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield port
    finally:
        process.terminate()
        process.wait()


def ask(port: int, path: str) -> tuple[int, str | None]:
    """Status and Retry-After of the platform's page; asked again until the process listens."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request("GET", path, headers={"Host": f"localhost:{port}"})
            answer = connection.getresponse()
            return answer.status, answer.getheader("Retry-After")
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        finally:
            connection.close()


def test_a_process_that_starts_before_postgresql_answers_503_and_recovers_by_itself(tmp_path: Path) -> None:
    servers = Embedded(tmp_path / "data", durable=False)
    name = "smartseller_platform"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "smartseller.settings.local",
        "SMARTSELLER_DATA_DIR": str(tmp_path / "data"),
        "DATABASE_PREFIX": "smartseller_",
        "DATABASE_URL": servers.conninfo(APP_ROLE, name),
        "DATABASE_OWNER_URL": servers.conninfo(OWNER_ROLE, name),
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }
    with web(environment) as port:
        assert ask(port, "/healthz") == (200, None)
        assert ask(port, "/readyz")[0] == 503
        assert ask(port, "/pricing/") == (503, "5")
        embedded.ensure_running(servers)
        try:
            done = subprocess.run([sys.executable, "manage.py", "setup"], cwd=ROOT, env=environment, check=False)
            assert done.returncode == 0
            assert ask(port, "/pricing/")[0] == 200
            assert ask(port, "/readyz")[0] == 200
        finally:
            embedded.stop_if_unused(servers)
