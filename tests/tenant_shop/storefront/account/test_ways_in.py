"""The pages through which one gets into an account, and what they must not do."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tenant_shop.customers.address_book import Role, save_address
from tenant_shop.models import Customer, CustomerSession, Order, ShoppingCart
from tests.accounts import PASSWORD, account, link_in, log_in, logged_in, mails
from tests.factories.customers import CustomerFactory
from tests.people import staff_browser
from tests.shopper import Shopper, forms_in
from tests.shopping import order_of, stocked
from tests.statements import StatementCount

pytestmark = pytest.mark.usefixtures("selling")
NEW = "eight yellow saucers"


def text(page) -> str:
    return re.sub(r"<!--.*?-->", "", page.content.decode())


def test_from_registering_to_the_account():
    shopper = Shopper()
    page = shopper.get("/account/register/")
    answer = shopper.submit(page, "/account/register/", first_name="Ann", email="ann@example.com", password=PASSWORD)
    assert answer.status_code == 200
    assert "We have written to ann@example.com." in text(answer)
    (message,) = mails()
    link = link_in(message)
    assert shopper.get(link).status_code == 200
    assert Customer.objects.count() == 0, "a scanner that follows links opens nothing"
    assert shopper.post(link, {"password": "another one"}).status_code == 403
    assert shopper.post(link, {"password": PASSWORD})["Location"] == "/account/"
    home = shopper.get("/account/")
    assert "Hello, Ann" in text(home)
    assert "Welcome! Your account is ready." in text(home)
    assert Shopper().get(link).status_code == 410


def test_an_address_that_has_an_account_gets_the_same_answer():
    account()
    answers = []
    for email in ("ann@example.com", "new@example.com"):
        answer = Shopper().post("/account/register/", {"email": email, "password": PASSWORD})
        answers.append((answer.status_code, text(answer).replace(email, "")))
        answer = Shopper().post("/account/password/reset/", {"email": email})
        answers.append((answer.status_code, text(answer).replace(email, "")))
    assert answers[:2] == answers[2:]
    assert [message.to for message in mails()].count(["new@example.com"]) == 1


def test_a_wrong_log_in_looks_the_same_whoever_it_is_for():
    account()
    CustomerFactory(email="closed@example.com", status="suspended")
    log_in(Shopper(), "first@example.com", "what a process reads once is read now")
    pages = set()
    for email in ("ann@example.com", "nobody@example.com", "closed@example.com"):
        with StatementCount() as statements:
            answer = log_in(Shopper(), email, "wrong wrong wrong")
        pages.add((answer.status_code, text(answer).replace(email, ""), tuple(statements.sql), answer.cookies.output()))
    assert len(pages) == 1
    assert next(iter(pages))[0] == 403


def test_the_session_is_another_one_after_the_log_in_and_the_planted_one_is_worth_nothing():
    account()
    stocked(slug="mug")
    victim = Shopper()
    victim.add("mug")
    planted = victim.client.cookies["sessionid"].value
    log_in(victim)
    assert victim.client.cookies["sessionid"].value != planted
    thief = Shopper()
    thief.client.cookies["sessionid"] = planted
    assert thief.get("/account/profile/").status_code == 302
    assert "cart-count" not in text(thief.get("/cart/"))


def test_logging_out_takes_a_form_and_leaves_nothing():
    account()
    stocked(slug="mug")
    shopper = logged_in()
    shopper.add("mug")
    session = shopper.client.cookies["sessionid"].value
    assert shopper.get("/account/log-out/")["Location"] == "/account/"
    assert shopper.get("/account/profile/").status_code == 200
    shopper.submit(shopper.get("/account/"), "/account/log-out/")
    assert CustomerSession.objects.count() == 0
    again = Shopper()
    again.client.cookies["sessionid"] = session
    assert again.get("/account/profile/").status_code == 302
    assert "cart-count" not in text(again.get("/"))
    assert ShoppingCart.objects.count() == 1, "the cart waits for the next log-in"


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        ("/products/?page=2", "/products/?page=2"),
        ("https://evil.example/", "/account/"),
        ("//evil.example/", "/account/"),
        ("/\\evil.example", "/account/"),
        ("javascript:alert(1)", "/account/"),
        ("evil", "/account/"),
        ("/\t/evil.example", "/account/"),
    ],
)
def test_only_pages_of_the_shop_follow_the_log_in(wanted, leads_to):
    account()
    assert log_in(Shopper(), next=wanted)["Location"] == leads_to


def test_a_page_that_asks_for_the_log_in_is_shown_after_it():
    account()
    shopper = Shopper()
    asked = shopper.get("/account/profile/")
    assert asked["Location"] == "/account/log-in/?next=%2Faccount%2Fprofile%2F"
    page = shopper.follow(asked)
    answer = shopper.submit(page, "/account/log-in/", email="ann@example.com", password=PASSWORD)
    assert answer["Location"] == "/account/profile/"


def test_a_form_from_another_site_is_refused():
    account()
    evil = {"sec-fetch-site": "cross-site"}
    for path in ("/account/log-in/", "/account/register/", "/account/password/reset/", "/account/log-out/"):
        assert Shopper(**evil).post(path, {}).status_code == 403
    shopper = logged_in()
    for path, data in (
        ("/account/profile/", {"first_name": "Eve", "language": "en"}),
        ("/account/password/", {"old": PASSWORD, "password": NEW}),
        ("/account/email/", {"email": "eve@example.com", "password": PASSWORD}),
        ("/account/addresses/new/", {"last_name": "Eve"}),
        ("/account/log-ins/end/", {}),
    ):
        assert shopper.post(path, data).status_code == 403, path
    assert Customer.objects.get().first_name == "Ann"


def test_a_session_of_one_shop_is_worth_nothing_in_another(make_shop):
    account()
    shopper = logged_in()
    make_shop("other")
    shopper.host = "other.localhost"
    assert shopper.get("/account/profile/").status_code == 302


def test_many_attempts_are_slowed_down_and_the_mail_still_leads_in(monkeypatch):
    account()
    monkeypatch.setattr("tenant_shop.storefront.account.entering.MOST_FOR_MAILBOX", 3)
    for _ in range(3):
        assert log_in(Shopper(), password="wrong").status_code == 403
    assert log_in(Shopper()).status_code == 429
    shopper = Shopper()
    shopper.post("/account/password/reset/", {"email": "ann@example.com"})
    link = link_in(mails()[-1])
    page = shopper.get(link)
    assert page.status_code == 200
    assert shopper.post(link, {"password": "short"}).status_code == 422
    assert shopper.post(link, {"password": NEW})["Location"] == "/account/"
    assert shopper.get("/account/profile/").status_code == 200, "who proved the mailbox is logged in at once"
    assert shopper.get(link).status_code == 410


def test_mails_to_one_mailbox_are_few():
    for _ in range(5):
        assert Shopper().post("/account/password/reset/", {"email": "a@example.com"}).status_code == 200
    assert Shopper().post("/account/password/reset/", {"email": "A@example.com "}).status_code == 429
    assert Shopper().post("/account/password/reset/", {"email": "b@example.com"}).status_code == 200


def test_a_new_password_logs_out_every_other_browser():
    account()
    here, elsewhere = logged_in(), logged_in()
    before = here.client.cookies["sessionid"].value
    page = here.get("/account/password/")
    assert here.submit(page, "/account/password/", old="wrong", password=NEW).status_code == 403
    assert here.submit(page, "/account/password/", old=PASSWORD, password=PASSWORD[:3]).status_code == 422
    assert elsewhere.get("/account/profile/").status_code == 200
    assert here.submit(page, "/account/password/", old=PASSWORD, password=NEW).status_code == 302
    assert here.client.cookies["sessionid"].value != before
    assert here.get("/account/profile/").status_code == 200
    assert elsewhere.get("/account/profile/").status_code == 302


def test_an_account_that_is_closed_is_logged_out_at_once():
    customer = account()
    shopper = logged_in()
    Customer.objects.filter(pk=customer.pk).update(status="suspended")
    assert shopper.get("/account/profile/").status_code == 302


def test_the_devices_are_listed_and_logged_out():
    account()
    phone = logged_in(user_agent="Mozilla/5.0 (Linux; Android 14) Chrome/120 Mobile Safari/537.36")
    desk = logged_in(user_agent="Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0")
    third = logged_in()
    bob = account("bob@example.com")
    logged_in(bob.email)
    page = desk.get("/account/log-ins/")
    assert "Chrome on Android" in text(page)
    assert "Firefox on Linux" in text(page)
    assert text(page).count("Unknown device") == 2, "the name, and the button's words for who does not see"
    bobs = CustomerSession.objects.get(customer=bob).pk.hex
    (form, *_) = [form for form in forms_in(page) if form.action == "/account/log-ins/end/"]
    token = form.fields["csrfmiddlewaretoken"]
    desk.post("/account/log-ins/end/", {"session": bobs, "csrfmiddlewaretoken": token})
    desk.post("/account/log-ins/end/", {"session": "x" * 32, "csrfmiddlewaretoken": token})
    assert CustomerSession.objects.count() == 4, "another customer's is left alone"
    phones = CustomerSession.objects.get(device__contains="Android").pk.hex
    desk.post("/account/log-ins/end/", {"session": phones, "csrfmiddlewaretoken": token})
    assert (phone.get("/account/profile/").status_code, third.get("/account/profile/").status_code) == (302, 200)
    desk.post("/account/log-ins/end/", {"csrfmiddlewaretoken": token})
    assert (desk.get("/account/profile/").status_code, third.get("/account/profile/").status_code) == (200, 302)


def test_last_seen_is_written_once_an_hour():
    account()
    shopper = logged_in()
    CustomerSession.objects.update(last_seen_at=timezone.now() - timedelta(hours=2))
    shopper.get("/account/profile/")
    seen = CustomerSession.objects.get().last_seen_at
    assert seen > timezone.now() - timedelta(minutes=1)
    shopper.get("/account/profile/")
    assert CustomerSession.objects.get().last_seen_at == seen


def test_the_merchants_people_and_a_customer_share_a_browser(shop):
    account()
    shopper = Shopper()
    shopper.client = staff_browser(shop)
    assert log_in(shopper).status_code == 302
    assert shopper.get("/account/profile/").status_code == 200
    assert shopper.get("/admin/").status_code == 200
    shopper.post("/account/log-out/", {})
    assert shopper.get("/account/profile/").status_code == 302
    assert shopper.get("/admin/").status_code == 200


def test_the_address_changes_by_links_in_two_mailboxes():
    account()
    shopper = logged_in()
    page = shopper.get("/account/email/")
    assert shopper.submit(page, "/account/email/", email="new@example.com", password="wrong").status_code == 403
    assert shopper.submit(page, "/account/email/", email="new@example.com", password=PASSWORD).status_code == 302
    confirm, undo = (link_in(message) for message in mails())
    assert shopper.get(confirm).status_code == 200
    assert Customer.objects.get().email == "ann@example.com", "looking changes nothing"
    assert Shopper().post(confirm, {})["Location"] == "/account/"
    assert Customer.objects.get().email == "new@example.com"
    assert Shopper().post(confirm, {}).status_code == 410
    owner = Shopper()
    answer = owner.post(undo, {})
    assert Customer.objects.get().email == "ann@example.com"
    assert shopper.get("/account/profile/").status_code == 302, "whoever it was is logged out"
    assert owner.post(answer["Location"], {"password": NEW})["Location"] == "/account/"


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
