from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from platform_core.accounts.models import AccessRole
from platform_core.audit.models import AuditLog
from platform_core.audit.scope import tenant_scope
from platform_core.plans.models import TenantPlan
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.backoffice import base
from tenant_shop.backoffice.catalog import ProductAdmin
from tenant_shop.catalog.models import Brand, Category, Product
from tenant_shop.customers.models import Customer
from tenant_shop.inventory.models import StockMovement
from tenant_shop.orders.models import Order
from tenant_shop.promotions.models import DiscountCode
from tenant_shop.reviews.models import ProductReview
from tests.factories.catalog import CategoryFactory, ProductFactory, VariantFactory
from tests.factories.customers import CustomerFactory
from tests.factories.orders import OrderFactory, OrderItemFactory
from tests.people import staff_browser
from tests.shopping import at_once, everything
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


def entries(shop: TenantInfo) -> list[AuditLog]:
    with tenant_scope(shop.id):
        return list(AuditLog.objects.order_by("created_at"))


def inline(prefix: str, rows: list[dict[str, Any]], *, initial: int = 0) -> dict[str, Any]:
    form = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial}
    return form | {f"{prefix}-{index}-{name}": value for index, row in enumerate(rows) for name, value in row.items()}


def product_form(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Hammer",
        "slug": "hammer",
        "sku": "H-1",
        "status": "active",
        "visibility": "visible",
        "price": "12.50",
        "low_stock_threshold": 3,
        "track_inventory": "on",
        **inline("variant_rows", []),
        **inline("images", []),
        **changes,
    }


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


def test_a_product_is_added_with_a_variant_of_its_own_and_audited(acme: TenantInfo) -> None:
    browser = staff_browser(acme)

    response = browser.post("/admin/tenant_shop/product/add/", product_form())

    assert response.status_code == 302
    with tenant_context(acme):
        product = Product.objects.get()
        variant = product.variant_rows.get()
    assert (product.name, product.price) == ("Hammer", Decimal("12.500"))
    assert (variant.sku, variant.options, variant.inventory_quantity) == ("H-1", {}, 0)
    entry = entries(acme)[-1]
    assert (entry.action, entry.resource_id, entry.tenant_id) == ("add_product", product.pk, acme.id)
    assert entry.new_values is not None
    assert entry.new_values["name"] == "Hammer"


def test_variants_are_written_with_the_product(acme: TenantInfo) -> None:
    rows = [
        {"sku": "H-S", "options": "Size: S, Colour: Red", "price": "9.90", "position": 0, "is_active": "on"},
        {"sku": "H-M", "options": "Size: M, Colour: Red", "price": "", "position": 1, "is_active": "on"},
    ]

    staff_browser(acme).post("/admin/tenant_shop/product/add/", product_form(**inline("variant_rows", rows)))

    with tenant_context(acme):
        variants = list(Product.objects.get().variant_rows.all())
        assert [(v.sku, v.options, v.effective_price) for v in variants] == [
            ("H-S", {"Size": "S", "Colour": "Red"}, Decimal("9.900")),
            ("H-M", {"Size": "M", "Colour": "Red"}, Decimal("12.500")),
        ]


@pytest.mark.parametrize(
    ("field", "value"), [("price", "-1"), ("price", "1e309"), ("price", "12.345"), ("slug", "a b"), ("status", "sold")]
)
def test_a_bad_product_is_refused_and_nothing_moves(field: str, value: str, acme: TenantInfo) -> None:
    response = staff_browser(acme).post("/admin/tenant_shop/product/add/", product_form(**{field: value}))

    assert response.status_code == 200
    with tenant_context(acme):
        assert Product.objects.count() == 0
    assert entries(acme) == []


@pytest.mark.parametrize("taken", ["TAKEN", "TAKEN-S"])
def test_an_sku_of_another_product_is_refused_and_nothing_moves(taken: str, acme: TenantInfo) -> None:
    with tenant_context(acme):
        VariantFactory(product=ProductFactory(sku="TAKEN"), sku="TAKEN-S")
    rows = [{"sku": taken, "options": "", "price": "", "position": 0, "is_active": "on"}]

    response = staff_browser(acme).post("/admin/tenant_shop/product/add/", product_form(**inline("variant_rows", rows)))

    assert response.status_code == 200
    with tenant_context(acme):
        assert Product.objects.count() == 1
    assert entries(acme) == []


def test_what_the_database_refuses_rolls_the_whole_form_back(acme: TenantInfo) -> None:
    rows = [
        {"sku": "H-S", "options": "Size: S", "price": "", "position": 0, "is_active": "on"},
        {"sku": "H-T", "options": "Size: T", "price": "", "position": 1, "is_active": "on"},
    ]
    browser = staff_browser(acme)

    with mock.patch.object(ProductAdmin, "save_related", side_effect=IntegrityError("raced")):
        page = browser.post(
            "/admin/tenant_shop/product/add/", product_form(**inline("variant_rows", rows)), follow=True
        ).content.decode()

    assert "Nothing was saved" in page
    with tenant_context(acme):
        assert Product.objects.count() == 0
    assert entries(acme) == []


