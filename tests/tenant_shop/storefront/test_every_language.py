"""Every page of the storefront in every language: nothing is left in English, and it runs in the right direction.

The merchant's own words carry a mark here. What reads the same in English and in another language, and is neither
marked nor the same word in both, was forgotten. What carries the mark says in which language it is, and nothing else
does.
"""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from platform_core.tenancy import directory
from tenant_shop.customers.find import customer_by_email
from tenant_shop.loyalty.earn import earn_points
from tenant_shop.models import Order, Page, ProductImage, ProductReview
from tenant_shop.storefront.urls import urlpatterns
from tests.accounts import PASSWORD, csrf, link_in, log_in, mails
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory, VariantFactory
from tests.factories.customers import CustomerFactory
from tests.shopper import Shopper

MARK = "§"
LANGUAGES = {"de": "ltr", "fr": "ltr", "ar": "rtl"}
# Attributes that are read to people or shown to them.
READ = {"aria-label", "alt", "placeholder", "title", "aria-description"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# The same word in both languages, by language; names, addresses and countries.
SAME = {
    "de": {"Bronze", "Name", "Shop", "Version"},
    "fr": {
        "Article",
        "Bronze",
        "Confirmation",
        "Description",
        "E-mail",
        "Menu",
        "Pages",
        "Points",
        "Stock",
        "Total",
        "1 article",
        "2 articles",
    },
    "ar": set(),
}
NAMES = {name for _, name in settings.LANGUAGES} | {"SmartSeller", "MUG", "mark@example.com"}
# Of no language: who buys, and where from; the letter that a brand is found under.
NOBODYS = {"§", "§Ann §.", "§Ann §Example", "§1 Main Street", "10115 §Berlin", "mark§@harbour.example"}
# Served at one address in every language, or only to machines.
NO_PAGES = {"theme", "media", "favicon", "robots", "sitemap", "sitemap_part", "google_feed"}
# Only the shop's own people see these.
FOR_STAFF = {"product_preview"}
# They take a form and lead to a page that the walk visits.
ONLY_LEAD_ON = {
    "log_out",
    "address_remove",
    "sessions_end",
    "order_again",
    "order_cancel",
    "wish_add",
    "wish_remove",
    "data_download",
    "erase_request",
    "discount_link",
}

# Parts of pages that are loaded on their own.
FRAGMENTS = {"suggestions"}

BUYER = {
    "email": "mark§@example.com",
    "first_name": "§Ann",
    "last_name": "§Example",
    "address1": "§1 Main Street",
    "postal_code": "10115",
    "city": "§Berlin",
    "action": "order",
}


class Words(HTMLParser):
    """What a page says to people: its texts, and the attributes that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        # (language, words) of what stands in one piece: the merchant's, and the page's own.
        self.spoken: set[tuple[str, str]] = set()
        self.languages: list[str] = []
        self.silent = 0
        self.frame: dict[str, str | None] = {}
        self.countries = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in VOID:
            inherited = self.languages[-1] if self.languages else ""
            self.languages.append(given.get("lang") or inherited)
        if tag == "html":
            self.frame = given
        self.silent += tag in ("script", "style")
        # Countries are named by CLDR; many are called the same.
        self.countries = given.get("name", "").endswith("country") if tag == "select" else self.countries
        if tag == "meta" and given.get("name") == "description":
            self._add(given.get("content"))
        for name in READ & given.keys():
            self._add(given[name])

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self.languages.pop()
        self.silent -= tag in ("script", "style")
        self.countries = self.countries and tag != "select"

    def handle_data(self, data: str) -> None:
        if not self.silent and not self.countries:
            self._add(data)
            self._hear(data)

    def _hear(self, data: str) -> None:
        words = " ".join(data.split())
        if words and self.languages and (MARK in words or re.search(r"[^\W\d_]{2}", words)):
            self.spoken.add((self.languages[-1], words))

    def _add(self, text: str | None) -> None:
        words = " ".join((text or "").split())
        if re.search(r"[^\W\d_]{2}", words) and MARK not in words:
            self.found.add(words)


def words_of(page: Any) -> Words:
    reader = Words()
    reader.feed(page.content.decode())
    return reader


@pytest.fixture
def marked(selling, configure) -> None:
    """A shop in four languages whose own words all carry the mark."""
    configure(
        store_name="§Shop",
        store_email="mark§@harbour.example",
        languages=["de", "fr", "ar"],
        payment_methods=["bank_transfer", "cash_on_delivery", "test_card"],
        test_mode=True,
        loyalty={"is_on": True, "since": "2026-01-01T00:00:00+00:00"},
        shipping_rates=[{"code": "standard", "name": "§Parcel", "amount": "4.90", "note": "§Soon"}],
    )
    Page.objects.filter(slug="about").update(title="§About", body="§Words.", is_published=True)
    kitchen = CategoryFactory(name="§Kitchen", slug="kitchen", description="§For cooks")
    CategoryFactory(name="§Mugs", slug="mugs", parent=kitchen)
    brand = BrandFactory(name="§Brand", slug="brand")
    common = {"category": kitchen, "brand": brand, "short_description": "§Short", "description": "<p>§Long</p>"}
    mug = ProductFactory(
        name="§Mug",
        slug="mug",
        sku="MUG",
        compare_at_price=Decimal("25"),
        stock=40,
        low_stock_threshold=50,
        tags=["featured"],
        features=["§Feature"],
        specifications={"§Weight": "§300 g"},
        **common,
    )
    ProductImage.objects.create(product=mug, url="/media/mug.webp", alt_text="§A mug", width=800, height=800)
    for rating in (5, 4):
        ProductReview.objects.create(
            product=mug, customer=CustomerFactory(first_name="§Ann", last_name="§B"), rating=rating, title="§Title",
            content="§Text", status="approved", is_verified_purchase=True,
        )  # fmt: skip
    shirt = ProductFactory(name="§Shirt", slug="shirt", stock=5, **common)
    VariantFactory(product=shirt, options={"§Size": "§M"}, stock=5)
    VariantFactory(product=shirt, options={"§Size": "§L"}, stock=0)
    priced = ProductFactory(name="§Lamp", slug="lamp", stock=5, **common)
    VariantFactory(product=priced, options={"§Size": "§M"}, stock=5, price=Decimal("40"))
    ProductFactory(name="§Gone", slug="gone", stock=0, **common)
    ProductFactory(name="§Shown", slug="shown", stock=1, visibility="catalog_only", **common)
    for number in range(25):
        ProductFactory(name=f"§Cup {number}", slug=f"cup-{number}", stock=1, category=kitchen, brand=brand)


Get = Callable[..., tuple[str, Any]]
Post = Callable[[str, str, dict[str, str], int], tuple[str, Any]]


def walk_what_was_bought(
    prefix: str, get: Get, post: Post, shopper: Shopper, token: dict[str, str]
) -> Iterator[tuple[str, Any]]:
    """Orders, returns, reviews and wishes of the customer who is logged in."""
    yield get("my_orders", "/account/orders/")
    yield get("wishlist", "/account/wishlist/")
    shopper.post(f"{prefix}/account/wishlist/add/", {"product": "mug"})
    yield get("wishlist", "/account/wishlist/")
    shopper.post(f"{prefix}/cart/lines/add/mug/", {"quantity": "2"})
    page = shopper.get(f"{prefix}/checkout/")
    shopper.submit(page, f"{prefix}/checkout/", **BUYER | {"email": "mark@example.com"})
    order = Order.objects.latest("created_at")
    yield get("account", "/account/")
    yield get("my_orders", "/account/orders/")
    path = f"/account/orders/{order.pk}/"
    yield get("my_order", path)
    yield get("my_reviews", "/account/reviews/")
    sent = {"shipping_carrier": "1", "tracking_number": "1", "shipped_at": timezone.now()}
    Order.objects.filter(pk=order.pk).update(status="delivered", delivered_at=timezone.now(), **sent)
    yield post("my_order", f"{path}cancel/", token, 409)
    yield get("return_request", f"{path}return/")
    yield post("return_request", f"{path}return/", token, 422)
    yield get("points", "/account/points/")
    earn_points(order.pk, actor="ann")
    yield get("points", "/account/points/")
    item = order.items.get()
    yield post("return_request", f"{path}return/", token | {item.pk.hex: "0", "reason": "damaged"}, 422)
    shopper.post(f"{prefix}{path}return/", token | {item.pk.hex: "2", "reason": "damaged"})
    yield get("my_order", path)
    yield get("return_request", f"{path}return/")
    yield get("review", "/account/reviews/mug/")
    yield post("review", "/account/reviews/mug/", token, 422)
    yield post("review", "/account/reviews/shirt/", token | {"rating": "5"}, 403)
    shopper.post(f"{prefix}/account/reviews/mug/", token | {"rating": "5"})
    yield get("my_reviews", "/account/reviews/")


def walk(prefix: str, language: str) -> Iterator[tuple[str, Any]]:
    """(name of the address, page) of everything that a shopper can see, the refusals included."""
    shopper = Shopper()

    def get(name: str, path: str, status: int = 200, **query: str) -> tuple[str, Any]:
        page = shopper.get(prefix + path, **query)
        assert page.status_code == status, (language, path, page.status_code)
        return name, page

    def post(name: str, path: str, data: dict[str, str], status: int) -> tuple[str, Any]:
        page = shopper.post(prefix + path, data)
        assert page.status_code == status, (language, path, page.status_code)
        return name, page

    yield get("home", "/")
    yield get("product_list", "/products/")
    yield get("product_list", "/products/", page="2")
    yield get("product_list", "/products/", q="§Mug")
    yield get("product_list", "/products/", q="§nothing", available="1")
    yield get("category", "/categories/kitchen/")
    yield get("category", "/categories/mugs/")
    yield get("brands", "/brands/")
    yield get("brand", "/brands/brand/")
    for slug in ("mug", "shirt", "lamp", "gone", "shown"):
        yield get("product", f"/products/{slug}/")
    yield get("not found", "/products/nothing/", 404)
    yield "suggestions", Shopper(hx_request="true").get(f"{prefix}/search/suggestions/", q="§Mu")
    yield "suggestions", Shopper(hx_request="true").get(f"{prefix}/search/suggestions/", q="§nothing")
    yield get("page", "/pages/about/")
    yield post("notify", "/products/gone/notify/", {"email": "nobody"}, 422)
    yield get("notify_leave", "/notify/leave/unknown/")
    yield get("quick_order", "/quick-order/")
    yield post("cart_add_lines", "/cart/lines/add/", {"lines": "§NONE 1\nMUG 99\nMUG"}, 422)
    yield get("cart", "/cart/")
    yield get("account", "/account/")
    yield post("account", "/account/", {}, 422)
    yield post("account", "/account/", {"number": "§1", "email": "a@example.com"}, 404)
    yield post("cart_add", "/cart/lines/add/mug/", {"quantity": "0"}, 422)
    shopper.post(f"{prefix}/cart/lines/add/mug/", {"quantity": "2"})
    yield get("cart", "/cart/")
    cart = shopper.get(f"{prefix}/cart/")
    yield "cart_coupon", shopper.submit(cart, f"{prefix}/cart/coupon/", code="§NO")
    line = re.search(rf'action="({prefix}/cart/lines/[0-9a-f-]{{36}}/)"', cart.content.decode())
    assert line
    yield "cart_line", shopper.submit(cart, line[1], quantity="99")
    where = f"{prefix}/cart/estimate/"
    yield "cart_estimate", shopper.submit(cart, where, **{"estimate-country": "", "estimate-postal_code": "9" * 30})
    assert shopper.submit(cart, where, **{"estimate-country": "DE"}).status_code == 302, language
    laid_aside = shopper.follow(shopper.submit(cart, f"{line[1]}save/"))
    yield "cart_save", laid_aside
    saved = re.search(rf'action="({prefix}/cart/saved/[0-9a-f-]{{36}}/)"', laid_aside.content.decode())
    assert saved
    yield "cart_saved", shopper.follow(shopper.submit(laid_aside, saved[1], action="back"))
    yield get("checkout", "/checkout/")
    checkout = shopper.get(f"{prefix}/checkout/")
    yield "checkout", shopper.submit(checkout, f"{prefix}/checkout/", action="order", email="x", first_name="")
    answer = shopper.submit(checkout, f"{prefix}/checkout/", **BUYER | {"email": "mark@example.com"})
    assert answer.status_code == 302, language
    yield "order", shopper.get(answer["Location"])
    yield post("order_account", f"{answer['Location'].removeprefix(prefix)}account/", {"password": "short"}, 422)
    yield from walk_the_payment(prefix, shopper)
    yield from walk_the_account(prefix, get, post, shopper)


def walk_the_payment(prefix: str, shopper: Shopper) -> Iterator[tuple[str, Any]]:
    """What a shopper sees whose card is no card, is declined, has its bank ask, and takes its time."""
    shopper.post(f"{prefix}/cart/lines/add/mug/", {"quantity": "1"})
    checkout = shopper.get(f"{prefix}/checkout/")
    card = {"email": "mark@example.com", "payment_method": "test_card"}
    answer = shopper.submit(checkout, f"{prefix}/checkout/", **BUYER | card)
    path = answer["Location"]
    assert path.startswith(f"{prefix}/orders/"), path
    page = shopper.get(path)
    yield "order_pay", page
    yield "order", shopper.get(path.removesuffix("pay/"))
    yield "order_pay", shopper.submit(page, path, number="1", expiry="1", code="1")
    card = {"expiry": "12/99", "code": "123"}
    page = shopper.follow(shopper.submit(page, path, number="4000000000009995", **card))
    yield "order_pay", page
    answer = shopper.submit(page, path, number="4000002760003184", **card)
    yield "order_pay", shopper.get(path)
    bank = answer["Location"].removeprefix("http://acme.localhost")
    yield "test_bank", shopper.get(bank)
    page = shopper.follow(shopper.post(bank, {"answer": "refuse"}))
    yield "order_pay", page
    shopper.submit(page, path, number="4000000000000077", **card)
    yield "order_pay", shopper.get(path)


def walk_the_account(prefix: str, get: Get, post: Post, shopper: Shopper) -> Iterator[tuple[str, Any]]:
    """What a shopper sees who registers, loses a password, and has an account."""
    yield get("log_in", "/account/log-in/")
    yield post("log_in", "/account/log-in/", {"email": "x"}, 422)
    yield post("log_in", "/account/log-in/", {"email": "nobody@example.com", "password": "x"}, 403)
    yield get("register", "/account/register/")
    yield post("register", "/account/register/", {"email": "mark@example.com", "password": "1234567"}, 422)
    answer = {"email": f"mark{prefix[1:]}@example.com", "password": PASSWORD}
    yield post("register", "/account/register/", answer, 200)
    link = link_in(mails()[-1]).removeprefix(prefix)
    yield get("confirm_account", link)
    yield post("confirm_account", link, {"password": "x"}, 403)
    yield get("confirm_account", "/account/confirm/none/", 410)
    yield get("reset_request", "/account/password/reset/")
    yield post("reset_request", "/account/password/reset/", {"email": answer["email"]}, 200)
    shopper.post(prefix + link, {"password": PASSWORD})
    yield get("account", "/account/")
    Shopper().post(f"{prefix}/account/password/reset/", {"email": answer["email"]})
    link = link_in(mails()[-1]).removeprefix(prefix)
    yield get("reset_password", link)
    yield post("reset_password", link, {"password": "x"}, 422)
    yield get("profile", "/account/profile/")
    yield get("change_password", "/account/password/")
    yield get("change_email", "/account/email/")
    yield get("address_new", "/account/addresses/new/")
    token = csrf(shopper.get(f"{prefix}/account/addresses/new/"))
    for path in ("/account/profile/", "/account/password/", "/account/email/", "/account/addresses/new/"):
        yield post("refused", path, token, 422)
    yield get("addresses", "/account/addresses/")
    address = {
        "first_name": "1",
        "last_name": "1",
        "address1": "1",
        "postal_code": "10115",
        "city": "1",
        "country": "DE",
    }
    roles = {"is_for_shipping": "on", "is_for_billing": "on"}
    shopper.post(f"{prefix}/account/addresses/new/", address | roles | token)
    page = shopper.get(f"{prefix}/account/addresses/")
    yield "addresses", page
    (path,) = re.findall(r'href="(\S*/account/addresses/[0-9a-f-]{36}/)"', page.content.decode()) or [""]
    yield "address", shopper.get(path)
    shopper.post(f"{path}remove/", token)
    yield from walk_what_was_bought(prefix, get, post, shopper, token)
    log_in(Shopper(user_agent="Firefox Linux"), answer["email"])
    yield get("sessions", "/account/log-ins/")
    shopper.post(f"{prefix}/account/log-ins/end/", token)
    yield get("sessions", "/account/log-ins/")
    change = {"email": f"new{prefix[1:]}@example.com", "password": PASSWORD}
    shopper.post(f"{prefix}/account/email/", change | token)
    confirm, undo = (link_in(message).removeprefix(prefix) for message in mails()[-2:])
    yield get("confirm_email", confirm)
    yield get("undo_email", undo)
    Order.objects.filter(customer=customer_by_email(answer["email"])).update(status="delivered")
    yield get("my_data", "/account/data/")
    shopper.post(f"{prefix}/account/erase/", token)
    yield get("erase", link_in(mails()[-1]).removeprefix(prefix))
    shopper.post(f"{prefix}/account/log-out/", {})
    yield get("home", "/")


def test_the_walk_visits_every_address() -> None:
    visited = re.findall(r'(?:get|post|yield)[ (]"(\w+)"', Path(__file__).read_text())
    assert {pattern.name for pattern in urlpatterns} - NO_PAGES - FOR_STAFF - ONLY_LEAD_ON == set(visited) & {
        p.name for p in urlpatterns
    }


@pytest.mark.usefixtures("marked")
@pytest.mark.parametrize("look", ["atelier", "market"])
def test_every_page_is_whole_in_every_language(platform: Any, look: str) -> None:
    platform.update_tenant("acme", theme_config={"look": look})
    directory.clear()
    english: list[tuple[str, Words]] = [(name, words_of(page)) for name, page in walk("", "en")]
    assert {reader.frame["lang"] for name, reader in english if name not in FRAGMENTS} == {"en"}
    assert {words for _, reader in english for spoken, words in reader.spoken if spoken not in ("en", "")} <= NAMES
    forgotten: dict[str, set[str]] = {}
    for language, direction in LANGUAGES.items():
        for (name, before), (_, page) in zip(english, walk(f"/{language}", language), strict=True):
            after = words_of(page)
            if name not in FRAGMENTS:
                assert (after.frame["lang"], after.frame["dir"]) == (language, direction), name
            words_of_shop = {words for _, words in before.spoken if MARK in words} - NOBODYS
            unmarked = {words for spoken, words in after.spoken if words in words_of_shop and spoken != "en"}
            mismarked = {words for spoken, words in after.spoken if MARK not in words and spoken == "en"} - NAMES
            assert (unmarked, mismarked) == (set(), set()), (language, name)
            left = {words for words in before.found & after.found if words not in SAME[language] | NAMES}
            if left:
                forgotten[f"{language} {name}"] = left
    assert forgotten == {}
