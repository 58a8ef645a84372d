"""Fields that nobody was asked for, hosts that are not the shop's, addresses that lead away, sessions of elsewhere."""

import json
import re
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.models import CartItem, Customer, Order
from tests.accounts import PASSWORD, account, link_in, logged_in, mails
from tests.people import PASSWORD as STAFF_PASSWORD
from tests.people import let_in, make_user, shop_browser, staff_browser
from tests.shopper import Shopper
from tests.shopping import everything, stocked
from tests.tenant_shop.storefront.test_purchase import BUYER

ELSEWHERE = [
    "//evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "/%09/evil.example",
    "///evil.example",
    "https:evil.example",
    "http://acme.localhost@evil.example/",
    "javascript:alert(1)",
    "\x00//evil.example",
]
QUERIES = [
    "_connector=OR",
    "_negated=1",
    "customer__email__startswith=a",
    "pk__in=1",
    "status__regex=.*",
    "cursor=%00",
    "page=-1",
    "page=NaN",
    "page=1e309",
    "page_size=100000",
    "limit=100000",
]
BODIES = [
    json.dumps({"name": "x" * 10_000_000}),
    "[" * 10_000 + "]" * 10_000,
    '{"quantity": NaN}',
    '{"is_staff": 1e309}',
    "\x00",
]
FORGED = {
    "id": "01a21494-6a71-7314-8ac0-944bea77c40e",
    "tenant_id": "01a21494-6a71-7314-8ac0-944bea77c40e",
    "is_staff": "on",
    "is_superuser": "1",
    "role": "owner",
    "status": "delivered",
    "loyalty_points": "100000",
    "loyalty_tier": "gold",
    "total_spent": "9999",
    "email_verified": "on",
    "price": "0.01",
    "unit_price": "0.01",
    "total": "0.01",
    "total_amount": "0.01",
    "discount_amount": "99",
    "customer": "01a21494-6a71-7314-8ac0-944bea77c40e",
    "customer_id": "01a21494-6a71-7314-8ac0-944bea77c40e",
    "payment_status": "paid",
}


def host_that_browsers_go_to(answer: Any) -> str | None:
    """They drop tabs and line breaks, and take a backslash for a slash."""
    assert answer.status_code == 302
    location = re.sub(r"[\t\r\n]", "", answer["Location"]).replace("\\", "/")
    return urlsplit(urljoin("http://acme.localhost/log-in/", location)).hostname


def test_fields_that_nobody_was_asked_for_change_nothing_of_an_order(selling: Any, shopper: Shopper) -> None:
    stocked(slug="mug", price="24.00")
    shopper.follow(shopper.add("mug", **FORGED))
    assert CartItem.objects.get().unit_price == 24
    answer = shopper.submit(shopper.get("/checkout/"), "/checkout/", **{**FORGED, **BUYER})
    assert answer.status_code == 302
    order = Order.objects.get()
    assert (
        str(order.total_amount),
        order.status,
        order.payment_status,
        order.customer_id,
        str(order.discount_amount),
    ) == (
        "28.900",
        "pending",
        "pending",
        None,
        "0.000",
    )
    assert str(order.pk) != FORGED["id"]


def test_fields_that_nobody_was_asked_for_change_nothing_of_an_account(selling: Any) -> None:
    known = account(loyalty_points=0)
    shopper = logged_in()
    page = shopper.get("/account/profile/")
    answer = shopper.submit(page, "/account/profile/", **{**FORGED, "email": "eve@example.com", "first_name": "Ann"})
    assert answer.status_code == 302
    found = Customer.objects.get()
    assert (found.pk, found.email, found.first_name) == (known.pk, "ann@example.com", "Ann")
    assert (found.loyalty_points, found.loyalty_tier, found.total_spent, found.status) == (0, "bronze", 0, "active")


def test_a_query_that_no_list_knows_filters_nothing_and_breaks_nothing(selling: TenantInfo) -> None:
    for number in range(3):
        stocked(slug=f"mug-{number}")
    browser = staff_browser(selling)
    usual = browser.get("/api/v1/products/").json()
    for query in QUERIES:
        answer = browser.get(f"/api/v1/products/?{query}")
        assert answer.status_code in (200, 400, 404), query
        if answer.status_code == 200:
            assert answer.json()["results"] == usual["results"], query
        for path in ("/products/", "/search/", "/"):
            assert Shopper().get(f"{path}?{query}").status_code in (200, 301, 302, 400, 404), query


def test_what_only_reads_takes_no_body(selling: TenantInfo) -> None:
    stocked()
    browser = staff_browser(selling)
    before = everything()
    for path in ("/api/v1/products/", "/api/v1/orders/", "/api/v1/"):
        for body in BODIES:
            for send in (browser.post, browser.put, browser.patch, browser.delete):
                answer = send(path, body, content_type="application/json")
                assert answer.status_code in (400, 403, 405, 413), (path, body[:20])
    assert everything() == before


def test_the_shops_people_are_led_to_no_other_host(make_shop: Any) -> None:
    acme = make_shop("acme")
    user = make_user()
    let_in(user, acme)
    for wanted in ELSEWHERE:
        form = {"username": user.email, "password": STAFF_PASSWORD, "next": wanted}
        assert host_that_browsers_go_to(shop_browser(acme).post("/login/", form)) == "acme.localhost", wanted


def test_customers_are_led_to_no_other_host(selling: Any) -> None:
    account()
    for wanted in ELSEWHERE:
        form = {"email": "ann@example.com", "password": PASSWORD, "next": wanted}
        assert host_that_browsers_go_to(Shopper().post("/account/log-in/", form)) == "acme.localhost", wanted


@pytest.mark.parametrize(
    "headers",
    [
        {"x-forwarded-host": "evil.example"},
        {"forwarded": "host=evil.example"},
        {"x-original-host": "evil.example", "x-host": "evil.example"},
    ],
)
def test_links_in_mails_lead_to_the_shop_whatever_a_proxy_claims(selling: Any, headers: dict[str, str]) -> None:
    account()
    assert Shopper(**headers).post("/account/password/reset/", {"email": "ann@example.com"}).status_code == 200
    (mail,) = mails()
    assert "evil" not in mail.body
    assert "://acme.localhost" in mail.body
    assert link_in(mail).startswith("/account/password/")


def test_a_session_of_another_shop_is_refused_at_every_door_and_logged(
    make_shop: Any, caplog: pytest.LogCaptureFixture
) -> None:
    acme, bolt = make_shop("acme"), make_shop("bolt")
    browser = staff_browser(acme)
    with tenant_context(bolt):
        stocked()
        before = everything()
    for path, status in (("/api/v1/orders/", 401), ("/admin/", 302), ("/dashboard/", 302), ("/account/profile/", 302)):
        assert browser.get(path, SERVER_NAME="bolt.localhost").status_code == status, path
    assert "Unauthorized: /api/v1/orders/" in caplog.text
    with tenant_context(bolt):
        assert everything() == before
