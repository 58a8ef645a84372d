"""Categories, brands, products and variants, read and written."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from platform_core.audit.models import AuditLog
from platform_core.audit.scope import tenant_scope
from platform_core.plans.models import TenantPlan
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.catalog.models import Brand, Category, Product
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.inventory.models import StockMovement
from tests.api_client import ApiClient, error_of
from tests.custom_fields import field
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory, VariantFactory
from tests.factories.orders import OrderItemFactory
from tests.statements import StatementCount

Program = Callable[..., ApiClient]


@pytest.fixture
def api(acme: TenantInfo, program: Program) -> ApiClient:
    return program(acme, "write_products")


def test_a_category_is_made_changed_and_deleted(acme: TenantInfo, api: ApiClient) -> None:
    top = api.post("/categories/", {"name": "Tools"})
    made = api.post("/categories/", {"name": "Hämmer & mehr", "parent_id": top.json()["id"], "sort_order": 3}).json()
    again = api.post("/categories/", {"name": "Tools", "is_active": False}).json()

    assert top.status_code == 201
    assert (made["slug"], again["slug"]) == ("hammer-mehr", "tools-2")
    assert (made["parent_id"], made["sort_order"], made["is_active"]) == (top.json()["id"], 3, True)
    changed = api.patch(f"/categories/{made['id']}/", {"parent_id": None, "name": "Hammers"}).json()
    assert changed == {**made, "parent_id": None, "name": "Hammers", "updated_at": changed["updated_at"]}
    assert [row["name"] for row in api.get("/categories/?is_active=false").json()["results"]] == ["Tools"]
    assert api.delete(f"/categories/{made['id']}/").status_code == 204
    with tenant_context(acme):
        assert list(Category.objects.order_by("pk").values_list("slug", flat=True)) == ["tools", "tools-2"]


def test_a_category_never_lies_below_itself(acme: TenantInfo, api: ApiClient) -> None:
    with tenant_context(acme):
        top = CategoryFactory(name="Top")
        below = CategoryFactory(name="Below", parent=top)

    refused = api.patch(f"/categories/{top.pk}/", {"parent_id": str(below.pk), "name": "Other"})

    assert error_of(refused) == (400, "cycle", "parent_id")
    with tenant_context(acme):
        assert Category.objects.values_list("name", "parent_id").get(pk=top.pk) == ("Top", None)


@pytest.mark.parametrize(("path", "field_name"), [("/categories/", "image_url"), ("/brands/", "logo_url")])
@pytest.mark.parametrize(
    ("address", "code"),
    [("http://a.example/x.png", "no_address"), ("//evil", "no_address"), ("/media/gone.png", "picture_gone")],
)
def test_pictures_come_from_https_or_are_the_shops_own(
    path: str, field_name: str, address: str, code: str, api: ApiClient
) -> None:
    assert error_of(api.post(path, {"name": "A", field_name: address})) == (400, code, field_name)
    assert api.get(path).json()["results"] == []


def test_what_has_products_stays(acme: TenantInfo, api: ApiClient) -> None:
    with tenant_context(acme):
        product = ProductFactory(category=CategoryFactory(), brand=BrandFactory())

    refused = [api.delete(f"/categories/{product.category_id}/"), api.delete(f"/brands/{product.brand_id}/")]

    assert [error_of(response) for response in refused] == [(409, "in_use", None)] * 2
    with tenant_context(acme):
        assert (Category.objects.count(), Brand.objects.count()) == (1, 1)


def test_a_slug_is_one_things_own(api: ApiClient) -> None:
    api.post("/brands/", {"name": "Stark", "slug": "stark"})

    assert error_of(api.post("/brands/", {"name": "Other", "slug": "stark"})) == (400, "unique", "slug")
    assert len(api.get("/brands/").json()["results"]) == 1


def test_a_product_is_made_with_its_variants_and_their_stock(acme: TenantInfo, api: ApiClient) -> None:
    body = {
        "name": "Hammer",
        "sku": "H",
        "price": "12.50",
        "status": "active",
        "tags": ["new"],
        "specifications": [{"name": "Material", "values": ["Steel", "Wood"]}],
        "variants": [
            {"options": {"Size": "M"}, "inventory_quantity": 3},
            {"options": {"Size": "L"}, "sku": "H-LARGE", "price": "14", "weight": "900"},
        ],
    }

    response = api.post("/products/", body)

    made = response.json()
    assert response.status_code == 201
    assert (made["slug"], made["price"], made["currency"], made["inventory_quantity"]) == ("hammer", "12.50", "EUR", 3)
    assert made["options"] == {"Size": ["M", "L"]}
    assert made["specifications"] == [{"name": "Material", "values": ["Steel", "Wood"]}]
    assert made["published_at"] is not None
    told = ("sku", "options", "price", "own_price", "inventory_quantity", "weight")
    assert [tuple(variant[name] for name in told) for variant in made["variants"]] == [
        ("H-M", {"Size": "M"}, "12.50", None, 3, None),
        ("H-LARGE", {"Size": "L"}, "14.00", "14.00", 0, "900.00"),
    ]
    assert api.get(f"/products/{made['id']}/").json() == made
    for query in ("tag=new&status=active", "sku=H", f"created_from={made['created_at']}"):
        assert [row["id"] for row in api.get(f"/products/?{query}").json()["results"]] == [made["id"]]
    assert api.get("/products/?tag=old").json()["results"] == []
    with tenant_context(acme):
        assert list(StockMovement.objects.values_list("delta", "reason")) == [(3, "initial")]
    with tenant_scope(acme.id):
        entry = AuditLog.objects.get(action="add_product")
    assert (entry.metadata["name"], entry.metadata["door"], entry.new_values["price"]) == ("Hammer", "api", "12.50")


def test_options_make_a_variant_for_each_combination(api: ApiClient) -> None:
    body = {"name": "Shirt", "sku": "S", "price": "20", "options": {"Size": ["S", "M"], "Colour": ["Red", "Blue"]}}

    made = api.post("/products/", body).json()

    assert [variant["options"] for variant in made["variants"]] == [
        {"Size": "S", "Colour": "Red"},
        {"Size": "S", "Colour": "Blue"},
        {"Size": "M", "Colour": "Red"},
        {"Size": "M", "Colour": "Blue"},
    ]


def test_a_product_without_variants_is_sold_by_its_own_sku(api: ApiClient) -> None:
    made = api.post("/products/", {"name": "Hammer", "sku": "H", "price": "12.5"}).json()

    assert [(variant["sku"], variant["options"]) for variant in made["variants"]] == [("H", {})]
    assert (made["status"], made["published_at"]) == ("draft", None)


@pytest.mark.parametrize(
    ("change", "code", "param"),
    [
        ({"sku": "TAKEN"}, "sku_taken", "sku"),
        ({"price": "-1"}, "invalid", "price"),
        ({"price": "1.005"}, "too_fine", "price"),
        ({"price": "1e3"}, "invalid", "price"),
        ({"price": "99999999999"}, "max_whole_digits", "price"),
        ({"price": 12}, "not_text", "price"),
        ({"price": None}, "null", "price"),
        ({"tax_class": "unheard-of"}, "unknown_class", "tax_class"),
        ({"published_at": "2999-01-01T00:00:00Z"}, "future", "published_at"),
        ({"category_id": "018f0000-0000-7000-8000-000000000000"}, "does_not_exist", "category_id"),
        ({"status": "gone"}, "invalid_choice", "status"),
        ({"specifications": [{}]}, "required", "specifications.0.name"),
        ({"specifications": [{"name": "Material"}]}, "required", "specifications.0.values"),
        ({"customs_code": "61.09"}, "invalid", "customs_code"),
        ({"low_stock_threshold": 3_000_000_000}, "max_value", "low_stock_threshold"),
        ({"inventory_quantity": 5}, "unknown_field", "inventory_quantity"),
        ({"custom_fields": {"nope": "x"}}, "unknown_field", "custom_fields.nope"),
        ({"custom_fields": {"length": "long"}}, "custom_value_refused", "custom_fields.length"),
        ({"custom_fields": {"length": 5}}, "invalid", "custom_fields.length"),
    ],
)
def test_a_product_that_cannot_be_stays_as_it_was(
    change: dict[str, object], code: str, param: str, acme: TenantInfo, api: ApiClient
) -> None:
    with tenant_context(acme):
        field("length", kind="number", in_api=True)
        ProductFactory(sku="TAKEN")
        product = ProductFactory(name="Hammer", sku="H", price="12.50")
    before = api.get(f"/products/{product.pk}/").json()

    assert error_of(api.patch(f"/products/{product.pk}/", {"name": "Other", **change})) == (400, code, param)
    if "inventory_quantity" not in change:
        refused = api.post("/products/", {"name": "New", "sku": "N", "price": "1", **change})
        assert error_of(refused) == (400, code, param)
    assert api.get(f"/products/{product.pk}/").json() == before
    with tenant_context(acme):
        assert Product.objects.count() == 2


def test_a_product_changes_by_what_is_named(acme: TenantInfo, api: ApiClient) -> None:
    with tenant_context(acme):
        field("length", kind="number", in_api=True)
        field("hidden", in_api=False)
        product = ProductFactory(
            name="Hammer", price="12.50", status="draft", metadata={"fields": {"length": "3", "hidden": "x"}}
        )
    before = api.get(f"/products/{product.pk}/").json()

    changed = api.patch(
        f"/products/{product.pk}/", {"price": "13", "status": "active", "custom_fields": {"length": "4.5"}}
    ).json()

    stamps = {name: changed[name] for name in ("updated_at", "published_at", "variants")}
    assert changed == {**before, "price": "13.00", "status": "active", "custom_fields": {"length": "4.5"}, **stamps}
    assert changed["published_at"] is not None
    with tenant_context(acme):
        assert Product.objects.get().metadata == {"fields": {"length": "4.5", "hidden": "x"}}
    with tenant_scope(acme.id):
        entry = AuditLog.objects.get(action="change_product")
    assert (entry.old_values["price"], entry.new_values["price"]) == ("12.50", "13.00")
    assert "name" not in entry.new_values


def test_a_plan_without_room_takes_no_product(acme: TenantInfo, api: ApiClient, kept_plans: None) -> None:
    TenantPlan.objects.update(max_products=1)
    first = {"name": "A", "sku": "A", "price": "1"}
    assert api.post("/products/", first).status_code == 201

    assert error_of(api.post("/products/", {**first, "sku": "B"})) == (409, "plan_limit_reached", None)

    with tenant_context(acme):
        assert Product.objects.count() == 1


def test_what_was_sold_cannot_be_deleted(acme: TenantInfo, api: ApiClient) -> None:
    with tenant_context(acme):
        product = ProductFactory(sku="H")
        sold = VariantFactory(product=product, sku="H-L", options={"Size": "L"})
        OrderItemFactory(product=product, variant=sold)
        unsold = ProductFactory(sku="U", stock=3)
        only = unsold.variant_rows.get()

    refused = [
        api.delete(f"/products/{product.pk}/"),
        api.delete(f"/variants/{sold.pk}/"),
        api.delete(f"/variants/{only.pk}/"),
    ]

    assert [error_of(response) for response in refused] == [(409, "in_use", None)] * 3
    assert api.delete(f"/products/{unsold.pk}/").status_code == 204
    with tenant_context(acme):
        assert list(Product.objects.values_list("sku", flat=True)) == ["H"]
        assert ProductVariant.objects.count() == 2


def test_variants_are_added_changed_and_deleted(acme: TenantInfo, api: ApiClient) -> None:
    with tenant_context(acme):
        product = ProductFactory(sku="H", price="10")
    path = f"/products/{product.pk}/variants/"

    made = api.post(path, {"options": {"Size": "L"}, "price": "11", "inventory_quantity": 2}).json()
    refused = [
        api.post(path, {"options": {"Size": "L"}}),
        api.post(path, {"options": {"Size": "XL"}, "image_id": "018f0000-0000-7000-8000-000000000000"}),
        api.patch(f"/variants/{made['id']}/", {"options": {}}),
        api.patch(f"/variants/{made['id']}/", {"sku": ""}),
    ]

    assert (made["sku"], made["price"], made["inventory_quantity"]) == ("H-L", "11.00", 2)
    assert [error_of(response) for response in refused] == [
        (400, "options_taken", "options"),
        (400, "does_not_exist", "image_id"),
        (400, "options_taken", "options"),
        (400, "blank", "sku"),
    ]
    changed = api.patch(f"/variants/{made['id']}/", {"price": None, "is_active": False}).json()
    assert changed == {
        **made, "price": "10.00", "own_price": None, "is_active": False, "updated_at": changed["updated_at"]
    }  # fmt: skip
    assert [row["sku"] for row in api.get(path).json()["results"]] == ["H", "H-L"]
    assert error_of(api.get("/products/018f0000-0000-7000-8000-000000000000/variants/"))[0] == 404
    assert api.delete(f"/variants/{made['id']}/").status_code == 204
    assert [row["sku"] for row in api.get("/variants/").json()["results"]] == ["H"]


def test_amounts_have_as_many_decimals_as_their_currency(
    make_shop: Callable[..., TenantInfo], program: Program
) -> None:
    api = program(make_shop("kiosk", currency="JPY"), "write_products")

    made = api.post("/products/", {"name": "A", "sku": "A", "price": "1250"}).json()

    assert (made["price"], made["currency"]) == ("1250", "JPY")
    assert error_of(api.patch(f"/products/{made['id']}/", {"price": "1250.5"})) == (400, "too_fine", "price")


@pytest.mark.parametrize("path", ["/products/", "/variants/", "/categories/", "/brands/"])
def test_a_list_costs_as_many_statements_whatever_it_holds(path: str, acme: TenantInfo, program: Program) -> None:
    api, counts = program(acme, "read_products"), []
    api.get(path)  # the key's first use is noted
    for rows in (1, 8):
        with tenant_context(acme):
            for _ in range(rows):
                ProductFactory(category=CategoryFactory(), brand=BrandFactory(), price=Decimal(5))
        expand = "?expand=category,brand" if path == "/products/" else ""
        with StatementCount() as statements:
            assert api.get(path + expand).status_code == 200
        counts.append(statements.count)

    assert counts[0] == counts[1]
