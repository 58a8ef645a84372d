"""A plan that includes fewer customers turns nobody away: it is written down, and the merchant told."""

from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from django.db import DatabaseError

from platform_core.audit.models import AuditLog
from platform_core.audit.scope import tenant_scope
from platform_core.plans.models import TenantPlan
from platform_core.tenancy.context import TenantInfo
from tenant_shop.configuration import beyond_plan
from tenant_shop.customers.models import Customer
from tenant_shop.customers.register import Applicant, open_account, register
from tenant_shop.customers.scrub import nobodys_email
from tests.accounts import PASSWORD, account, link_in, mails
from tests.people import staff_browser


@pytest.fixture(autouse=True)
def plans(platform: Any) -> Iterator[None]:
    """Plans outlive a test."""
    before = list(TenantPlan.objects.values("pk", "max_customers"))
    yield
    for plan in before:
        TenantPlan.objects.filter(pk=plan["pk"]).update(max_customers=plan["max_customers"])


def include(customers: int | None) -> None:
    TenantPlan.objects.filter(name="premium").update(max_customers=customers)


def open_one(email: str) -> Customer:
    register(Applicant(email=email, password=PASSWORD))
    (message,) = mails()
    return open_account(link_in(message).rstrip("/").rpartition("/")[2], PASSWORD)


def noted(shop: TenantInfo) -> list[Any]:
    with tenant_scope(shop.id):
        found = AuditLog.objects.filter(action="exceed_plan").order_by("created_at")
        return list(found.values_list("resource_type", "tenant_id", "user_id", "new_values"))


def test_accounts_beyond_the_plan_are_opened_and_noted_once_a_month(selling: TenantInfo) -> None:
    include(2)
    account("ann@example.com")
    open_one("bob@example.com")
    assert noted(selling) == []
    for name in ("cia", "dan"):
        assert open_one(f"{name}@example.com").status == "active"
    values = {"plan": TenantPlan.objects.get(name="premium").display_name, "included": 2, "there": 3}
    assert noted(selling) == [("customers", selling.id, None, values)]


@pytest.mark.parametrize("unlimited", [None, -1])
def test_an_unlimited_plan_is_never_exceeded(selling: TenantInfo, unlimited: int | None) -> None:
    include(unlimited)
    open_one("bob@example.com")
    assert noted(selling) == []


def test_those_who_were_erased_are_no_customers(selling: TenantInfo) -> None:
    include(1)
    gone = account("ann@example.com")
    Customer.objects.filter(pk=gone.pk).update(email=nobodys_email(gone.pk), status="inactive")
    open_one("bob@example.com")
    assert noted(selling) == []


def test_an_account_stands_when_it_cannot_be_noted(selling: TenantInfo, caplog: pytest.LogCaptureFixture) -> None:
    include(0)
    with mock.patch.object(beyond_plan, "record", side_effect=DatabaseError("down")):
        customer = open_one("bob@example.com")
    assert Customer.objects.get().pk == customer.pk
    assert "beyond its plan" in caplog.text
    open_one("cia@example.com")
    assert [row[3]["there"] for row in noted(selling)] == [2]


def test_the_first_page_warns_as_long_as_it_is_so(selling: TenantInfo) -> None:
    include(1)
    for name in ("ann", "bob", "cia"):
        account(f"{name}@example.com")
    browser = staff_browser(selling)
    page = browser.get("/admin/")
    (warning,) = [each for each in page.context["waiting"] if each.title == "Customers beyond your plan"]
    assert (warning.count, warning.url) == (2, "/admin/tenant_shop/customer/?")
    assert "includes 1, you have 3. Nobody is turned away" in page.content.decode()
    assert browser.get(warning.url).status_code == 200
    include(3)
    assert "beyond your plan" not in browser.get("/admin/").content.decode()
