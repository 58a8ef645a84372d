"""The shop in a real browser: it sells without JavaScript, and everybody can use it."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from tenant_shop.models import DiscountCode, Order, Product, ProductReview
from tests.browser import NARROW, WIDE
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory, VariantFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.slow


@pytest.fixture
def shelves(selling) -> None:
    kitchen = CategoryFactory(name="Kitchen", slug="kitchen", description="For every day.")
    mug = ProductFactory(
        name="Stoneware mug",
        slug="mug",
        category=kitchen,
        brand=BrandFactory(name="Nordhem"),
        price=Decimal("24.00"),
        compare_at_price=Decimal("29.00"),
        description="<p>Thrown by hand.</p>",
        features=["Dishwasher safe"],
        specifications={"Volume": "300 ml"},
        stock=5,
    )
    ProductReview.objects.create(
        product=mug, customer=CustomerFactory(), rating=5, title="My mug", content="Very good.", status="approved"
    )
    shirt = ProductFactory(name="Linen shirt", slug="shirt", default_variant=False, price=Decimal("60"))
    VariantFactory(product=shirt, options={"Size": "S"}, stock=0)
    VariantFactory(product=shirt, options={"Size": "M"}, stock=3)
    vase = ProductFactory(name="Vase", slug="vase", default_variant=False, price=Decimal("40"))
    VariantFactory(product=vase, options={"Height": "20 cm"}, stock=3)
    VariantFactory(product=vase, options={"Height": "40 cm"}, stock=3, price=Decimal("70"))
    ProductFactory(name="Museum piece", slug="piece", visibility=Product.Visibility.CATALOG_ONLY)
    DiscountCode.objects.create(code="TEN", name="Ten", type=DiscountCode.Type.PERCENTAGE, value=Decimal(10))


@pytest.mark.usefixtures("shelves")
def test_a_browser_without_javascript_buys(site, browser):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(site.url("acme"))
    page.get_by_role("searchbox").fill("linen")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Linen shirt").click()
    page.get_by_role("link", name="M", exact=True).click()
    page.get_by_label("Quantity").fill("2")
    page.get_by_role("button", name="Add to cart").click()
    page.get_by_role("button", name="One less of Linen shirt").click()
    page.get_by_label("Discount code").fill("ten")
    page.get_by_role("button", name="Apply").click()
    page.get_by_role("link", name="Check out").click()
    page.get_by_role("button", name="Order and pay").click()
    page.get_by_role("link", name="Please give your e-mail address.").click()
    page.get_by_label("E-mail").fill("ann@example.com")
    expect(page.locator("#id_billing_city"), "the billing address is the same").to_be_hidden()
    page.locator("#id_first_name").fill("Ann")
    page.locator("#id_last_name").fill("Example")
    page.locator("#id_address1").fill("1 Main Street")
    page.locator("#id_postal_code").fill("10115")
    page.locator("#id_city").fill("Berlin")
    page.get_by_label("Express").check()
    expect(page.get_by_role("button", name="Order and pay"), "the total on it is another one now").to_be_hidden()
    page.get_by_role("button", name="Update total").click()
    page.get_by_role("button", name="Order and pay €66.00").click()

    expect(page.get_by_role("heading", name="Thank you for your order")).to_be_visible()
    order = Order.objects.get()
    assert page.url == site.url("acme", f"/orders/{order.public_token}/")
    assert (order.total_amount, order.discount_amount) == (Decimal("66.00"), Decimal("6.00"))


@pytest.mark.usefixtures("shelves")
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_every_page_is_accessible_quiet_and_as_wide_as_the_window(site, browser, violations, width):
    page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(f"{message.text} {message.location}"))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        page.wait_for_load_state("networkidle")
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        said = complaints.copy()
        found[name] = [*said, *violations(page), *([f"{wider} px too wide"] if wider > 0 else [])]
        complaints.clear()  # axe tries inline styles, which the policy refuses

    for path in (
        "/",
        "/products/",
        "/products/?q=nothing-like-it",
        "/categories/kitchen/",
        "/products/mug/",
        "/products/shirt/",
        "/products/vase/",
        "/products/piece/",
        "/cart/",
        "/account/",
    ):
        page.goto(site.url("acme", path))
        look(path)
    page.goto(site.url("acme", "/products/mug/"))
    page.get_by_role("button", name="Add to cart").click()
    look("full cart")
    page.get_by_role("link", name="Check out").click()
    look("checkout")
    page.get_by_role("button", name="Order and pay").click()
    look("checkout with errors")
    page.get_by_label("The billing address is the same").uncheck()
    look("checkout with a billing address")
    page.goto(site.url("acme", "/checkout/"))  # axe leaves traces that a swap would copy
    page.get_by_label("E-mail").fill("ann@example.com")
    with page.expect_response(lambda answer: answer.url.endswith("/checkout/")):
        page.locator("#id_country").select_option("AT")
    page.locator(".checkout:not(.htmx-request) #id_country option[value=AT][selected]").wait_for(state="attached")
    page.locator("#id_first_name").fill("Ann")
    page.locator("#id_last_name").fill("Example")
    page.locator("#id_address1").fill("1 Main Street")
    page.locator("#id_postal_code").fill("1010")
    page.locator("#id_city").fill("Wien")
    page.get_by_role("button", name="Order and pay").click()
    page.get_by_role("heading", name="Thank you for your order").wait_for()
    look("confirmation")

    errors = found.pop("checkout with errors")
    assert [text for text in errors if "422" not in text] == []
    assert {name: problems for name, problems in found.items() if problems} == {}
