"""Views and visitors of a day are counted without a statement, and without keeping who came."""

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import redis
import time_machine
from django.conf import settings as django_settings

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.analytics import counters, note_view
from tenant_shop.analytics.counters import DayCount, counted
from tenant_shop.analytics.models import AnalyticsDaily
from tenant_shop.analytics.roll_up import roll_up
from tenant_shop.configuration.change_settings import change_settings
from tenant_shop.orders.models import Order
from tests.factories.orders import OrderFactory
from tests.statements import StatementCount

# In Berlin, where the shop is, it is the eleventh already.
NOW = datetime(2026, 3, 10, 23, 30, tzinfo=UTC)
TODAY = date(2026, 3, 11)
FIREFOX, CHROME = "Mozilla/5.0 (X11) Firefox/150.0", "Mozilla/5.0 (Macintosh) Chrome/150.0"


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A slow machine loses no patience with Redis, and nothing is sent but by the test."""
    monkeypatch.setattr(counters, "ANSWER_WITHIN", 30.0)
    monkeypatch.setattr(note_view.VIEWS, "_start_sender", lambda: None)
    counters._client.cache_clear()
    note_view.VIEWS.waiting.clear()
    with time_machine.travel(NOW, tick=False):
        yield
    note_view.VIEWS.waiting.clear()
    counters._client.cache_clear()


@pytest.fixture
def berlin(shop: TenantInfo) -> TenantInfo:
    change_settings({"timezone": "Europe/Berlin", "currency": "EUR"})
    return shop


def look(*visitors: tuple[str, str]) -> None:
    for address, browser in visitors:
        note_view.note_view(address, browser)
    note_view.send_views()


def row(day: date = TODAY) -> tuple[int, int, Decimal]:
    found = AnalyticsDaily.objects.get(date=day)
    return found.page_views, found.website_visitors, found.conversion_rate


def test_somebody_who_looks_twice_is_one_visitor(berlin: TenantInfo) -> None:
    look(("192.0.2.1", FIREFOX), ("192.0.2.1", CHROME), ("192.0.2.1", FIREFOX), ("192.0.2.7", FIREFOX))
    look(("192.0.2.1", FIREFOX))
    assert counted([TODAY]) == {TODAY: DayCount(views=5, visitors=3)}
    roll_up(TODAY, TODAY)
    assert row() == (5, 3, Decimal(0))


def test_many_visitors_are_estimated_well(berlin: TenantInfo) -> None:
    look(*((f"192.0.{n // 256}.{n % 256}", FIREFOX) for n in range(5000)))
    assert counted([TODAY])[TODAY].views == 5000
    assert counted([TODAY])[TODAY].visitors == pytest.approx(5000, rel=0.05)


def test_noting_costs_no_statement_and_no_word_with_redis(berlin: TenantInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis.connection.AbstractConnection, "send_packed_command", lambda *_: pytest.fail("asked"))
    with StatementCount() as statements:
        note_view.note_view("192.0.2.1", FIREFOX)
    assert statements.count == 0
    assert len(note_view.VIEWS.waiting) == 1


def test_each_shop_and_each_day_has_its_own_count(make_shop: Any) -> None:
    acme, bolt = make_shop("acme"), make_shop("bolt", timezone="UTC")
    for shop in (acme, bolt):
        with tenant_context(shop):
            note_view.note_view("192.0.2.1", FIREFOX)
    note_view.send_views()
    with tenant_context(acme):
        assert counted([TODAY, TODAY - timedelta(days=1)]) == {
            TODAY: DayCount(1, 1), TODAY - timedelta(days=1): DayCount(0, 0),
        }  # fmt: skip
    with tenant_context(bolt):
        assert counted([TODAY - timedelta(days=1)])[TODAY - timedelta(days=1)] == DayCount(1, 1)


def test_nothing_that_is_kept_tells_who_came(berlin: TenantInfo) -> None:
    look(("192.0.2.1", FIREFOX))
    client = redis.Redis.from_url(django_settings.REDIS_URL)
    kept = {key: client.get(key) for key in client.keys(f"{berlin.id.hex}.*")}
    names = {key.decode().rpartition(":1:")[2] for key in kept}
    assert {name for name in names if "v" in name and "catalogue" not in name} == {
        f"page-views:{TODAY}", f"visitors:{TODAY}", f"visitors-secret:{TODAY}",
    }  # fmt: skip
    for value in kept.values():
        assert b"192.0.2.1" not in value
        assert b"Firefox" not in value
    prefix = f"{berlin.id.hex}.{berlin.epoch}:1:"
    assert 0 < client.ttl(f"{prefix}visitors-secret:{TODAY}") <= 26 * 3600
    assert 0 < client.ttl(f"{prefix}visitors:{TODAY}") <= 8 * 24 * 3600
    assert 0 < client.ttl(f"{prefix}page-views:{TODAY}") <= 8 * 24 * 3600


def test_another_day_or_shop_has_another_secret(berlin: TenantInfo, make_shop: Any) -> None:
    secrets = [counters._secret(TODAY), counters._secret(TODAY), counters._secret(TODAY + timedelta(days=1))]
    with tenant_context(make_shop("bolt")):
        secrets.append(counters._secret(TODAY))
    assert secrets[0] == secrets[1]
    assert len(set(secrets)) == 3
    assert {len(secret) for secret in secrets} == {32}


def test_the_rate_is_orders_for_a_hundred_visitors(berlin: TenantInfo) -> None:
    look(*((f"192.0.2.{n}", FIREFOX) for n in range(8)))
    roll_up(TODAY, TODAY)
    OrderFactory(status="delivered", payment_status="paid", total_amount=Decimal(10))
    Order.objects.update(created_at=NOW)
    roll_up(TODAY - timedelta(days=3), TODAY)
    assert row() == (8, 8, Decimal("12.50"))
    AnalyticsDaily.objects.all().delete()
    roll_up(TODAY, TODAY)
    assert row() == (8, 8, Decimal("12.50"))


def test_what_was_counted_once_stands_when_redis_has_forgotten_it(berlin: TenantInfo) -> None:
    look(("192.0.2.1", FIREFOX), ("192.0.2.2", FIREFOX))
    roll_up(TODAY, TODAY)
    client = redis.Redis.from_url(django_settings.REDIS_URL)
    client.delete(*client.keys(f"{berlin.id.hex}.*"))
    look(("192.0.2.3", FIREFOX))
    roll_up(TODAY, TODAY)
    assert row()[:2] == (2, 2)


def test_days_that_are_no_longer_counted_are_not_asked_for(berlin: TenantInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    AnalyticsDaily.objects.create(date=date(2026, 1, 5), page_views=9, website_visitors=4)
    with monkeypatch.context() as patch:
        patch.setattr(counters, "_client", lambda: pytest.fail("Redis was asked"))
        roll_up(date(2026, 1, 1), date(2026, 2, 28))
    assert row(date(2026, 1, 5))[:2] == (9, 4)


def test_without_redis_views_are_lost_and_nothing_else(
    berlin: TenantInfo, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    look(("192.0.2.1", FIREFOX))
    roll_up(TODAY, TODAY)
    where = settings.REDIS_URL
    settings.REDIS_URL = "redis+socket:///nowhere/valkey.sock" if "socket" in where else "redis://127.0.0.1:1/0"
    if where.startswith("unix"):
        settings.REDIS_URL = "unix:///nowhere/valkey.sock"
    counters._client.cache_clear()
    look(("192.0.2.2", FIREFOX))
    look(("192.0.2.3", FIREFOX))
    roll_up(TODAY, TODAY)
    assert row()[:2] == (1, 1)
    said = [record.message for record in caplog.records if "page views are not counted" in record.message]
    assert len(said) == 1
    settings.REDIS_URL = where
    counters._client.cache_clear()
    look(("192.0.2.4", FIREFOX))
    assert counted([TODAY])[TODAY] == DayCount(2, 2)


def test_a_process_that_cannot_send_keeps_a_bounded_number(berlin: TenantInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(note_view.VIEWS, "most", 3)
    for _ in range(5):
        note_view.note_view("192.0.2.1", FIREFOX)
    assert len(note_view.VIEWS.waiting) == 3


def test_many_threads_lose_no_view(berlin: TenantInfo) -> None:
    def visit() -> None:
        with tenant_context(berlin):
            for _ in range(200):
                note_view.note_view("192.0.2.1", FIREFOX)

    threads = [threading.Thread(target=visit) for _ in range(4)]
    for thread in threads:
        thread.start()
    note_view.send_views()
    for thread in threads:
        thread.join()
    note_view.send_views()
    assert counted([TODAY])[TODAY] == DayCount(views=800, visitors=1)
