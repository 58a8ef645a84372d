"""What holds for the rows of single models: who may change them, and what nobody may."""

import pytest

from platform_core.accounts.models import AccessRole
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.catalog.models import Brand, Category
from tenant_shop.customers.models import Customer
from tenant_shop.promotions.models import DiscountCode
from tenant_shop.reviews.models import ProductReview
from tests.back_office import entries
from tests.factories.catalog import CategoryFactory, ProductFactory
from tests.factories.customers import CustomerFactory
from tests.people import staff_browser

ROLES = [(AccessRole.VIEWER, False, False), (AccessRole.EDITOR, True, False), (AccessRole.ADMIN, True, True)]


@pytest.mark.parametrize(("role", "may_change", "may_delete"), ROLES)
def test_a_viewer_looks_an_editor_changes_an_admin_deletes(
    role: AccessRole, may_change: bool, may_delete: bool, acme: TenantInfo
) -> None:
    with tenant_context(acme):
        category = CategoryFactory(name="Tools", slug="tools")
        product = ProductFactory(stock=5)
        variant = product.variant_rows.get()
    browser = staff_browser(acme, role)
    form = {"name": "Changed", "slug": "tools", "sort_order": 0}

    assert browser.get(f"/admin/tenant_shop/category/{category.pk}/change/").status_code == 200
    changed = browser.post(f"/admin/tenant_shop/category/{category.pk}/change/", form)
    added = browser.post("/admin/tenant_shop/brand/add/", {"name": "New", "slug": "new"})
    counted = browser.post(
        f"/admin/tenant_shop/product/{product.pk}/stock/", {variant.pk.hex: 9, "reason": "correction"}
    )
    deleted = browser.post(f"/admin/tenant_shop/category/{category.pk}/delete/", {"post": "yes"})

    assert [answer.status_code for answer in (changed, added, counted)] == [302 if may_change else 403] * 3
    assert deleted.status_code == (302 if may_delete else 403)
    with tenant_context(acme):
        assert Category.objects.filter(name="Tools").exists() is (not may_change)
        assert Brand.objects.exists() is may_change
        assert Category.objects.exists() is (not may_delete)
        variant.refresh_from_db()
        assert variant.inventory_quantity == (9 if may_change else 5)
    if not may_change:
        assert entries(acme) == []


def test_discount_codes_are_kept_in_capitals_and_must_end_after_they_begin(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    form = {"code": "spring", "name": "Spring", "type": "percentage", "value": "10", "is_active": "on"}

    browser.post("/admin/tenant_shop/discountcode/add/", form)
    refused = browser.post(
        "/admin/tenant_shop/discountcode/add/",
        {
            **form,
            "code": "autumn",
            "starts_at_0": "2026-02-02",
            "starts_at_1": "10:00",
            "ends_at_0": "2026-02-01",
            "ends_at_1": "10:00",
        },
    )

    assert "It ends before it begins." in refused.content.decode()
    with tenant_context(acme):
        assert DiscountCode.objects.get().code == "SPRING"


def test_reviews_are_shown_by_an_action_and_never_rewritten(acme: TenantInfo) -> None:
    with tenant_context(acme):
        review = ProductReview.objects.create(
            product=ProductFactory(), customer=CustomerFactory(), rating=4, title="Good"
        )
    browser = staff_browser(acme)

    browser.post("/admin/tenant_shop/productreview/", {"action": "approve", "_selected_action": [review.pk]})
    browser.post(f"/admin/tenant_shop/productreview/{review.pk}/change/", {"title": "Bad", "status": "approved"})

    with tenant_context(acme):
        review.refresh_from_db()
    assert (review.status, review.title) == ("approved", "Good")


def test_a_customers_page_shows_no_password_and_takes_none(acme: TenantInfo) -> None:
    with tenant_context(acme):
        customer = CustomerFactory(email="ann@example.com", password_hash="argon2$secret")
    browser = staff_browser(acme)

    page = browser.get(f"/admin/tenant_shop/customer/{customer.pk}/change/").content.decode()

    assert "ann@example.com" in page
    assert "argon2$secret" not in page
    with tenant_context(acme):
        assert Customer.objects.get().password_hash == "argon2$secret"
