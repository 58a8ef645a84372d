"""A company's people in the storefront: what each may do, and what nobody can do for them."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from platform_core.tenancy.context import TenantInfo
from tenant_shop.companies.models import Company, CompanyMember, PurchaseRequest
from tenant_shop.models import Order, ShoppingCart
from tests.accounts import PASSWORD, account, csrf, link_in, logged_in, mails
from tests.companies import AT_ID, DE_ID, asked_by, company_of, joined, membership, ordered_by
from tests.factories.promotions import DiscountCodeFactory
from tests.shopper import Shopper
from tests.shopping import cart_with, everything, order_from, stocked

DETAILS = {
    "company-name": "Example Ltd",
    "company-tax_id": "DE 136 695 976",
    "company-address1": "1 Main Street",
    "company-postal_code": "10115",
    "company-city": "Berlin",
    "company-country": "DE",
}
ADDRESS = {"first_name": "Ann", "last_name": "B", "address1": "1 Main Street", "postal_code": "10115", "city": "Berlin"}


@pytest.fixture(autouse=True)
def companies(selling: TenantInfo, configure: Callable[..., None]) -> None:
    configure(company_accounts=True)


@pytest.fixture
def company() -> Company:
    """Ann's, with Bob who buys and Cleo who approves."""
    company = company_of(account())
    joined(company, "bob@example.com")
    joined(company, "cleo@example.com", "approver")
    return company


def token(shopper: Shopper, path: str = "/account/profile/") -> dict[str, str]:
    return csrf(shopper.get(path))


def checkout(shopper: Shopper, **fields: str) -> Any:
    page = shopper.get("/checkout/")
    return shopper.submit(page, "/checkout/", **ADDRESS | fields)


def the_order(answer: Any) -> Order:
    assert answer.status_code == 302, answer.content.decode()
    return Order.objects.get(public_token=UUID(answer["Location"].split("/")[2]))


def test_a_company_is_registered_with_an_account_and_from_one() -> None:
    account()
    shopper = logged_in()
    assert shopper.post("/account/company/", DETAILS | token(shopper) | {"company-tax_id": "DE1"}).status_code == 422
    assert not Company.objects.exists()
    shopper.post("/account/company/", DETAILS | token(shopper))
    company = Company.objects.get()
    assert (company.name, company.tax_id, company.status) == ("Example Ltd", DE_ID, "pending")
    text = shopper.get("/account/company/").content.decode()
    assert "The shop is looking at it." in text
    typed = {"email": "new@example.com", "password": PASSWORD}
    assert Shopper().post("/account/register/", typed | DETAILS | {"company-city": ""}).status_code == 422
    Shopper().post("/account/register/", typed | DETAILS | {"company-name": "Second Ltd"})
    Shopper().post(link_in(mails()[-1]), {"password": PASSWORD})
    assert CompanyMember.objects.get(customer__email="new@example.com").company.name == "Second Ltd"
    Shopper().post("/account/register/", {"email": "private@example.com", "password": PASSWORD})
    Shopper().post(link_in(mails()[-1]), {"password": PASSWORD})
    assert CompanyMember.objects.count() == 2


def test_a_shop_without_company_accounts_has_no_such_pages(company: Company, configure: Callable[..., None]) -> None:
    configure(company_accounts=False)
    shopper = logged_in()
    assert "/account/company/" not in shopper.get("/account/").content.decode()
    for path in ("", "members/", "orders/", "requests/", "join/x/"):
        assert shopper.get(f"/account/company/{path}").status_code == 404, path
    assert "company-name" not in Shopper().get("/account/register/").content.decode()


