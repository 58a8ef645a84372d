"""The values of custom fields, from forms to the storefront, the log and the API; bad ones are refused."""

from html import unescape

import pytest

from platform_core.accounts.models import AccessRole
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.catalog.models import Product
from tenant_shop.customers.models import Customer
from tenant_shop.orders.models import Order
from tests.back_office import entries, inline, product_form
from tests.custom_fields import FIELDS, HOSTILE, definition, field
from tests.factories.catalog import ProductFactory
from tests.factories.customers import CustomerFactory
from tests.factories.orders import OrderFactory
from tests.people import shop_browser, staff_browser
from tests.shopping import everything


def test_a_products_values_are_written_with_it_and_told_where_wanted(acme: TenantInfo) -> None:
    with tenant_context(acme):
        field("Care", "choice", in_storefront=True, in_api=True)
        field("Length", "number", in_storefront=True)
        field("Since", "date", in_storefront=True)
        field("Organic", "boolean", in_storefront=True, in_api=True)
        field("Shelf", in_api=True)
        field("Note")
    browser = staff_browser(acme)
    values = {
        "custom_care": "Hard",
        "custom_length": "1234.50",
        "custom_since": "2026-11-26",
        "custom_organic": "yes",
        "custom_shelf": HOSTILE,
        "custom_note": "for us",
    }

    assert browser.post("/admin/tenant_shop/product/add/", product_form(**values)).status_code == 302

    with tenant_context(acme):
        assert Product.objects.get().metadata == {
            "fields": {
                "care": "Hard",
                "length": "1234.5",
                "since": "2026-11-26",
                "organic": True,
                "shelf": HOSTILE,
                "note": "for us",
            }
        }
    page = shop_browser(acme).get("/product/hammer/")
    page = page if page.status_code == 200 else shop_browser(acme).get("/products/hammer/")
    told = page.content.decode()
    assert all(text in told for text in (">Care<", ">Hard<", ">1234.5<", ">Nov. 26, 2026<", ">Yes<"))
    assert "for us" not in told
    assert "DROP TABLE" not in told
    [row] = browser.get("/api/v1/products/").json()["results"]
    assert row["custom_fields"] == {"care": "Hard", "organic": True, "shelf": HOSTILE}
    entry = entries(acme)[-1]
    assert entry.new_values is not None
    assert entry.new_values["custom_care"] == "Hard"


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({"custom_length": "1e9"}, "Length: enter a number such as 12.5, with up to six decimals."),
        ({"custom_length": "'; DROP TABLE products"}, "Length: enter a number such as 12.5, with up to six decimals."),
        ({"custom_since": "2026-02-30"}, "Since: enter a date such as 2026-11-26."),
        ({"custom_care": "Medium"}, "Care: choose one of Easy, Hard."),
        ({"custom_care": ""}, "This field is required."),
        ({"custom_note": "a\x00b"}, "Null characters are not allowed."),
    ],
)
def test_a_bad_value_is_refused_beside_its_field_and_nothing_is_written(
    value: dict[str, str], problem: str, acme: TenantInfo
) -> None:
    browser = staff_browser(acme)
    with tenant_context(acme):
        field("Care", "choice", is_required=True)
        field("Length", "number")
        field("Since", "date")
        field("Note")
        before = everything()

    response = browser.post("/admin/tenant_shop/product/add/", product_form(**({"custom_care": "Easy"} | value)))

    assert (response.status_code, problem in response.content.decode()) == (200, True)
    with tenant_context(acme):
        assert everything() == before


def test_of_two_editors_the_second_is_told_what_the_first_wrote(acme: TenantInfo) -> None:
    with tenant_context(acme):
        field("Note")
    browser = staff_browser(acme)
    browser.post("/admin/tenant_shop/product/add/", product_form(custom_note="old"))
    with tenant_context(acme):
        hammer = Product.objects.get()
    path = f"/admin/tenant_shop/product/{hammer.pk}/change/"
    seen = browser.get(path).context["adminform"].form["seen"].value()
    with tenant_context(acme):
        Product.objects.update(metadata={"fields": {"note": "theirs"}})
        variant = hammer.variant_rows.get()
    rows = [{"id": str(variant.pk), "product": str(hammer.pk), "sku": "H-1", "is_active": "on", "position": 0}]

    response = browser.post(
        path, product_form(custom_note="mine", seen=seen, **inline("variant_rows", rows, initial=1))
    )

    assert "Note: somebody else wrote “theirs”; yours is kept below." in response.content.decode()
    with tenant_context(acme):
        assert Product.objects.get().metadata == {"fields": {"note": "theirs"}}