def test_changing_a_product_leaves_stock_sold_meanwhile_alone(acme: TenantInfo) -> None:
    with tenant_context(acme):
        product = ProductFactory(name="Hammer", slug="hammer", sku="H-1", stock=5)
        variant = product.variant_rows.get()
    browser = staff_browser(acme)
    row = {
        "id": variant.pk,
        "product": product.pk,
        "sku": "H-1",
        "options": "",
        "price": "",
        "position": 0,
        "is_active": "on",
        "inventory_quantity": 99,
    }

    response = browser.post(
        f"/admin/tenant_shop/product/{product.pk}/change/",
        product_form(name="Big hammer", inventory_quantity=99, **inline("variant_rows", [row], initial=1)),
    )

    assert response.status_code == 302
    with tenant_context(acme):
        product.refresh_from_db()
        assert (product.name, product.inventory_quantity) == ("Big hammer", 5)
    page = browser.get(f"/admin/tenant_shop/product/{product.pk}/history/").content.decode()
    assert "owner@acme.example" in page
    assert "Change: Name" in page


def test_stock_is_counted_by_a_movement_in_the_name_of_the_counter(acme: TenantInfo) -> None:
    with tenant_context(acme):
        product = ProductFactory(stock=5)
        small = VariantFactory(product=product, options={"Size": "S"}, stock=2)
    browser = staff_browser(acme)
    url = f"/admin/tenant_shop/product/{product.pk}/stock/"
    with tenant_context(acme):
        counts = {v.pk.hex: v.inventory_quantity for v in product.variant_rows.all()}

    assert browser.get(url).status_code == 200
    response = browser.post(url, {**counts, small.pk.hex: 7, "reason": "received", "reference": "LS 12"})

    assert response.status_code == 302
    with tenant_context(acme):
        movement = StockMovement.objects.exclude(reason="initial").get()
        assert (movement.variant_id, movement.delta, movement.reason) == (small.pk, 5, "received")
        assert (movement.reference, product.variant_rows.get(pk=small.pk).inventory_quantity) == ("LS 12", 7)


@pytest.mark.parametrize("count", ["-1", "1.5", "NaN", "1e9", "", "9999999999"])
def test_a_bad_count_moves_nothing(count: str, acme: TenantInfo) -> None:
    with tenant_context(acme):
        product = ProductFactory(stock=5)
        variant = product.variant_rows.get()

    response = staff_browser(acme).post(
        f"/admin/tenant_shop/product/{product.pk}/stock/", {variant.pk.hex: count, "reason": "correction"}
    )

    assert response.status_code == 422
    with tenant_context(acme):
        assert StockMovement.objects.count() == 1


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


def leave_room_for(products: int) -> None:
    TenantPlan.objects.filter(name="premium").update(max_products=products)


@pytest.fixture
def kept_plans(acme: TenantInfo) -> Iterator[None]:
    """Plans are not cleaned up after a test."""
    before = list(TenantPlan.objects.values("pk", "max_products"))
    yield
    for plan in before:
        TenantPlan.objects.filter(pk=plan["pk"]).update(max_products=plan["max_products"])


@pytest.mark.usefixtures("kept_plans")
def test_a_product_beyond_the_plan_is_refused_in_its_words_and_nothing_moves(acme: TenantInfo) -> None:
    leave_room_for(1)
    browser = staff_browser(acme)
    assert browser.post("/admin/tenant_shop/product/add/", product_form()).status_code == 302
    with tenant_context(acme):
        product = Product.objects.get()
        before = everything()

    another = product_form(name="Saw", slug="saw", sku="S-1")
    page = browser.post("/admin/tenant_shop/product/add/", another)

    assert page.status_code == 200
    assert "The plan Premium includes 1 products. Upgrade it to add more." in page.content.decode()
    with tenant_context(acme):
        assert everything() == before
    row = {"id": product.pk, "product": product.pk, "sku": "H-1", "position": 0, "is_active": "on"}
    with tenant_context(acme):
        row["id"] = product.variant_rows.get().pk
    changed = product_form(name="Big hammer", **inline("variant_rows", [row], initial=1))
    assert browser.post(f"/admin/tenant_shop/product/{product.pk}/change/", changed).status_code == 302


@pytest.mark.usefixtures("kept_plans")
def test_requests_at_the_same_moment_do_not_share_the_plans_last_place(acme: TenantInfo) -> None:
    leave_room_for(1)
    browsers = [staff_browser(acme, email=f"clerk{number}@acme.example") for number in range(4)]

    def add(number: int) -> int:
        form = product_form(name=f"Saw {number}", slug=f"saw-{number}", sku=f"S-{number}")
        return browsers[number].post("/admin/tenant_shop/product/add/", form).status_code

    answers = at_once(acme, [partial(add, number) for number in range(4)])

    assert sorted(answers) == [200, 200, 200, 302]
    with tenant_context(acme):
        assert Product.objects.count() == 1


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

    # Session, user, access; orders, products, reviews.
    assert statements.count == 6
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