def test_an_invitation_is_followed_by_who_has_an_account_and_who_has_none(company: Company) -> None:
    admin = logged_in()
    fields = token(admin)
    for email in ("new@example.com", "dora@example.com"):
        admin.post("/account/company/members/", fields | {"email": email, "role": "buyer", "order_limit": "50"})
    first, second = (link_in(message) for message in mails())
    assert Shopper().post(first, {"password": PASSWORD, "first_name": "New"}).status_code == 302
    assert CompanyMember.objects.get(customer__email="new@example.com").order_limit == 50
    assert Shopper().get(first).status_code == 410
    account("dora@example.com")
    page = Shopper().get(second).content.decode()
    assert ("Log in to join" in page, 'name="password"' in page) == (True, False)
    assert admin.post(second, fields).status_code == 403  # another mailbox
    dora = logged_in("dora@example.com")
    assert dora.post(second, token(dora)).status_code == 302
    assert CompanyMember.objects.filter(customer__email="dora@example.com").exists()


def test_only_admins_see_and_change_members(company: Company) -> None:
    member = CompanyMember.objects.get(customer__email="bob@example.com")
    stranger = joined(company_of(account("x@example.com")), "y@example.com")
    bob, admin = logged_in("bob@example.com"), logged_in()
    fields = token(bob)
    before = everything()
    path = f"/account/company/members/{member.pk}/"
    assert bob.get("/account/company/members/").status_code == 404
    assert bob.post("/account/company/members/", fields | {"email": "a@b.example", "role": "admin"}).status_code == 404
    assert bob.post(path, fields | {"role": "admin", "is_active": "on"}).status_code == 404
    changed = {table for table, digest in everything().items() if digest != before[table]}
    assert changed <= {"django_session", "customer_sessions"}
    assert admin.get(f"/account/company/members/{stranger.pk}/").status_code == 404
    admin.post(path, token(admin) | {"role": "approver", "order_limit": "9.50", "is_active": "on"})
    member.refresh_from_db()
    assert (member.role, float(member.order_limit or 0)) == ("approver", 9.5)


def test_the_list_of_orders_says_which_invoices_are_open_and_which_overdue(company: Company) -> None:
    Company.objects.update(pay_later=True, credit_limit=500)
    admin, mug = membership(CompanyMember.objects.get(role="admin").customer), stocked(stock=50)
    due, late, paid = (ordered_by(admin, (mug, 1), payment_method="pay_later") for _ in range(3))
    ordered_by(admin, (mug, 1))  # in advance
    Order.objects.filter(pk=due.pk).update(payment_due_at=datetime(2126, 3, 1, 12, tzinfo=UTC))
    Order.objects.filter(pk=late.pk).update(payment_due_at=datetime(2026, 3, 1, 12, tzinfo=UTC))
    Order.objects.filter(pk=paid.pk).update(payment_status="paid")
    text = logged_in().get("/account/company/orders/").content.decode()
    assert (text.count("Invoice due on"), text.count("Invoice overdue since")) == (1, 1)
    assert ("Invoice due on 1 March 2126" in text, "Invoice overdue since 1 March 2026" in text) == (True, True)


def test_a_buyer_sees_their_own_orders_an_approver_all_and_a_stranger_none(company: Company) -> None:
    mug = stocked(stock=50)
    anns = ordered_by(membership(CompanyMember.objects.get(role="admin").customer), (mug, 1), purchase_number="PO-1")
    bobs = ordered_by(membership(CompanyMember.objects.get(role="buyer").customer), (mug, 1))
    company_of(account("x@example.com"))
    seen = {}
    for email in ("bob@example.com", "cleo@example.com", "x@example.com"):
        shopper = logged_in(email)
        text = shopper.get("/account/company/orders/").content.decode()
        pages = [shopper.get(f"/account/company/orders/{order.pk}/").status_code for order in (anns, bobs)]
        seen[email] = ([order.order_number in text for order in (anns, bobs)], pages)
    assert seen == {
        "bob@example.com": ([False, True], [404, 200]),
        "cleo@example.com": ([True, True], [200, 200]),
        "x@example.com": ([False, False], [404, 404]),
    }
    cleo = logged_in("cleo@example.com")
    found = cleo.get("/account/company/orders/?q=po-1").content.decode()
    assert (anns.order_number in found, bobs.order_number in found) == (True, False)


