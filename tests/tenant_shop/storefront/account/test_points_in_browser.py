"""Points, parcels and returns in a real browser, on both sides of the counter, for everybody."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tenant_shop.loyalty.models import LoyaltyEntry
from tenant_shop.models import Order, Return
from tenant_shop.orders.deliver import deliver_order
from tenant_shop.orders.fulfil import fulfil_order, unsent_pieces
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.returns.mail import send_return_mails
from tenant_shop.verification.verify_shop import verify_shop
from tests.accounts import PASSWORD, account
from tests.browser import NARROW, WIDE
from tests.factories.catalog import ProductFactory
from tests.loyalty import points, run_programme
from tests.people import PASSWORD as STAFF_PASSWORD
from tests.people import let_in, make_user
from tests.shopping import order_of, stocked

pytestmark = pytest.mark.slow

# The admin theme's page has no main landmark and no heading of the first rank, and calls all of its scrolling areas
# alike; that is not for these pages to mend.
OF_THE_FRAME = {"landmark-one-main", "landmark-unique", "region", "page-has-heading-one"}
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
ADDRESS = {
    "First name": "Ann",
    "Last name": "Example",
    "Street and house number": "1 Main Street",
    "Postal code": "10115",
    "City": "Berlin",
}


@pytest.fixture
def ann(selling) -> Any:
    run_programme(may_be_spent=True)
    ProductFactory(name="Stoneware mug", slug="mug", price="24.00", stock=9)
    customer = account()
    LoyaltyEntry.objects.create(customer=customer, points=900, reason="correction", actor="bob")
    return customer


@pytest.fixture
def check(violations: Callable[[Any], list[str]]) -> Callable[[Any], None]:
    """The page that is open is accessible and fits."""

    def look(page: Any) -> None:
        assert violations(page) == [], page.url
        assert page.evaluate(TOO_WIDE) == 0, page.url

    return look


def delivered(customer: Any) -> Order:
    order = mark_as_paid(order_of((stocked(name="Bowl"), 2), customer_id=customer.pk).pk, actor="bob")
    parcel = {"carrier": "DHL", "tracking_number": "00340434161094"}
    fulfil_order(order.pk, pieces=unsent_pieces(order), key="one", actor="bob", **parcel)
    return deliver_order(order.pk, actor="bob")


def log_in(page: Any, site: Any) -> None:
    page.goto(site.url("acme", "/account/log-in/"))
    page.get_by_label("E-mail").fill("ann@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    page.wait_for_url("**/account/")


def test_points_are_spent_without_javascript(ann, site, browser) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    log_in(page, site)
    page.goto(site.url("acme", "/products/mug/"))
    page.get_by_role("button", name="Add to cart").click()
    page.get_by_role("link", name="Check out").click()
    for label, text in ADDRESS.items():
        page.get_by_label(label).first.fill(text)
    page.get_by_label("Points to spend").fill("700")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("€7.00 less with your points.")).to_be_visible()
    page.get_by_role("button", name="Order and pay €21.90").click()
    page.wait_for_url("**/orders/**")
    assert Order.objects.get().points_spent == 700
    assert points(ann) == 200


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_customers_pages_are_accessible_and_fit(ann, site, browser, check, width) -> None:
    order = delivered(ann)
    page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
    log_in(page, site)
    for path in ("/account/points/", f"/account/orders/{order.pk}/", f"/account/orders/{order.pk}/return/"):
        for language in ("", "/ar"):
            page.goto(site.url("acme", language + path))
            check(page)
    page.goto(site.url("acme", "/products/mug/"))
    page.get_by_role("button", name="Add to cart").click()
    page.wait_for_url("**/cart/")
    check(page)
    page.goto(site.url("acme", "/checkout/"))
    check(page)
    page.get_by_label("Points to spend").fill("500")
    page.get_by_label("Points to spend").press("Tab")
    page.get_by_text("€5.00 less with your points.").wait_for()
    page.goto(site.url("acme", f"/account/orders/{order.pk}/return/"))
    page.get_by_label(re.compile("^Bowl")).select_option("1")
    page.get_by_label("Why do you send it back?").select_option("damaged")
    page.get_by_role("button", name="Ask to send it back").click()
    page.wait_for_url(f"**/account/orders/{order.pk}/")
    check(page)
    Order.objects.update(customer=None)
    page.goto(site.url("acme", f"/orders/{order.public_token}/"))
    check(page)
    page.get_by_role("link", name="Send something back").click()
    check(page)
    page.get_by_label(re.compile("^Bowl")).select_option("1")
    page.get_by_label("Why do you send it back?").select_option("damaged")
    page.get_by_role("button", name="Ask to send it back").click()
    page.wait_for_url(f"**/orders/{order.public_token}/")
    check(page)
    assert send_return_mails(timezone.now()) == 2


def sent_back(order: Order, site: Any, browser: Any, width: int) -> Return:
    """Its customer asks to send one bowl back: on a phone without scripts, at a desk with them."""
    context = browser.new_context(java_script_enabled=width == WIDE, viewport={"width": width, "height": 900})
    page = context.new_page()
    log_in(page, site)
    page.goto(site.url("acme", f"/account/orders/{order.pk}/return/"))
    page.get_by_label(re.compile("^Bowl")).select_option("1")
    page.get_by_label("Why do you send it back?").select_option("damaged")
    page.get_by_role("button", name="Ask to send it back").click()
    page.wait_for_url(f"**/account/orders/{order.pk}/")
    context.close()
    return Return.objects.get(order=order)


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_counters_pages_are_accessible_and_lead_to_the_end(selling, ann, site, browser, violations, width) -> None:
    order = mark_as_paid(order_of((stocked(name="Bowl"), 2), customer_id=ann.pk).pk, actor="bob")
    let_in(make_user(), selling)
    page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
    page.goto(site.url("acme", "/login/"))
    page.locator("input[name=username]").fill("owner@acme.example")
    page.locator("input[type=password]").fill(STAFF_PASSWORD)
    page.locator("main form button[type=submit], form button[type=submit]").last.click()
    page.wait_for_load_state()
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        page.wait_for_load_state("networkidle")
        found[name] = [each for each in violations(page) if each.partition(":")[0] not in OF_THE_FRAME]

    def press(name: str) -> None:
        page.get_by_role("button", name=name, exact=True).first.click()
        page.wait_for_load_state()

    at = "/admin/tenant_shop"
    page.goto(site.url("acme", f"{at}/order/{order.pk}/fulfil/"))
    look("fulfil")
    page.get_by_label("Carrier").fill("DHL")
    page.get_by_label("Tracking number").fill("00340434161094")
    press("Send")
    press("Mark as delivered")
    look("order")
    assert Order.objects.get().status == "delivered"
    page.goto(site.url("acme", f"{at}/customer/{ann.pk}/points/"))
    look("points")
    page.locator("#id_points").fill("5")
    page.get_by_label("Reason").fill("For your patience")
    press("Correct")
    assert points(ann) == 900 + 16 + 5  # of €20.00 €3.19 are tax
    asked = sent_back(order, site, browser, width)
    page.goto(site.url("acme", f"{at}/return/{asked.pk}/change/"))
    for step in ("Approve", "The goods have arrived", "Give the money back"):
        look(f"before {step}")
        press(step)
    look("return")
    asked.refresh_from_db()
    assert asked.status == "refunded"
    assert verify_shop() == []
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
