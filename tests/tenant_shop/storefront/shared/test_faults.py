"""Redis is down, slow or empty: the shop goes on, and is never out of date for it."""

import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platform_core.tenancy import quick_redis
from tenant_shop.models import Product
from tests.shopper import Shopper


@pytest.fixture
def lead_to(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sends this thread's words for Redis to another address, from a new connection on."""
    monkeypatch.setattr(quick_redis, "PAUSE", 3600.0)
    monkeypatch.setattr(quick_redis, "ANSWER_WITHIN", 0.1)

    def lead(url: str) -> None:
        settings.REDIS_URL = url
        quick_redis._pool.cache_clear()
        quick_redis._forget_connections()
        quick_redis.resume()

    return lead


def test_without_redis_pages_are_made_for_each_visitor(mug, lead_to, tmp_path: Path, cost):
    lead_to(f"unix://{tmp_path}/nobody.sock")
    for name in ("Mug", "Beaker"):
        Product.objects.update(name=name)
        assert f"<h1>{name}</h1>" in Shopper().get("/products/mug/").content.decode()
    with cost() as spent:
        Shopper().get("/products/mug/")
    assert spent.statements > 0
    assert spent.asked == []  # it was asked a moment ago


class Silent:
    """A server that takes connections and never says a word."""

    def __init__(self, path: Path) -> None:
        self.calls: list[socket.socket] = []
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(str(path))
        self.socket.listen(16)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                self.calls.append(self.socket.accept()[0])
            except OSError:
                return


def test_a_server_that_does_not_answer_is_waited_for_once(mug, lead_to, tmp_path: Path):
    server = Silent(tmp_path / "silent.sock")
    lead_to(f"unix://{tmp_path}/silent.sock")
    try:
        for _ in range(5):
            assert Shopper().get("/products/mug/").status_code == 200
        assert len(server.calls) == 1
        Product.objects.update(name="Beaker")  # an edit is announced in any case
        assert len(server.calls) == 2
        assert "<h1>Beaker</h1>" in Shopper().get("/products/mug/").content.decode()
    finally:
        server.socket.close()


def test_lists_do_not_wait_again_for_a_server_that_does_not_answer(
    mug, lead_to, tmp_path: Path, settings: Any, caplog: pytest.LogCaptureFixture
):
    server = Silent(tmp_path / "silent.sock")
    url = f"unix://{tmp_path}/silent.sock"
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": url}}
    lead_to(url)
    try:
        for _ in range(3):
            page = Shopper().get("/products/?available=1").content.decode()
            assert "Mug" in page
        assert len(server.calls) == 1
    finally:
        server.socket.close()
    told = [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]
    assert [(record.name, record.exc_info) for record in told] == [("platform_core.tenancy.quick_redis", None)]


def test_a_flushed_server_is_filled_again(mug, kept, cost):
    made = Shopper().get("/products/mug/").content
    kept.forget()
    assert Shopper().get("/products/mug/").content == made
    with cost() as spent:
        assert Shopper().get("/products/mug/").content == made
    assert (spent.statements, spent.asked) == (0, ["MGET"])


def test_a_connection_that_was_cut_at_rest_is_made_anew(mug, kept, cost):
    Shopper().get("/products/mug/")
    quick_redis._thread.connection._sock.shutdown(socket.SHUT_RDWR)
    with cost() as spent:
        assert Shopper().get("/products/mug/").status_code == 200
    assert (spent.statements, spent.asked) == (0, ["MGET", "MGET"])


def test_what_redis_holds_is_checked(mug, kept):
    made = Shopper().get("/products/mug/").content
    (key,) = kept.pages()
    for nonsense in (b"", b"{", b"[]\n", b'["a","b","c","d","e","f"]\nx', b"\xff\n\xff"):
        kept.client.set(key, nonsense)
        assert Shopper().get("/products/mug/").content == made
    kept.client.delete(key)
    kept.client.lpush(key, "x")
    assert Shopper().get("/products/mug/").content == made


def test_a_server_that_is_full_shows_nothing_old(mug, kept, monkeypatch):
    Shopper().get("/products/mug/")
    full = "return redis.error_reply('OOM command not allowed when used memory > maxmemory')"
    monkeypatch.setattr("tenant_shop.catalog.known_version.RAISE", full)
    Product.objects.update(name="Beaker")
    assert kept.client.get(kept.version) is None
    for _ in range(2):
        assert "<h1>Beaker</h1>" in Shopper().get("/products/mug/").content.decode()


def test_a_shop_whose_database_is_gone_says_so(mug, kept, platform, shop):
    Shopper().get("/products/mug/")
    with platform.unreachable(shop):
        assert Shopper().get("/products/mug/").status_code == 200  # as long as its version is believed
        kept.client.delete(kept.version)
        gone = Shopper().get("/products/mug/")
        assert (gone.status_code, gone["Retry-After"]) == (503, "5")


def test_a_child_process_starts_connections_of_its_own(mug):
    Shopper().get("/products/mug/")
    before = quick_redis._thread
    assert before.connection is not None
    quick_redis._forget_connections()  # what a fork does
    assert quick_redis._thread.connection is None
