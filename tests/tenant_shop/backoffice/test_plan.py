"""The pages of the plan: what confirming charges is what was shown, and nobody but an owner changes anything."""

from __future__ import annotations

from datetime import UTC, timedelta
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from django.test import Client
from django.utils import timezone

from platform_core.accounts.models import AccessRole
from platform_core.accounts.sessions.models import UserSession
from platform_core.billing.closed import close_for_bills
from platform_core.billing.coupons.models import CouponUse, PlanCoupon
from platform_core.billing.credit import credit_invoice
from platform_core.billing.models import BillingInvoice, TenantSubscription
from platform_core.billing.open_trial import open_trial
from platform_core.billing.run import billing_run
from platform_core.plans.models import TenantPlan
from platform_core.tenancy import directory
from platform_core.tenancy.context import TenantInfo, tenant_context
from platform_core.tenants.models import Tenant
from platform_core.tenants.suspend import suspend_tenant
from tests.back_office import entries
from tests.documents import text_of
from tests.factories.catalog import ProductFactory
from tests.people import PASSWORD, staff_browser

PAGE = "/admin/plan/"


@pytest.fixture
def owner(acme: TenantInfo, kept_plans: None) -> Client:
    """Of a shop whose first paid month of Basic, at 30.00, began today."""
    today = timezone.now().astimezone(UTC).date()
    TenantPlan.objects.update(setup_fee=0)
    TenantPlan.objects.filter(name="basic").update(monthly_price=30, annual_price=300)
    TenantPlan.objects.filter(name="premium").update(monthly_price=90, annual_price=900)
    Tenant.objects.update(plan_type="basic")
    assert open_trial(acme.id, plan="basic", today=today - timedelta(days=14))
    list(billing_run(today))
    return staff_browser(acme)


def text(answer: Any) -> str:
    """The page; nothing of what is written for browsers is shown to people."""
    page = " ".join(answer.content.decode().split())
    assert "&lt;" not in page
    return page


def state() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in (TenantSubscription, BillingInvoice, CouponUse)]


