"""A plan says whether programs may come, and how often."""

import itertools
import threading
from collections.abc import Callable
from typing import Any

import pytest

from platform_core.plans.models import TenantPlan
from platform_core.tenancy import call_limit as limit
from platform_core.tenancy import directory, quick_redis
from platform_core.tenancy.cache import fenced_key
from platform_core.tenancy.call_limit import Allowance, Bucket, OwnBuckets, take_call
from platform_core.tenancy.context import TenantInfo, tenant_context
from platform_core.tenancy.hooks import platform_hooks
from platform_core.tenancy.hosts import shop_url
from platform_core.tenants.change_plan import change_plan
from tenant_shop.api.gate import allowance
from tests.people import staff_browser
from tests.programs import client_with, key_of, program, publishable_key

PRODUCTS = "/api/v1/products/"
NOW = 1_767_225_600_000_000
SECOND = 1_000_000

pytestmark = pytest.mark.usefixtures("kept_plans")


def plan_is(**values: Any) -> None:
    TenantPlan.objects.filter(name="premium").update(**values)
    directory.forget_shops_of("premium")


def told(response: Any) -> tuple[int, str, str, str]:
    return response.status_code, *(response.headers[f"RateLimit-{name}"] for name in ("Limit", "Remaining", "Policy"))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets the clock of the buckets, in seconds after noon."""

    def set_to(seconds: float) -> None:
        monkeypatch.setattr(limit, "_now", lambda: NOW + int(seconds * SECOND))

    set_to(0)
    return set_to


@pytest.fixture
def buckets(acme: TenantInfo) -> Callable[..., Bucket]:
    """A bucket of this test's own."""
    numbers = itertools.count()

    def make(calls: int) -> Bucket:
        with tenant_context(acme):
            return Bucket(fenced_key(f"bucket-{next(numbers)}", "", 1), calls)

    return make


def test_a_plan_without_the_api_is_refused_and_says_where_there_is_one(acme: TenantInfo) -> None:
    caller = program(acme, "read_products")
    change_plan(acme.id, plan="basic")

    response = caller.get(PRODUCTS)

    assert response.status_code == 403
    error = response.json()["error"]
    assert (error["code"], error["message"]) == ("api_not_in_plan", "The plan Basic does not include the API.")
    assert (error["plan"], error["upgrade_url"]) == ("Basic", shop_url("acme", "/admin/plan/"))
    assert staff_browser(acme).get(PRODUCTS).status_code == 200  # the merchant's own people read as before


def test_another_plan_holds_at_once(acme: TenantInfo) -> None:
    caller = program(acme, "read_products")
    assert caller.get(PRODUCTS).status_code == 200

    change_plan(acme.id, plan="basic")
    assert caller.get(PRODUCTS).status_code == 403
    change_plan(acme.id, plan="premium")
    assert caller.get(PRODUCTS).status_code == 200


def test_so_many_calls_an_hour_and_then_429(acme: TenantInfo, clock: Callable[[float], None]) -> None:
    plan_is(max_api_calls_per_hour=3)
    caller, other = program(acme, "read_products"), program(acme, "read_products")

    assert [told(each.get(PRODUCTS)) for each in (caller, other, caller)] == [
        (200, "3", left, "3;w=3600") for left in ("2", "1", "0")
    ]
    refused = other.get(PRODUCTS)
    assert told(refused) == (429, "3", "0", "3;w=3600")
    assert (refused.headers["Retry-After"], refused.headers["RateLimit-Reset"]) == ("1200", "3600")
    error = refused.json()["error"]
    assert (error["code"], error["retry_after"]) == ("rate_limited", 1200)
    assert error["message"] == "There were 3 calls within an hour. Try again in 1200 seconds."
    clock(1199.9)
    assert caller.get(PRODUCTS).headers["Retry-After"] == "1"
    clock(1200)
    assert told(caller.get(PRODUCTS)) == (200, "3", "0", "3;w=3600")
    assert caller.get(PRODUCTS).status_code == 429