def test_the_checkout_knows_the_company_and_asks_for_its_number(company: Company) -> None:
    Company.objects.update(purchase_number_required=True, pay_later=True, credit_limit=100)
    stocked(slug="mug", price="10.00")
    bob = logged_in("bob@example.com")
    bob.add("mug")
    text = bob.get("/checkout/").content.decode()
    assert ("Example Ltd" in text, 'value="pay_later"' in text) == (True, True)
    assert text.index('value="pay_later"') < text.index('value="bank_transfer"')
    refused = checkout(bob)
    assert (refused.status_code, "needs a purchase-order number" in refused.content.decode()) == (422, True)
    order = the_order(checkout(bob, purchase_number="PO-7", payment_method="pay_later"))
    assert (order.purchase_number, order.payment_method, order.company_id) == ("PO-7", "pay_later", company.pk)
    page = bob.get(f"/orders/{order.public_token}/").content.decode()
    assert ("PO-7" in page, "Example Ltd" in page, "Pay by" in page) == (True, True, True)


def test_a_forged_company_or_payment_counts_for_nothing(company: Company) -> None:
    stocked(slug="mug", price="10.00")
    guest = Shopper()
    guest.add("mug")
    text = guest.get("/checkout/").content.decode()
    assert ('value="pay_later"' in text, "purchase_number" in text) == (False, False)
    assert checkout(guest, email="g@example.com", payment_method="pay_later").status_code == 409
    assert checkout(guest, email="g@example.com", action="request").status_code == 403
    order = the_order(checkout(guest, email="bob@example.com", purchase_number="PO-7"))
    assert (order.company_id, order.purchase_number) == (None, "")


def test_credit_that_is_used_up_is_said_and_another_way_can_be_chosen(company: Company) -> None:
    Company.objects.update(pay_later=True, credit_limit=5)
    stocked(slug="mug", price="10.00")
    bob = logged_in("bob@example.com")
    bob.add("mug")
    refused = checkout(bob, payment_method="pay_later")
    assert (refused.status_code, "€5.00 are free" in refused.content.decode()) == (409, True)
    assert the_order(bob.submit(refused, "/checkout/", payment_method="bank_transfer")).company_id == company.pk


CHANGED = "This was sent for approval already; what you changed since is not in it. Take it back to change it."


def test_a_purchase_goes_through_its_approval(company: Company) -> None:
    Company.objects.update(approval_rule="all")
    stocked(slug="mug", price="10.00")
    bob = logged_in("bob@example.com")
    bob.add("mug")
    page = bob.get("/checkout/")
    text = page.content.decode()
    assert ('value="request"' in text, 'value="order"' in text) == (True, False)
    forged = bob.submit(page, "/checkout/", **ADDRESS, action="order")
    assert (forged.status_code, Order.objects.count()) == (409, 0)
    sent = bob.submit(page, "/checkout/", **ADDRESS, action="request")
    asked = PurchaseRequest.objects.get()
    assert sent["Location"] == f"/account/company/requests/{asked.pk}/"
    assert bob.submit(page, "/checkout/", **ADDRESS, action="request")["Location"] == sent["Location"]  # sent again
    assert CHANGED not in bob.get(sent["Location"]).content.decode()
    changed = bob.submit(page, "/checkout/", **ADDRESS | {"notes": "Quickly"}, action="request")
    assert changed["Location"] == sent["Location"]
    assert CHANGED in bob.follow(changed).content.decode()
    assert asked.answers["notes"] == "" == PurchaseRequest.objects.get().answers["notes"]
    assert "Your cart is empty" in bob.get("/cart/").content.decode()
    decide = f"{sent['Location']}decide/"
    assert "Approve and order" not in bob.get(sent["Location"]).content.decode()
    assert bob.post(decide, token(bob) | {"action": "approve", "expected_total": str(asked.total)}).status_code == 404
    cleo = logged_in("cleo@example.com")
    assert "1 request waits for you" in cleo.get("/account/profile/").content.decode()
    assert '<a href="/account/company/requests/">1 request waits for you</a>' in cleo.get("/account/").content.decode()
    assert "waits for you" not in bob.get("/account/profile/").content.decode()
    links = [link_in(message) for message in mails() if message.to == ["cleo@example.com"]]
    assert links == [sent["Location"]]
    page = cleo.get(sent["Location"])
    assert "Approve and order for €14.90" in page.content.decode()
    stale = cleo.post(decide, token(cleo) | {"action": "approve", "expected_total": "1.00"})
    assert (stale.status_code, "The total has changed to €14.90" in stale.content.decode()) == (409, True)
    answer = cleo.post(decide, token(cleo) | {"action": "approve", "expected_total": "14.90"})
    assert answer.status_code == 302
    order = Order.objects.get()
    assert (order.customer.email, order.company_id) == ("bob@example.com", company.pk)
    assert cleo.post(decide, token(cleo) | {"action": "reject", "reason": "no"}).status_code == 409
    assert "waits for you" not in cleo.get("/account/profile/").content.decode()
    assert order.order_number in bob.get(sent["Location"]).content.decode()


