"""An offer that has to be approved, in pages: by who asked, by who decides, and by who may do neither."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from platform_core.tenancy.context import TenantInfo
from tenant_shop.models import Company, CompanyMember, Order, PurchaseRequest, QuoteRequest
from tests.accounts import account, csrf, logged_in
from tests.companies import company_of, joined
from tests.quoting import answered, asked, take_requests
from tests.shopper import Shopper
from tests.shopping import stocked
from tests.tenant_shop.storefront.test_purchase import BUYER


@pytest.fixture
def company(selling: TenantInfo, configure: Callable[..., None]) -> Company:
    """Ann's, with Bob who buys and Cleo who approves; every order has to be approved."""
    configure(company_accounts=True)
    take_requests("customers")
    company = company_of(account(), approval_rule="all")
    joined(company, "bob@example.com")
    joined(company, "cleo@example.com", "approver")
    return company


@pytest.fixture
def offer(company: Company) -> QuoteRequest:
    bob = CompanyMember.objects.get(customer__email="bob@example.com").customer
    return answered(asked((stocked(stock=50, name="Mug"), 20), customer=bob), "7.50", shipping=Decimal(12))


def words(page: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


def accept_path(offer: QuoteRequest) -> str:
    return f"/quotes/{offer.public_token}/accept/"


def send(bob: Shopper, offer: QuoteRequest, **fields: str) -> Any:
    checkout = bob.get(accept_path(offer))
    assert "Send for approval" in words(checkout)
    assert "Order and pay" not in words(checkout)
    details = {**BUYER, "shipping_method": "agreed", "email": "bob@example.com", "action": "request"}
    return bob.submit(checkout, accept_path(offer), **details | fields)


def test_a_buyer_sends_an_offer_and_an_approver_orders_it(offer: QuoteRequest) -> None:
    bob = logged_in("bob@example.com")
    sent = send(bob, offer, purchase_number="PO-9")
    request = PurchaseRequest.objects.get()
    path = f"/account/company/requests/{request.pk}/"
    assert (sent.status_code, sent["Location"]) == (302, path)
    assert f"Offer {offer.number}" in words(bob.get(path))
    page = words(bob.get(f"/quotes/{offer.public_token}/"))
    assert "Somebody at Example Ltd is to approve it. Until then nothing is ordered. See the request" in page
    for gone in ("Accept and order", "Decline the offer", "Ask again"):
        assert gone not in page
    assert bob.get(accept_path(offer))["Location"] == f"/quotes/{offer.public_token}/"
    for verb, fields in (("decline", {}), ("again", {"note": "Cheaper?"})):
        refused = bob.post(f"/quotes/{offer.public_token}/{verb}/", fields | csrf(bob.get("/account/profile/")))
        assert (refused.status_code, "Withdraw the request for approval first." in words(refused)) == (409, True)

    cleo = logged_in("cleo@example.com")
    page = cleo.get(path)
    assert f"Offer {offer.number}" in words(page)
    assert "Approve and order for €162.00" in words(page)
    forged = csrf(page) | {"action": "approve", "expected_total": "162.00"}
    assert cleo.post(f"{path}decide/", forged).status_code == 409  # it does not say which offer was seen
    assert not Order.objects.exists()
    assert cleo.submit(page, f"{path}decide/", action="approve").status_code == 302
    order = Order.objects.get()
    assert (f"{order.total_amount:.2f}", order.purchase_number, order.customer.email) == (
        "162.00",
        "PO-9",
        "bob@example.com",
    )
    assert f'href="/account/orders/{order.pk}/"' in bob.get(f"/quotes/{offer.public_token}/").content.decode()


def test_an_offer_that_was_corrected_is_looked_at_again_before_it_is_approved(offer: QuoteRequest) -> None:
    send(logged_in("bob@example.com"), offer)
    path = f"/account/company/requests/{PurchaseRequest.objects.get().pk}/"
    cleo = logged_in("cleo@example.com")
    seen = cleo.get(path)
    answered(offer, "7.50", shipping=Decimal(12), note="The same, but slower.")
    refused = cleo.submit(seen, f"{path}decide/", action="approve")
    assert (refused.status_code, "was changed meanwhile" in words(refused)) == (409, True)
    assert not Order.objects.exists()
    assert cleo.submit(refused, f"{path}decide/", action="approve").status_code == 302
    assert Order.objects.count() == 1


def test_an_offer_is_over_before_it_is_approved_and_the_approver_is_told(offer: QuoteRequest) -> None:
    send(logged_in("bob@example.com"), offer)
    path = f"/account/company/requests/{PurchaseRequest.objects.get().pk}/"
    QuoteRequest.objects.update(valid_until=offer.created_at)
    page = words(logged_in("cleo@example.com").get(path))
    assert "does not hold any more" in page
    assert "Approve and order" not in page
    assert "Do not approve" in page


def test_nobody_sends_the_offer_of_somebody_else(offer: QuoteRequest, company: Company) -> None:
    joined(company, "dora@example.com")
    bob, dora = logged_in("bob@example.com"), logged_in("dora@example.com")
    checkout = bob.get(accept_path(offer))
    details = {**BUYER, "shipping_method": "agreed", "email": "dora@example.com", "action": "request"}
    assert dora.submit(checkout, accept_path(offer), **details).status_code == 404
    assert not PurchaseRequest.objects.exists()
    stale = send(bob, offer, revision="0")
    assert stale["Location"] == f"/quotes/{offer.public_token}/"
    assert not PurchaseRequest.objects.exists()
