"""Calls of the API: a list of 100 products against the same rows written by hand, and what counting calls costs."""

from collections.abc import Callable
from statistics import median, quantiles
from typing import Any

from django.utils import timezone

from bench.cluster import Shop
from bench.measure import Figure, milliseconds, ratio_of, take_turns
from bench.process import Child
from platform_core.plans.models import TenantPlan
from platform_core.tenancy import directory
from platform_core.tenancy.context import tenant_context
from platform_core.tenants.models import Tenant
from tenant_shop.integrations.keys.make import make_key

# The 95th percentile of so many requests is one measurement.
REQUESTS = 60
LIST, BY_HAND = "/api/v1/products/?limit=100", "/api-rows/"
SHORT = "/api/v1/brands/?limit=1"
LIMITED, UNLIMITED = "premium", "enterprise"
# Calls an hour that no measurement reaches.
MANY = 2_000_000_000


def measure(shops: list[Shop], rounds: int) -> list[Figure]:
    """A turn of the list is the 95th percentile of 60 requests, one of the short call the median of 60: a shop whose
    plan counts calls takes turns with one whose plan does not.
    """
    counted, free = shops[0], shops[1]
    TenantPlan.objects.filter(name=LIMITED).update(max_api_calls_per_hour=MANY)
    TenantPlan.objects.filter(name=UNLIMITED).update(max_api_calls_per_hour=None, features={"api_access": True})
    _choose(free, UNLIMITED)
    keys = {shop.slug: _key_of(shop) for shop in (counted, free)}
    with Child("SmartSeller") as child:

        def turn_of(shop: Shop, path: str, of: Callable[[list[float]], float]) -> Callable[[int], float]:
            headers = _headers(keys[shop.slug])
            hosts = [shop.host] * REQUESTS
            return lambda number: of(child.ask(do="visit", hosts=hosts, path=path, headers=headers))

        sides = {
            "list": turn_of(free, LIST, _p95),
            "by hand": turn_of(free, BY_HAND, _p95),
            "counted": turn_of(counted, SHORT, median),
            "free": turn_of(free, SHORT, median),
        }
        for turn in sides.values():
            turn(0)
        found = take_turns(sides, rounds)
        few = _statements(child, free, keys[free.slug], 1)
        many = _statements(child, free, keys[free.slug], 100)
    _choose(free, LIMITED)
    return [
        _figure("list of 100 products over the API, 95th percentile", "list", "by hand", "≤ 1.5", found),
        _figure("short call of the API that is counted (time)", "counted", "free", "≤ 1.25", found),
        Figure(
            name="SQL statements of a list of 100 products",
            measured=str(many),
            baseline=f"{few} for a list of one",
            ratio=many / few,
            low=many / few,
            high=many / few,
            goal="≤ 1.0",
            rounds=1,
        ),
    ]


def _p95(seconds: list[float]) -> float:
    return quantiles(seconds, n=20)[-1]


def _figure(name: str, measured: str, baseline: str, goal: str, found: dict[str, list[float]]) -> Figure:
    ratio, low, high = ratio_of(found[measured], found[baseline])
    return Figure(
        name=name,
        measured=milliseconds(found[measured]),
        baseline=milliseconds(found[baseline]),
        ratio=ratio,
        low=low,
        high=high,
        goal=goal,
        rounds=len(found[measured]),
    )


def _choose(shop: Shop, plan: str) -> None:
    Tenant.objects.filter(pk=shop.id).update(plan_type=plan)


def _key_of(shop: Shop) -> str:
    with tenant_context(directory.by_slug(shop.slug)):
        made = make_key(name="bench", at=timezone.now(), permits=lambda permission: True, scopes=["read_products"])
    return made.secret


def _headers(key: str) -> dict[str, str]:
    return {"HTTP_AUTHORIZATION": f"Bearer {key}", "HTTP_ACCEPT": "application/json"}


def _statements(child: Child, shop: Shop, key: str, limit: int) -> int:
    headers = _headers(key)
    found: Any = child.ask(do="statements", hosts=[shop.host], path=f"/api/v1/products/?limit={limit}", headers=headers)
    return int(found)
