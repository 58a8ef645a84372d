"""What the forms of categories and products refuse."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo, current_tenant
from tenant_shop.catalog.browse import Sort, product_list
from tenant_shop.catalog.listing.filters import Filters
from tenant_shop.models import Category, Product
from tests.factories.catalog import CategoryFactory, ProductFactory
from tests.people import staff_browser
from tests.tenant_shop.schema.connections import as_app, wait_until_one_waits


@pytest.fixture
def browser(shop: TenantInfo) -> Client:
    return staff_browser(shop)


def move(browser: Client, category: Category, parent: Category | None) -> Any:
    form = {"name": category.name, "slug": category.slug, "sort_order": 0, "is_active": "on"}
    if parent is not None:
        form["parent"] = str(parent.pk)
    return browser.post(f"/admin/tenant_shop/category/{category.pk}/change/", form)


@pytest.mark.parametrize("below", [0, 1, 2])
def test_a_category_is_not_moved_below_itself(below: int, browser: Client) -> None:
    home = CategoryFactory(name="Home")
    kitchen = CategoryFactory(name="Kitchen", parent=home)
    line = [home, kitchen, CategoryFactory(name="Mugs", parent=kitchen)]

    refused = move(browser, home, line[below])

    assert refused.status_code == 200
    assert f"{line[below]} is this category or lies below it." in refused.content.decode()
    assert Category.objects.get(pk=home.pk).parent_id is None


def test_of_two_moves_at_once_that_close_a_circle_the_later_one_is_told_so(shop: TenantInfo, browser: Client) -> None:
    home, mugs = CategoryFactory(name="Home"), CategoryFactory(name="Mugs")
    with as_app(shop) as first, ThreadPoolExecutor(1) as pool:
        first.execute("UPDATE categories SET parent_id = %s WHERE id = %s", (mugs.pk, home.pk))
        late = pool.submit(move, browser, mugs, home)
        wait_until_one_waits(shop, late)
        first.commit()
        refused = late.result()

    assert refused.status_code == 200
    assert list(refused.context["adminform"].form.errors) == ["parent"]
    assert "Home is this category or lies below it." in refused.content.decode()
    assert dict(Category.objects.values_list("name", "parent__name")) == {"Home": "Mugs", "Mugs": None}


def test_a_category_moves_to_where_it_was_not(browser: Client) -> None:
    home, mugs = CategoryFactory(name="Home"), CategoryFactory(name="Mugs")
    assert move(browser, mugs, home).status_code == 302
    assert Category.objects.get(pk=mugs.pk).parent_id == home.pk
    assert move(browser, mugs, None).status_code == 302
    assert move(browser, home, mugs).status_code == 302


def save(browser: Client, product: Product, *, status: str = "active", published_at: datetime | None = None) -> Any:
    """A product's form as the merchant sends it, times as they are in the shop."""
    if published_at is not None:
        published_at = published_at.astimezone(ZoneInfo(current_tenant().timezone))
    variant = product.variant_rows.get()
    form = {
        "name": product.name,
        "slug": product.slug,
        "sku": product.sku,
        "status": status,
        "visibility": "visible",
        "price": "12.50",
        "low_stock_threshold": 3,
        "published_at_0": published_at.strftime("%Y-%m-%d") if published_at else "",
        "published_at_1": published_at.strftime("%H:%M:%S") if published_at else "",
        "variant_rows-TOTAL_FORMS": 1,
        "variant_rows-INITIAL_FORMS": 1,
        "variant_rows-0-id": variant.pk,
        "variant_rows-0-product": product.pk,
        "variant_rows-0-sku": variant.sku,
        "variant_rows-0-position": 0,
        "images-TOTAL_FORMS": 0,
        "images-INITIAL_FORMS": 0,
        "scheduled-TOTAL_FORMS": 0,
        "scheduled-INITIAL_FORMS": 0,
    }
    return browser.post(f"/admin/tenant_shop/product/{product.pk}/change/", form)


def test_what_goes_on_show_is_new_from_then_on(browser: Client) -> None:
    product = ProductFactory(status="draft", published_at=None, stock=1)
    Product.objects.filter(pk=product.pk).update(created_at=timezone.now() - timedelta(days=90))
    other = ProductFactory(slug="other", published_at=timezone.now() - timedelta(hours=2), stock=1)
    assert save(browser, product, status="draft").status_code == 302
    assert Product.objects.get(pk=product.pk).published_at is None

    before = timezone.now()
    assert save(browser, product).status_code == 302
    shown = Product.objects.get(pk=product.pk)
    assert before <= shown.published_at <= timezone.now()
    assert [found.id for found in product_list(sort=Sort.NEWEST)] == [product.pk, other.pk]
    assert [found.is_new for found in product_list(filters=Filters(new=True), sort=Sort.NEWEST)] == [True, True]


def test_an_edit_does_not_make_new_what_has_long_been_on_show(browser: Client) -> None:
    product = ProductFactory(published_at=None)
    assert save(browser, product).status_code == 302
    assert Product.objects.get(pk=product.pk).published_at is None


def test_the_first_date_and_the_merchants_own_stay(browser: Client) -> None:
    first = (timezone.now() - timedelta(days=40)).replace(microsecond=0)
    product = ProductFactory(published_at=first)
    assert save(browser, product, status="inactive", published_at=first).status_code == 302
    assert save(browser, product, status="active", published_at=first).status_code == 302
    assert Product.objects.get(pk=product.pk).published_at == first


@pytest.mark.parametrize(("days", "taken"), [(-1, True), (2, False)])
def test_a_date_that_is_still_to_come_is_refused(days: int, taken: bool, browser: Client) -> None:
    product = ProductFactory(published_at=None)
    response = save(browser, product, published_at=timezone.now() + timedelta(days=days))
    assert response.status_code == (302 if taken else 200)
    assert ("Enter when it goes on sale under" in response.content.decode()) is not taken
    assert (Product.objects.get(pk=product.pk).published_at is not None) is taken
