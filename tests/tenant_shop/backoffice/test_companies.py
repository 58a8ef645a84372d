"""Companies in the back office: decided on by those who run the shop, seen by all of its people."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from platform_core.accounts.models import AccessRole
from platform_core.audit.models import AuditLog
from platform_core.audit.scope import tenant_scope
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.companies.models import Company, CompanyMember
from tenant_shop.orders.models import Order
from tests.accounts import account
from tests.companies import AT_ID, DE_ID, asked_by, company_of, joined, membership, ordered_by
from tests.people import staff_browser
from tests.shopping import configure, everything, stocked

LIST = "/admin/tenant_shop/company/"


@pytest.fixture
def company(acme: TenantInfo) -> Company:
    """A company that waits, with an id that nobody has confirmed."""
    with tenant_context(acme):
        configure(company_accounts=True, country="DE")
        return company_of(account(), status="pending", tax_id=AT_ID, tax_id_state="format_ok", country="AT")


def form_of(company: Company, **changes: Any) -> dict[str, Any]:
    """What the page sends back when only `changes` were typed."""
    member = company.members.get()
    return {
        "name": company.name,
        "tax_id": company.tax_id,
        "city": company.city,
        "country": company.country,
        "payment_days": "30",
        "credit_limit": "0",
        "approval_rule": "none",
        "members-TOTAL_FORMS": "1",
        "members-INITIAL_FORMS": "1",
        "members-0-id": str(member.pk),
        "members-0-company": str(company.pk),
        "members-0-role": member.role,
        "members-0-is_active": "on",
        **changes,
    }


def test_a_company_is_approved_and_blocked_and_the_log_says_by_whom(acme: TenantInfo, company: Company) -> None:
    browser = staff_browser(acme, AccessRole.ADMIN)
    assert "Example Ltd" in browser.get(LIST).content.decode()
    page = browser.get(f"{LIST}{company.pk}/change/").content.decode()
    assert "not confirmed" in page
    browser.post(f"{LIST}{company.pk}/approve/")
    browser.post(f"{LIST}{company.pk}/confirm/")
    with tenant_context(acme):
        company.refresh_from_db()
        assert (company.status, company.tax_id_state, len(company.tax_id_checked_by)) == ("approved", "confirmed", 36)
    page = browser.get(f"{LIST}{company.pk}/change/").content.decode()
    assert 'confirmed · by hand · <time class="whitespace-nowrap"' in page
    browser.post(f"{LIST}{company.pk}/block/", {"reason": "We only sell to cafés."})
    browser.post(f"{LIST}{company.pk}/refuse/")
    with tenant_context(acme):
        company.refresh_from_db()
        assert (company.status, company.tax_id_state) == ("blocked", "refused")
    with tenant_scope(acme.id):
        entries = AuditLog.objects.filter(resource_id=company.pk).order_by("created_at")
        done = list(entries.values_list("action", flat=True))
    assert done == ["approve_company", "confirm_company", "block_company", "refuse_company"]


def test_terms_are_changed_and_another_tax_id_starts_anew(acme: TenantInfo, company: Company) -> None:
    browser = staff_browser(acme, AccessRole.ADMIN)
    path = f"{LIST}{company.pk}/change/"
    terms = {"pay_later": "on", "payment_days": "14", "credit_limit": "500.00", "tax_id": "DE 136 695 976"}
    with tenant_context(acme):
        Company.objects.update(tax_id_state="confirmed", tax_id_checked_by="VIES")
        sent = form_of(company, **terms)
    assert browser.post(path, sent).status_code == 302
    with tenant_context(acme):
        company.refresh_from_db()
    assert (company.pay_later, company.payment_days, company.credit_limit) == (True, 14, Decimal(500))
    assert (company.tax_id, company.tax_id_state, company.tax_id_checked_by) == (DE_ID, "format_ok", "")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"tax_id": "DE1"}, "This cannot be a tax id of this country."),
        ({"approval_rule": "above"}, "Say above which total orders have to be approved."),
        ({"payment_days": "0"}, "companies_terms_check"),
    ],
)
def test_impossible_terms_are_refused(acme: TenantInfo, company: Company, changes: dict[str, str], said: str) -> None:
    browser = staff_browser(acme, AccessRole.ADMIN)
    with tenant_context(acme):
        sent, before = form_of(company, **changes), Company.objects.values().get()
    page = browser.post(f"{LIST}{company.pk}/change/", sent)
    assert (page.status_code, said in page.content.decode()) == (200, True)
    with tenant_context(acme):
        assert Company.objects.values().get() == before


@pytest.mark.parametrize("role", [AccessRole.VIEWER, AccessRole.EDITOR])
def test_who_does_not_run_the_shop_only_looks(acme: TenantInfo, company: Company, role: AccessRole) -> None:
    browser = staff_browser(acme, role)
    page = browser.get(f"{LIST}{company.pk}/change/")
    assert (page.status_code, f"{company.pk}/approve/" in page.content.decode()) == (200, False)
    with tenant_context(acme):
        sent, before = form_of(company, credit_limit="9999"), Company.objects.values().get()
    for verb in ("approve", "block", "confirm", "refuse", "ask"):
        assert browser.post(f"{LIST}{company.pk}/{verb}/").status_code == 403
        assert browser.get(f"{LIST}{company.pk}/{verb}/").status_code == 405
    assert browser.post(f"{LIST}{company.pk}/change/", sent).status_code == 403
    with tenant_context(acme):
        assert Company.objects.values().get() == before


def test_another_shops_company_is_not_there(
    acme: TenantInfo, company: Company, make_shop: Callable[..., TenantInfo]
) -> None:
    browser = staff_browser(make_shop("bolt"), AccessRole.ADMIN)
    assert "Example Ltd" not in browser.get(LIST).content.decode()
    browser.post(f"{LIST}{company.pk}/approve/")
    with tenant_context(acme):
        assert Company.objects.get().status == "pending"


def test_the_merchant_finds_purchase_orders_and_overdue_invoices(acme: TenantInfo, company: Company) -> None:
    with tenant_context(acme):
        Company.objects.update(status="approved", pay_later=True, credit_limit=1000)
        member = membership(CompanyMember.objects.get().customer)
        late = ordered_by(member, (stocked(), 1), payment_method="pay_later", purchase_number="PO-77")
        fresh = ordered_by(member, (stocked(), 1), payment_method="pay_later")
        ordered_by(member, (stocked(), 1))
        Order.objects.filter(pk=late.pk).update(payment_due_at=timezone.now() - timedelta(days=1))
    browser = staff_browser(acme)

    def found(query: str) -> set[Any]:
        page = browser.get(f"/admin/tenant_shop/order/?{query}")
        return {order.pk for order in page.context["cl"].result_list}

    assert found("q=PO-77") == {late.pk}
    assert found("invoices=open") == {late.pk, fresh.pk}
    assert found("invoices=overdue") == {late.pk}
    waiting = {place.title: place for place in browser.get("/admin/").context["waiting"]}
    assert (waiting["Invoices overdue"].count, waiting["Companies"].count, waiting["Tax ids"].count) == (1, 0, 1)
    assert found(waiting["Invoices overdue"].url.partition("?")[2]) == {late.pk}
    page = browser.get(f"/admin/tenant_shop/order/{late.pk}/change/").content.decode()
    assert ("PO-77" in page, AT_ID in page, "Pay later" in page) == (True, True, True)


def test_purchase_requests_are_looked_at_and_not_touched(acme: TenantInfo, company: Company) -> None:
    with tenant_context(acme):
        Company.objects.update(status="approved", approval_rule="all")
        joined(company, "buyer@example.com")
        asked = asked_by(Company.objects.get(), email="buyer@example.com")
        before = everything()
    browser = staff_browser(acme, AccessRole.ADMIN)
    path = f"/admin/tenant_shop/purchaserequest/{asked.pk}/"
    assert "buyer@example.com" in browser.get(f"{path}change/").content.decode()
    assert browser.post(f"{path}change/", {"status": "approved"}).status_code == 403
    assert browser.post(f"{path}delete/", {"post": "yes"}).status_code == 403
    with tenant_context(acme):
        after = everything()
        assert {table for table in before if before[table] != after[table]} <= {"django_session"}
