"""A shop with the API in its plan, and a Redis that is asked with patience."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from platform_core.tenancy import quick_redis
from platform_core.tenancy.context import TenantInfo
from tenant_shop.integrations.calls import note
from tests.api_client import ApiClient
from tests.programs import program as with_key


@pytest.fixture
def acme(make_shop: Callable[..., TenantInfo]) -> TenantInfo:
    return make_shop("acme")


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A slow machine loses no patience with Redis, and nothing is sent but by the test."""
    monkeypatch.setattr(quick_redis, "ANSWER_WITHIN", 30.0)
    monkeypatch.setattr(note, "ANSWER_WITHIN", 30.0)
    monkeypatch.setattr(note.CALLS, "_start_sender", lambda: None)
    _anew()
    yield
    monkeypatch.undo()
    _anew()


@pytest.fixture
def without_redis(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """Nobody answers where Redis was."""
    monkeypatch.setattr(quick_redis, "PAUSE", 3600.0)
    settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock"
    _anew()


def _anew() -> None:
    note.client.cache_clear()
    note.CALLS.waiting.clear()
    quick_redis._pool.cache_clear()
    quick_redis._forget_connections()
    quick_redis.resume()


@pytest.fixture
def program() -> Callable[..., ApiClient]:
    """A program that may do what it is given: `program(acme, "write_products")`."""

    def make(shop: TenantInfo, *scopes: str, **options: Any) -> ApiClient:
        return ApiClient(with_key(shop, *scopes, **options))

    return make
