"""A shop whose pages are shared, and what a request costs: statements, and words with Redis."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest
import redis
from django.conf import settings as django_settings

from platform_core.tenancy import quick_redis
from platform_core.tenancy.context import TenantInfo
from tenant_shop.catalog import known_version
from tenant_shop.models import ProductVariant
from tenant_shop.storefront.shared import memory, store
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory
from tests.statements import StatementCount


@pytest.fixture(autouse=True)
def _shared(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pages are shared, and a slow machine neither loses patience with Redis nor belief in a version during a test;
    nor does an hour end."""
    settings.SHARED_PAGES = True
    settings.SHARED_PAGES_MEMORY = 0
    monkeypatch.setattr(known_version, "BELIEVED_FOR", 3_600_000)
    monkeypatch.setattr(store, "next_hour", lambda now: now + timedelta(hours=1))
    monkeypatch.setattr(quick_redis, "ANSWER_WITHIN", 30.0)
    start_anew()
    yield
    start_anew()


def start_anew() -> None:
    """Connections to Redis are made anew, to the address and with the patience of now; no page is at hand."""
    memory.forget_all()
    quick_redis._pool.cache_clear()
    quick_redis._forget_connections()
    quick_redis.resume()


class Kept:
    """What Redis keeps for one shop. Other tests run beside this one on the same server: nothing else is touched."""

    def __init__(self, shop: TenantInfo) -> None:
        self.client = redis.Redis.from_url(django_settings.REDIS_URL)
        self.prefix = f"{shop.id.hex}.{shop.epoch}:1:"
        self.version = f"{self.prefix}catalogue-version"

    def pages(self) -> dict[bytes, bytes]:
        return {key: self.client.get(key) for key in self.client.keys(f"{self.prefix}page:*")}

    def forget(self) -> None:
        """As the server does when it is flushed, or runs out of memory."""
        for key in self.client.keys(f"{self.prefix}*"):
            self.client.delete(key)


@pytest.fixture
def kept(selling: TenantInfo) -> Kept:
    """What Redis keeps for `acme`."""
    return Kept(selling)


@pytest.fixture
def mug(selling: TenantInfo) -> ProductVariant:
    """The only variant of `Mug`, made by Harbour and kept in Kitchen; many pieces in stock."""
    product = ProductFactory(
        name="Mug",
        slug="mug",
        price="12.00",
        stock=50,
        category=CategoryFactory(name="Kitchen", slug="kitchen"),
        brand=BrandFactory(name="Harbour", slug="harbour"),
        tags=["featured"],
        description="<p>Holds tea.</p>",
    )
    return ProductVariant.objects.select_related("product").get(product=product)


@pytest.fixture(params=["kept by Redis only", "at hand"])
def either_way(request: pytest.FixtureRequest, settings: Any) -> None:
    """Once without pages in the process' own memory, and once with them."""
    settings.SHARED_PAGES_MEMORY = 16 * 1024 * 1024 if request.param == "at hand" else 0


Cost = Callable[[], Any]


@pytest.fixture
def cost() -> Cost:
    """What a block costs: `with cost() as spent: …`, then `spent.statements` and `spent.asked`, Redis commands.

    What lists ask for their kept counts is left out.
    """

    @contextmanager
    def counting() -> Iterator[SimpleNamespace]:
        spent = SimpleNamespace(statements=0, asked=[])
        original = quick_redis._exchange

        def exchange(command: tuple[Any, ...]) -> Any:
            if not any(":counts:" in str(word) for word in command):
                spent.asked.append(command[0])
            return original(command)

        with StatementCount() as statements, mock.patch.object(quick_redis, "_exchange", exchange):
            yield spent
        spent.statements = statements.count

    return counting
