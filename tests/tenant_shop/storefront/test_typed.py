"""A form typed before a session ended, or before somebody logged in in another tab: not lost, and not shown around."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from tenant_shop.customers.sessions import CustomerSession
from tenant_shop.models import CartItem, CustomerAddress, Order, Product, QuoteRequest
from tenant_shop.storefront import typed
from tests.accounts import PASSWORD, account, logged_in
from tests.factories.catalog import ProductFactory
from tests.quoting import take_requests
from tests.shopper import Shopper, forms_in
from tests.tenant_shop.storefront.test_purchase import BUYER

OUT_OF_DATE = "This page was out of date: nothing was done. Please check and send it again."
OWN = {"sec-fetch-site": "same-origin"}
TYPED = {**BUYER, "address1": "7 Typed Lane", "notes": "Ring twice", "terms": "on"}
NEW = "/account/addresses/new/"
ADDRESS = {"first_name": "Ann", "last_name": "Example", "address1": "7 Typed Lane", "is_for_billing": "on"}


@pytest.fixture
def mug(selling: Any) -> Product:
    return ProductFactory(slug="mug", stock=5)


def has(page: Any, value: str) -> bool:
    return value in page.content.decode()


def send(shopper: Shopper, page: Any, path: str, **fields: str) -> Any:
    form = next(form for form in forms_in(page) if form.action in (path, "") and "csrfmiddlewaretoken" in form.fields)
    boxes = ("is_for_shipping", "is_for_billing")
    return shopper.post(path, {name: value for name, value in form.fields.items() if name not in boxes} | fields)


def ended(shopper: Shopper, page: str, **fields: str) -> Any:
    """Send the form of `page` once the session is over: the answer is the log-in."""
    form = shopper.get(page)
    CustomerSession.objects.all().delete()
    answer = send(shopper, form, page, **fields)
    assert answer.status_code == 302
    return shopper.follow(answer)


def log_in_again(shopper: Shopper, page: Any, email: str = "ann@example.com") -> Any:
    return shopper.follow(shopper.submit(page, "/account/log-in/", email=email, password=PASSWORD))


def test_what_was_typed_at_the_checkout_is_there_after_logging_in_again(mug: Product) -> None:
    account()
    ann = logged_in()
    ann.follow(ann.add("mug"))
    asks = ended(ann, "/checkout/", **TYPED)
    back = log_in_again(ann, asks)
    assert has(back, 'value="7 Typed Lane"')
    assert has(back, "Ring twice")
    assert not Order.objects.exists(), "nothing is sent by itself"
    assert not has(ann.get("/checkout/"), "7 Typed Lane"), "once"


def test_an_address_too_with_its_boxes_as_they_were(selling: Any) -> None:
    account()
    ann = logged_in()
    asks = ended(ann, NEW, **ADDRESS)
    form = log_in_again(ann, asks)
    assert has(form, 'value="7 Typed Lane"')
    assert has(form, 'name="is_for_billing" id="id_is_for_billing" checked')
    assert not has(form, 'name="is_for_shipping" id="id_is_for_shipping" checked')
    assert not CustomerAddress.objects.exists()


def test_nobody_else_who_logs_in_there_sees_it(selling: Any) -> None:
    account()
    account("bob@example.com")
    shopper = logged_in()
    asks = ended(shopper, NEW, **ADDRESS)
    assert not has(log_in_again(shopper, asks, "bob@example.com"), "7 Typed Lane")
    shopper.post("/account/log-out/", {})
    logged = shopper.get("/account/log-in/", next=NEW)
    assert not has(log_in_again(shopper, logged), "7 Typed Lane"), "it is gone for good"


def test_a_form_says_whose_it_is_under_seal(selling: Any) -> None:
    account()
    bob = account("bob@example.com")
    shopper = logged_in()
    for forged in ("1", bob.pk.hex, f'"{bob.pk.hex}"'):
        asks = ended(shopper, NEW, **ADDRESS, whose=forged)
        assert not has(log_in_again(shopper, asks, "bob@example.com"), "7 Typed Lane")
        shopper = logged_in()


def test_it_is_kept_for_an_hour(selling: Any) -> None:
    account()
    shopper = logged_in()
    asks = ended(shopper, NEW, **ADDRESS)
    with time_machine.travel(timezone.now() + timedelta(hours=1, seconds=1)):
        assert not has(log_in_again(shopper, asks), "7 Typed Lane")


def test_no_more_than_a_little_is_kept_and_no_secret(selling: Any) -> None:
    account()
    shopper = logged_in()
    asks = ended(shopper, NEW, **ADDRESS, password="hunter2 hunter2")
    kept = shopper.client.session["typed"]
    assert sorted(kept["fields"]) == sorted({*typed.FIELDS["address_new"], *typed.BOXES["address_new"]} - {"region"})
    log_in_again(shopper, asks)
    ended(shopper, NEW, **{**ADDRESS, "address2": "x" * 9000})
    assert "typed" not in shopper.client.session
    ended(logged_in(), "/account/password/", old=PASSWORD, password="eight yellow saucers")
    assert not any("typed" in name or "password" in name for name in typed.FIELDS)


def test_a_guest_who_logs_in_in_another_tab_finds_what_the_old_tab_sends(mug: Product) -> None:
    account()
    shopper = Shopper(**OWN)
    shopper.follow(shopper.add("mug"))
    old_tab = shopper.get("/checkout/")
    shopper.post("/account/log-in/", {"email": "ann@example.com", "password": PASSWORD})
    answer = shopper.submit(old_tab, "/checkout/", **TYPED)
    assert (answer.status_code, answer["Location"]) == (302, "/checkout/")
    back = shopper.follow(answer)
    assert has(back, OUT_OF_DATE)
    assert has(back, 'value="7 Typed Lane"')
    assert not Order.objects.exists()
    assert shopper.submit(back, "/checkout/").status_code == 302
    assert Order.objects.get().shipping_address["address_line_1"] == "7 Typed Lane"


def test_a_form_of_one_customer_is_not_shown_to_the_next_in_that_browser(selling: Any) -> None:
    account()
    account("bob@example.com")
    shopper = logged_in(**OWN)
    anns = shopper.get(NEW)
    shopper.post("/account/log-out/", {})
    shopper.post("/account/log-in/", {"email": "bob@example.com", "password": PASSWORD})
    answer = send(shopper, anns, NEW, **ADDRESS)
    assert (answer.status_code, answer["Location"]) == (302, NEW)
    assert not has(shopper.follow(answer), "7 Typed Lane")
    assert not CustomerAddress.objects.exists()


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}, {}])
def test_forms_of_other_sites_are_refused_and_kept_for_nobody(selling: Any, headers: dict[str, str]) -> None:
    account()
    shopper = logged_in()
    shopper.headers = headers
    assert shopper.post(NEW, {**ADDRESS, "csrfmiddlewaretoken": "x" * 64}).status_code == 403
    assert "typed" not in shopper.client.session


def test_a_guest_whose_cart_is_gone_finds_it_for_a_quarter_of_an_hour(mug: Product) -> None:
    shopper = Shopper()
    shopper.follow(shopper.add("mug"))
    page = shopper.get("/checkout/")
    for minutes, there in ((14, True), (16, False)):
        del shopper.client.cookies["sessionid"]
        assert shopper.submit(page, "/checkout/", **TYPED)["Location"] == "/cart/"
        shopper.follow(shopper.add("mug"))
        with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
            assert has(shopper.get("/checkout/"), "7 Typed Lane") is there


def test_a_request_for_a_quote_is_there_after_logging_in_again(mug: Product) -> None:
    take_requests()
    account()
    ann = logged_in()
    ann.follow(ann.add("mug"))
    asks = ended(ann, "/quotes/new/", note="For our café, by Friday.")
    assert has(log_in_again(ann, asks), "For our café, by Friday.")
    assert not QuoteRequest.objects.exists(), "nothing is sent by itself"
    assert not has(ann.get("/quotes/new/"), "For our café"), "once"


def test_a_request_that_is_refused_is_there_when_it_can_be_made(mug: Product) -> None:
    take_requests()
    guest = Shopper()
    guest.follow(guest.add("mug"))
    form = guest.get("/quotes/new/")
    CartItem.objects.all().delete()
    answer = guest.submit(form, "/quotes/new/", name="Ann", email="ann@example.com", note="For our café.")
    assert (answer.status_code, answer["Location"]) == (302, "/cart/")
    guest.follow(guest.add("mug"))
    page = guest.get("/quotes/new/")
    for typed_in in ('value="Ann"', 'value="ann@example.com"', "For our café."):
        assert has(page, typed_in)
