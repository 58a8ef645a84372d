"""What is photographed: a page's name and how to get there."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

Way = Callable[["Page", str], None]


@dataclass(frozen=True, slots=True)
class Stop:
    """A page to photograph; `arrive` brings a browser there from anywhere, given the address of the shop's host."""

    name: str
    arrive: Way


def at(path: str) -> Way:
    return lambda page, shop: _open(page, shop + path)


# Of the countries that the demo's shops are in.
POSTAL_CODES = {"DE": "10115", "JP": "154-0023"}


def _open(page: "Page", address: str) -> None:
    page.goto(address, wait_until="load")


def _with_a_cart(page: "Page", shop: str) -> None:
    """Puts one piece of the first product that can be bought into the cart, the way the shop's look sells it."""
    _open(page, f"{shop}/products/?available=1&sort=name")
    # Chips that take a filter away lead to lists.
    product = page.locator("#results a[href^='/products/']:not([href='/products/'], [href*='?'])").first
    page.goto(shop + str(product.get_attribute("href")), wait_until="load")
    button = page.get_by_role("button", name="Add to cart")
    if not button.count():
        page.get_by_role("spinbutton").first.fill("1")
        button = page.get_by_role("button", name=re.compile("^Add "))
    button.first.click()
    page.wait_for_url("**/cart/")


def _with_open_filters(page: "Page", shop: str) -> None:
    _open(page, f"{shop}/products/")
    drawer = page.locator(".listing__drawer > summary")
    if drawer.is_visible():
        drawer.click()


def _suggestions(page: "Page", shop: str) -> None:
    _open(page, f"{shop}/")
    field = page.get_by_role("searchbox").first
    if not field.is_visible():
        page.get_by_text("Menu", exact=True).click()
    field.press_sequentially("me")
    page.locator("#suggestions a").first.wait_for()


def _checkout_with_errors(page: "Page", shop: str) -> None:
    _open(page, f"{shop}/checkout/")
    page.get_by_role("button", name="Order and pay").click()


def _confirmation(page: "Page", shop: str) -> None:
    """In the shop's own country, whose addresses may name a state of a list."""
    _open(page, f"{shop}/checkout/")
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
    page.get_by_role("button", name="Order and pay").click()
    page.wait_for_url("**/orders/**")


def _customer(page: "Page", shop: str, login: str, password: str) -> None:
    """Logged in as a customer, unless the browser is already."""
    _open(page, f"{shop}/account/log-in/")
    if page.locator("main input[type=password]").count():
        page.locator("main input[type=email]").first.fill(login)
        page.locator("main input[type=password]").fill(password)
        page.get_by_role("main").get_by_role("button", name="Log in").click()
        page.wait_for_url("**/account/")


def customer_stops(paths: Sequence[tuple[str, str]], *, login: str, password: str) -> list[Stop]:
    """A customer's account, an order that arrived, a wish to send it back, and the way to pay with points."""

    def inside(path: str) -> Way:
        def arrive(page: "Page", shop: str) -> None:
            _customer(page, shop, login, password)
            _open(page, shop + path)

        return arrive

    def order(page: "Page", shop: str) -> None:
        _customer(page, shop, login, password)
        _open(page, f"{shop}/account/orders/")
        rows = page.get_by_role("main").get_by_role("listitem").filter(has_text="Delivered")
        _open(page, shop + str(rows.last.get_by_role("link").get_attribute("href")))

    def send_back(page: "Page", shop: str) -> None:
        order(page, shop)
        page.get_by_role("link", name="Send something back").click()
        page.wait_for_load_state("load")

    def with_points(page: "Page", shop: str) -> None:
        _customer(page, shop, login, password)
        _with_a_cart(page, shop)
        _open(page, f"{shop}/checkout/")
        page.get_by_label("Points to spend").fill("100")
        page.get_by_label("Points to spend").press("Tab")
        page.get_by_text("less with your points.").wait_for()

    return [
        *(Stop(name, inside(path)) for name, path in paths),
        Stop("order", order),
        Stop("return", send_back),
        Stop("checkout-with-points", with_points),
        Stop("cart-with-points", inside("/cart/")),
    ]


def _log_in(page: "Page", shop: str, login: str, password: str) -> None:
    _open(page, f"{shop}/admin/")
    if page.locator("input[type=password]").count():
        page.locator("input[name=email], input[name=username]").first.fill(login)
        page.locator("input[type=password]").fill(password)
        page.locator("form button[type=submit]").last.click()
        page.wait_for_load_state("load")


def storefront_stops(paths: Sequence[tuple[str, str]]) -> list[Stop]:
    """A shop as a shopper walks through it: `paths` (name, path) first, then the way to an order."""
    return [
        *(Stop(name, at(path)) for name, path in paths),
        Stop("products-open-filters", _with_open_filters),
        Stop("search-suggestions", _suggestions),
        Stop("cart", _with_a_cart),
        Stop("cart-arabic", at("/ar/cart/")),
        Stop("checkout", at("/checkout/")),
        Stop("checkout-errors", _checkout_with_errors),
        Stop("confirmation", _confirmation),
    ]


def staff_stops(paths: Sequence[tuple[str, str]], *, login: str, password: str) -> list[Stop]:
    """A shop's counter, from behind."""

    def inside(path: str) -> Way:
        def arrive(page: "Page", shop: str) -> None:
            _log_in(page, shop, login, password)
            _open(page, shop + path)

        return arrive

    def first(path: str, below: str) -> Way:
        def arrive(page: "Page", shop: str) -> None:
            inside(path)(page, shop)
            link = page.locator("#result_list tbody a[href*='/change/']").first
            _open(page, f"{shop}{str(link.get_attribute('href')).partition('?')[0].removesuffix('change/')}{below}")

        return arrive

    admin = "/admin/tenant_shop"
    to_send = f"{admin}/order/?status__in=confirmed,processing"
    return [
        *(Stop(name, inside(path)) for name, path in paths),
        Stop("admin-order", first(f"{admin}/order/?status__exact=shipped", "change/")),
        Stop("admin-send", first(to_send, "fulfil/")),
        Stop("return-requested", first(f"{admin}/return/?status__exact=requested", "change/")),
        Stop("return-approved", first(f"{admin}/return/?status__exact=approved", "change/")),
        Stop("customer-points", first(f"{admin}/customer/?q=shopper@", "points/")),
    ]
