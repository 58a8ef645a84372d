"""A company's people at work: the buyer on the way to an approval, the approver who decides, the admin."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tests.screenshots.steps import Stop, Way, go
from tests.screenshots.walk import customer

if TYPE_CHECKING:
    from playwright.sync_api import Page

Paths = Sequence[tuple[str, str]]
# Enough of it needs an approval; it is sold in packs of six.
DEAR = {"fernmoor": ("moorland-sleeping-mat", "12"), "kasumino": ("morning-mug", "24")}
BUYER: Paths = [
    ("overview", "/account/"),
    ("company", "/account/company/"),
    ("orders", "/account/company/orders/"),
    ("quotes", "/account/quotes/"),
    ("quick-order", "/quick-order/"),
]
# What is photographed from right to left, too.
ARABIC: Paths = [
    ("company-arabic", "/ar/account/company/"),
    ("orders-arabic", "/ar/account/company/orders/"),
    ("quotes-arabic", "/ar/account/quotes/"),
]
ADMIN: Paths = [
    ("members", "/account/company/members/"),
    ("members-arabic", "/ar/account/company/members/"),
]


def company_groups(slug: str, password: str) -> Iterator[tuple[str, list[Stop]]]:
    """The name of each member's folder, and their stops."""

    def member(name: str) -> "Member":
        return Member(f"{name}@{slug}.example", password)

    yield "buyer", buyer_stops(member("buyer"), *DEAR[slug])
    yield "approver", approver_stops(member("approver"))
    yield "office", admin_stops(member("office"))


class Member:
    """Somebody who logs in wherever they go."""

    def __init__(self, login: str, password: str) -> None:
        self.login, self.password = login, password

    def at(self, path: str) -> Way:
        def arrive(page: "Page", shop: str) -> None:
            customer(page, shop, self.login, self.password)
            go(page, shop + path)

        return arrive

    def first(self, path: str, link: str, *, language: str = "") -> Way:
        """The first page that the list at `path` leads to by an address with `link` in it."""

        def arrive(page: "Page", shop: str) -> None:
            self.at(path)(page, shop)
            found = page.locator(f"main a[href*='{link}']").first
            go(page, shop + language + str(found.get_attribute("href")))

        return arrive


def buyer_stops(buyer: Member, product: str, pieces: str) -> list[Stop]:
    def cart(page: "Page", shop: str) -> None:
        buyer.at(f"/products/{product}/")(page, shop)
        page.get_by_role("spinbutton").first.fill(pieces)
        page.get_by_role("main").get_by_role("button", name="Add").first.click()
        page.wait_for_url("**/cart/")

    def request(page: "Page", shop: str) -> None:
        buyer.at("/checkout/")(page, shop)
        page.get_by_label("Purchase-order number").fill("PO-2026-118")
        page.get_by_role("button", name="Send for approval").click()
        page.wait_for_url("**/account/company/requests/**")

    def offer(page: "Page", shop: str) -> None:
        buyer.at("/account/quotes/")(page, shop)
        found = page.get_by_role("main").get_by_role("listitem").filter(has_text="Answered").get_by_role("link").first
        go(page, shop + str(found.get_attribute("href")))

    def offer_in_arabic(page: "Page", shop: str) -> None:
        offer(page, shop)
        go(page, page.url.replace("/quotes/", "/ar/quotes/"))

    def accept(page: "Page", shop: str) -> None:
        offer(page, shop)
        go(page, f"{page.url}accept/")

    return [
        *(Stop(name, buyer.at(path)) for name, path in [*BUYER, *ARABIC]),
        Stop("order", buyer.first("/account/company/orders/", "/company/orders/")),
        Stop("order-arabic", buyer.first("/account/company/orders/", "/company/orders/", language="/ar")),
        Stop("products", buyer.at("/products/")),
        Stop("product", buyer.at(f"/products/{product}/")),
        Stop("product-arabic", buyer.at(f"/ar/products/{product}/")),
        Stop("quote-open", buyer.first("/account/quotes/", "/quotes/")),
        Stop("offer", offer),
        Stop("offer-arabic", offer_in_arabic),
        Stop("offer-checkout", accept),
        Stop("cart", cart),
        Stop("quote-new", buyer.at("/quotes/new/")),
        Stop("checkout", buyer.at("/checkout/")),
        Stop("checkout-arabic", buyer.at("/ar/checkout/")),
        Stop("request", request),
        Stop("requests", buyer.at("/account/company/requests/")),
    ]


def approver_stops(approver: Member) -> list[Stop]:
    requests = "/account/company/requests/"
    return [
        Stop("company", approver.at("/account/company/")),
        Stop("requests", approver.at(requests)),
        Stop("request", approver.first(requests, "/company/requests/")),
        Stop("request-arabic", approver.first(requests, "/company/requests/", language="/ar")),
    ]


def admin_stops(admin: Member) -> list[Stop]:
    members = "/account/company/members/"
    return [
        *(Stop(name, admin.at(path)) for name, path in ADMIN),
        Stop("member", admin.first(members, "/company/members/")),
        Stop("member-arabic", admin.first(members, "/company/members/", language="/ar")),
    ]
