"""What all lists and forms of the back office have in common, and the first page."""

from collections.abc import Callable
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from platform_core.accounts.models import AccessRole
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.backoffice import base
from tenant_shop.catalog.models import Brand, Category
from tenant_shop.customers.models import Customer
from tenant_shop.orders.models import Order
from tenant_shop.promotions.models import DiscountCode
from tenant_shop.reviews.models import ProductReview
from tests.back_office import entries
from tests.factories.catalog import CategoryFactory, ProductFactory
from tests.factories.customers import CustomerFactory
from tests.factories.orders import OrderFactory, OrderItemFactory
from tests.people import staff_browser
from tests.statements import StatementCount

MODELS = (
    "product",
    "category",
    "brand",
    "order",
    "customer",
    "productreview",
    "discountcode",
    "searchsynonym",
    "searchcount",
)


@pytest.fixture
def acme(make_shop: Callable[..., TenantInfo]) -> TenantInfo:
    return make_shop("acme", theme_config={"brand": "#aa0044"})


@pytest.mark.parametrize("model", MODELS)
def test_every_list_opens_empty_and_searches(model: str, acme: TenantInfo) -> None:
    browser = staff_browser(acme)

    assert browser.get(f"/admin/tenant_shop/{model}/").status_code == 200
    assert browser.get(f"/admin/tenant_shop/{model}/?q=hammer").status_code == 200


def test_the_back_office_bears_the_shops_name_and_colour(acme: TenantInfo) -> None:
    page = staff_browser(acme).get("/admin/").content.decode()

    assert "<title>" in page
    assert "Acme" in page
    assert "--color-primary-600: #aa0044" in page


def test_lists_show_this_shops_rows_only(acme: TenantInfo, make_shop: Callable[..., TenantInfo]) -> None:
    bolt = make_shop("bolt")
    for shop, name in ((acme, "Acme hammer"), (bolt, "Bolt spanner")):
        with tenant_context(shop):
            ProductFactory(name=name)
            OrderFactory(customer_email=f"shopper@{shop.slug}.example")
    browser = staff_browser(acme)

    products = browser.get("/admin/tenant_shop/product/").content.decode()
    orders = browser.get("/admin/tenant_shop/order/").content.decode()

    assert "Acme hammer" in products
    assert "Bolt spanner" not in products
    assert "shopper@acme.example" in orders
    assert "shopper@bolt.example" not in orders


@pytest.mark.parametrize(("model", "rows"), [("product", 1), ("product", 12), ("order", 1), ("order", 12)])
def test_a_list_costs_the_same_statements_however_long_it_is(model: str, rows: int, acme: TenantInfo) -> None:
    with tenant_context(acme):
        for _ in range(rows):
            OrderItemFactory(order=OrderFactory()) if model == "order" else ProductFactory(category=CategoryFactory())
    browser = staff_browser(acme)

    with StatementCount() as statements:
        browser.get(f"/admin/tenant_shop/{model}/")

    # Session, user, access, the bounded count, the rows.
    assert statements.count == 5


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


def test_autocompletion_finds_this_shops_rows(acme: TenantInfo, make_shop: Callable[..., TenantInfo]) -> None:
    for shop in (acme, make_shop("bolt")):
        with tenant_context(shop):
            CategoryFactory(name=f"Tools of {shop.slug}", slug="tools")
    browser: Client = staff_browser(acme)

    found = browser.get(
        "/admin/autocomplete/",
        {"app_label": "tenant_shop", "model_name": "product", "field_name": "category", "term": ""},
    )

    assert [row["text"] for row in found.json()["results"]] == ["Tools of acme"]


def test_a_long_list_is_counted_to_its_bound_and_says_so(acme: TenantInfo) -> None:
    with tenant_context(acme):
        for _ in range(4):
            CategoryFactory()

    with mock.patch.object(base, "LONGEST_COUNT", 3):
        page = staff_browser(acme).get("/admin/tenant_shop/category/").content.decode()

    assert "3+ categories" in page
    assert "Show all" not in page


def test_there_is_no_way_to_an_objects_page_by_its_type(acme: TenantInfo) -> None:
    assert staff_browser(acme).get("/admin/r/1/1/").status_code == 404


def test_the_first_page_counts_what_waits_and_leads_to_it(acme: TenantInfo) -> None:
    with tenant_context(acme):
        ProductFactory(name="Plenty", stock=50, low_stock_threshold=3)
        ProductFactory(name="Scarce", stock=2, low_stock_threshold=3)
        ProductFactory(name="Unready", status="draft", stock=0)
        OrderFactory(order_number="A-1", status="confirmed")
        OrderFactory(order_number="A-2", status="processing", fulfillment_status="fulfilled")
        OrderFactory(order_number="A-3", status="pending")
    browser = staff_browser(acme)

    with StatementCount() as statements:
        page = browser.get("/admin/")

    # Session, user, access; orders, products, reviews, companies.
    assert statements.count == 7
    waiting = {place.title: place for place in page.context["waiting"]}
    assert {title: place.count for title, place in waiting.items()} == {
        "Orders to send": 1, "Orders unpaid": 1, "Money to give back": 0, "Products running low": 1, "Drafts": 1,
        "Reviews": 0,
    }  # fmt: skip
    for title, shown in (("Orders to send", "A-1"), ("Orders unpaid", "A-3"), ("Products running low", "Scarce"),
                         ("Drafts", "Unready")):  # fmt: skip
        found = browser.get(waiting[title].url)
        assert [str(row) for row in found.context["cl"].result_list] == [shown]


def test_lists_write_moments_short_and_orders_name_the_way_to_pay(acme: TenantInfo) -> None:
    with tenant_context(acme):
        order = OrderFactory(payment_method="bank_transfer")
        at = timezone.localtime(Order.objects.get().created_at, ZoneInfo("Europe/Berlin"))
    browser = staff_browser(acme)

    listed = browser.get("/admin/tenant_shop/order/").content.decode()
    shown = browser.get(f"/admin/tenant_shop/order/{order.pk}/change/").content.decode()

    assert f"{at:%Y-%m-%d %H:%M}</time>" in listed
    assert "Bank transfer" in shown
    assert "bank_transfer" not in shown
