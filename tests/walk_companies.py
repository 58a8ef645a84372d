"""The pages of companies, as their people meet them."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from tenant_shop.companies.close_request import expire_requests
from tenant_shop.companies.send_request import send_for_approval
from tenant_shop.models import Company, CompanyMember, Order, ProductVariant, PurchaseRequest
from tests.accounts import account, link_in, log_in, mails
from tests.companies import DE_ID, answers, cart_of, membership
from tests.shopper import Shopper
from tests.shopping import ADDRESS

Get = Callable[..., tuple[str, Any]]
Post = Callable[[str, str, dict[str, str], int], tuple[str, Any]]

NAMED = {"first_name": "§Ann", "last_name": "§Example"}
PLACE = {**ADDRESS, **NAMED, "address_line_1": "§1 Main Street", "city": "§Berlin"}
DETAILS = {
    "company-name": "§Ltd",
    "company-tax_id": DE_ID,
    "company-address1": "§1 Main Street",
    "company-postal_code": "10115",
    "company-city": "§Berlin",
    "company-country": "DE",
}


def walk_the_company(
    prefix: str, get: Get, post: Post, shopper: Shopper, token: dict[str, str]
) -> Iterator[tuple[str, Any]]:
    """Whoever is logged in registers a company, invites others, and decides on what they want to buy."""
    language = prefix[1:] or "en"
    yield get("company", "/account/company/")
    yield post("company", "/account/company/", token | DETAILS | {"company-name": "", "company-tax_id": "1"}, 422)
    yield post("company", "/account/company/", token | DETAILS | {"company-tax_id": "DE1"}, 422)
    shopper.post(f"{prefix}/account/company/", token | DETAILS)
    yield get("company", "/account/company/")
    company = Company.objects.latest("created_at")
    Company.objects.filter(pk=company.pk).update(
        status="approved", pay_later=True, credit_limit=500, approval_rule="above", approval_above=5
    )
    company.refresh_from_db()
    yield get("company", "/account/company/")
    yield post("company_leave", "/account/company/leave/", token, 409)
    yield from walk_the_members(prefix, language, get, post, shopper, token)
    yield get("company_orders", "/account/company/orders/")
    yield get("company_requests", "/account/company/requests/")
    get("checkout", "/checkout/", 302)
    shopper.post(f"{prefix}/cart/lines/add/mug/", {"quantity": "1"})
    yield get("checkout", "/checkout/")
    page = shopper.get(f"{prefix}/checkout/")
    details = {"first_name": "§Ann", "last_name": "§Example", "address1": "§1 Main Street", "city": "§Berlin"}
    shopper.submit(
        page,
        f"{prefix}/checkout/",
        **details,
        postal_code="10115",
        purchase_number="§PO",
        payment_method="pay_later",
        action="order",
    )
    order = Order.objects.latest("created_at")
    assert order.company_id == company.pk, language
    yield "order", shopper.get(f"{prefix}/orders/{order.public_token}/")
    yield get("my_order", f"/account/orders/{order.pk}/")
    yield get("company_orders", "/account/company/orders/")
    yield get("company_order", f"/account/company/orders/{order.pk}/")
    yield from walk_the_requests(prefix, language, get, post, company, token)
    Order.objects.filter(company=company).update(status="delivered")
    CompanyMember.objects.filter(company=company).update(is_active=False)
    yield get("company", "/account/company/")


def walk_the_members(
    prefix: str, language: str, get: Get, post: Post, shopper: Shopper, token: dict[str, str]
) -> Iterator[tuple[str, Any]]:
    """Members, invitations, and what those see who were invited."""
    yield get("company_members", "/account/company/members/")
    yield post("company_members", "/account/company/members/", token | {"email": "x", "role": "buyer"}, 422)
    member = CompanyMember.objects.latest("created_at")
    path = f"/account/company/members/{member.pk}/"
    yield get("company_member", path)
    yield post("company_member", path, token | {"role": "admin", "order_limit": "-1", "is_active": "on"}, 422)
    yield post("company_member", path, token | {"role": "buyer", "is_active": "on"}, 409)
    guest = f"guest{language}@example.com"
    shopper.post(f"{prefix}/account/company/members/", token | {"email": guest, "role": "buyer", "order_limit": "50"})
    yield get("company_members", "/account/company/members/")
    link = link_in(mails()[-1])
    yield "company_join", shopper.get(link)
    yield "company_join", shopper.post(link, token)
    yield "company_join", Shopper().get(link)
    yield "company_join", Shopper().post(link, {"password": "short"})
    account(guest)
    yield "company_join", Shopper().get(link)
    invited = re.findall(
        r'action="(\S*/account/company/invitations/[0-9a-f-]{36}/)"',
        shopper.get(f"{prefix}/account/company/members/").content.decode(),
    )
    shopper.post(invited[0], token)
    yield get("company_members", "/account/company/members/")
    yield "company_join", Shopper().get(link)


def walk_the_requests(
    prefix: str, language: str, get: Get, post: Post, company: Company, token: dict[str, str]
) -> Iterator[tuple[str, Any]]:
    """What a buyer asks for, and what becomes of it."""
    email = f"buyer{language}@example.com"
    CompanyMember.objects.create(company=company, customer=account(email, **NAMED), role="buyer", order_limit=4)
    CompanyMember.objects.create(company=company, customer=account(f"more{email}", **NAMED), role="approver")
    buyer = membership(CompanyMember.objects.get(customer__email=email).customer)
    mug = ProductVariant.objects.select_related("product").get(product__slug="mug")
    theirs = Shopper()
    assert log_in(theirs, email).status_code == 302

    def asked() -> PurchaseRequest:
        sent = answers(cart_of(buyer.customer, (mug, 1)), buyer.customer, company)
        details = {"shipping_address": PLACE, "billing_address": PLACE, "purchase_number": "§PO", "notes": "§Ring"}
        return send_for_approval(**sent | details)

    yield "company", theirs.get(f"{prefix}/account/company/")
    theirs.post(f"{prefix}/cart/lines/add/mug/", {"quantity": "1"})
    yield "checkout", theirs.get(f"{prefix}/checkout/")
    request = asked()
    path = f"/account/company/requests/{request.pk}/"
    yield get("company_requests", "/account/company/requests/")
    yield get("company_request", path)
    yield "company_request", theirs.get(f"{prefix}{path}")
    yield "company_orders", theirs.get(f"{prefix}/account/company/orders/")
    PurchaseRequest.objects.filter(pk=request.pk).update(total=Decimal("1.00"))
    yield get("company_request", path)
    yield post("company_request", f"{path}decide/", token | {"action": "approve", "expected_total": "1.00"}, 409)
    post("company_request", f"{path}decide/", token | {"action": "reject", "reason": "§No"}, 302)
    yield get("company_request", path)
    yield post("company_request", f"{path}decide/", token | {"action": "reject"}, 409)
    mails()
    expired = asked()
    PurchaseRequest.objects.filter(pk=expired.pk).update(expires_at=expired.created_at)
    expire_requests(expired.expires_at)
    approved = asked()
    seen = {"action": "approve", "expected_total": f"{approved.total:f}"}
    path = f"/account/company/requests/{approved.pk}/"
    post("company_request", f"{path}decide/", token | seen, 302)
    yield get("company_request", path)
    yield get("company_requests", "/account/company/requests/")
