"""Products are written whole or not at all, stock moves by movements, and the plan says how many there may be."""

from decimal import Decimal
from functools import partial
from unittest import mock

import pytest
from django.db import IntegrityError

from platform_core.plans.models import TenantPlan
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.backoffice.catalog import ProductAdmin
from tenant_shop.catalog.models import Product
from tenant_shop.inventory.models import StockMovement
from tests.back_office import entries, inline, product_form
from tests.factories.catalog import ProductFactory, VariantFactory
from tests.people import staff_browser
from tests.shopping import at_once, everything


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
    assert entry.metadata["name"] == "Hammer"
    assert entry.old_values is None
    assert entry.new_values is not None
    assert (entry.new_values["name"], entry.new_values["price"]) == ("Hammer", "12.5")


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


def leave_room_for(products: int) -> None:
    TenantPlan.objects.filter(name="premium").update(max_products=products)


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
    assert "The plan Premium includes 1 product. Upgrade it to add more." in page.content.decode()
    with tenant_context(acme):
        assert everything() == before
    row = {"id": product.pk, "product": product.pk, "sku": "H-1", "position": 0, "is_active": "on"}
    with tenant_context(acme):
        row["id"] = product.variant_rows.get().pk
    changed = product_form(name="Big hammer", **inline("variant_rows", [row], initial=1))
    assert browser.post(f"/admin/tenant_shop/product/{product.pk}/change/", changed).status_code == 302


@pytest.mark.usefixtures("kept_plans")
def test_what_is_archived_takes_no_room_and_needs_some_to_come_back(acme: TenantInfo) -> None:
    leave_room_for(1)
    with tenant_context(acme):
        kept = ProductFactory(sku="OLD", name="Old", slug="old", status="archived")
        variant = kept.variant_rows.get()
    browser = staff_browser(acme)
    assert browser.post("/admin/tenant_shop/product/add/", product_form()).status_code == 302

    row = {"id": variant.pk, "product": kept.pk, "sku": "OLD", "position": 0, "is_active": "on"}
    form = {"name": "Old", "slug": "old", "sku": "OLD"} | inline("variant_rows", [row], initial=1)
    page = browser.post(f"/admin/tenant_shop/product/{kept.pk}/change/", product_form(**form, status="active"))
    assert "The plan Premium includes 1 product. Upgrade it to add more." in page.content.decode()
    still = browser.post(f"/admin/tenant_shop/product/{kept.pk}/change/", product_form(**form, status="archived"))
    assert still.status_code == 302
    with tenant_context(acme):
        assert Product.objects.get(pk=kept.pk).status == "archived"


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