def test_the_platform_hears_of_what_programs_use_and_not_of_pages(
    acme: TenantInfo, clock: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    plan_is(max_api_calls_per_hour=3)
    heard: list[tuple[int, int]] = []
    monkeypatch.setattr(platform_hooks, "calls_noted", lambda used, limit: heard.append((used, limit)))
    caller = program(acme, "read_products")
    for _ in range(4):
        caller.get(PRODUCTS)
    client_with(acme, publishable_key(acme).secret).get("/api/v1/")
    assert heard == [(1, 3), (2, 3), (3, 3), (3, 3)]


def test_calls_of_another_shop_and_of_a_session_are_not_counted(
    acme: TenantInfo, make_shop: Callable[..., TenantInfo], clock: Callable[[float], None]
) -> None:
    plan_is(max_api_calls_per_hour=1)
    other = program(make_shop("bolt"), "read_products")
    browser = staff_browser(acme)
    for _ in range(2):
        assert browser.get(PRODUCTS).status_code == 200
    assert other.get(PRODUCTS).status_code == 200
    assert program(acme, "read_products").get(PRODUCTS).status_code == 200


def test_who_has_no_key_uses_nothing_up_and_a_refused_call_counts(
    acme: TenantInfo, clock: Callable[[float], None]
) -> None:
    plan_is(max_api_calls_per_hour=1)
    made = key_of(acme, "read_products")
    assert client_with(acme, made.secret[:-1]).get(PRODUCTS).status_code == 401
    assert client_with(acme, made.secret).get("/api/v1/orders/").status_code == 403  # a scope is missing
    assert client_with(acme, made.secret).get(PRODUCTS).status_code == 429


def test_a_plan_without_a_limit_has_none(acme: TenantInfo) -> None:
    for unlimited in (None, -1):
        plan_is(max_api_calls_per_hour=unlimited)
        response = program(acme, "read_products").get(PRODUCTS)
        assert response.status_code == 200
        assert "RateLimit-Limit" not in response.headers
    caller = program(acme, "read_products")
    plan_is(max_api_calls_per_hour=0)
    assert caller.get(PRODUCTS).json()["error"]["code"] == "api_not_in_plan"


def test_visitors_of_pages_use_up_nothing_of_programs_and_one_not_all_of_the_others(
    acme: TenantInfo, clock: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    plan_is(max_api_calls_per_hour=3)
    monkeypatch.setattr(allowance, "OF_A_VISITOR", 2)
    page = client_with(acme, publishable_key(acme).secret)

    def visit(address: str) -> int:
        return page.get("/api/v1/", REMOTE_ADDR=address).status_code

    assert [visit("192.0.2.1") for _ in range(3)] == [200, 200, 429]
    assert [visit("192.0.2.2") for _ in range(2)] == [200, 429]
    assert program(acme, "read_products").get(PRODUCTS).headers["RateLimit-Remaining"] == "2"


def test_the_bucket_fills_evenly_and_holds_an_hours_calls(
    buckets: Callable[..., Bucket], clock: Callable[[float], None]
) -> None:
    bucket = [buckets(3600)]
    assert take_call(bucket) == Allowance(is_granted=True, limit=3600, left=3599, full_in=1, retry_in=0)
    for _ in range(10):
        take_call(bucket)
    assert take_call(bucket).left == 3588
    clock(5)
    assert take_call(bucket).left == 3592
    clock(100_000)
    assert take_call(bucket).left == 3599


@pytest.mark.parametrize("calls", [1, 3, 7, 1000, 4999, 20_000, 3_600_001])
def test_exactly_so_many_calls_whatever_their_number(
    calls: int, buckets: Callable[..., Bucket], clock: Callable[[float], None], acme: TenantInfo
) -> None:
    """Counted by its arithmetic: the bucket is set to where all but the last two calls have left it."""
    bucket = buckets(calls)
    quick_redis.ask("SET", bucket.key, f"{NOW + max(calls - 2, 0) * (3_600_000_000 / calls):.0f}")
    granted = [take_call([bucket]).is_granted for _ in range(3)]
    assert granted == ([True, False, False] if calls == 1 else [True, True, False])


def test_a_hundred_at_once_get_what_there_is(buckets: Callable[..., Bucket], clock: Callable[[float], None]) -> None:
    bucket, granted, begin = buckets(25), [], threading.Barrier(10)

    def take() -> None:
        begin.wait()
        granted.extend(take_call([bucket]).is_granted for _ in range(10))

    threads = [threading.Thread(target=take) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (granted.count(True), granted.count(False)) == (25, 75)


def test_of_two_buckets_both_give_or_none(buckets: Callable[..., Bucket], clock: Callable[[float], None]) -> None:
    large, small = buckets(10), buckets(1)
    assert take_call([large, small]) == Allowance(is_granted=True, limit=1, left=0, full_in=3600, retry_in=0)
    assert take_call([large, small]) == Allowance(is_granted=False, limit=1, left=0, full_in=3600, retry_in=3600)
    assert take_call([large]).left == 8


def test_without_redis_each_process_counts_for_itself(
    acme: TenantInfo, monkeypatch: pytest.MonkeyPatch, without_redis: None
) -> None:
    monkeypatch.setattr(limit, "_own", OwnBuckets())
    monkeypatch.setattr("platform_core.tenancy.call_limit.time.monotonic", lambda: 1000.0)
    plan_is(max_api_calls_per_hour=2)
    caller = program(acme, "read_products")

    assert [told(caller.get(PRODUCTS)) for _ in range(3)] == [
        (200, "2", "1", "2;w=3600"),
        (200, "2", "0", "2;w=3600"),
        (429, "2", "0", "2;w=3600"),
    ]


def test_a_redis_that_takes_no_writes_lets_programs_in(acme: TenantInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    import redis

    monkeypatch.setattr(limit, "_own", OwnBuckets())

    def full(*command: Any, **_: Any) -> Any:
        raise redis.exceptions.OutOfMemoryError("OOM command not allowed")

    monkeypatch.setattr(limit, "ask", full)
    assert program(acme, "read_products").get(PRODUCTS).headers["RateLimit-Remaining"] == "4999"


def test_a_process_keeps_no_more_buckets_than_it_has_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limit, "MOST_OWN", 3)
    own = OwnBuckets()
    for number in range(10):
        own.take([Bucket(str(number), 1)])
    assert list(own._full) == ["7", "8", "9"]
