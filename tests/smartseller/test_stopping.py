"""A web process, started as the image does and stopped with TERM, answers what it has and takes nothing new."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlencode

import pytest
import yaml

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.models import CartItem
from tests.browser import ROOT
from tests.databases import owner
from tests.factories.catalog import ProductFactory
from tests.shopping import configure

pytestmark = pytest.mark.slow

# Seconds after which what does not come is taken for lost: no rule of the product, only a way out for the test.
GIVE_UP = 120
TOKEN = "a" * 32
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'"


def command_of_the_image(port: int) -> list[str]:
    told = re.search(r"^CMD (\[.*?\])$", (ROOT / "docker/Dockerfile").read_text(), re.MULTILINE | re.DOTALL)
    assert told is not None
    words: list[str] = yaml.safe_load(told[1].replace("\\\n", ""))
    words[words.index("--host") + 1], words[words.index("--port") + 1] = "127.0.0.1", str(port)
    return [sys.executable, *words[1:]]


@contextmanager
def web(log: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with log.open("wb") as said:
        process = subprocess.Popen(
            command_of_the_image(port), cwd=ROOT, env={**os.environ, "PORT": str(port)}, stdout=said, stderr=said
        )
    try:
        # Both: one that is told to leave before it has begun would not hear it.
        until(lambda: log.read_text().count("Started worker-") == 2)
        assert ask(port, "GET", "/healthz") == 200
        yield process, port
    finally:
        process.kill()
        process.wait()


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


def ask(port: int, method: str, path: str, **fields: str) -> int:
    """The status of a whole answer; one that is cut off is an error."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=GIVE_UP)
    headers = {
        "Host": f"acme.localhost:{port}", "Cookie": f"csrftoken={TOKEN}",
        "Content-Type": "application/x-www-form-urlencoded",
    }  # fmt: skip
    try:
        connection.request(method, path, urlencode({**fields, "csrfmiddlewaretoken": TOKEN}), headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + GIVE_UP
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def acme(shop: TenantInfo) -> TenantInfo:
    configure()
    ProductFactory(name="Mug", slug="mug", price=Decimal("24.00"), stock=5)
    return shop


def test_what_was_begun_is_answered_and_nothing_new_is_taken(acme: TenantInfo, tmp_path: Path) -> None:
    with (
        web(tmp_path / "web.log") as (process, port),
        owner(acme.database_name) as holder,
        ThreadPoolExecutor() as shoppers,
    ):
        holder.execute("BEGIN; LOCK TABLE products IN ACCESS EXCLUSIVE MODE")
        seen: Future[int] = shoppers.submit(ask, port, "GET", "/products/mug/")
        bought: Future[int] = shoppers.submit(ask, port, "POST", "/cart/lines/add/mug/", quantity="2")
        until(lambda: are_waiting(acme, 2))

        process.send_signal(signal.SIGTERM)
        until(lambda: not listens(port))
        assert not seen.done()
        assert not bought.done()
        assert process.poll() is None
        holder.execute("ROLLBACK")

        assert (seen.result(GIVE_UP), bought.result(GIVE_UP)) == (200, 302)
        assert process.wait(GIVE_UP) == 0
    with tenant_context(acme):
        assert list(CartItem.objects.values_list("quantity", flat=True)) == [2]


def are_waiting(shop: TenantInfo, number: int) -> bool:
    with owner() as connection:
        row = connection.execute(WAITING, (shop.database_name,)).fetchone()
    return row == (number,)


def test_a_process_without_work_leaves_at_once(acme: TenantInfo, tmp_path: Path) -> None:
    with web(tmp_path / "web.log") as (process, port):
        assert ask(port, "GET", "/products/mug/") == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(GIVE_UP) == 0
        assert not listens(port)
