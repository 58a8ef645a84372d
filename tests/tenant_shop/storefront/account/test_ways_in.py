"""The pages through which one gets into an account, and what they must not do."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tenant_shop.models import Customer, CustomerSession, ShoppingCart
from tests.accounts import PASSWORD, account, link_in, log_in, logged_in, mails
from tests.factories.customers import CustomerFactory
from tests.people import staff_browser
from tests.shopper import Shopper, forms_in
from tests.shopping import stocked
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
    assert Customer.objects.get().email == "ann@example.com", "the old mailbox has not agreed"
    page = Shopper().get(undo).content.decode()
    assert "Your account is to use <bdi>new@example.com</bdi> from now on. Do you agree?" in page
    assert Shopper().post(undo, {"agree": "1"})["Location"] == "/account/"
    assert Customer.objects.get().email == "new@example.com"
    assert Shopper().post(undo, {"agree": "1"}).status_code == 410
    assert 'name="agree"' not in Shopper().get(undo).content.decode()
    assert Shopper().post(confirm, {}).status_code == 410
    owner = Shopper()
    answer = owner.post(undo, {})
    assert Customer.objects.get().email == "ann@example.com"
    assert shopper.get("/account/profile/").status_code == 302, "whoever it was is logged out"
    assert owner.post(answer["Location"], {"password": NEW})["Location"] == "/account/"
