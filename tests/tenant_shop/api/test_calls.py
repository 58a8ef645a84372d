"""What programs did is noted beside their way: no statement, no word with Redis, and nothing of what was in a call."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import redis
import time_machine
from django.conf import settings as django_settings

from platform_core.metrics.add_up import add_up_days
from platform_core.metrics.models import PlatformMetric, TenantMetric
from platform_core.metrics.roll_up_shop import roll_up_changes
from platform_core.tenancy import awake, noting
from platform_core.tenancy import call_limit as limit
from platform_core.tenancy.call_limit import Bucket, calls_in_use, take_call
from platform_core.tenancy.context import TenantInfo, tenant_context
from smartseller.observability.log_lines import ContextFilter
from smartseller.observability.request_id import HEADER
from tenant_shop.configuration.change_settings import change_settings
from tenant_shop.integrations.calls import collect, note
from tenant_shop.integrations.calls.collect import collect_calls
from tenant_shop.integrations.calls.models import ApiCall, ApiUsage
from tenant_shop.integrations.keys.models import ApiKey
from tests.factories.catalog import ProductFactory
from tests.people import staff_browser
from tests.programs import client_with, key_of, program, publishable_key
from tests.statements import StatementCount

PRODUCTS, ORDERS = "/api/v1/products/", "/api/v1/orders/"
PAGE = "/admin/settings/keys/calls/"
# In Berlin, where the shop is, it is the eleventh already.
NOW = datetime(2026, 3, 10, 23, 30, tzinfo=UTC)
TODAY = date(2026, 3, 11)


def written(shop: TenantInfo, now: datetime = NOW) -> list[tuple[Any, ...]]:
    note.send_calls()
    with tenant_context(shop):
        collect_calls(now)
        return list(ApiCall.objects.order_by("at", "pk").values_list("method", "path", "status", "code"))


def usage(shop: TenantInfo) -> list[tuple[date, int]]:
    with tenant_context(shop):
        return list(ApiUsage.objects.order_by("day").values_list("day", "calls"))


def test_calls_are_noted_as_they_ended_and_counted(acme: TenantInfo) -> None:
    made = key_of(acme, "read_products")
    caller = client_with(acme, made.secret)
    with time_machine.travel(NOW, tick=False):
        answer = caller.get(f"{PRODUCTS}?limit=2&slug=ann@example.com")
        caller.get(ORDERS)
        caller.post(PRODUCTS, {"name": "x"})
        caller.get("/api/v1/nothing/here/")
        client_with(acme, made.secret[:-1]).get(PRODUCTS)  # no key: nobody's call
        staff_browser(acme).get(PRODUCTS)

        assert written(acme)[:2] == [
            ("GET", PRODUCTS, 200, ""),
            ("GET", ORDERS, 403, "scope_missing"),
        ]
    assert usage(acme) == [(TODAY, 4)]
    with tenant_context(acme):
        first = ApiCall.objects.earliest("at", "pk")
        assert (first.key_id, first.at, first.request_id) == (made.key.pk, NOW, answer.headers[HEADER])
        assert ApiKey.objects.get().last_used_at == NOW
        assert ApiCall.objects.count() == 4


def test_a_call_waits_for_nothing(acme: TenantInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    with tenant_context(acme):
        ProductFactory()
    caller = program(acme, "read_products")
    caller.get(PRODUCTS)
    sent = []
    original = redis.connection.AbstractConnection.send_command
    monkeypatch.setattr(
        redis.connection.AbstractConnection,
        "send_command",
        lambda *words, **_: sent.append(words[1]) or original(*words),
    )
    with StatementCount() as statements:
        caller.get(PRODUCTS)

    assert sent == ["EVALSHA"]  # the plan's limit, and nothing else
    assert statements.count == 5
    assert len(note.CALLS.waiting) == 2


def test_a_fault_is_a_call_too(acme: TenantInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    caller = client_with(acme, key_of(acme, "read_products").secret, raise_request_exception=False)
    monkeypatch.setattr("tenant_shop.api.v1.products.ProductList.rows", lambda _: 1 / 0)

    assert caller.get(PRODUCTS).status_code == 500
    assert written(acme) == [("GET", PRODUCTS, 500, "")]


def test_of_a_shoppers_call_the_route_is_noted_as_the_address_may_be_a_secret(acme: TenantInfo) -> None:
    client_with(acme, publishable_key(acme).secret).get("/api/v1/carts/8f14e45fceea167a/")
    assert [path for _, path, *_ in written(acme)] == ["/api/v1/<path:path>"]


def test_no_key_is_in_the_log_wherever_it_stands_in_the_address(
    acme: TenantInfo, caplog: pytest.LogCaptureFixture
) -> None:
    made = key_of(acme, "read_products")
    caplog.set_level(logging.DEBUG)
    with StatementCount() as statements:
        caller = client_with(acme, made.secret)
        caller.get(f"/api/v1/{made.secret}/")
        caller.get(f"{PRODUCTS}?key={made.secret}")
        [(_, path, *_)] = written(acme)

    assert path == f"/api/v1/{made.secret[:12]}…/"
    lines = [record.getMessage() for record in caplog.records if ContextFilter().filter(record)]
    assert f"Not Found: /api/v1/{made.secret[:12]}…/" in lines
    assert made.secret[16:] not in str(lines)
    assert made.secret[16:] not in str(statements.__dict__)
    kept = redis.Redis.from_url(django_settings.REDIS_URL)
    for found in kept.scan_iter(f"{acme.id.hex}*"):
        value = kept.dump(found)
        assert made.secret[16:].encode() not in bytes(value or b"")


def test_what_is_collected_twice_or_by_several_is_written_once(acme: TenantInfo) -> None:
    caller = program(acme, "read_products")
    for _ in range(5):
        caller.get(PRODUCTS)
    note.send_calls()
    begin = threading.Barrier(4)

    def collect_once() -> None:
        begin.wait()
        with tenant_context(acme):
            collect_calls(datetime.now(UTC))

    threads = [threading.Thread(target=collect_once) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with tenant_context(acme):
        assert ApiCall.objects.count() == 5
        assert collect_calls(datetime.now(UTC)) == 0
    assert sum(calls for _, calls in usage(acme)) == 5


def test_a_job_that_is_killed_before_it_let_go_writes_nothing_twice(
    acme: TenantInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(acme, "read_products").get(PRODUCTS)
    note.send_calls()

    class Killed(BaseException):
        pass

    def die(*_: Any, **__: Any) -> None:
        raise Killed

    with tenant_context(acme):
        with monkeypatch.context() as dying:
            dying.setattr(collect, "_after", die)
            with pytest.raises(Killed):
                collect_calls(NOW)
        assert ApiCall.objects.count() == 1
        assert collect_calls(datetime.now(UTC)) == 1  # read again, known already
        assert ApiCall.objects.count() == 1


def test_the_log_is_bounded_by_age_and_by_number(acme: TenantInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collect, "MOST_SHOWN", 3)
    caller = program(acme, "read_products")
    for age in (timedelta(days=7), timedelta(days=6), timedelta(days=3), timedelta(days=2), timedelta(0)):
        with time_machine.travel(NOW - age, tick=False):
            caller.get(PRODUCTS)
    written(acme)
    with tenant_context(acme):
        ages = [NOW - at for at in ApiCall.objects.values_list("at", flat=True)]
    assert ages == [timedelta(0), timedelta(days=2), timedelta(days=3)]


def test_while_redis_is_down_programs_go_on_and_it_is_said_once(
    acme: TenantInfo, without_redis: None, caplog: pytest.LogCaptureFixture
) -> None:
    caller = program(acme, "read_products")
    for _ in range(2):
        assert caller.get(PRODUCTS).status_code == 200
        note.send_calls()
    told = [record for record in caplog.records if record.name == noting.logger.name]
    assert len(told) == 1
    assert not note.CALLS.waiting
    page = staff_browser(acme).get(PAGE)
    assert page.status_code == 200
    assert "cannot be shown at this moment" in page.content.decode()


def test_a_process_keeps_no_more_than_it_has_room_for(acme: TenantInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(note.CALLS, "most", 2)
    caller = program(acme, "read_products")
    for _ in range(4):
        assert caller.get(PRODUCTS).status_code == 200
    assert len(note.CALLS.waiting) == 2


def test_a_shop_that_is_called_is_awake_so_that_the_job_comes_by(acme: TenantInfo) -> None:
    awake._said.pop(acme.id, None)
    program(acme, "read_products").get(PRODUCTS)
    note.send_calls()
    assert acme.id in awake.awake(datetime.now(UTC).timestamp())


def test_a_days_number_only_grows(acme: TenantInfo) -> None:
    with time_machine.travel(NOW, tick=False):
        caller = program(acme, "read_products")
        for _ in range(3):
            caller.get(PRODUCTS)
        written(acme)
        with tenant_context(acme):
            note.client().delete(note.count_key(TODAY))  # as when the server is flushed
        caller.get(PRODUCTS)
        written(acme)
    assert usage(acme) == [(TODAY, 3)]


def test_the_platform_adds_up_the_calls_of_all_shops(acme: TenantInfo, make_shop: Callable[..., TenantInfo]) -> None:
    bolt = make_shop("bolt")
    with time_machine.travel(NOW, tick=False):
        for shop, calls in ((acme, 2), (bolt, 3)):
            with tenant_context(shop):
                change_settings({"timezone": "Europe/Berlin", "currency": "EUR"})
            caller = program(shop, "read_products")
            for _ in range(calls):
                caller.get(PRODUCTS)
            with tenant_context(shop):
                roll_up_changes(NOW)
        note.send_calls()
    tomorrow = NOW + timedelta(days=1)
    with time_machine.travel(tomorrow, tick=False):
        for shop in (acme, bolt):
            with tenant_context(shop):
                roll_up_changes(tomorrow)
        add_up_days(TODAY, TODAY)
    assert sorted(TenantMetric.objects.filter(date=TODAY).values_list("api_calls", "revenue")) == [
        (2, Decimal(0)),
        (3, Decimal(0)),
    ]
    assert PlatformMetric.objects.get(date=TODAY).total_api_calls == 5


def test_the_plan_says_how_many_calls_of_the_hour_are_used(acme: TenantInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = 1_767_225_600_000_000
    monkeypatch.setattr(limit, "_now", lambda: moment)
    with tenant_context(acme):
        bucket = limit.bucket_of_programs(5000)
    assert calls_in_use(bucket) == 0
    for _ in range(3):
        take_call([bucket])
    assert calls_in_use(bucket) == 3
    assert "<dd>3 of 5,000</dd>" in staff_browser(acme).get("/admin/plan/").content.decode()
    monkeypatch.setattr(limit, "_now", lambda: moment + 3_600_000_000)
    assert calls_in_use(bucket) == 0
    assert calls_in_use(Bucket("nobodys", 10)) == 0


def test_the_page_shows_the_newest_of_a_key_or_only_what_was_refused(acme: TenantInfo) -> None:
    one, other = key_of(acme, "read_products", name="Warehouse"), key_of(acme, "read_orders", name="Books")
    for made in (one, other):
        client_with(acme, made.secret).get(PRODUCTS)
    note.send_calls()
    browser = staff_browser(acme)

    def shown(query: str = "") -> list[tuple[str, int]]:
        rows = browser.get(f"{PAGE}{query}").context["rows"]
        return [(row["key"].name, row["call"].status) for row in rows]

    assert shown() == [("Books", 403), ("Warehouse", 200)]
    assert shown(f"?key={one.key.pk}") == [("Warehouse", 200)]
    assert shown("?errors=1") == [("Books", 403)]
    assert shown("?key=nonsense&after=nonsense") == shown()


def test_older_calls_follow_without_gaps(acme: TenantInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenant_shop.backoffice.api_calls.A_PAGE", 2)
    caller, browser = program(acme, "read_products"), staff_browser(acme)
    for number in range(5):
        caller.get(f"/api/v1/{number}/")
    note.send_calls()
    seen, query = [], ""
    while True:
        page = browser.get(f"{PAGE}?{query}")
        seen += [row["call"].path for row in page.context["rows"]]
        query = page.context["older"]
        if not query:
            break
    assert seen == [f"/api/v1/{number}/" for number in (4, 3, 2, 1, 0)]
