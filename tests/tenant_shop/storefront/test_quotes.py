"""Asking for a quote, looking at it, accepting and declining it, in pages; and who gets none of them."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from smartseller.formats import day
from tenant_shop.models import CartItem, Order, ProductVariant, QuoteRequest
from tests.accounts import account, logged_in
from tests.factories.catalog import ProductFactory
from tests.quoting import answered, asked, take_requests
from tests.shopper import Shopper
from tests.tenant_shop.storefront.test_purchase import BUYER


@pytest.fixture
def mug(selling):
    take_requests()
    made = ProductFactory(name="Mug", slug="mug", sku="MUG", price="12.00", stock=50)
    return ProductVariant.objects.select_related("product").get(product=made)


@pytest.fixture
def ann(mug):
    return account("ann@example.com", first_name="Ann", last_name="Example")


def words(page) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


def path(quote, verb: str = "") -> str:
    return f"/quotes/{quote.public_token}/{verb}"


def test_a_customer_asks_is_answered_and_orders(ann):
    shopper = logged_in()
    shopper.follow(shopper.add("mug", quantity="20"))
    cart = shopper.get("/cart/")
    assert 'href="/quotes/new/"' in cart.content.decode()
    page = shopper.get("/quotes/new/")
    assert "20 \N{MULTIPLICATION SIGN} €12.00" in words(page)
    assert 'name="email"' not in page.content.decode()
    sent = shopper.submit(page, "/quotes/new/", note="For our café.")
    quote = QuoteRequest.objects.get()
    assert (sent.status_code, sent["Location"]) == (302, path(quote))
    assert (quote.customer_id, quote.email, quote.name, quote.note) == (
        ann.pk,
        "ann@example.com",
        "Ann Example",
        "For our café.",
    )
    waiting = words(shopper.follow(sent))
    assert f"Waiting for an answer Asked on {day(quote.created_at)}" in waiting
    assert "Accept and order" not in waiting
    assert "Your cart is empty" in words(shopper.get("/cart/"))

    answered(quote, "10.00", shipping=Decimal(15), note="Gladly.")
    page = shopper.get(path(quote))
    assert "Gladly." in words(page)
    assert "20 €10.00 Normal price €12.00 €200.00" in words(page)
    assert "Subtotal €200.00 Delivery €15.00 Total €215.00" in words(page)
    assert page["Referrer-Policy"] == "no-referrer"
    assert f"Quote {quote.number}" in words(shopper.get("/account/quotes/"))

    checkout = shopper.get(path(quote, "accept/"))
    assert "Delivery as agreed" in words(checkout)
    assert "Order and pay €215.00" in words(checkout)
    placed = shopper.submit(
        checkout, path(quote, "accept/"), **{**BUYER, "shipping_method": "agreed", "email": "ann@example.com"}
    )
    order = Order.objects.get()
    assert placed["Location"] == f"/orders/{order.public_token}/"
    assert (f"{order.total_amount:.2f}", order.customer_id) == ("215.00", ann.pk)
    done = shopper.get(path(quote))
    assert f'href="/account/orders/{order.pk}/"' in done.content.decode()
    assert "Accept and order" not in words(done)
    assert shopper.get(path(quote, "accept/"))["Location"] == path(quote)


def test_a_guest_asks_with_name_and_address(mug):
    shopper = Shopper()
    shopper.follow(shopper.add("mug", quantity="2"))
    page = shopper.get("/quotes/new/")
    refused = shopper.submit(page, "/quotes/new/", name="", email="nobody")
    assert refused.status_code == 422
    assert "Please give your name." in words(refused)
    assert not QuoteRequest.objects.exists()
    sent = shopper.submit(refused, "/quotes/new/", name="Bo", email="bo@example.com")
    quote = QuoteRequest.objects.get()
    assert (quote.customer_id, quote.email, quote.name) == (None, "bo@example.com", "Bo")
    assert Shopper().get(sent["Location"]).status_code == 200  # the link is the key

    answered(quote, "11.00")
    checkout = shopper.get(path(quote, "accept/"))
    assert 'value="bo@example.com"' in checkout.content.decode()
    placed = shopper.submit(checkout, path(quote, "accept/"), **BUYER)
    assert placed.status_code == 302
    assert f"{Order.objects.get().subtotal_amount:.2f}" == "22.00"


def test_the_visitors_own_cart_stays_as_it_is_while_an_offer_is_accepted(mug):
    shopper = Shopper()
    quote = answered(asked((mug, 5)), "8.00")
    shopper.follow(shopper.add("mug", quantity="3"))
    checkout = shopper.get(path(quote, "accept/"))
    assert "Cart 3 Menu" in words(checkout)
    assert shopper.submit(checkout, path(quote, "accept/"), **BUYER).status_code == 302
    assert "Your cart 3 items" in words(shopper.get("/cart/"))
    assert f"{Order.objects.get().subtotal_amount:.2f}" == "40.00"


def test_a_customers_quote_is_nobody_elses(ann, mug):
    account("bob@example.com")
    quote = answered(asked((mug, 1), customer=ann), "8.00")
    stranger, bob = Shopper(), logged_in("bob@example.com")
    for verb in ("", "accept/"):
        assert (
            stranger.get(path(quote, verb))["Location"] == f"/account/log-in/?next=%2Fquotes%2F{quote.public_token}%2F"
        )
        assert bob.get(path(quote, verb)).status_code == 404
    for verb in ("decline/", "again/", "accept/"):
        page = bob.get("/cart/")
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())
        sent = bob.post(path(quote, verb), {"note": "x", "csrfmiddlewaretoken": token[1] if token else ""})
        assert sent.status_code in (403, 404), verb
    quote.refresh_from_db()
    assert quote.status == "answered"
    assert not Order.objects.exists()
    assert f"Quote {quote.number}" not in words(bob.get("/account/quotes/"))


def test_the_account_lists_the_latest_first(ann, mug):
    made = [asked((mug, 1), customer=ann) for _ in range(4)]
    for days, quote in zip((1, 3, 0, 2), made, strict=True):
        QuoteRequest.objects.filter(pk=quote.pk).update(created_at=timezone.now() - timedelta(days=days))
    listed = re.findall(r"Quote (Q-\w+)", words(logged_in().get("/account/quotes/")))
    assert listed == [made[place].number for place in (2, 0, 3, 1)]


def test_an_offer_that_changed_while_the_form_was_open_orders_nothing(mug):
    shopper = Shopper()
    quote = answered(asked((mug, 5)), "8.00")
    checkout = shopper.get(path(quote, "accept/"))
    answered(quote, "8.00", note="Corrected.")
    sent = shopper.submit(checkout, path(quote, "accept/"), **BUYER)
    assert sent["Location"] == path(quote)
    assert "was changed meanwhile. Nothing has been ordered." in words(shopper.follow(sent))
    assert not Order.objects.exists()


@pytest.mark.parametrize("revision", ["", "0", "x", "99999999999"])
def test_a_form_that_does_not_say_which_offer_it_accepts_orders_nothing(mug, revision):
    shopper = Shopper()
    quote = answered(asked((mug, 5)), "8.00")
    sent = shopper.submit(shopper.get(path(quote, "accept/")), path(quote, "accept/"), **BUYER, revision=revision)
    assert sent["Location"] == path(quote)
    assert not Order.objects.exists()


def test_who_sends_the_form_twice_is_led_to_the_same_order(mug):
    shopper = Shopper()
    quote = answered(asked((mug, 5)), "8.00")
    checkout = shopper.get(path(quote, "accept/"))
    first = shopper.submit(checkout, path(quote, "accept/"), **BUYER)
    second = shopper.submit(checkout, path(quote, "accept/"), **BUYER)
    assert first["Location"] == second["Location"]
    assert Order.objects.count() == 1


def test_declining_and_asking_again(mug):
    shopper = Shopper()
    quote = answered(asked((mug, 5)), "8.00")
    page = shopper.get(path(quote))
    empty = shopper.submit(page, path(quote, "again/"), note=" ")
    assert (empty.status_code, "Please write what the shop should look at again." in words(empty)) == (422, True)
    sent = shopper.submit(page, path(quote, "again/"), note="Would 7 do?")
    assert "Waiting for an answer" in words(shopper.follow(sent))
    answered(quote, "7.00")
    declined = shopper.submit(shopper.get(path(quote)), path(quote, "decline/"))
    page = shopper.follow(declined)
    assert "Declined" in words(page)
    assert "Would 7 do?" in words(page)
    late = shopper.submit(page, path(quote, "decline/")) if path(quote, "decline/") in page.content.decode() else None
    assert late is None


def test_an_offer_whose_time_is_over_cannot_be_accepted(mug):
    shopper = Shopper()
    quote = answered(asked((mug, 5)), "8.00")
    checkout = shopper.get(path(quote, "accept/"))
    QuoteRequest.objects.update(valid_until=timezone.now())
    assert "Its time is over" in words(shopper.get(path(quote)))
    sent = shopper.submit(checkout, path(quote, "accept/"), **BUYER)
    assert sent["Location"] == path(quote)
    assert "does not hold any more" in words(shopper.follow(sent))
    assert not Order.objects.exists()


@pytest.mark.parametrize("who", ["", "customers"])
def test_who_may_not_ask_is_offered_nothing(mug, who):
    take_requests(who)
    shopper = Shopper()
    shopper.follow(shopper.add("mug"))
    assert "/quotes/new/" not in shopper.get("/cart/").content.decode()
    answer = shopper.get("/quotes/new/")
    assert answer.status_code == (302 if who else 404)
    assert CartItem.objects.count() == 1


def test_an_empty_cart_asks_for_nothing(mug):
    assert Shopper().get("/quotes/new/")["Location"] == "/cart/"
