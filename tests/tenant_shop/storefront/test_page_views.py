"""Which requests are somebody who looks at a page."""

from typing import Any

import pytest
from django.test import Client

from platform_core.tenancy.context import TenantInfo
from tenant_shop.configuration.change_languages import change_languages
from tenant_shop.storefront import page_views
from tenant_shop.storefront.preview import COOKIE as PREVIEW_COOKIE
from tests.factories.catalog import ProductFactory

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"
Noted = list[tuple[str, str]]


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> Noted:
    found: Noted = []
    monkeypatch.setattr(page_views, "note_view", lambda address, browser: found.append((address, browser)))
    return found


def get(path: str = "/products/", *, client: Client | None = None, **headers: str) -> Any:
    host = {"HTTP_HOST": "acme.localhost", "HTTP_USER_AGENT": BROWSER}
    return (client or Client()).get(path, **{**host, **headers})  # type: ignore[arg-type]


@pytest.mark.parametrize("path", ["/", "/products/", "/products/mug/", "/cart/", "/de/products/", "/products/?q=mug"])
def test_pages_of_the_storefront_count(selling: TenantInfo, noted: Noted, path: str) -> None:
    ProductFactory(name="Mug", slug="mug")
    if path.startswith("/de"):
        change_languages("en", ["de"])
    assert get(path).status_code == 200
    assert noted == [("127.0.0.1", BROWSER)]


@pytest.mark.parametrize(
    "path", ["/nothing-here/", "/admin/", "/admin/login/", "/robots.txt", "/sitemap.xml", "/readyz", "/products"]
)
def test_other_answers_do_not(selling: TenantInfo, noted: Noted, path: str) -> None:
    get(path)
    assert noted == []


@pytest.mark.parametrize(
    "agent",
    [
        "",
        "curl/8.14",
        "python-requests/2.32",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0) Chrome/130.0 Safari/537.36",
        "Mozilla/5.0 (compatible; YandexBot/3.0)",
        "Mozilla/5.0 (X11) AppleWebKit/537.36 HeadlessChrome/150.0 Safari/537.36",
        "Mozilla/5.0 (compatible; UptimeRobot/2.0)",
        "facebookexternalhit/1.1",
    ],
)
def test_robots_do_not(selling: TenantInfo, noted: Noted, agent: str) -> None:
    assert get(HTTP_USER_AGENT=agent).status_code == 200
    assert noted == []


def test_a_telephone_counts(selling: TenantInfo, noted: Noted) -> None:
    agent = "Mozilla/5.0 (Linux; Android 16; CUBOT X70) AppleWebKit/537.36 Chrome/150.0 Mobile Safari/537.36"
    get(HTTP_USER_AGENT=agent)
    assert noted == [("127.0.0.1", agent)]


@pytest.mark.parametrize("headers", [{"HTTP_HX_REQUEST": "true"}, {"HTTP_SEC_PURPOSE": "prefetch;prerender"}])
def test_parts_of_pages_and_what_is_fetched_in_advance_do_not(
    selling: TenantInfo, noted: Noted, headers: dict[str, str]
) -> None:
    get(**headers)
    assert noted == []


def test_forms_do_not(selling: TenantInfo, noted: Noted) -> None:
    client = Client(headers={"host": "acme.localhost", "user-agent": BROWSER})
    client.post("/cart/")
    client.head("/products/")
    assert noted == []


def test_staff_do_not_whether_logged_in_or_previewing(selling: TenantInfo, noted: Noted) -> None:
    client = Client()
    session = client.session
    session["_auth_user_id"] = "0197b1f0-0000-7000-8000-000000000001"
    session.save()
    get(client=client)
    assert noted == []
    previewing = Client()
    previewing.cookies[PREVIEW_COOKIE] = "anything"
    get(client=previewing)
    assert noted == []


def test_a_customer_counts_without_a_statement_more(selling: TenantInfo, noted: Noted, count_statements: Any) -> None:
    client = Client()
    session = client.session
    session["basket"] = "none"
    session.save()
    get(client=client)
    with count_statements() as counted:
        get(client=client)
    assert len(noted) == 2
    with count_statements() as uncounted:
        get(client=client, HTTP_USER_AGENT="curl/8.14")
    assert counted.count == uncounted.count


def test_shared_pages_count_also_when_the_browser_has_them(selling: TenantInfo, noted: Noted, settings: Any) -> None:
    settings.SHARED_PAGES = True
    first = get()
    for headers in ({}, {"HTTP_IF_NONE_MATCH": first.headers["ETag"]}):
        again = get(**headers)
    assert again.status_code == 304
    assert len(noted) == 3


def test_behind_our_proxy_it_is_the_address_that_the_proxy_saw(
    selling: TenantInfo, noted: Noted, settings: Any
) -> None:
    get(HTTP_X_FORWARDED_FOR="203.0.113.9")
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    get(HTTP_X_FORWARDED_FOR="198.51.100.1, 203.0.113.9", HTTP_X_FORWARDED_PROTO="https")
    assert [address for address, _ in noted] == ["127.0.0.1", "203.0.113.9"]


def test_the_platforms_own_pages_do_not(selling: TenantInfo, noted: Noted) -> None:
    assert get("/", HTTP_HOST="localhost").status_code == 200
    assert noted == []
