"""A company's purchase in a real browser, from the cart over the approval to the order: on a phone and at a desk, with
scripts and without, for everybody."""

import os
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from platform_core.tenancy import directory
from platform_core.tenants.models import Tenant
from tenant_shop.models import Company, Order, PurchaseRequest
from tests.accounts import PASSWORD, account
from tests.browser import NARROW, WIDE
from tests.companies import DE_ID, company_of, joined
from tests.factories.catalog import ProductFactory

pytestmark = pytest.mark.slow

TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Where pictures of the pages are left, for somebody who wants to look at them.
PICTURES = os.environ.get("PICTURES_OF_COMPANIES", "")


@pytest.fixture
def company(selling: Any, configure: Callable[..., None]) -> Company:
    configure(company_accounts=True)
    ProductFactory(name="Stoneware mug", slug="mug", price=Decimal("24.00"), stock=9)
    terms = {"pay_later": True, "credit_limit": 500, "approval_rule": "all", "purchase_number_required": True}
    company = company_of(
        account(first_name="Ada", last_name="Admin"),
        name="Rösterei Nord GmbH",
        tax_id=DE_ID,
        tax_id_state="confirmed",
        address_line_1="1 Main Street",
        postal_code="10115",
        **terms,
    )
    joined(company, "bob@example.com")
    return company


@pytest.mark.parametrize(("look", "width", "scripts"), [("atelier", NARROW, True), ("atelier", WIDE, False)])
def test_a_purchase_that_somebody_approves(
    company: Company, selling: Any, site: Any, browser: Any, violations: Any, look: str, width: int, scripts: bool
) -> None:
    Tenant.objects.filter(slug="acme").update(theme_config={"look": look})
    directory.forget(selling.id)

    def enter(email: str) -> Any:
        context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=scripts)
        page = context.new_page()
        page.goto(site.url("acme", "/account/log-in/"))
        page.get_by_label("E-mail", exact=True).fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        press(page, "Log in")
        return page

    def press(page: Any, name: str) -> None:
        page.get_by_role("main").get_by_role("button", name=name).first.click()
        page.wait_for_load_state()

    def check(page: Any, name: str) -> None:
        if scripts:
            assert violations(page) == [], page.url
            assert page.evaluate(TOO_WIDE) == 0, page.url
        if PICTURES:
            page.screenshot(path=str(Path(PICTURES) / f"{look}-{width}-{name}.png"), full_page=True)

    def visit(page: Any, path: str, name: str) -> None:
        page.goto(site.url("acme", path))
        check(page, name)

    bob = enter("bob@example.com")
    bob.goto(site.url("acme", "/products/mug/"))
    press(bob, "Add to cart")
    visit(bob, "/checkout/", "checkout")
    bob.get_by_label("First name").first.fill("Bob")
    bob.get_by_label("Last name").first.fill("Buyer")
    bob.get_by_label("Purchase-order number").fill("PO-2026-7")
    bob.get_by_label("Pay later").check()
    press(bob, "Send for approval")
    bob.get_by_text("Sent for approval.").wait_for()
    check(bob, "request-of-the-buyer")
    ada = enter("ann@example.com")
    visit(ada, "/account/company/", "company")
    visit(ada, "/account/company/members/", "members")
    visit(ada, "/account/company/requests/", "requests")
    ada.get_by_role("main").get_by_role("link", name="€").first.click()
    ada.wait_for_load_state()
    check(ada, "request-of-the-approver")
    press(ada, "Approve and order")
    ada.get_by_text("is placed.").wait_for()
    order = Order.objects.get()
    assert (order.customer.email, order.purchase_number, order.payment_method) == (
        "bob@example.com",
        "PO-2026-7",
        "pay_later",
    )
    assert PurchaseRequest.objects.get().status == "approved"
    visit(ada, "/account/company/orders/", "orders")
    visit(ada, f"/account/company/orders/{order.pk}/", "order")