def test_a_stranger_neither_sees_nor_decides(company: Company) -> None:
    Company.objects.update(approval_rule="all")
    asked = asked_by(Company.objects.get(), email="bob@example.com")
    company_of(account("x@example.com"))
    stranger, guest = logged_in("x@example.com"), Shopper()
    path = f"/account/company/requests/{asked.pk}/"
    fields = token(stranger) | {"action": "approve", "expected_total": str(asked.total)}
    assert (stranger.get(path).status_code, stranger.post(f"{path}decide/", fields).status_code) == (404, 404)
    assert guest.get(path)["Location"].startswith("/account/log-in/")
    assert guest.post(f"{path}decide/", fields).status_code == 403
    asked.refresh_from_db()
    assert (asked.status, Order.objects.count()) == ("pending", 0)


def test_a_buyer_takes_a_request_back_and_has_the_cart_again(company: Company) -> None:
    Company.objects.update(approval_rule="all")
    asked = asked_by(Company.objects.get(), email="bob@example.com")
    bob = logged_in("bob@example.com")
    bob.post(f"/account/company/requests/{asked.pk}/decide/", token(bob) | {"action": "withdraw"})
    asked.refresh_from_db()
    assert (asked.status, ShoppingCart.objects.get().frozen_at) == ("withdrawn", None)
    assert "Mug" in bob.get("/cart/").content.decode()


def test_the_reverse_charge_is_said_wherever_the_total_is(company: Company, configure: Callable[..., None]) -> None:
    configure(company_accounts=True, reverse_charge=True)
    Company.objects.update(tax_id=AT_ID, tax_id_state="confirmed", country="AT")
    stocked(slug="mug", price="11.90")
    bob, sentence = logged_in("bob@example.com"), "Reverse charge: the tax is owed by the buyer."
    bob.add("mug")
    cart = bob.get("/cart/").content.decode()  # as its prices still contain the tax, it does not claim that they do not
    assert ("€11.90" in cart, sentence in cart) == (True, False)
    assert "Prices include tax. It is taken off at checkout, for the buyer owes it: reverse charge." in cart
    page = bob.get("/checkout/")
    assert sentence in page.content.decode()  # it begins with the company's own country
    at_home = bob.submit(page, "/checkout/", **ADDRESS, country="DE", action="reprice").content.decode()
    assert (sentence in at_home, "€16.80" in at_home) == (False, True)
    abroad = bob.submit(page, "/checkout/", **ADDRESS | {"postal_code": "1010"}, country="AT", action="reprice")
    text = abroad.content.decode()
    assert (sentence in text, "€10.00" in text, "€14.12" in text) == (True, True, True)
    order = the_order(bob.submit(abroad, "/checkout/", action="order"))
    assert (order.reverse_charge, order.tax_amount, str(order.total_amount)) == (True, 0, "14.120")
    assert sentence in bob.get(f"/orders/{order.public_token}/").content.decode()
    assert sentence in bob.get(f"/account/orders/{order.pk}/").content.decode()
    configure(prices_include_tax=False)
    bob.add("mug")
    assert sentence in bob.get("/cart/").content.decode()


