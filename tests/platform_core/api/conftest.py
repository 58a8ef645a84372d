"""A Redis that is asked with patience, and counts from nothing."""

from collections.abc import Iterator

import pytest

from platform_core.tenancy import quick_redis


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(quick_redis, "ANSWER_WITHIN", 30.0)
    quick_redis._pool.cache_clear()
    quick_redis._forget_connections()
    quick_redis.resume()
    yield
    quick_redis._pool.cache_clear()
    quick_redis._forget_connections()
