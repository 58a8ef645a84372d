"""What is photographed: a page's name and how to get there."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tests.screenshots.buying import (
    AT_THE_DOOR,
    POSTAL_CODES,
    asked_to_cancel,
    cancelled,
    checkout_with_errors,
    confirmation,
    new_terms,
    reserved,
    with_a_cart,
)
from tests.screenshots.steps import Stop, Way, at, go

if TYPE_CHECKING:
    from playwright.sync_api import Page


def _with_open_filters(page: "Page", shop: str) -> None:
    go(page, f"{shop}/products/")
    drawer = page.locator(".listing__drawer > summary")
    if drawer.is_visible():
        drawer.click()


def _suggestions(page: "Page", shop: str) -> None:
    go(page, f"{shop}/")
    field = page.get_by_role("searchbox").first
    if not field.is_visible():
        page.get_by_text("Menu", exact=True).click()
    field.press_sequentially("me")
    page.locator("#suggestions a").first.wait_for()


def customer(page: "Page", shop: str, login: str, password: str) -> None:
    """Logged in as a customer, unless the browser is already."""
    go(page, f"{shop}/account/log-in/")
    if page.locator("main input[type=password]").count():
        page.locator("main input[type=email]").first.fill(login)
        page.locator("main input[type=password]").fill(password)
        page.get_by_role("main").get_by_role("button", name="Log in").click()
        page.wait_for_url("**/account/")


def customer_stops(paths: Sequence[tuple[str, str]], *, login: str, password: str) -> list[Stop]:
    """A customer's account, an order that arrived, a wish to send it back, and the way to pay with points."""

    def inside(path: str) -> Way:
        def arrive(page: "Page", shop: str) -> None:
            customer(page, shop, login, password)
            go(page, shop + path)

        return arrive

    def order(page: "Page", shop: str) -> None:
        customer(page, shop, login, password)
        go(page, f"{shop}/account/orders/")
        rows = page.get_by_role("main").get_by_role("listitem").filter(has_text="Delivered")
        go(page, shop + str(rows.last.get_by_role("link").get_attribute("href")))

    def send_back(page: "Page", shop: str) -> None:
        order(page, shop)
        page.get_by_role("link", name="Send something back").click()
        page.wait_for_load_state("load")

    def company(page: "Page", shop: str) -> None:
        """Asked for, and not approved of yet."""
        inside("/account/company/")(page, shop)
        if page.locator("main [name=company-name]").count():
            fields = {"name": "Example Ltd", "address1": "1 Main Street", "city": "Springfield"}
            fields["postal_code"] = POSTAL_CODES[page.locator("main [name=company-country]").input_value()]
            for name, text in fields.items():
                page.locator(f"main [name=company-{name}]").fill(text)
            for states in page.locator("main select[name=company-region]").all():
                states.select_option(index=1)
            page.locator("main form:has([name=company-name]) button[type=submit]").click()
            page.locator("main [name=company-name]").wait_for(state="detached")

    def with_points(page: "Page", shop: str) -> None:
        customer(page, shop, login, password)
        with_a_cart(page, shop)
        go(page, f"{shop}/checkout/")
        page.get_by_label("Points to spend").fill("100")
        page.get_by_label("Points to spend").press("Tab")
        page.get_by_text("less with your points.").wait_for()

    return [
        *(Stop(name, inside(path)) for name, path in paths),
        Stop("order", order),
        Stop("return", send_back),
        Stop("company-waits", company),
        Stop("company-waits-arabic", inside("/ar/account/company/")),
        Stop("checkout-with-points", with_points),
        Stop("cart-with-points", inside("/cart/")),
    ]


def _log_in(page: "Page", shop: str, login: str, password: str) -> None:
    go(page, f"{shop}/admin/")
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
        Stop("cart", with_a_cart),
        Stop("cart-arabic", at("/ar/cart/")),
        Stop("checkout", at("/checkout/")),
        Stop("checkout-errors", checkout_with_errors),
        Stop("confirmation", confirmation),
        Stop("checkout-new-terms", new_terms("")),
        Stop("order-cancel", asked_to_cancel),
        Stop("order-cancelled", cancelled),
        Stop("checkout-new-terms-arabic", new_terms("/ar")),
        Stop("order-reserved", reserved),
    ]


