"""A product's page in a real browser: choosing with and without a script, and nothing that the policy refuses."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from tenant_shop.models import ProductImage, StockAlert
from tests.browser import NARROW
from tests.factories.catalog import ProductFactory, VariantFactory

pytestmark = pytest.mark.slow


@pytest.fixture
def shirt(selling) -> None:
    shirt = ProductFactory(name="Linen shirt", slug="shirt", default_variant=False, price=Decimal("60"))
    VariantFactory(product=shirt, options={"Size": "S", "Colour": "Red"}, position=1, stock=2)
    VariantFactory(product=shirt, options={"Size": "L", "Colour": "Red"}, position=2, stock=99, price=Decimal("65"))
    VariantFactory(product=shirt, options={"Size": "L", "Colour": "Blue"}, position=3)
    ProductImage.objects.create(product=shirt, url="/media/nothing.webp", width=800, height=800)


@pytest.mark.usefixtures("shirt")
@pytest.mark.parametrize("script", [True, False])
def test_a_variant_is_chosen_and_its_absence_noted_with_a_script_and_without(site, browser, violations, script):
    context = browser.new_context(java_script_enabled=script, viewport={"width": NARROW, "height": 844})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(site.url("acme", "/products/shirt/"))
    expect(page.get_by_text("Only 2 left")).to_be_visible()

    if script:
        page.evaluate("window.stillHere = true")
    page.get_by_role("link", name="L €65.00").click()
    page.wait_for_url("**/products/shirt/?Size=L&Colour=Red")
    page.get_by_text("€65.00").first.wait_for()
    assert page.get_by_text("Only 2 left").count() == 0
    if script:
        assert page.evaluate("window.stillHere"), "the product was swapped, the page was not loaded anew"
        assert page.evaluate("document.activeElement.id") == "option-1-2", "the keyboard stays where it was"

    sold_out = page.get_by_role("link", name="Blue €60.00 (sold out)")
    sold_out.click()
    page.get_by_text("Sold out at the moment").wait_for()
    page.go_back()
    page.wait_for_url("**/products/shirt/?Size=L&Colour=Red")
    page.get_by_role("button", name="Add to cart").wait_for()
    sold_out.click()
    page.wait_for_url("**/products/shirt/?Size=L&Colour=Blue")
    page.get_by_text("Sold out at the moment").wait_for()
    if script:
        assert [text for text in complaints if "404" not in text] == []
        assert violations(page) == []
        complaints.clear()  # axe tries inline styles, which the policy refuses
    page.get_by_label("E-mail").fill("ann@example.com")
    page.get_by_role("button", name="Tell me").click()
    page.get_by_text("We will write to you once").wait_for()
    assert StockAlert.objects.values_list("email", "variant__options").get() == (
        "ann@example.com",
        {"Size": "L", "Colour": "Blue"},
    )
    assert [text for text in complaints if "404" not in text] == []
