"""Every page of the storefront, as a shopper meets them: to buy, to pay, to come back."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from django.utils import timezone

from tenant_shop.customers.find import customer_by_email
from tenant_shop.loyalty.earn import earn_points
from tenant_shop.models import Order, QuoteRequest
from tests.accounts import PASSWORD, csrf, link_in, log_in, mails
from tests.quoting import answered
from tests.shopper import Shopper
from tests.walk_companies import walk_the_company

BUYER = {
    "email": "mark§@example.com",
    "first_name": "§Ann",
    "last_name": "§Example",
    "address1": "§1 Main Street",
    "postal_code": "10115",
    "city": "§Berlin",
    "action": "order",
}


Get = Callable[..., tuple[str, Any]]
Post = Callable[[str, str, dict[str, str], int], tuple[str, Any]]


def walk_what_was_bought(
    prefix: str, get: Get, post: Post, shopper: Shopper, token: dict[str, str]
) -> Iterator[tuple[str, Any]]:
    """Orders, returns, reviews and wishes of the customer who is logged in."""
    yield get("my_orders", "/account/orders/")
    yield get("my_quotes", "/account/quotes/")
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
    yield from walk_a_guests_return(prefix, order)
    yield get("review", "/account/reviews/mug/")
    yield post("review", "/account/reviews/mug/", token, 422)
    yield post("review", "/account/reviews/shirt/", token | {"rating": "5"}, 403)
    shopper.post(f"{prefix}/account/reviews/mug/", token | {"rating": "5"})
    yield get("my_reviews", "/account/reviews/")


def walk_a_guests_return(prefix: str, order: Order) -> Iterator[tuple[str, Any]]:
    """The same for whoever has the link of an order that is no customer's."""
    customer, guest = order.customer, Shopper()
    Order.objects.filter(pk=order.pk).update(customer=None)
    yield "order_return_by_link", guest.get(f"{prefix}/orders/{order.public_token}/return/")
    yield "order", guest.get(f"{prefix}/orders/{order.public_token}/")
    Order.objects.filter(pk=order.pk).update(customer=customer)


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
    yield from walk_a_quote(prefix)
    yield get("checkout", "/checkout/")
    checkout = shopper.get(f"{prefix}/checkout/")
    yield "checkout", shopper.submit(checkout, f"{prefix}/checkout/", action="order", email="x", first_name="")
    answer = shopper.submit(checkout, f"{prefix}/checkout/", **BUYER | {"email": "mark@example.com"})
    assert answer.status_code == 302, language
    yield "order", shopper.get(answer["Location"])
    yield post("order_account", f"{answer['Location'].removeprefix(prefix)}account/", {"password": "short"}, 422)
    yield from walk_the_payment(prefix, shopper)
    yield from walk_the_account(prefix, get, post, shopper)


def walk_a_quote(prefix: str) -> Iterator[tuple[str, Any]]:
    """What a guest sees who asks for a quote, gets one, asks again and declines."""
    shopper = Shopper()
    shopper.post(f"{prefix}/cart/lines/add/mug/", {"quantity": "2"})
    page = shopper.get(f"{prefix}/quotes/new/")
    yield "quote_new", page
    yield "quote_new", shopper.submit(page, f"{prefix}/quotes/new/", name="", email="x")
    sent = shopper.submit(page, f"{prefix}/quotes/new/", name="1", email="mark@example.com", note="100?")
    path = sent["Location"]
    yield "quote", shopper.get(path)
    asked_for = QuoteRequest.objects.latest("created_at")
    answered(asked_for, "9.00", shipping=Decimal(5), note="§Gladly.")
    page = shopper.get(path)
    yield "quote", page
    yield "quote_again", shopper.submit(page, f"{path}again/", note=" ")
    yield "quote_accept", shopper.get(f"{path}accept/")
    shopper.submit(page, f"{path}decline/")
    yield "quote_decline", shopper.get(path)


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
    yield from walk_the_company(prefix, get, post, shopper, token)
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
