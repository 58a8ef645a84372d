"""Buying from a storefront of one's own: carts and the checkout."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.carts.models import CartItem, ShoppingCart
from tenant_shop.orders.models import Order
from tests.api_client import ApiClient, error_of
from tests.factories.promotions import DiscountCodeFactory
from tests.people import shop_browser
from tests.programs import client_with, publishable_key
from tests.shopping import ADDRESS, cart_with, configure, stock_of, stocked

Program = Callable[..., ApiClient]


@pytest.fixture
def page(acme: TenantInfo) -> ApiClient:
    """A page with a publishable key."""
    with tenant_context(acme):
        configure()
    return ApiClient(client_with(acme, publishable_key(acme).secret))


def checkout(total: str, **changes: Any) -> dict[str, Any]:
    return {
        "email": "ann@example.com",
        "shipping_address": ADDRESS,
        "shipping_code": "standard",
        "payment_method": "bank_transfer",
        "expected_total": total,
        **changes,
    }


def test_a_page_fills_a_cart_and_orders_it_once(acme: TenantInfo, page: ApiClient) -> None:
    with tenant_context(acme):
        hammer, nails = stocked(name="Hammer", price="10.00"), stocked(name="Nails", price="2.50")

    cart = page.post("/carts/", {"items": [{"variant_id": str(hammer.pk), "quantity": 1}]})
    path = f"/carts/{cart.json()['id']}"
    filled = page.post(f"{path}/items/", {"variant_id": str(nails.pk), "quantity": 4}).json()
    changed = page.patch(f"{path}/items/{filled['items'][0]['id']}/", {"quantity": 2}).json()
    once, again = (page.post(f"{path}/checkout/", checkout("34.90")) for _ in range(2))

    assert cart.status_code == 201
    assert [(line["name"], line["quantity"], line["total_amount"]) for line in changed["items"]] == [
        ("Hammer", 2, "20.00"),
        ("Nails", 4, "10.00"),
    ]
    amounts = ("currency", "subtotal_amount", "shipping_amount", "total_amount", "shipping_code")
    assert [changed[name] for name in amounts] == ["EUR", "30.00", "4.90", "34.90", "standard"]
    assert [way["code"] for way in changed["payment_methods"]] == ["bank_transfer", "cash_on_delivery"]
    assert changed["problems"] == []
    assert (once.status_code, once.json()) == (201, again.json())
    assert (once.json()["total_amount"], once.json()["customer_email"]) == ("34.90", "ann@example.com")
    with tenant_context(acme):
        assert [str(order.pk) for order in Order.objects.all()] == [once.json()["id"]]
        assert (stock_of(hammer), stock_of(nails)) == (8, 6)
    assert error_of(page.get(f"{path}/"))[:2] == (410, "cart_gone")


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"expected_total": "14.89"}, (409, "total_changed", None)),
        ({"expected_total": 14.9}, (400, "not_text", "expected_total")),
        ({"expected_currency": "USD"}, (409, "currency_changed", None)),
        ({"payment_method": "gold"}, (409, "payment_method_unavailable", None)),
        ({"shipping_code": "balloon"}, (409, "shipping_unavailable", None)),
        ({"email": "nobody"}, (422, "invalid_contact", None)),
        ({"shipping_address": {**ADDRESS, "country": "QQ"}}, (422, "invalid_address", None)),
        ({"shipping_address": {**ADDRESS, "planet": "Mars"}}, (400, "unknown_field", "shipping_address.planet")),
        ({"customer_id": "x"}, (400, "unknown_field", "customer_id")),
        ({"price": "0"}, (400, "unknown_field", "price")),
    ],
)
def test_an_order_that_cannot_be_is_none(
    changes: dict[str, Any], refusal: tuple[Any, ...], acme: TenantInfo, page: ApiClient
) -> None:
    with tenant_context(acme):
        variant = stocked(price="10.00", stock=3)
    cart = page.post("/carts/", {"items": [{"variant_id": str(variant.pk), "quantity": 1}]}).json()

    assert error_of(page.post(f"/carts/{cart['id']}/checkout/", checkout("14.90", **changes))) == refusal

    with tenant_context(acme):
        assert (Order.objects.count(), stock_of(variant), CartItem.objects.count()) == (0, 3, 1)


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ({"quantity": 0}, (400, "min_value", "quantity")),
        ({"quantity": -1}, (400, "min_value", "quantity")),
        ({"quantity": 1.5}, (400, "invalid", "quantity")),
        ({"quantity": 10_000}, (400, "max_value", "quantity")),
        ({"quantity": 4}, (409, "out_of_stock", None)),
        ({"variant_id": "018f0000-0000-7000-8000-000000000000"}, (409, "variant_unavailable", None)),
        ({"unit_price": "0.01"}, (400, "unknown_field", "unit_price")),
    ],
)
def test_what_cannot_be_bought_does_not_get_into_a_cart(
    line: dict[str, Any], refusal: tuple[Any, ...], acme: TenantInfo, page: ApiClient
) -> None:
    with tenant_context(acme):
        variant = stocked(stock=3)
    cart = page.post("/carts/").json()
    body = {"variant_id": str(variant.pk), "quantity": 1, **line}

    assert error_of(page.post(f"/carts/{cart['id']}/items/", body)) == refusal
    refused = page.post("/carts/", {"items": [{"variant_id": str(variant.pk), "quantity": 1}, body]})
    assert error_of(refused)[0] == refusal[0]

    with tenant_context(acme):
        assert (CartItem.objects.count(), ShoppingCart.objects.count()) == (0, 1)


def test_a_code_takes_something_off_until_it_is_taken_out(acme: TenantInfo, page: ApiClient) -> None:
    with tenant_context(acme):
        DiscountCodeFactory(code="TEN", type="percentage", value=Decimal(10))
        variant = stocked(price="10.00")
    cart = page.post("/carts/", {"items": [{"variant_id": str(variant.pk), "quantity": 1}]}).json()
    path = f"/carts/{cart['id']}/coupon/"

    taken = page.post(path, {"code": "ten"}).json()
    refused = page.post(path, {"code": "NONE"})

    assert (taken["coupon_code"], taken["discount_amount"], taken["total_amount"]) == ("TEN", "1.00", "13.90")
    assert error_of(refused)[1] == "coupon_refused"
    assert page.delete(path).status_code == 204
    left = page.get(f"/carts/{cart['id']}/?country=DE&shipping_code=standard").json()
    assert (left["coupon_code"], left["total_amount"]) == (None, "14.90")


def test_a_line_is_taken_out(acme: TenantInfo, page: ApiClient) -> None:
    with tenant_context(acme):
        variant = stocked()
    cart = page.post("/carts/", {"items": [{"variant_id": str(variant.pk), "quantity": 1}]}).json()
    path = f"/carts/{cart['id']}"

    assert page.delete(f"{path}/items/{cart['items'][0]['id']}/").status_code == 204
    assert error_of(page.delete(f"{path}/items/{cart['items'][0]['id']}/"))[:2] == (404, "cart_line_gone")
    assert page.get(f"{path}/").json()["items"] == []
    assert error_of(page.post(f"{path}/checkout/", checkout("4.90")))[:2] == (409, "cart_empty")


def test_carts_of_visitors_and_of_other_shops_are_not_there(
    acme: TenantInfo, make_shop: Callable[..., TenantInfo], page: ApiClient
) -> None:
    with tenant_context(acme):
        visitors = cart_with((stocked(), 1), session_id="somebody")
    with tenant_context(make_shop("bolt")):
        configure()
        theirs = cart_with((stocked(), 1))

    for key in (visitors, theirs):
        answers = [
            page.get(f"/carts/{key}/"),
            page.post(f"/carts/{key}/items/", {"variant_id": str(key), "quantity": 1}),
            page.delete(f"/carts/{key}/coupon/"),
            page.post(f"/carts/{key}/checkout/", checkout("14.90")),
        ]
        assert [error_of(response)[:2] for response in answers] == [(404, "not_found")] * 4


def test_pages_buy_and_see_nothing_else(acme: TenantInfo, page: ApiClient, program: Program) -> None:
    assert error_of(page.get("/orders/"))[:2] == (403, "publishable_key")
    assert error_of(page.get("/events/"))[:2] == (403, "publishable_key")
    assert error_of(program(acme, "write_orders").post("/carts/"))[:2] == (403, "scope_missing")
    assert shop_browser(acme).post("/api/v1/carts/", {}, content_type="application/json").status_code == 401
    with tenant_context(acme):
        assert not ShoppingCart.objects.exists()
