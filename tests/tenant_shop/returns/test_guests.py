"""A guest asks to send something back: by the order's own link, under the same rules as a customer."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from tenant_shop.customers.erase import erase
from tenant_shop.models import Order, OutboxEvent, Return
from tenant_shop.orders.errors import OrderNotFound
from tenant_shop.orders.send_again import send_again
from tenant_shop.returns.errors import NotReturnable
from tenant_shop.returns.mail import send_return_mails
from tenant_shop.returns.move import approve_return
from tenant_shop.returns.receive import receive_return
from tenant_shop.returns.refund import refund_return
from tenant_shop.returns.request import request_return
from tests.accounts import account, logged_in
from tests.people import staff_browser
from tests.returning import DAMAGED, delivered, paid, pieces
from tests.shopper import Shopper, forms_in
from tests.shopping import at_once, everything, order_of, stock_of, stocked
from tests.tenant_shop.customers.test_data import erase_link
from tests.tenant_shop.storefront.test_order_pages import text


@pytest.fixture
def order(selling: Any) -> Order:
    """Three mugs and a bowl, delivered to a guest."""
    return delivered(order_of((stocked(name="Mug"), 3), (stocked(name="Bowl"), 1), email="guest@example.com"))


def link(order: Order) -> str:
    return f"/orders/{order.public_token}/"


def asks(order: Order, shopper: Shopper | None = None, **typed: str) -> Any:
    """The answer to what a guest sends from the form."""
    guest = shopper or Shopper()
    path = f"{link(order)}return/"
    return guest.submit(guest.get(path), path, **{"reason": "damaged", **typed})


def field(order: Order, position: int = 0) -> str:
    name: str = order.items.all()[position].pk.hex
    return name


def letters() -> list[str]:
    mail.outbox.clear()
    send_return_mails(timezone.now())
    assert {address for letter in mail.outbox for address in letter.to} <= {"guest@example.com"}
    return [letter.subject.partition(": ")[2] for letter in mail.outbox]


def test_from_the_link_to_the_money_without_an_account(order):
    guest, mug = Shopper(), order.items.first().variant
    stock = stock_of(mug)
    paid(order)
    page = guest.get(link(order))
    assert f'href="{link(order)}return/"' in page.content.decode()
    form = guest.get(f"{link(order)}return/")
    assert form["Referrer-Policy"] == "no-referrer"
    assert "no-store" in form["Cache-Control"]
    assert guest.cookies == set()
    assert "Send something back" in text(page)
    answer = asks(order, guest, **{field(order): "2", "note": "Chipped"})
    assert (answer.status_code, answer["Location"]) == (302, link(order))
    assert "Your request has reached the shop" in text(guest.follow(answer))
    asked = Return.objects.get()
    assert (asked.order, asked.customer, asked.reason, asked.note) == (order, None, "damaged", "Chipped")
    assert "Requested: the shop will answer 2 \N{MULTIPLICATION SIGN} Mug" in text(guest.get(link(order)))
    assert OutboxEvent.objects.get(topic="return.requested").payload["order_number"] == order.order_number
    seen = letters()
    approve_return(asked.pk, actor="x", answer="Pack it well.")
    assert "Pack it well." in text(guest.get(link(order)))
    seen += letters()
    receive_return(asked.pk, restock=True, actor="x")
    seen += letters()
    refund_return(asked.pk, shipping=False, actor="x")
    seen += letters()
    assert seen == [
        "We have your request to send something back",
        "Please send it back",
        "What you sent back has arrived",
        "Your return is done",
    ]
    assert stock_of(mug) == stock + 2
    assert "Money given back €20.00" in text(guest.get(link(order)))


def test_no_more_than_was_bought_and_not_without_a_reason(order):
    asks(order, **{field(order): "2"})
    page = Shopper().get(f"{link(order)}return/")
    (form,) = [form for form in forms_in(page) if form.action == f"{link(order)}return/"]
    assert form.choices[field(order)] == ["0", "1"]
    before = everything()
    for typed in ({field(order): "2"}, {}, {field(order): "1", "reason": ""}, {field(order): "-1"}):
        assert asks(order, **typed).status_code == 422
    assert everything() == before


def test_what_is_wrong_is_said_in_words_that_read(order):
    order.items.filter(product_name="Mug").update(product_name="<b>&")
    page = asks(order, **{field(order): "7", "reason": ""})
    assert "<bdi>&lt;b&gt;&amp;</bdi>: Please choose a number from 0 to 3.</a>" in page.content.decode()
    assert "Why do you send it back? Please choose a reason." in text(page)


def test_the_way_there_is_shown_while_something_is_left(order):
    assert asks(order, **{field(order): "3"}).status_code == 302
    assert "Send something back" in text(Shopper().get(link(order)))
    assert asks(order, **{field(order, 1): "1"}).status_code == 302
    assert "Send something back" not in text(Shopper().get(link(order)))
    assert "All of it is on its way back already." in text(Shopper().get(f"{link(order)}return/"))


def test_two_requests_at_once_do_not_ask_for_more_than_was_bought(selling, order):
    wanted = pieces(order, 2)
    results = at_once(selling, [lambda: request_return(None, order.pk, wanted, reason=DAMAGED)] * 3)
    assert sorted(type(result).__name__ for result in results) == ["NothingToReturn", "NothingToReturn", "Return"]


def test_only_what_was_sent_and_not_too_long_ago(order, configure):
    configure(return_days=14)
    Order.objects.update(delivered_at=timezone.now() - timedelta(days=15))
    before = everything()
    for late in ({}, {"status": "processing", "delivered_at": None}):
        Order.objects.update(**late)
        before = everything()
        assert "Send something back" not in text(Shopper().get(link(order)))
        for answer in (Shopper().get(f"{link(order)}return/"), Shopper().post(f"{link(order)}return/", {})):
            assert answer.status_code == 409
            assert f"Order {order.order_number} cannot be sent back now." in text(answer)
        with pytest.raises(NotReturnable):
            request_return(None, order.pk, pieces(order, 1), reason=DAMAGED)
        assert everything() == before


def test_the_number_and_the_mailbox_alone_ask_for_nothing(order):
    """They are no addresses of the form: whoever knows both finds the order, and in it the link."""
    before = everything()
    for wrong in ("00000000-0000-4000-8000-000000000000", str(order.pk), order.order_number, order.customer_email):
        assert Shopper().get(f"/orders/{wrong}/return/").status_code == 404
        assert Shopper().post(f"/orders/{wrong}/return/", {field(order): "1", "reason": "damaged"}).status_code == 404
    assert everything() == before


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}])
def test_no_other_site_asks(order, headers):
    before = everything()
    typed = {field(order): "1", "reason": "damaged"}
    assert Shopper(**headers).post(f"{link(order)}return/", typed).status_code == 403
    assert everything() == before


def test_another_shop_does_not_know_the_link(order, make_shop):
    make_shop("globex")
    typed = {field(order): "1", "reason": "damaged"}
    assert Shopper("globex.localhost").post(f"{link(order)}return/", typed).status_code == 404
    assert Return.objects.count() == 0


def test_a_customers_order_is_asked_for_in_the_account_only(order):
    ann = account()
    Order.objects.update(customer=ann)
    stranger = Shopper()
    assert "Send something back" not in text(stranger.get(link(order)))
    before = everything()
    answer = stranger.post(f"{link(order)}return/", {field(order): "1", "reason": "damaged"})
    assert (answer.status_code, answer["Location"]) == (302, f"/account/orders/{order.pk}/return/")
    with pytest.raises(OrderNotFound):
        request_return(None, order.pk, pieces(order, 1), reason=DAMAGED)
    assert everything() == before


def test_of_who_was_erased_nothing_is_asked(order):
    Order.objects.update(customer_email="erased-0@erased.invalid")
    assert "Send something back" not in text(Shopper().get(link(order)))
    assert Shopper().get(f"{link(order)}return/").status_code == 404


def test_the_merchant_sees_it_beside_the_others_and_by_its_mailbox(selling, order):
    asks(order, **{field(order): "1", "note": "Chipped"})
    asked = Return.objects.get()
    staff, path = staff_browser(selling), "/admin/tenant_shop/return/"
    for query in ("", "?q=guest@example.com"):
        page = text(staff.get(f"{path}{query}", headers={"host": "acme.localhost"}))
        assert order.order_number in page
        assert "guest@example.com" in page
    assert "Chipped" in text(staff.get(f"{path}{asked.pk}/change/"))
    letters()
    send_again(order.pk, f"return-{asked.pk}", actor="x")
    assert letters() == ["We have your request to send something back"]


def test_it_becomes_the_customers_with_the_order_and_is_forgotten_with_them(order):
    """Who opens an account with the mailbox finds it there; who has the account erased leaves no words behind."""
    asks(order, **{field(order): "1", "note": "Chipped"})
    ann = account("guest@example.com")
    assert Return.objects.get().customer is None
    browser = logged_in("guest@example.com")
    assert Return.objects.get().customer == ann
    assert "Requested: the shop will answer" in text(browser.get(f"/account/orders/{order.pk}/"))
    erase(erase_link(ann))
    asked = Return.objects.get()
    assert (asked.customer, asked.note) == (None, "")
    assert letters() == []
    assert not OutboxEvent.objects.filter(payload__order_id=str(order.pk)).exists()
