"""The back office's lists of a hundred thousand products and half a million orders, against those of a hundred each."""

import time
from pathlib import Path
from statistics import median

from django.apps import apps
from django.conf import settings
from django.test import Client

from bench.cluster import EMPTY_SHOP, Shop, clone, row_of_shop, superuser
from bench.measure import Figure, milliseconds, ratio_of, take_turns
from smartseller.ids import uuid7

FILL = Path(__file__).with_name("long_lists.sql")
LONG = {"products": 100_000, "orders": 500_000}
SHORT = {"products": 100, "orders": 100}
PASSWORD = "a password for measurements"
REQUESTS = 5
LISTS = {
    "products": ("product/", "product/?status__exact=draft", "product/?p=last"),
    "orders": ("order/", "order/?status__exact=pending", "order/?p=last"),
}


def measure(shops: list[Shop], rounds: int) -> list[Figure]:
    """A turn is the sum over three pages of a list of the median of five requests, by an owner who is logged in."""
    long = _browser(_shop("bench-lists-long", **LONG))
    short = _browser(_shop("bench-lists-short", **SHORT))
    figures = []
    for name, pages in LISTS.items():
        sides = {
            "long": lambda number, pages=pages: _seconds(long, pages),
            "short": lambda number, pages=pages: _seconds(short, pages),
        }
        take_turns(sides, 1)
        found = take_turns(sides, rounds)
        ratio, low, high = ratio_of(found["long"], found["short"])
        figures.append(
            Figure(
                name=f"list of {LONG[name]:,} {name} in the back office, against {SHORT[name]} (time)",
                measured=milliseconds(found["long"]),
                baseline=milliseconds(found["short"]),
                ratio=ratio,
                low=low,
                high=high,
                goal="≤ 1.5",
                rounds=rounds,
            )
        )
    return figures


def _seconds(browser: Client, pages: tuple[str, ...]) -> float:
    return sum(median(_one(browser, page) for _ in range(REQUESTS)) for page in pages)


def _one(browser: Client, page: str) -> float:
    began = time.perf_counter()
    response = browser.get(f"/admin/tenant_shop/{page}")
    took = time.perf_counter() - began
    if response.status_code != 200:
        raise RuntimeError(f"{page} answered {response.status_code}")
    return took


def _shop(slug: str, **counts: int) -> Shop:
    """The shop, filled when it is not there yet."""
    database = settings.DATABASE_PREFIX + slug.replace("-", "_")
    tenants = apps.get_model("platform_core", "Tenant").objects
    tenant = tenants.filter(slug=slug).first()
    if tenant is None:
        with superuser() as connection:
            clone(connection, EMPTY_SHOP, database)
        tenant = tenants.create(id=uuid7(), slug=slug, **row_of_shop(slug, database))
        with superuser(database) as connection:
            connection.execute(
                "INSERT INTO tenant_sentinel (tenant_id, database_name) VALUES (%s, %s)", (tenant.id, database)
            )
            fill = FILL.read_text()
            for what, count in counts.items():
                fill = fill.replace(f":{what}", str(count))
            connection.execute(fill)
            connection.execute("VACUUM ANALYZE")
    return Shop(id=tenant.id, slug=slug, database=database)


def _browser(shop: Shop) -> Client:
    users, accesses = (apps.get_model("platform_core", name).objects for name in ("PlatformUser", "TenantAccess"))
    email = f"owner@{shop.slug}.example"
    user = users.filter(email=email).first() or users.create_user(email, PASSWORD, role="merchant")
    accesses.get_or_create(platform_user=user, tenant_id=shop.id, defaults={"role": "owner"})
    browser = Client(SERVER_NAME=shop.host)
    if browser.post("/login/", {"username": user.email, "password": PASSWORD}).status_code != 302:
        raise RuntimeError("the owner could not log in")
    return browser
