"""A new shop is set up from the list of the home, a shopper buys, and the first order is paid and sent."""

from collections.abc import Callable
from typing import Any

import pytest

from platform_core.tenancy.context import TenantInfo, tenant_context
from platform_core.tenancy.hooks import ShopProfile, shop_hooks
from tenant_shop.catalog.models import Product
from tenant_shop.orders.models import Order
from tenant_shop.verification.verify_shop import verify_shop
from tests.browser import NARROW, WIDE
from tests.people import PASSWORD, let_in, make_user

pytestmark = pytest.mark.slow


@pytest.fixture
def acme(make_shop: Callable[..., TenantInfo]) -> TenantInfo:
    """As somebody finds it who has just signed up."""
    acme = make_shop("acme")
    assert shop_hooks.seed is not None
    with tenant_context(acme):
        shop_hooks.seed(
            ShopProfile(name="Acme", email="hello@acme.example", currency="EUR", timezone="UTC", country="DE", theme={})
        )
    let_in(make_user(), acme)
    return acme


class Merchant:
    """The owner's window; each step of the list begins and ends at home."""

    def __init__(self, page: Any, site: Any) -> None:
        self.page, self.site = page, site
        page.goto(site.url("acme", "/login/"))
        page.get_by_label("E-mail address").fill("owner@acme.example")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url("**/dashboard/")

    def begin(self, title: str) -> None:
        self.page.goto(self.site.url("acme", "/dashboard/"))
        self.page.get_by_role("link", name=title).click()

    def save(self) -> None:
        self.page.get_by_role("button", name="Save", exact=True).last.click()
        self.page.wait_for_load_state("networkidle")
        assert self.page.locator(".errornote, .errorlist").all_inner_texts() == [], self.page.url

    def is_done(self, title: str) -> bool:
        self.page.goto(self.site.url("acme", "/dashboard/"))
        return bool(self.page.locator(".home-steps .is-done", has_text=title).count())


def put_on_sale(merchant: Merchant) -> None:
    page = merchant.page
    merchant.begin("Put your first product on sale")
    page.locator("#id_name").fill("Stoneware mug")
    page.locator("#id_sku").fill("MUG")
    page.locator("#id_price").fill("24.00")
    page.locator("#id_status").select_option("active")
    merchant.save()
    page.goto(merchant.site.url("acme", "/admin/tenant_shop/product/"))
    page.get_by_role("link", name="Stoneware mug").first.click()
    page.locator("[name=variant_rows-0-quantity]").fill("5")
    merchant.save()


def say_what_delivery_costs(merchant: Merchant) -> None:
    page = merchant.page
    merchant.begin("Say what delivery costs")
    page.goto(merchant.site.url("acme", "/admin/tenant_shop/shippingzone/add/"))
    page.locator("#id_name").fill("Everywhere")
    page.locator("#id_kind").select_option("elsewhere")
    if not page.locator("[name=rates-0-name]").count():
        page.get_by_role("link", name="Add another").first.click()
    page.locator("[name=rates-0-name]").fill("Parcel")
    page.locator("[name=rates-0-amount]").fill("4.90")
    merchant.save()


def set_up_taxes(merchant: Merchant) -> None:
    merchant.begin("Set up taxes")
    merchant.page.locator("[name=tax_rate]").fill("19")
    merchant.save()


def say_how_to_pay(merchant: Merchant) -> None:
    merchant.begin("Choose how you are paid")
    merchant.page.locator("[name=payment_instructions]").fill("Acme GmbH\nIBAN DE02 1203 0000 0000 2020 51")
    merchant.save()


def choose_colours(merchant: Merchant) -> None:
    page = merchant.page
    merchant.begin("Make it look like you")
    page.locator("[name=tagline]").fill("Made by the sea")
    page.get_by_role("button", name="Publish").first.click()
    page.wait_for_load_state("networkidle")


def publish_pages(merchant: Merchant) -> None:
    page = merchant.page
    merchant.begin("Publish terms, returns and privacy")
    page.locator("#result_list").wait_for()
    addresses = page.locator("#result_list tbody th a").evaluate_all("links => links.map(link => link.href)")
    for address in addresses:
        page.goto(address)
        page.locator("[name=is_published]").check()
        merchant.save()


STEPS: dict[str, Callable[[Merchant], None]] = {
    "Put your first product on sale": put_on_sale,
    "Say what delivery costs": say_what_delivery_costs,
    "Set up taxes": set_up_taxes,
    "Choose how you are paid": say_how_to_pay,
    "Make it look like you": choose_colours,
    "Publish terms, returns and privacy": publish_pages,
}


def test_a_new_shop_is_set_up_from_its_list_and_the_first_order_is_sent(
    acme: TenantInfo, site: Any, browser: Any
) -> None:
    merchant = Merchant(browser.new_context(viewport={"width": WIDE, "height": 900}).new_page(), site)
    for title, act in STEPS.items():
        assert not merchant.is_done(title)
        act(merchant)
        assert merchant.is_done(title), title
    assert merchant.is_done("Say who you are and how to reach you")

    with tenant_context(acme):
        product = Product.objects.get()
        assert (product.slug, product.status, product.inventory_quantity) == ("stoneware-mug", "active", 5)
    shopper = browser.new_context(viewport={"width": NARROW, "height": 800}).new_page()
    shopper.goto(site.url("acme", "/products/stoneware-mug/"))
    shopper.get_by_role("spinbutton").first.press("Enter")
    shopper.wait_for_url("**/cart/")
    shopper.goto(site.url("acme", "/checkout/"))
    for name, value in {
        "email": "ann@example.com", "first_name": "Ann", "last_name": "Example", "address1": "1 Main Street",
        "postal_code": "10115", "city": "Berlin",
    }.items():  # fmt: skip
        shopper.locator(f"[name={name}]").fill(value)
    shopper.get_by_role("button", name="Order").last.click()
    shopper.wait_for_url("**/orders/**")

    page = merchant.page
    page.goto(site.url("acme", "/dashboard/"))
    assert page.get_by_role("heading", name="Set up your shop").count() == 0
    page.get_by_role("link", name="Orders unpaid").click()
    page.locator("#result_list tbody th a").first.click()
    page.get_by_role("button", name="Mark as paid").click()
    page.get_by_role("link", name="Send").first.click()
    page.get_by_role("button", name="Send").last.click()
    page.get_by_text("is shipped now").wait_for()
    with tenant_context(acme):
        order = Order.objects.get()
        assert (order.status, order.payment_status, order.fulfillment_status) == ("shipped", "paid", "fulfilled")
        assert verify_shop() == []
