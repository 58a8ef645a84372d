"""A company's purchase in a real browser, from the group's price over the approval to the order on terms: on a phone
without scripts, at a desk with them; and all of a company's pages from right to left, for everybody."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from platform_core.tenancy import directory
from platform_core.tenants.models import Tenant
from tenant_shop.models import Company, CompanyMember, CustomerGroup, Order, ProductVariant, PurchaseRequest
from tenant_shop.verification.verify_shop import verify_shop
from tests.accounts import PASSWORD, account
from tests.browser import NARROW, WIDE
from tests.companies import DE_ID, asked_by, company_of, joined, membership, ordered_by
from tests.factories.catalog import ProductFactory
from tests.pricing import offer, price_list
from tests.quoting import answered, asked, take_requests

pytestmark = pytest.mark.slow

TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def mug(selling: Any) -> ProductVariant:
    made = ProductFactory(name="Stoneware mug", slug="mug", price=Decimal("24.00"), stock=90)
    return ProductVariant.objects.select_related("product").get(product=made)


@pytest.fixture
def company(mug: ProductVariant, configure: Callable[..., None]) -> Company:
    """Ada's, in a group that pays 18.00 for a mug, 16.50 from twelve on; Bob buys, and every order is approved."""
    configure(company_accounts=True)
    group = CustomerGroup.objects.create(name="Cafés")
    prices = price_list(group)
    offer(prices, "18.00", product=mug.product)
    offer(prices, "16.50", product=mug.product, min_quantity=12)
    terms = {"pay_later": True, "credit_limit": 500, "approval_rule": "all", "purchase_number_required": True}
    company = company_of(
        account(first_name="Ada", last_name="Admin"),
        name="Rösterei Nord GmbH",
        group=group,
        tax_id=DE_ID,
        tax_id_state="confirmed",
        address_line_1="1 Main Street",
        postal_code="10115",
        **terms,
    )
    joined(company, "bob@example.com", customer=account("bob@example.com", first_name="Bob", last_name="Buyer"))
    return company


@pytest.mark.parametrize(("look", "width", "scripts"), [("atelier", NARROW, False), ("market", WIDE, True)])
def test_a_purchase_at_the_groups_price_that_somebody_approves(
    company: Company, selling: Any, site: Any, browser: Any, violations: Any, look: str, width: int, scripts: bool
) -> None:
    wear(look, selling)

    def enter(email: str) -> Any:
        context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=scripts)
        page = context.new_page()
        log_in(page, site, email)
        return page

    def check(page: Any) -> None:
        """Without scripts nobody can look into the page."""
        if scripts:
            assert violations(page) == [], page.url
            assert page.evaluate(TOO_WIDE) == 0, page.url

    bob = enter("bob@example.com")
    bob.goto(site.url("acme", "/products/mug/"))
    bob.get_by_text("€18.00").first.wait_for()
    bob.get_by_role("table", name="Your prices by quantity").get_by_text("€16.50").wait_for()
    check(bob)
    bob.get_by_role("spinbutton").first.fill("12")
    bob.get_by_role("main").get_by_role("button", name=re.compile("^Add")).first.click()
    bob.wait_for_url("**/cart/")
    bob.get_by_text("€16.50 each").wait_for()
    bob.get_by_role("link", name="Check out").click()
    bob.get_by_label("Purchase-order number").fill("PO-2026-7")
    bob.get_by_label("Pay later").check()
    fill_in(bob)
    check(bob)
    press(bob, "Send for approval")
    bob.get_by_text("Sent for approval.").wait_for()
    check(bob)
    assert (Order.objects.count(), PurchaseRequest.objects.get().status) == (0, "pending")

    ada = enter("ann@example.com")
    ada.goto(site.url("acme", "/account/company/requests/"))
    check(ada)
    ada.get_by_role("main").get_by_role("link", name="€").first.click()
    ada.wait_for_load_state()
    ada.get_by_text("PO-2026-7").wait_for()
    check(ada)
    press(ada, "Approve and order")
    ada.get_by_text("is placed.").wait_for()

    order = Order.objects.get()
    assert (order.customer.email, order.purchase_number, order.payment_method, order.status) == (
        "bob@example.com",
        "PO-2026-7",
        "pay_later",
        "confirmed",
    )
    assert (order.subtotal_amount, order.company_id) == (Decimal("198.00"), company.pk)
    assert order.payment_due_at is not None
    assert round((order.payment_due_at - order.created_at) / timedelta(days=1)) == 30
    assert PurchaseRequest.objects.get().status == "approved"
    bob.goto(site.url("acme", f"/account/company/orders/{order.pk}/"))
    bob.get_by_text("Pay by").wait_for()
    check(bob)
    assert verify_shop() == []


def test_all_of_a_companys_pages_from_right_to_left_on_a_phone(
    company: Company, mug: ProductVariant, site: Any, browser: Any, violations: Any, configure: Callable[..., None]
) -> None:
    configure(languages=["ar"])
    take_requests("customers")
    admin = membership(CompanyMember.objects.get(company=company, role="admin").customer)
    buyer = membership(CompanyMember.objects.get(company=company, role="buyer").customer)
    request = asked_by(company, email="bob@example.com", purchase_number="PO-1")
    order = ordered_by(admin, (mug, 2), payment_method="pay_later", purchase_number="PO-2")
    quote = answered(asked((mug, 12), customer=admin.customer, note="For the café."), "15.00", note="Gladly.")
    page = browser.new_context(viewport={"width": NARROW, "height": 900}).new_page()
    log_in(page, site, "ann@example.com")
    mine = "/ar/account/company/"
    for path in (
        "/ar/products/mug/",
        mine,
        f"{mine}members/",
        f"{mine}members/{buyer.pk}/",
        f"{mine}orders/",
        f"{mine}orders/{order.pk}/",
        f"{mine}requests/",
        f"{mine}requests/{request.pk}/",
        "/ar/account/quotes/",
        f"/ar/quotes/{quote.public_token}/",
        f"/ar/quotes/{quote.public_token}/accept/",
    ):
        answer = page.goto(site.url("acme", path))
        assert (answer.status, page.url) == (200, site.url("acme", path))
        assert (violations(page), page.evaluate(TOO_WIDE)) == ([], 0), path


def wear(look: str, shop: Any) -> None:
    Tenant.objects.filter(slug="acme").update(theme_config={"look": look})
    directory.forget(shop.id)


def log_in(page: Any, site: Any, email: str) -> None:
    page.goto(site.url("acme", "/account/log-in/"))
    page.get_by_label("E-mail", exact=True).fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Log in")
    page.wait_for_url("**/account/")


def press(page: Any, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name).first.click()
    page.wait_for_load_state()


def fill_in(page: Any) -> None:
    """What the company's own address does not say."""
    page.get_by_label("First name").first.fill("Bob")
    page.get_by_label("Last name").first.fill("Buyer")
