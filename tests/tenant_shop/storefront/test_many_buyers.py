"""Many buyers at the same moment, over HTTP, at a web process as in production: one gets it, the others read why."""

import http.client
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest

from tenant_shop.models import DiscountCode, DiscountRedemption, Order, Payment
from tenant_shop.verification.verify_shop import verify_shop
from tests.browser import Site
from tests.factories.catalog import ProductFactory
from tests.factories.promotions import DiscountCodeFactory
from tests.shopper import forms_in
from tests.shopping import stock_of, stocked
from tests.tenant_shop.storefront.test_purchase import BUYER

pytestmark = pytest.mark.slow
# How many come into the shop at once; to order, all come at the same moment.
AT_THE_DOOR = 8


@dataclass(frozen=True)
class Page:
    status: int
    location: str
    content: bytes

    @property
    def text(self) -> str:
        return unescape(self.content.decode())


@dataclass
class Buyer:
    """A browser with cookies of its own."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> Page:
        """Send it, again as long as the shop says that it is busy: it has promised that nothing was changed."""
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
            headers = {
                "Host": f"acme.localhost:{self.port}",
                "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
                "Content-Type": "application/x-www-form-urlencoded",
                "Sec-Fetch-Site": "same-origin",
            }
            connection.request(method, path, urlencode(form) if form else None, headers)
            answer = connection.getresponse()
            page = Page(answer.status, answer.headers.get("Location", ""), answer.read())
            for cookie in answer.headers.get_all("Set-Cookie") or ():
                name, _, value = cookie.partition(";")[0].partition("=")
                self.cookies[name] = value
            connection.close()
            if page.status != 503:
                return page
            assert answer.headers["Retry-After"] == "5"
            assert "Nothing was changed." in page.text

    def fields(self, path: str, action: str) -> dict[str, str]:
        """The form of the page at `path` that leads to `action`, as it stands there."""
        return next(form for form in forms_in(self.ask("GET", path)) if form.action == action).fields  # type: ignore[arg-type]

    def fill_cart(self, slug: str, code: str = "") -> "Buyer":
        action = f"/cart/lines/add/{slug}/"
        assert self.ask("POST", action, self.fields(f"/products/{slug}/", action)).status == 302
        if code:
            assert self.ask("GET", f"/discount/{code}/").status == 302
        return self

    def filled_in(self, **changes: str) -> dict[str, str]:
        """The checkout's form, ready to be sent."""
        return {**self.fields("/checkout/", "/checkout/"), **BUYER, **changes}


@pytest.fixture
def buyers(selling: Any, site: Site) -> Iterator[Callable[..., list[tuple[Buyer, dict[str, str]]]]]:
    """Makes buyers with the thing in their carts and the checkout before them: `buyers(200, "mug")`."""

    def make(number: int, slug: str, code: str = "") -> list[tuple[Buyer, dict[str, str]]]:
        def come(which: int) -> tuple[Buyer, dict[str, str]]:
            buyer = Buyer(site.port).fill_cart(slug, code)
            return buyer, buyer.filled_in(email=f"buyer{which}@example.com")

        with ThreadPoolExecutor(AT_THE_DOOR) as door:
            return list(door.map(come, range(number)))

    return make


def order_at_once(sent: Sequence[tuple[Buyer, dict[str, str]]]) -> list[Page]:
    gate = threading.Barrier(len(sent))

    def order(buyer: Buyer, form: dict[str, str]) -> Page:
        gate.wait()
        return buyer.ask("POST", "/checkout/", form)

    with ThreadPoolExecutor(len(sent)) as crowd:
        return list(crowd.map(order, *zip(*sent, strict=True)))


def test_of_two_hundred_buyers_of_one_thing_one_gets_it_and_the_others_read_that_it_is_sold_out(
    buyers: Callable[..., list[tuple[Buyer, dict[str, str]]]],
) -> None:
    mug = stocked(name="Stoneware mug", slug="mug", price="24.00", stock=1)
    pages = order_at_once(buyers(200, "mug"))
    assert Counter(page.status for page in pages) == {302: 1, 409: 199}
    (sold,) = [page for page in pages if page.status == 302]
    order = Order.objects.get()
    assert sold.location == f"/orders/{order.public_token}/"
    for page in pages:
        if page is not sold:
            assert "Stoneware mug is sold out." in page.text
            assert "Nothing has been ordered." in page.text
    assert stock_of(mug) == 0
    assert Payment.objects.count() == 1
    assert verify_shop() == []


def test_a_form_that_is_sent_fifty_times_at_once_orders_once_and_is_answered_the_same(
    buyers: Callable[..., list[tuple[Buyer, dict[str, str]]]],
) -> None:
    mug = stocked(slug="mug", stock=100)
    ((buyer, form),) = buyers(1, "mug")
    pages = order_at_once([(Buyer(buyer.port, dict(buyer.cookies)), form) for _ in range(50)])
    order = Order.objects.get()
    assert {(page.status, page.location, page.content) for page in pages} == {
        (302, f"/orders/{order.public_token}/", b"")
    }
    assert stock_of(mug) == 99
    assert verify_shop() == []


def test_the_same_token_with_another_cart_is_a_conflict_and_orders_nothing(
    buyers: Callable[..., list[tuple[Buyer, dict[str, str]]]],
) -> None:
    mug = stocked(slug="mug", stock=100)
    (first, form), (second, others) = buyers(2, "mug")
    assert first.ask("POST", "/checkout/", form).status == 302
    page = second.ask("POST", "/checkout/", {**others, "token": form["token"]})
    assert page.status == 409
    assert Order.objects.count() == 1
    assert stock_of(mug) == 99
    assert second.ask("POST", "/checkout/", second.filled_in()).status == 302, "the page has a token of its own again"


def test_a_code_for_one_order_is_used_by_one_of_fifty(
    buyers: Callable[..., list[tuple[Buyer, dict[str, str]]]],
) -> None:
    ProductFactory(name="Stoneware mug", slug="mug", price=Decimal("24.00"), stock=100)
    DiscountCodeFactory(code="ONCE", usage_limit=1)
    pages = order_at_once(buyers(50, "mug", "ONCE"))
    assert Counter(page.status for page in pages) == {302: 1, 409: 49}
    for page in pages:
        if page.status == 409:
            assert "ONCE has been used up." in page.text
            assert "Nothing has been ordered." in page.text
    assert DiscountCode.objects.get().usage_count == DiscountRedemption.objects.count() == Order.objects.count() == 1
    assert verify_shop() == []
