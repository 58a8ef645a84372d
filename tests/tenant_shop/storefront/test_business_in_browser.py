"""Buying for a business in a browser: a group's prices and packs, and a quote from the cart to the order."""

from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import expect

from platform_core.tenancy.theme import set_theme
from tenant_shop.models import Order, ProductVariant, QuoteRequest
from tenant_shop.verification.verify_shop import verify_shop
from tests.accounts import PASSWORD, account
from tests.browser import NARROW, WIDE
from tests.factories.catalog import ProductFactory
from tests.people import PASSWORD as STAFF_PASSWORD
from tests.people import let_in, make_user
from tests.pricing import group_with, offer, price_list, sold_in
from tests.quoting import answered, asked, take_requests

pytestmark = pytest.mark.slow

EMAIL = "dealer@example.com"


@pytest.fixture
def mug(selling: Any) -> ProductVariant:
    made = ProductFactory(name="Stoneware mug", slug="mug", sku="MUG", price=Decimal("24.00"), stock=90)
    return ProductVariant.objects.select_related("product").get(product=made)


@pytest.fixture
def dealer(mug: ProductVariant) -> Any:
    customer = account(EMAIL, first_name="Dee", last_name="Ler")
    prices = price_list(group_with(customer))
    for least, price in ((1, "20.00"), (12, "18.00"), (48, "16.50")):
        offer(prices, price, product=mug.product, min_quantity=least)
    sold_in(1, 6, product=mug.product)
    return customer


def log_in(page: Any, site: Any) -> None:
    page.goto(site.url("acme", "/account/log-in/"))
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    page.wait_for_url("**/account/")


def order(page: Any) -> None:
    for name, text in {
        "first_name": "Dee",
        "last_name": "Ler",
        "address1": "1 Main Street",
        "postal_code": "10115",
        "city": "Berlin",
    }.items():
        page.locator(f"main [name={name}]").fill(text)
    page.get_by_role("button", name="Order and pay").click()
    page.wait_for_url("**/orders/**", wait_until="commit")


def is_calm(page: Any, violations: Any) -> None:
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert (wider, violations(page)) == (0, [])


@pytest.mark.usefixtures("dealer")
@pytest.mark.parametrize("scripts", [True, False])
def test_a_dealer_sees_breaks_and_buys_in_packs(site, browser, scripts):
    page = browser.new_context(java_script_enabled=scripts).new_page()
    log_in(page, site)
    page.goto(site.url("acme", "/products/mug/"))
    expect(page.get_by_role("table", name="Your prices by quantity").get_by_role("row")).to_contain_text(
        ["Pieces", "€20.00", "€18.00", "€16.50"]
    )
    expect(page.get_by_text("Sold in packs of 6.")).to_be_visible()
    expect(page.get_by_label("Quantity")).to_have_value("6")
    page.get_by_role("button", name="Add to cart").click()
    page.wait_for_url("**/cart/")
    expect(page.get_by_text("€20.00 each")).to_be_visible()
    page.get_by_role("button", name="6 more of Stoneware mug").click()
    expect(page.get_by_text("€18.00 each")).to_be_visible()
    expect(page.locator(".cart .totals__sum dd").first).to_have_text("€216.00")
    page.get_by_role("link", name="Check out").click()
    order(page)
    assert f"{Order.objects.get().subtotal_amount:.2f}" == "216.00"


@pytest.mark.parametrize("look", ["atelier", "market"])
def test_a_groups_pages_are_accessible_and_as_wide_as_the_window(
    site, browser, violations, selling, dealer, look, tmp_path
):
    set_theme(selling.id, {"look": look}, user_id=make_user(f"{look}@acme.example").pk)
    for width in (NARROW, WIDE):
        page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
        log_in(page, site)
        for path in ("/products/mug/", "/products/"):
            page.goto(site.url("acme", path))
            expect(page.get_by_text("€20.00").first).to_be_visible()
            page.screenshot(path=tmp_path / f"{look}-{width}-{len(path)}.png", full_page=True)
            is_calm(page, violations)


def test_a_quote_is_asked_for_answered_and_accepted(site, browser, violations, selling, mug, tmp_path):
    take_requests("customers")
    account(EMAIL, first_name="Dee", last_name="Ler")
    let_in(make_user(), selling)
    page = browser.new_context(viewport={"width": NARROW, "height": 900}).new_page()
    log_in(page, site)
    page.goto(site.url("acme", "/products/mug/"))
    page.get_by_label("Quantity").fill("40")
    page.get_by_role("button", name="Add to cart").click()
    page.get_by_role("link", name="Ask for a quote for this cart").click()
    page.get_by_label("Note to the shop").fill("For our café, in spring.")
    page.screenshot(path=tmp_path / "new.png", full_page=True)
    is_calm(page, violations)
    page.get_by_role("button", name="Ask for a quote").click()
    expect(page.get_by_text("Waiting for an answer").first).to_be_visible()
    mine = page.url
    is_calm(page, violations)

    quote = QuoteRequest.objects.get()
    staff = browser.new_context(viewport={"width": WIDE, "height": 900}).new_page()
    staff.goto(site.url("acme", f"/admin/tenant_shop/quoterequest/{quote.pk}/answer/"))
    staff.locator("input[name=username]").fill("owner@acme.example")
    staff.locator("input[type=password]").fill(STAFF_PASSWORD)
    staff.locator("form button[type=submit]").last.click()
    staff.wait_for_url("**/answer/")
    staff.locator(f"input[name='{quote.lines.get().pk.hex}']").fill("19.50")
    staff.locator("input[name=shipping]").fill("12")
    staff.locator("textarea[name=note]").fill("Gladly. We pack them in twos.")
    staff.screenshot(path=tmp_path / "answer.png", full_page=True)
    staff.get_by_role("button", name="Send the offer").click()
    expect(staff.get_by_text(f"The offer is on its way to {EMAIL}.")).to_be_visible()
    staff.screenshot(path=tmp_path / "answered.png", full_page=True)

    page.goto(mine)
    expect(page.get_by_text("Gladly. We pack them in twos.").first).to_be_visible()
    expect(page.locator(".totals__sum dd")).to_have_text("€792.00")
    page.screenshot(path=tmp_path / "offer.png", full_page=True)
    is_calm(page, violations)
    page.get_by_role("link", name="Accept and order").click()
    expect(page.get_by_text("Delivery as agreed")).to_be_visible()
    is_calm(page, violations)
    page.screenshot(path=tmp_path / "accept.png", full_page=True)
    order(page)
    assert f"{Order.objects.get().total_amount:.2f}" == "792.00"
    page.goto(mine)
    expect(page.get_by_role("link", name="See your order")).to_be_visible()
    assert verify_shop() == []


def test_an_offer_runs_from_right_to_left_too(site, browser, violations, selling, configure, mug, tmp_path):
    configure(languages=["ar"])
    take_requests()
    offer_made = answered(asked((mug, 40)), "19.50", shipping=Decimal(12), note="Gladly.")
    page = browser.new_context(viewport={"width": NARROW, "height": 900}).new_page()
    page.goto(site.url("acme", f"/ar/quotes/{offer_made.public_token}/"))
    expect(page.locator(".totals__sum dd")).to_be_visible()
    page.screenshot(path=tmp_path / "ar.png", full_page=True)
    is_calm(page, violations)
