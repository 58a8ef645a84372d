"""What follows a customer: the cart to every device, the details to the checkout, an offer after a guest's order."""

import re

import pytest

from tenant_shop.customers.address_book import Role, save_address
from tenant_shop.models import Customer, Order, ShoppingCart
from tests.accounts import account, link_in, log_in, logged_in, mails
from tests.shopper import Shopper, forms_in
from tests.shopping import order_of, stocked

NEW = "eight yellow saucers"
pytestmark = pytest.mark.usefixtures("selling")


def text(page) -> str:
    return re.sub(r"<!--.*?-->", "", page.content.decode())


def test_a_cart_follows_its_customer_to_every_device():
    account()
    stocked(name="Mug", slug="mug")
    stocked(name="Bowl", slug="bowl")
    phone, desk = Shopper(), Shopper()
    phone.add("mug", quantity="2")
    desk.add("bowl")
    log_in(phone)
    assert "1 item joined those in your cart." in text(phone.get("/account/"))
    log_in(desk)
    for shopper in (phone, desk):
        cart = text(shopper.get("/cart/"))
        assert "Mug" in cart
        assert "Bowl" in cart
    phone.add("mug")
    assert "Cart, 4 items" in text(desk.get("/"))
    cart = ShoppingCart.objects.get()
    order = phone.submit(phone.get("/checkout/"), "/checkout/", action="order", **BUYER)
    assert Order.objects.get().cart_id == cart.pk
    assert order.status_code == 302
    assert "cart-count" not in text(desk.get("/"))
    desk.add("bowl")
    assert "Cart, 1 item" in text(phone.get("/"))


BUYER = {
    "email": "ann@example.com",
    "first_name": "Ann",
    "last_name": "Example",
    "address1": "1 Main Street",
    "postal_code": "10115",
    "city": "Berlin",
}


def test_the_checkout_knows_the_customer_and_the_order_is_theirs():
    customer = account(phone="030 1")
    stocked(slug="mug")
    shopper = logged_in()
    page = shopper.get("/account/addresses/new/")
    given = {name: value for name, value in BUYER.items() if name != "email"} | {"country": "AT", "postal_code": "1010"}
    form = next(form for form in forms_in(page) if "address1" in form.fields)
    assert shopper.post("/account/addresses/new/", form.fields | given).status_code == 302
    shopper.add("mug")
    checkout = shopper.get("/checkout/")
    (filled,) = [form.fields for form in forms_in(checkout) if form.action == "/checkout/"]
    expected = BUYER | {"country": "AT", "postal_code": "1010", "phone": "030 1"}
    assert {name: filled[name] for name in expected} == expected
    answer = shopper.submit(checkout, "/checkout/", action="order")
    order = Order.objects.get()
    assert order.customer == customer
    page = shopper.follow(answer)
    assert "Come back more easily" not in text(page)


def test_a_guest_is_offered_an_account_after_the_order_whether_there_is_one_or_not():
    customer = account()
    pages = []
    for email in ("ann@example.com", "new@example.com"):
        order = order_of((stocked(stock=5), 1), email=email)
        path = f"/orders/{order.public_token}/"
        shopper = Shopper()
        assert "Come back more easily" in text(shopper.get(path))
        assert shopper.submit(shopper.get(path), f"{path}account/", password="short").status_code == 422
        answer = shopper.submit(shopper.get(path), f"{path}account/", password=NEW)
        assert answer["Location"] == path
        pages.append(answer.status_code)
    messages = {message.to[0]: message for message in mails()}
    assert "already" in messages["ann@example.com"].subject
    link = link_in(messages["new@example.com"])
    shopper = Shopper()
    shopper.post(link, {"password": NEW})
    opened = Customer.objects.exclude(pk=customer.pk).get()
    assert (opened.email, opened.first_name, opened.orders.count()) == ("new@example.com", "Ann", 1)


def test_the_profile_keeps_name_language_and_consent(configure):
    configure(languages=["de"])
    customer = account()
    shopper = logged_in()
    page = shopper.get("/account/profile/")
    changes = {"first_name": "Anna", "last_name": "", "phone": "1", "language": "de", "wants_marketing": "on"}
    assert shopper.submit(page, "/account/profile/", **changes).status_code == 302
    assert shopper.submit(page, "/account/profile/", **changes).status_code == 302
    customer.refresh_from_db()
    assert (customer.first_name, customer.last_name, customer.language) == ("Anna", None, "de")
    assert list(customer.consents.values_list("is_granted", "place")) == [(True, "profile")]
    shopper.submit(page, "/account/profile/", language="en")
    assert list(customer.consents.values_list("is_granted", flat=True)) == [True, False]
    assert shopper.submit(page, "/account/profile/", language="xx").status_code == 422


def test_another_customers_address_is_not_there():
    account()
    bob = account("bob@example.com")
    typed = {"last_name": "B", "address_line_1": "1", "postal_code": "10115", "city": "C", "country": "DE"}
    theirs = save_address(bob, typed, roles=frozenset(Role))
    shopper = logged_in()
    page = shopper.get("/account/addresses/new/")
    token = next(form for form in forms_in(page) if "address1" in form.fields).fields["csrfmiddlewaretoken"]
    path = f"/account/addresses/{theirs.pk}/"
    assert shopper.get(path).status_code == 404
    for target in (path, f"{path}remove/"):
        assert shopper.post(target, BUYER | {"country": "DE", "csrfmiddlewaretoken": token}).status_code == 404
    assert bob.addresses.get().last_name == "B"
