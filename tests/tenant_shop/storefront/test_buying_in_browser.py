"""Buying in a real browser: by transfer, with a code as a customer, and when somebody else is faster."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import expect

from platform_core.tenancy import directory
from tenant_shop.customers.address_book import Role, save_address
from tenant_shop.inventory.models import StockMovement
from tenant_shop.inventory.set_quantity import set_quantities
from tenant_shop.loyalty.models import LoyaltyEntry
from tenant_shop.models import Order, Product
from tenant_shop.verification.verify_shop import verify_shop
from tests.accounts import PASSWORD, account
from tests.browser import NARROW, WIDE
from tests.factories.catalog import ProductFactory
from tests.factories.promotions import DiscountCodeFactory
from tests.loyalty import points, run_programme
from tests.shopping import ADDRESS

pytestmark = pytest.mark.slow

TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Each way of looking once, with scripts and without.
WAYS = [("atelier", True, NARROW), ("atelier", False, WIDE), ("market", True, WIDE), ("market", False, NARROW)]
ACCOUNT = "Harbour Kitchen\nIBAN DE02 1203 0000 0000 2020 51"


@pytest.fixture
def mug(selling: Any, configure: Callable[..., None]) -> Product:
    configure(
        payment_instructions=ACCOUNT,
        terms_need_tick=True,
        shipping_rates=[
            {"code": "standard", "name": "Standard delivery", "amount": "4.90", "days_from": 1, "days_to": 3},
        ],
    )
    return ProductFactory(name="Stoneware mug", slug="mug", price=Decimal("24.00"), stock=5)


class Visitor:
    """A browser window, and what was wrong with the pages that it showed."""

    def __init__(self, page: Any, site: Any, violations: Callable[[Any], list[str]], *, has_scripts: bool) -> None:
        self.page, self.site, self.has_scripts = page, site, has_scripts
        self.violations = violations
        self.faults: dict[str, list[str]] = {}

    def go(self, path: str) -> None:
        self.page.goto(self.site.url("acme", path))

    def look(self, place: str) -> None:
        self.page.wait_for_load_state()
        wider = self.page.evaluate(TOO_WIDE)
        found = [f"{wider} px too wide"] if wider > 0 else []
        if self.has_scripts:
            self.page.wait_for_load_state("networkidle")
            found += self.violations(self.page)
        if found:
            self.faults[place] = found

    def put_into_cart(self, path: str = "/products/mug/") -> None:
        self.go(path)
        quantity = self.page.get_by_role("spinbutton").first
        quantity.fill("1")
        quantity.press("Enter")
        self.page.wait_for_url("**/cart/")

    def tell_who(self) -> None:
        for name, value in (
            ("email", "ann@example.com"),
            ("first_name", "Ann"),
            ("last_name", "Example"),
            ("address1", "1 Main Street"),
            ("postal_code", "10115"),
            ("city", "Berlin"),
        ):
            self.page.locator(f"#id_{name}").fill(value)

    def order(self, total: str) -> None:
        self.page.get_by_role("button", name=f"Order and pay {total}").click()


@pytest.fixture(params=WAYS, ids=lambda way: f"{way[0]}-{'scripts' if way[1] else 'plain'}-{way[2]}")
def visitor(request: Any, platform: Any, selling: Any, site: Any, browser: Any, violations: Any) -> Visitor:
    look, has_scripts, width = request.param
    platform.update_tenant("acme", theme_config={"look": look})
    directory.forget(selling.id)
    context = browser.new_context(java_script_enabled=has_scripts, viewport={"width": width, "height": 900})
    return Visitor(context.new_page(), site, violations, has_scripts=has_scripts)


def test_a_guest_buys_by_transfer(mug: Product, visitor: Visitor) -> None:
    page = visitor.page
    visitor.put_into_cart()
    visitor.look("cart")
    page.get_by_role("link", name="Check out").click()
    page.wait_for_url("**/checkout/")
    is_narrow = page.viewport_size["width"] == NARROW
    folded = page.locator(".checkout__summary > summary")
    lines = page.locator(".checkout__summary .summary-lines")
    assert folded.is_visible() is lines.is_hidden() is is_narrow, "on a phone it is folded, with the total to be seen"
    if is_narrow:
        assert "€28.90" in folded.inner_text()
        folded.click()
        lines.wait_for()
    visitor.look("checkout")
    expect(page.get_by_text("Arrives").first).to_be_visible()
    visitor.tell_who()
    visitor.order("€28.90")
    page.get_by_role("link", name="Please agree to the terms of this shop.").click()
    visitor.look("checkout without the tick")
    assert not Order.objects.exists()
    page.get_by_label("I have read the terms and agree to them.").check()
    visitor.order("€28.90")

    page.get_by_role("heading", name="Thank you for your order").wait_for()
    order = Order.objects.get()
    expect(page).to_have_url(visitor.site.url("acme", f"/orders/{order.public_token}/"))
    for fact in ("IBAN DE02 1203 0000 0000 2020 51", order.order_number, "working days after your payment"):
        expect(page.get_by_text(fact).first, fact).to_be_visible()
    visitor.look("confirmation")
    assert (order.payment_method, order.status, order.total_amount) == ("bank_transfer", "pending", Decimal("28.90"))
    assert order.metadata["agreed_to"] == "I have read the terms and agree to them."
    assert visitor.faults == {}
    assert verify_shop() == []


def test_a_customer_buys_with_a_code_and_points_and_finds_the_order_in_the_account(
    mug: Product, visitor: Visitor
) -> None:
    DiscountCodeFactory(code="TEN", name="Ten", type="percentage", value=Decimal(10))
    customer, page = account(), visitor.page
    run_programme(may_be_spent=True)
    LoyaltyEntry.objects.create(customer=customer, points=900, reason="correction", actor="bob")
    save_address(customer, ADDRESS, roles=frozenset(Role))
    office = {
        **ADDRESS,
        "first_name": "",
        "last_name": "Acme Ltd",
        "city": "Wien",
        "postal_code": "1010",
        "country": "AT",
    }
    save_address(customer, office, roles=frozenset({Role.BILLING}))
    visitor.put_into_cart()
    page.get_by_label("Discount code").fill("ten")
    page.get_by_role("button", name="Apply").click()
    page.get_by_role("button", name="Remove code TEN").wait_for()

    visitor.go("/account/log-in/")
    page.get_by_role("main").get_by_label("E-mail").fill(customer.email)
    page.get_by_role("main").get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    page.wait_for_url("**/account/")
    visitor.go("/checkout/")
    assert page.locator("#id_city").input_value() == "Berlin"
    assert page.locator("#id_billing_city").input_value() == "Wien"
    visitor.look("checkout of a customer")
    page.locator("#id_billing_first_name").fill("Ann")
    points_field = page.get_by_label("Points to spend")
    points_field.fill("700")
    if visitor.has_scripts:
        points_field.press("Tab")
    else:
        page.get_by_role("button", name="Apply").click()
    page.get_by_text("€7.00 less with your points.").wait_for()
    page.get_by_label("I have read the terms and agree to them.").check()
    visitor.order("€19.50")

    page.get_by_role("heading", name="Thank you for your order").wait_for()
    order = Order.objects.get()
    assert (order.customer_id, order.discount_amount, order.points_spent) == (
        customer.pk,
        Decimal("9.40"),
        700,
    )  # 2.40 and the points
    assert points(customer) == 200
    assert (order.shipping_address["city"], order.billing_address["city"]) == ("Berlin", "Wien")
    visitor.go("/account/orders/")
    page.get_by_role("main").get_by_role("link", name=order.order_number).first.click()
    page.get_by_role("heading", name=f"Order {order.order_number}").wait_for()
    visitor.look("order in the account")
    expect(page.get_by_text("€19.50").first).to_be_visible()
    assert visitor.faults == {}
    assert verify_shop() == []


def test_what_sells_out_at_the_last_click_is_said_and_not_ordered(mug: Product, visitor: Visitor) -> None:
    page = visitor.page
    ProductFactory(name="Bowl", slug="bowl", price=Decimal("30.00"), stock=5)
    visitor.put_into_cart("/products/bowl/")
    visitor.put_into_cart()
    page.get_by_role("link", name="Check out").click()
    visitor.tell_who()
    page.get_by_label("I have read the terms and agree to them.").check()
    set_quantities({mug.variant_rows.get().pk: 0}, reason=StockMovement.Reason.CORRECTION)

    visitor.order("€58.90")

    page.get_by_text("Stoneware mug is sold out.").wait_for()
    expect(page.get_by_text("Nothing has been ordered.")).to_be_visible()
    assert page.locator("#id_city").input_value() == "Berlin", "what was typed is kept"
    visitor.look("sold out")
    assert not Order.objects.exists()
    page.get_by_role("link", name="Change the cart").click()
    page.wait_for_url("**/cart/")
    visitor.look("cart with a problem")
    page.get_by_role("button", name="Remove Stoneware mug").first.click()
    page.get_by_role("link", name="Check out").click()
    visitor.tell_who()
    page.get_by_label("I have read the terms and agree to them.").check()
    visitor.order("€34.90")
    page.get_by_role("heading", name="Thank you for your order").wait_for()
    assert list(Order.objects.get().items.values_list("product_name", "quantity")) == [("Bowl", 1)]
    assert visitor.faults == {}
    assert verify_shop() == []