@pytest.mark.parametrize("gone", ["stopped", "left"])
def test_who_asked_withdraws_whatever_they_are_in_the_company_by_now(company: Company, gone: str) -> None:
    Company.objects.update(approval_rule="all")
    asked = asked_by(company, email="bob@example.com")
    bobs = CompanyMember.objects.filter(customer__email="bob@example.com")
    if gone == "left":
        bobs.delete()
    else:
        bobs.update(is_active=False)
    bob, path = logged_in("bob@example.com"), f"/account/company/requests/{asked.pk}/"
    assert path in bob.get("/account/company/").content.decode()
    page = bob.get(path).content.decode()
    assert ("Withdraw the request" in page, "Approve and order" in page) == (True, False)
    assert bob.post(f"{path}decide/", token(bob) | {"action": "approve", "expected_total": "14.90"}).status_code == 302
    assert PurchaseRequest.objects.get().status == "pending"
    assert bob.post(f"{path}decide/", token(bob) | {"action": "withdraw"}).status_code == 302
    assert PurchaseRequest.objects.get().status == "withdrawn"
    assert ShoppingCart.objects.get(customer__email="bob@example.com").frozen_at is None
    stranger = account("stranger@example.com")
    assert stranger.pk is not None
    other = logged_in("stranger@example.com")
    assert other.get(path).status_code == 302
    assert other.post(f"{path}decide/", token(other) | {"action": "withdraw"}).status_code == 404


def test_an_approval_carries_the_currency_that_was_seen(company: Company, configure: Callable[..., None]) -> None:
    Company.objects.update(approval_rule="all")
    asked = asked_by(company, email="bob@example.com")
    cleo, path = logged_in("cleo@example.com"), f"/account/company/requests/{asked.pk}/"
    page = cleo.get(path)
    assert 'name="currency" value="EUR"' in page.content.decode()
    configure(company_accounts=True, currency="USD")
    answer = cleo.submit(page, f"{path}decide/", action="approve")
    assert answer.status_code == 409
    assert "Prices are in another currency now: USD." in answer.content.decode()
    assert not Order.objects.exists()


def test_a_company_that_waits_cannot_invite(company: Company) -> None:
    Company.objects.update(status="pending")
    admin = logged_in()
    page = admin.get("/account/company/members/").content.decode()
    assert ("as soon as the shop has approved your company" in page, "Send the invitation" in page) == (True, False)
    fields = token(admin) | {"email": "eve@example.com", "role": "buyer"}
    assert admin.post("/account/company/members/", fields).status_code == 409
    assert mails() == []


def test_a_request_does_not_tell_whether_the_typed_address_has_bought_here(company: Company) -> None:
    order_from(cart_with((stocked(), 1)), email="guest@example.com")
    DiscountCodeFactory(code=None, name="Welcome", value=50, first_order_only=True)
    Company.objects.update(approval_rule="all")
    known, unknown = (asked_by(company, email="bob@example.com", price="10.00") for _ in range(2))
    for asked, typed in ((known, "guest@example.com"), (unknown, "new@example.com")):
        PurchaseRequest.objects.filter(pk=asked.pk).update(total="9.90", answers={**asked.answers, "email": typed})
    cleo, paths = logged_in("cleo@example.com"), [f"/account/company/requests/{each.pk}/" for each in (known, unknown)]
    pages = [cleo.get(path) for path in paths]
    assert ["Approve and order for €9.90" in page.content.decode() for page in pages] == [True, True]
    refused = cleo.submit(pages[0], f"{paths[0]}decide/", action="approve")
    assert refused.status_code == 409
    assert "“Welcome” cannot be used with this e-mail address." in refused.content.decode()
    assert cleo.submit(refused, f"{paths[0]}decide/", action="approve").status_code == 302
    assert PurchaseRequest.objects.get(pk=known.pk).order.total_amount == Decimal("14.90")