def staff_stops(paths: Sequence[tuple[str, str]], *, login: str, password: str, shopper: str, words: str) -> list[Stop]:
    """A shop's counter, from behind.

    `shopper` is a customer's log-in, with the same password; `words` find a product with variants.
    """

    def inside(path: str) -> Way:
        def arrive(page: "Page", shop: str) -> None:
            _log_in(page, shop, login, password)
            go(page, shop + path)

        return arrive

    def first(path: str, below: str) -> Way:
        def arrive(page: "Page", shop: str) -> None:
            inside(path)(page, shop)
            link = page.locator("#result_list tbody a[href*='/change/']").first
            go(page, f"{shop}{str(link.get_attribute('href')).partition('?')[0].removesuffix('change/')}{below}")

        return arrive

    def promised(page: "Page", shop: str) -> None:
        reserved(page, shop)
        first(f"{admin}/order/?payment_status__exact=authorized&is_test__exact=all", "change/")(page, shop)

    def unpaid_return(page: "Page", shop: str) -> None:
        """Of an order that is paid for at the door, where there is one; its customer asks for it first."""
        customer(page, shop, shopper, password)
        go(page, f"{shop}/account/orders/")
        addresses = [str(link.get_attribute("href")) for link in page.locator("main li a[href*='/orders/']").all()]
        address = ""
        for each in addresses:
            go(page, shop + each)
            if page.get_by_role("link", name="Send something back").count():
                address = address or each
                if page.get_by_text(AT_THE_DOOR).count():
                    address = each
                    break
        go(page, shop + address)
        page.get_by_role("link", name="Send something back").click()
        page.locator("main select:not([name=reason])").first.select_option("1")
        page.locator("main [name=reason]").select_option(index=1)
        page.locator("main form:has([name=reason]) button[type=submit]").click()
        page.wait_for_url(f"**{address}")
        first(f"{admin}/return/?status__exact=requested", "change/")(page, shop)

    def merge(page: "Page", shop: str) -> None:
        first(f"{admin}/customer/?q=shopper@", "merge/")(page, shop)
        page.locator("main form input[type=email]").fill(f"office@{login.partition('@')[2]}")
        page.get_by_role("button", name="Look at what moves").click()
        page.wait_for_load_state("load")

    def table(page: "Page", shop: str) -> None:
        inside(f"{admin}/product/?q={words}")(page, shop)
        key = str(page.locator("#result_list input.action-select").first.get_attribute("value")).replace("-", "")
        go(page, f"{shop}{admin}/product/table/?ids={key}")
        page.locator("[name=all-price]").fill("+10%")
        page.get_by_role("button", name="Preview the changes").click()
        page.wait_for_load_state("load")

    def columns(page: "Page", shop: str) -> None:
        inside(f"{admin}/order/?columns=recipient,country,paid_by,total")(page, shop)
        page.get_by_text("Choose columns").click()

    def navigation(page: "Page", shop: str) -> None:
        inside("/dashboard/")(page, shop)
        if page.locator("#frame-open").is_visible():
            page.locator("#frame-open").click()
        page.locator(".frame-whose").click()

    admin = "/admin/tenant_shop"
    to_send = f"{admin}/order/?status__in=confirmed,processing"
    return [
        *(Stop(name, inside(path)) for name, path in paths),
        Stop("admin-product", first(f"{admin}/product/?q={words}", "change/")),
        Stop("product-stock", first(f"{admin}/product/?q={words}", "stock/")),
        Stop("admin-order", first(f"{admin}/order/?status__exact=shipped", "change/")),
        Stop("admin-order-promised", promised),
        Stop("order-edit", first(f"{admin}/order/?status__exact=pending", "edit/")),
        Stop("order-refund", first(f"{admin}/order/?status__exact=delivered", "refund/")),
        Stop("order-return", first(f"{admin}/order/?status__exact=delivered", "return/")),
        Stop("order-cancel", first(f"{admin}/order/?status__exact=pending", "cancel/")),
        Stop("order-history", first(f"{admin}/order/", "history/")),
        Stop("order-columns", columns),
        Stop("product-table", table),
        Stop("review", first(f"{admin}/productreview/?status__exact=pending", "change/")),
        Stop("customer", first(f"{admin}/customer/?q=shopper@", "change/")),
        Stop("customer-merge-preview", merge),
        Stop("category", first(f"{admin}/category/", "change/")),
        Stop("shipping-zone", first(f"{admin}/shippingzone/", "change/")),
        Stop("page", first(f"{admin}/page/", "change/")),
        Stop("navigation", navigation),
        Stop("admin-send", first(to_send, "fulfil/")),
        Stop("return-unpaid", unpaid_return),
        Stop("return-requested", first(f"{admin}/return/?status__exact=requested", "change/")),
        Stop("return-approved", first(f"{admin}/return/?status__exact=approved", "change/")),
        Stop("customer-points", first(f"{admin}/customer/?q=shopper@", "points/")),
        Stop("customer-merge", first(f"{admin}/customer/?q=shopper@", "merge/")),
        Stop("company", first(f"{admin}/company/", "change/")),
        Stop("purchase-request", first(f"{admin}/purchaserequest/", "change/")),
        Stop("quote-open", first(f"{admin}/quoterequest/?status__exact=requested", "change/")),
        Stop("quote-answer", first(f"{admin}/quoterequest/?status__exact=requested", "answer/")),
        Stop("quote-answered", first(f"{admin}/quoterequest/?status__exact=answered", "change/")),
        Stop("customer-group", first(f"{admin}/customergroup/", "change/")),
        Stop("price-list", first(f"{admin}/pricelist/", "change/")),
    ]
