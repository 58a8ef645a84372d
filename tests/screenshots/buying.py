"""A shopper on the way to an order, and what can become of it."""

import re
from typing import TYPE_CHECKING

from tests.screenshots.steps import Way, go

if TYPE_CHECKING:
    from playwright.sync_api import Page

# Of the countries that the demo's shops are in.
POSTAL_CODES = {"DE": "10115", "JP": "154-0023"}


def with_a_cart(page: "Page", shop: str) -> None:
    """Puts one piece of the first product that can be bought into the cart, the way the shop's look sells it."""
    go(page, f"{shop}/products/?available=1&sort=name")
    # Chips that take a filter away lead to lists.
    product = page.locator("#results a[href^='/products/']:not([href='/products/'], [href*='?'])").first
    page.goto(shop + str(product.get_attribute("href")), wait_until="load")
    button = page.get_by_role("button", name="Add to cart")
    if not button.count():
        page.get_by_role("spinbutton").first.fill("1")
        button = page.get_by_role("button", name=re.compile("^Add "))
    button.first.click()
    page.wait_for_url("**/cart/")


def checkout_with_errors(page: "Page", shop: str) -> None:
    go(page, f"{shop}/checkout/")
    page.get_by_role("button", name="Order and pay").click()


AT_THE_DOOR = "You pay when the goods are handed to you."
# Promised at once, taken later.
RESERVED = "4000000000000341"


def fill_checkout(page: "Page", address: str) -> None:
    """In the shop's own country, whose addresses may name a state of a list."""
    go(page, address)
    for name, text in {
        "email": "ann@example.com",
        "first_name": "Ann",
        "last_name": "Example",
        "address1": "1 Main Street",
        "postal_code": POSTAL_CODES[page.locator("main [name=country]").input_value()],
        "city": "Springfield",
    }.items():
        page.locator(f"main [name={name}]").fill(text)
    for states in page.locator("main select[name=region]").all():
        states.select_option(index=1)
    # What was chosen prices the page anew, and the answer brings hidden fields of its own.
    page.locator(".htmx-request").first.wait_for(state="detached")


def confirmation(page: "Page", shop: str) -> None:
    fill_checkout(page, f"{shop}/checkout/")
    page.get_by_role("button", name="Order and pay").click()
    page.wait_for_url("**/orders/**")


def new_terms(prefix: str) -> Way:
    """The terms were others when the page was made."""

    def arrive(page: "Page", shop: str) -> None:
        with_a_cart(page, shop)
        fill_checkout(page, f"{shop}{prefix}/checkout/")
        page.locator("main [name=terms_version]").evaluate("field => { field.value = '0'.repeat(64) }")
        page.locator("main [name=action][value=order]").click()
        page.locator(".alert--warning").wait_for()

    return arrive


def asked_to_cancel(page: "Page", shop: str) -> None:
    """The order of the cart that is there, and the question that its button opens."""
    confirmation(page, shop)
    page.locator(".ask > summary").click()


def cancelled(page: "Page", shop: str) -> None:
    """What was asked before is done."""
    page.locator(".ask button").click()
    page.locator(".ask").wait_for(state="detached")


def reserved(page: "Page", shop: str) -> None:
    """An order whose money a card promises."""
    with_a_cart(page, shop)
    fill_checkout(page, f"{shop}/checkout/")
    page.locator("main [name=payment_method][value=test_card]").check()
    page.get_by_role("button", name="Order and pay").click()
    page.wait_for_url("**/pay/")
    for name, text in {"number": RESERVED, "expiry": "09/31", "code": "123"}.items():
        page.locator(f"main [name={name}]").fill(text)
    page.locator("main form:has([name=number]) button[type=submit]").click()
    page.wait_for_url(re.compile(r"/orders/[0-9a-f-]{36}/$"))
