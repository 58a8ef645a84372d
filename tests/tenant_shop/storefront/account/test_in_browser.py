"""A customer's way in a real browser: from registering to the wishlist, on a phone and at a desk, for everybody."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from platform_core.tenancy import directory
from platform_core.tenants.models import Tenant
from tenant_shop.models import CartItem, Customer, Order, ProductReview, WishlistItem
from tests.accounts import PASSWORD, link_in, mails
from tests.browser import NARROW, WIDE
from tests.factories.catalog import CategoryFactory, ProductFactory

pytestmark = pytest.mark.slow

TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
ADDRESS = {
    "First name": "Ann",
    "Last name": "Example",
    "Street and house number": "1 Main Street",
    "Postal code": "10115",
    "City": "Berlin",
}


@pytest.fixture
def goods(selling) -> None:
    kitchen = CategoryFactory(name="Kitchen", slug="kitchen")
    ProductFactory(name="Stoneware mug", slug="mug", category=kitchen, price=Decimal("24.00"), stock=9)
    ProductFactory(name="Bowl", slug="bowl", category=kitchen, price=Decimal("30.00"), stock=9)


@pytest.fixture
def check(violations: Callable[[Any], list[str]]) -> Callable[[Any], None]:
    """The page that is open is accessible and fits."""

    def look(page: Any) -> None:
        assert violations(page) == [], page.url
        assert page.evaluate(TOO_WIDE) == 0, page.url

    return look


@pytest.mark.usefixtures("goods")
@pytest.mark.parametrize(("look", "width"), [("atelier", NARROW), ("market", WIDE)])
def test_from_registering_to_the_wishlist(selling, site, browser, check, look, width):
    Tenant.objects.filter(slug="acme").update(theme_config={"look": look})
    directory.forget(selling.id)
    page = browser.new_context(viewport={"width": width, "height": 900}).new_page()

    def visit(path: str) -> None:
        page.goto(site.url("acme", path))
        check(page)

    def press(name: str, **more: Any) -> None:
        page.get_by_role("main").get_by_role("button", name=name, **more).first.click()
        page.wait_for_load_state()

    visit("/account/")
    visit("/account/register/")
    page.get_by_label("First name").fill("Ann")
    page.get_by_label("E-mail", exact=True).fill("ann@example.com")
    page.get_by_label("Password").fill("short")
    press("Open an account")
    check(page)
    page.get_by_label("Password").fill(PASSWORD)
    press("Open an account")
    page.get_by_role("heading", name="Look into your mailbox").wait_for()
    check(page)
    visit(link_in(mails()[-1]))
    page.get_by_label("The password that you have chosen").fill(PASSWORD)
    press("Confirm and log in")
    page.get_by_role("heading", name="Hello, Ann").wait_for()
    check(page)
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url(site.url("acme"))

    visit("/account/log-in/")
    page.get_by_label("E-mail").fill("ann@example.com")
    page.get_by_label("Password").fill("something else")
    press("Log in")
    check(page)
    page.get_by_label("Password").fill(PASSWORD)
    press("Log in")
    page.get_by_role("heading", name="Hello, Ann").wait_for()

    visit("/account/addresses/new/")
    for label, value in ADDRESS.items():
        page.get_by_label(label).fill(value)
    press("Save")
    check(page)
    page.goto(site.url("acme", "/products/mug/"))
    page.get_by_role("main").get_by_role("button", name=re.compile("^Add")).first.click()
    page.wait_for_url("**/cart/")
    page.goto(site.url("acme", "/checkout/"))
    assert page.locator("#id_city").input_value() == "Berlin"
    press("Order and pay")
    page.get_by_role("heading", name="Thank you for your order").wait_for()
    order = Order.objects.get()
    assert order.customer == Customer.objects.get()

    visit("/account/")
    page.get_by_role("link", name=order.order_number).click()
    check(page)
    press("Order again")
    page.wait_for_url("**/cart/")
    assert CartItem.objects.filter(cart__completed_at=None).get().product.slug == "mug"
    Order.objects.update(
        status="delivered", delivered_at=timezone.now(), tracking_number="JD0001", shipping_carrier="DHL"
    )

    visit(f"/account/orders/{order.pk}/")
    page.get_by_role("link", name="Send something back").click()
    check(page)
    page.get_by_label("Stoneware mug").select_option("1")
    page.get_by_label("Why do you send it back?").select_option("damaged")
    press("Ask to send it back")
    page.get_by_text("Requested: the shop will answer").wait_for()
    check(page)

    visit("/account/reviews/")
    page.get_by_role("link", name="Write a review").click()
    check(page)
    page.get_by_label("Stars").select_option("5")
    page.get_by_label("In one line").fill("My mug")
    press("Send the review")
    page.get_by_text("The shop is looking at it").wait_for()
    check(page)
    assert ProductReview.objects.get().title == "My mug"

    visit("/products/bowl/")
    page.get_by_role("button", name="Put Bowl on the wishlist").first.click()
    page.wait_for_url("**/products/bowl/")
    visit("/account/wishlist/")
    expect(page.get_by_role("main").get_by_text("Bowl", exact=True).first).to_be_visible()
    assert WishlistItem.objects.get().product.slug == "bowl"
    for path in ("/account/orders/", "/account/profile/", "/account/password/", "/account/email/", "/account/log-ins/"):
        visit(path)
    visit("/account/data/")
