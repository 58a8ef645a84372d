"""The pages of stock: who moved what and why, and what to reorder."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo
from tenant_shop.catalog.models import Product
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.inventory.models import StockMovement
from tenant_shop.inventory.set_quantity import set_quantities
from tenant_shop.orders.models import Order
from tests.factories.catalog import ProductFactory, VariantFactory
from tests.factories.orders import OrderFactory, OrderItemFactory
from tests.people import staff_browser
from tests.shopping import everything

REORDER = "/admin/tenant_shop/product/reorder/"


@pytest.fixture
def browser(shop: TenantInfo) -> Client:
    return staff_browser(shop)


def test_a_count_stands_in_the_ledger_with_its_reason_and_the_name_of_who_counted(
    browser: Client, shop: TenantInfo
) -> None:
    product = ProductFactory(stock=5)
    page = f"/admin/tenant_shop/product/{product.pk}/stock/"
    count = {product.variant_rows.get().pk.hex: 3, "reason": "damage", "reference": "shelf 4"}
    assert browser.post(page, count).status_code == 302

    shown = browser.get(page)

    row = shown.context["movements"][0]
    assert (row["delta"], row["balance"], row["reason"], row["reference"]) == ("-2", 3, "Damage", "shelf 4")
    assert row["by"] == f"owner@{shop.slug}.example"
    assert browser.get(f"{page}?page=99999999").status_code == 200


def test_a_field_left_alone_undoes_no_sale_and_a_count_that_was_overtaken_is_asked_again(browser: Client) -> None:
    product = ProductFactory(stock=5)
    sold, counted = product.variant_rows.get(), VariantFactory(product=product, stock=9)
    page = f"/admin/tenant_shop/product/{product.pk}/stock/"
    shown = browser.get(page).content.decode()
    assert f'name="initial-{sold.pk.hex}" value="5"' in shown
    form = {f"initial-{sold.pk.hex}": 5, f"initial-{counted.pk.hex}": 9, "reason": "correction", "reference": "shelf"}
    set_quantities({sold.pk: 2}, reason=StockMovement.Reason.CORRECTION)

    assert browser.post(page, {**form, sold.pk.hex: 5, counted.pk.hex: 8}).status_code == 302
    assert stock_of(sold, counted) == [2, 8]

    before = everything()
    answer = browser.post(page, {**form, f"initial-{counted.pk.hex}": 8, sold.pk.hex: 4, counted.pk.hex: 7})
    assert (answer.status_code, everything()) == (409, before)
    assert answer.context["form"].errors == {
        sold.pk.hex: ["There were 5 when this page was opened, now there are 2. Save again if your count still holds."]
    }
    told = answer.content.decode()
    assert f'name="initial-{sold.pk.hex}" value="2"' in told
    again = {**form, f"initial-{sold.pk.hex}": 2, f"initial-{counted.pk.hex}": 8, sold.pk.hex: 4, counted.pk.hex: 7}
    assert browser.post(page, again).status_code == 302
    assert stock_of(sold, counted) == [4, 7]


def stock_of(*variants: ProductVariant) -> list[int]:
    for variant in variants:
        variant.refresh_from_db()
    return [variant.inventory_quantity for variant in variants]


def test_a_viewer_reads_the_ledger_and_counts_nothing(shop: TenantInfo) -> None:
    product = ProductFactory(stock=5)
    viewer = staff_browser(shop, role="viewer")
    page = f"/admin/tenant_shop/product/{product.pk}/stock/"
    before = everything()

    shown = viewer.get(page)

    assert (shown.status_code, len(shown.context["movements"])) == (200, 1)
    assert "Save the count" not in shown.content.decode()
    assert viewer.post(page, {product.variant_rows.get().pk.hex: 3, "reason": "damage"}).status_code == 403
    assert everything() == before


def test_the_report_is_a_page_and_a_file(browser: Client) -> None:
    product = ProductFactory(name="=1+1", stock=100, low_stock_threshold=0)
    variant = VariantFactory(product=product, sku="LOW-L", options={"Size": "=2"}, stock=1)
    yesterday = OrderFactory(status="delivered", payment_status="paid")
    Order.objects.filter(pk=yesterday.pk).update(created_at=timezone.now() - timedelta(days=1))
    OrderItemFactory(order=yesterday, variant=variant, quantity=30)

    page = browser.get(REORDER)
    file = browser.get(f"{REORDER}?csv=1&lead=0&cover=10&days=30")

    assert [(row.sku, row.sold, row.suggested) for row in page.context["rows"]] == [("LOW-L", 30, 43)]
    assert "=1+1 · =2" in page.content.decode()
    assert file.content.decode().splitlines()[1:] == ["'=1+1,'=2,LOW-L,1,0,30,1,9"]


def test_the_list_finds_what_runs_low_and_says_so_beside_the_stock(browser: Client) -> None:
    product = ProductFactory(name="Jacket", stock=300, low_stock_threshold=9)
    VariantFactory(product=product, options={"Size": "L"}, stock=9)
    VariantFactory(product=product, options={"Size": "M"}, stock=0)
    ProductFactory(name="Hat", stock=10, low_stock_threshold=9)
    few = ProductFactory(name="Scarf", stock=1, low_stock_threshold=9)

    def stock(query: str) -> dict[str, str]:
        page = browser.get(f"/admin/tenant_shop/product/?{query}")
        admin = page.context["cl"].model_admin
        return {row.name: admin.in_stock(row) for row in page.context["cl"].result_list}

    assert stock("stock=low") == {"Jacket": "309 · 2 low", "Scarf": "1 · 1 low"}
    assert stock("stock=out") == {"Jacket": "309 · 2 low"}
    assert stock("") == {"Hat": "10", "Jacket": "309 · 2 low", "Scarf": "1 · 1 low"}
    Product.objects.filter(pk=few.pk).update(track_inventory=False)
    assert stock("q=scarf") == {"Scarf": "not counted"}


@pytest.mark.parametrize("query", ["days=0", "days=366", "lead=-1", "cover=NaN", "page=0"])
def test_days_that_are_none_are_told(browser: Client, query: str) -> None:
    response: Any = browser.get(f"{REORDER}?{query}")
    assert (response.status_code, response.context["rows"]) == (422, [])
