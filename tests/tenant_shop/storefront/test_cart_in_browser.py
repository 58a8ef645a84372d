"""The cart in a real browser: with and without JavaScript, in both looks, on a phone and on a desk."""

from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import expect

from platform_core.tenancy.theme import set_theme
from tests.browser import NARROW, WIDE
from tests.factories.catalog import ProductFactory
from tests.factories.promotions import DiscountCodeFactory
from tests.people import make_user
from tests.shopping import STANDARD, configure

pytestmark = pytest.mark.slow


@pytest.fixture
def goods(selling) -> None:
    configure(shipping_rates=[{**STANDARD, "countries": ["DE", "FR"], "free_above": "90"}], tax_rate="0.19")
    ProductFactory(name="Stoneware mug", slug="mug", price=Decimal("24.00"), stock=5)
    ProductFactory(name="Linen shirt", slug="shirt", price=Decimal("60.00"), stock=3)
    beside = {"combines_with_product": True, "combines_with_order": True, "combines_with_shipping": True}
    mug = ProductFactory._meta.model.objects.get(slug="mug")
    DiscountCodeFactory(code=None, name="Mug week", applicable_products=[mug.pk], value=Decimal(50), **beside)
    DiscountCodeFactory(code="TEN", **beside)


def fill(page: Any, site: Any) -> None:
    for slug in ("mug", "shirt"):
        page.goto(site.url("acme", f"/products/{slug}/"))
        page.get_by_role("button", name="Add to cart").click()
        page.wait_for_url("**/cart/")


@pytest.mark.usefixtures("goods")
@pytest.mark.parametrize("scripts", [True, False])
def test_a_cart_with_a_code_an_automatic_discount_and_something_saved(site, browser, scripts):
    page = browser.new_context(java_script_enabled=scripts).new_page()
    page.goto(site.url("acme", "/discount/TEN/?to=/products/mug/"))
    page.get_by_role("button", name="Add to cart").click()
    page.goto(site.url("acme", "/products/shirt/"))
    page.get_by_role("button", name="Add to cart").click()
    expect(page.get_by_text("Mug week", exact=True).first).to_be_visible()
    # 24 less its half, 60, less a tenth
    expect(page.locator(".cart .totals__sum dd").first).to_have_text("€64.80")
    expect(page.get_by_text("€6.00 to free delivery")).to_be_visible()

    page.get_by_role("button", name="One more of Stoneware mug").click()
    expect(page.locator(".cart .totals__sum dd").first).to_have_text("€75.60")
    expect(page.get_by_text("Delivery is free.")).to_be_visible()
    page.get_by_role("button", name="Save for later Linen shirt").click()
    expect(page.get_by_role("heading", name="Saved for later")).to_be_visible()
    expect(page.locator(".cart .totals__sum dd").first).to_have_text("€21.60")
    if scripts:
        expect(page.locator("#cart-status")).to_have_text("2 items, total €21.60")
        expect(page).to_have_url(site.url("acme", "/cart/"))

    page.get_by_label("Quantity of Stoneware mug").fill("5")
    page.get_by_role("button", name="Update Stoneware mug").click()
    expect(page.locator(".cart .totals__sum dd").first).to_have_text("€54.00")
    page.get_by_role("button", name="Move to cart Linen shirt").click()
    expect(page.get_by_role("heading", name="Saved for later")).to_have_count(0)
    page.get_by_role("button", name="Remove code TEN").click()
    expect(page.locator(".cart .totals__sum dd").first).to_have_text("€120.00")
    page.get_by_label("Discount code").fill("nothing")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("There is no code NOTHING.")).to_be_visible()

    page.get_by_text("Estimate delivery and tax").click()
    page.get_by_label("Country").select_option("FR")
    page.get_by_role("button", name="Estimate", exact=True).click()
    expect(page.get_by_text("Total with Standard delivery")).to_be_visible()
    page.get_by_role("link", name="Check out").click()
    expect(page.get_by_label("Country").first).to_have_value("FR")


@pytest.mark.usefixtures("goods")
@pytest.mark.parametrize("look", ["atelier", "market"])
def test_the_cart_is_accessible_quiet_and_as_wide_as_the_window(site, browser, violations, selling, look, tmp_path):
    person = make_user(f"{look}@acme.example").pk
    for width in (NARROW, WIDE):
        page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))  # noqa: B023 - read before the next width
        for worn, go_on in (("atelier", fill), (look, lambda page, site: page.goto(site.url("acme", "/cart/")))):
            set_theme(selling.id, {"look": worn}, user_id=person)
            page.goto(site.url("acme", "/cart/"))
            while page.locator("html").get_attribute("data-look") != worn:  # the web process hears of it in a moment
                page.reload()
            go_on(page, site)
        page.get_by_role("button", name="Save for later Linen shirt").click()
        expect(page.get_by_role("heading", name="Saved for later")).to_be_visible()
        page.get_by_text("Estimate delivery and tax").click()
        page.get_by_role("button", name="Estimate", exact=True).click()
        expect(page.get_by_text("Total with Standard delivery")).to_be_visible()
        page.get_by_label("Quantity of Stoneware mug").fill("9")
        page.locator("#cart-page").evaluate("page => page.querySelector('[id^=quantity]').removeAttribute('max')")
        page.get_by_role("button", name="Update Stoneware mug").click()
        expect(page.get_by_text("Only 5 of Stoneware mug left; 9 were asked for.")).to_be_visible()
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        # The refusal itself is an answer with an error's status, which browsers write down.
        said = [text for text in complaints if "409" not in text]
        page.screenshot(path=tmp_path / f"{look}-{width}.png", full_page=True)
        assert (wider, said, violations(page)) == (0, [], []), (look, width)