def test_the_page_says_what_the_plan_costs_includes_and_was_billed(owner: Client) -> None:
    page = text(owner.get(PAGE))
    for words in (
        "$30.00 a month",
        "Renewed after",
        "SS-",
        "(PDF)",
        "Open, due",
        "By bank transfer",
        "Change the plan",
    ):
        assert words in page, words
    bill = BillingInvoice.objects.get()
    with mock.patch("tenant_shop.backoffice.plan.overview.today", return_value=bill.due_date + timedelta(days=1)):
        assert "Overdue, due" in text(owner.get(PAGE))
    answer = owner.get(f"{PAGE}bills/{bill.pk}/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert f"Invoice {bill.invoice_number}" in text_of(answer.content)
    credit_invoice(bill.invoice_number, today=bill.issued_date, amount=Decimal(5))
    page = text(owner.get(PAGE))
    assert "Credit note SSC-" in page
    assert "$25.00 left" in page


def test_another_shops_bill_is_not_found(owner: Client, make_shop: Any) -> None:
    other = make_shop("brick")
    theirs = BillingInvoice.objects.create(
        tenant_id=other.id, invoice_number="X-1", subtotal=1, total_amount=1, issued_date="2026-01-01",
        due_date="2026-01-01",
    )  # fmt: skip
    assert owner.get(f"{PAGE}bills/{theirs.pk}/").status_code == 404


def test_confirming_charges_exactly_what_was_shown(owner: Client) -> None:
    assert "See what Premium" in text(owner.get(f"{PAGE}choose/?cycle=monthly"))
    path = f"{PAGE}change/premium/monthly/"
    page = text(owner.get(path))
    assert "Confirm, and pay $60.00" in page
    assert "-$30.00" in page
    answer = owner.post(path, {"expected_total": "60.00"}, follow=True)
    assert "Your plan is Premium now." in text(answer)
    newest = BillingInvoice.objects.latest("invoice_number")
    assert (newest.kind, newest.total_amount) == ("change", Decimal(60))


@pytest.mark.parametrize("expected", ["59.99", "", "free"])
def test_another_amount_than_the_one_shown_charges_nothing(owner: Client, expected: str) -> None:
    before = state()
    page = text(owner.post(f"{PAGE}change/premium/monthly/", {"expected_total": expected}))
    assert "Please look again." in page
    assert state() == before


def test_a_smaller_plan_says_what_goes_beyond_it_and_waits(acme: TenantInfo, owner: Client) -> None:
    owner.post(f"{PAGE}change/premium/monthly/", {"expected_total": "60.00"})
    with tenant_context(acme):
        ProductFactory.create_batch(3)
    TenantPlan.objects.filter(name="basic").update(max_products=2)
    path = f"{PAGE}change/basic/monthly/"
    page = text(owner.get(path))
    assert "it includes 2, you have 3" in page
    for lost in ("Analytics", "Advanced reports", "API access"):
        assert f"<strong>{lost}</strong>: " in page, lost
    assert "<strong>Your own domain</strong>" not in page
    assert "Confirming charges nothing" in page
    before = state()
    assert "Please confirm that you have read" in text(owner.post(path, {"expected_total": "0.00"}))
    assert state() == before
    page = text(owner.post(path, {"expected_total": "0.00", "understood": "on"}, follow=True))
    assert "From then on: <strong>Basic" in page
    assert Tenant.objects.get().plan_type == "premium"


def test_cancelling_at_the_end_of_the_period_and_thinking_better_of_it(owner: Client) -> None:
    assert "you have paid until then" in text(owner.get(f"{PAGE}cancel/"))
    page = text(owner.post(f"{PAGE}cancel/", {"reason": "too quiet"}, follow=True))
    assert "Your plan ends on" in page
    assert "Reactivate" in page
    assert "like this already" in text(owner.post(f"{PAGE}cancel/", follow=True))
    assert "Your plan goes on." in text(owner.post(f"{PAGE}reactivate/", follow=True))
    assert TenantSubscription.objects.get().ends_with_period is False


def test_a_coupon_is_redeemed_and_shown_and_a_wrong_one_explained(owner: Client) -> None:
    PlanCoupon.objects.create(code="SPRING", kind="percentage", value=20, periods=2)
    assert "There is no coupon “AUTUMN”" in text(owner.post(f"{PAGE}coupon/", {"code": "autumn"}, follow=True))
    page = text(owner.post(f"{PAGE}coupon/", {"code": " spring"}, follow=True))
    assert "20 % off your next 2 bills" in page
    assert "Confirm, and pay $210.00" in text(owner.get(f"{PAGE}change/basic/annual/"))  # 300 - 60 - 30


ADDRESS = {
    "last_name": "Example", "company": "Acme GmbH", "address_line_1": "Deich 4", "postal_code": "25813",
    "city": "Husum", "country": "DE", "email": "books@acme.example", "tax_id": "de 136 695 976",
}  # fmt: skip


def test_address_and_tax_id_are_checked_and_stand_on_the_next_bill(owner: Client, acme: TenantInfo) -> None:
    path = f"{PAGE}address/"
    for wrong in ({"postal_code": "9"}, {"tax_id": "DE136695977"}, {"country": ""}, {"email": "nobody"}):
        answer = owner.post(path, ADDRESS | wrong)
        assert answer.status_code == 422, wrong
    assert Tenant.objects.get().billing_address is None
    page = text(owner.post(path, ADDRESS, follow=True))
    for words in ("Acme GmbH", "25813 Husum", "Tax id: DE136695976"):
        assert words in page, words
    assert 'value="Deich 4"' in text(owner.get(path))
    [entry] = [entry for entry in entries(acme) if entry.action == "change_billing_details"]
    assert (entry.old_values["email"], entry.new_values["email"]) == ("", "books@acme.example")
    assert "Deich 4" in entry.new_values["address"]
    owner.post(f"{PAGE}change/premium/monthly/", {"expected_total": "60.00"})
    newest = BillingInvoice.objects.latest("invoice_number")
    assert (newest.buyer["tax_id"], newest.buyer["email"]) == ("DE136695976", "books@acme.example")


POSTED = ("change/premium/monthly/", "cancel/", "reactivate/", "coupon/", "pay/", "address/", "card/", "card/remove/")


@pytest.mark.parametrize("role", [AccessRole.ADMIN, AccessRole.EDITOR, AccessRole.VIEWER])
def test_nobody_but_owners_changes_anything(owner: Client, acme: TenantInfo, role: AccessRole) -> None:
    other, before = staff_browser(acme, role, "other@acme.example"), state()
    for path in POSTED:
        assert other.post(PAGE + path, {"expected_total": "60.00", "code": "X"}).status_code == 403, path
    assert state() == before
    assert (other.get(PAGE).status_code, "Change the plan" in other.get(PAGE).content.decode()) == (
        200 if role == AccessRole.ADMIN else 403, False,
    )  # fmt: skip


@pytest.mark.parametrize("is_suspended", [False, True])
def test_whoever_logged_in_a_while_ago_proves_who_they_are_before_anything_changes(
    owner: Client, acme: TenantInfo, is_suspended: bool
) -> None:
    if is_suspended:
        suspend_tenant(acme.id, reason="overdue")
        directory.clear()
    UserSession.objects.update(confirmed_at=timezone.now() - UserSession.FRESH_FOR)
    before = state()
    for path in POSTED:
        asked = owner.post(PAGE + path, {"expected_total": "60.00", "code": "X"})
        assert (asked.status_code, asked.headers["Location"].split("?")[0]) == (302, "/confirm/"), path
    assert state() == before
    asked = owner.get(f"{PAGE}card/")
    assert asked.headers["Location"] == "/confirm/?next=%2Fadmin%2Fplan%2Fcard%2F", "not after the card was typed"

    assert owner.post(asked.headers["Location"], {"password": "something else"}).status_code == 422
    proven = owner.post(asked.headers["Location"], {"password": PASSWORD, "next": f"{PAGE}card/"})
    assert proven.headers["Location"] == f"{PAGE}card/"
    assert owner.get(PAGE).status_code == 200
    assert owner.post(f"{PAGE}cancel/").headers["Location"] == PAGE


def test_who_changed_the_plan_stands_in_the_shops_audit_log(owner: Client, acme: TenantInfo) -> None:
    owner.post(f"{PAGE}change/premium/monthly/", {"expected_total": "60.00"})
    [entry] = [entry for entry in entries(acme) if entry.action == "change_subscription"]
    assert (entry.new_values["plan"], entry.user_id is not None) == ("premium", True)


def test_without_a_gateway_no_card_is_asked_for(owner: Client) -> None:
    assert "Pay by card" not in text(owner.get(PAGE))
    assert "Cards are not taken here." in text(owner.get(f"{PAGE}card/", follow=True))


def test_whoever_owes_something_gets_to_the_bills_of_a_suspended_shop_and_nowhere_else(
    owner: Client, acme: TenantInfo
) -> None:
    TenantSubscription.objects.update(status="suspended")
    close_for_bills(Tenant.objects.get(), number="SS-2026-000001")
    directory.clear()
    page = text(owner.get(PAGE))
    for words in ("Your shop is closed to shoppers", "$30.00 are open", "(PDF)"):
        assert words in page, words
    assert "Change the plan" not in page
    assert 'href="/login/?next=/admin/plan/"' in text(owner.get("/dashboard/"))
    assert [owner.get(path).status_code for path in ("/dashboard/", "/admin/staff/", "/")] == [402, 402, 403]
    assert "Please pay what is owed first." in text(owner.get(f"{PAGE}change/premium/monthly/", follow=True))
    suspend_tenant(acme.id, reason="it sells what it must not")
    page = text(owner.get(PAGE))
    assert ("We have closed your shop" in page, "$30.00 are open." in page, "Redeem" in page) == (True, True, False)
    assert "We have closed the shop." in text(owner.get(f"{PAGE}change/premium/monthly/", follow=True))