def test_a_customers_values_are_written_and_kept_out_of_the_log(acme: TenantInfo) -> None:
    with tenant_context(acme):
        field("Shoe size", "number", owner="customer")
        ann = CustomerFactory(email="ann@example.com")
    form = {"email": "ann@example.com", "status": "active", "language": "en", **inline("addresses", [])}

    response = staff_browser(acme).post(
        f"/admin/tenant_shop/customer/{ann.pk}/change/", form | {"custom_shoe_size": "41.5"}
    )

    assert response.status_code == 302, response.context["adminform"].form.errors
    with tenant_context(acme):
        assert Customer.objects.get().metadata == {"fields": {"shoe_size": "41.5"}}
    entry = entries(acme)[-1]
    assert entry.new_values is not None
    assert entry.new_values["custom_shoe_size"] == "•••"


def test_an_orders_values_are_written_from_its_page_and_read_by_programs(acme: TenantInfo) -> None:
    with tenant_context(acme):
        field("Gift", "boolean", owner="order", in_api=True)
        order = OrderFactory(metadata={"language": "de"})
    browser, path = staff_browser(acme), f"/admin/tenant_shop/order/{order.pk}/"

    browser.post(f"{path}fields/", {"custom_gift": "yes", "custom_price": "0"})
    refused = browser.post(f"{path}fields/", {"custom_gift": "perhaps"}, follow=True)

    assert "Gift: answer yes or no." in refused.content.decode()
    with tenant_context(acme):
        assert Order.objects.get().metadata == {"language": "de", "fields": {"gift": True}}
    [row] = browser.get("/api/v1/orders/").json()["results"]
    assert row["custom_fields"] == {"gift": True}
    assert [entry.action for entry in entries(acme)] == ["change_order"]


def test_of_two_at_an_orders_values_the_second_is_told_and_overwrites_nothing(acme: TenantInfo) -> None:
    with tenant_context(acme):
        field("Note", owner="order")
        field("Ribbon", owner="order")
        order = OrderFactory(metadata={"fields": {"note": "a", "ribbon": "red"}})
    browser, path = staff_browser(acme), f"/admin/tenant_shop/order/{order.pk}/"
    seen = browser.get(f"{path}change/").context["fields_form"].seen
    browser.post(f"{path}fields/", {"custom_note": "b", "custom_ribbon": "blue", "seen": seen})

    told = browser.post(f"{path}fields/", {"custom_note": "c", "custom_ribbon": "red", "seen": seen}, follow=True)

    page = unescape(told.content.decode())
    assert "Note: somebody else wrote “b” while you were editing, and that is kept. You wrote “c”." in page
    assert "Ribbon: somebody" not in page
    with tenant_context(acme):
        assert Order.objects.get().metadata["fields"] == {"note": "b", "ribbon": "blue"}


def test_viewers_read_values_and_write_none(acme: TenantInfo) -> None:
    with tenant_context(acme):
        field("Gift", "boolean", owner="order")
        field("Care", "choice")
        order = OrderFactory(metadata={"fields": {"gift": True}})
        product = ProductFactory(metadata={"fields": {"care": "Hard"}})
    viewer = staff_browser(acme, AccessRole.VIEWER)
    with tenant_context(acme):
        before = everything()

    order_page = viewer.get(f"/admin/tenant_shop/order/{order.pk}/change/").content.decode()
    product_page = viewer.get(f"/admin/tenant_shop/product/{product.pk}/change/").content.decode()
    refused = [
        viewer.post(f"/admin/tenant_shop/order/{order.pk}/fields/", {"custom_gift": "no"}).status_code,
        viewer.post(f"/admin/tenant_shop/product/{product.pk}/change/", {"custom_care": "Easy"}).status_code,
        viewer.post(f"{FIELDS}add/", definition()).status_code,
    ]

    assert '<dd class="mb-2">yes</dd>' in order_page
    assert "<div>Care: Hard</div>" in product_page
    assert refused == [403, 403, 403]
    with tenant_context(acme):
        assert everything() == before
