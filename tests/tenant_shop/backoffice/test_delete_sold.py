"""What was sold is not deleted: one number and the way out, however many orders name it."""

from collections.abc import Callable

import pytest
from django.test import Client

from platform_core.tenancy.context import TenantInfo
from tenant_shop.catalog.models import Product, ProductImage
from tenant_shop.catalog.variants import ProductVariant
from tests.back_office import entries
from tests.factories.catalog import ProductFactory, VariantFactory
from tests.factories.orders import OrderItemFactory
from tests.people import staff_browser
from tests.statements import StatementCount
from tests.tenant_shop.backoffice.test_two_editors import opened

PRODUCTS = "/admin/tenant_shop/product/"


@pytest.fixture
def browser(shop: TenantInfo) -> Client:
    return staff_browser(shop)


@pytest.fixture
def sold(shop: TenantInfo) -> Callable[[int], Product]:
    def make(lines: int) -> Product:
        product = ProductFactory(name="Mug", sku="M-1")
        large = VariantFactory(product=product, options={"Size": "L"}, sku="M-L")
        for _ in range(lines):
            OrderItemFactory(variant=large)
        return product

    return make


def test_a_sold_product_stays_with_one_number_and_the_way_out(
    browser: Client, sold: Callable[[int], Product], shop: TenantInfo
) -> None:
    mug = sold(12)

    asked = browser.get(f"{PRODUCTS}{mug.pk}/delete/")

    page = asked.content.decode()
    assert asked.context["protected"] == ["Mug: 12 lines of orders"]
    assert "Archive it instead" in page
    assert f'href="{PRODUCTS}{mug.pk}/change/#id_status"' in page
    assert "Order item" not in page
    assert browser.post(f"{PRODUCTS}{mug.pk}/delete/", {"post": "yes"}).status_code != 302
    assert Product.objects.filter(pk=mug.pk).exists()
    assert entries(shop) == []


@pytest.mark.parametrize("lines", [1, 12])
def test_asking_costs_the_same_however_often_it_was_sold(
    lines: int, browser: Client, sold: Callable[[int], Product]
) -> None:
    mug = sold(lines)
    with StatementCount() as statements:
        browser.get(f"{PRODUCTS}{mug.pk}/delete/")
    assert (statements.count, statements.repeated) == (7, {})


def test_of_many_chosen_the_sold_ones_are_named_and_all_stay(browser: Client, sold: Callable[[int], Product]) -> None:
    mug, cup = sold(2), ProductFactory(name="Cup")
    chosen = {"action": "delete_selected", "_selected_action": [str(mug.pk), str(cup.pk)]}

    asked = browser.post(PRODUCTS, chosen)

    assert asked.context["protected"] == ["Mug: 2 lines of orders"]
    assert "Archive it instead" in asked.content.decode()
    browser.post(PRODUCTS, {**chosen, "post": "yes"})
    assert set(Product.objects.values_list("pk", flat=True)) == {mug.pk, cup.pk}


def test_what_was_never_sold_goes_and_what_goes_with_it_is_counted(browser: Client, shop: TenantInfo) -> None:
    mug = ProductFactory(name="Mug", sku="M-1")
    VariantFactory(product=mug, options={"Size": "L"}, sku="M-L")

    asked = browser.get(f"{PRODUCTS}{mug.pk}/delete/")

    assert (asked.context["protected"], asked.context["deleted_objects"]) == ([], ["Mug"])
    assert dict(asked.context["model_count"])[str(ProductVariant._meta.verbose_name_plural)] == "2"
    assert str(ProductImage._meta.verbose_name_plural) not in dict(asked.context["model_count"])
    assert browser.post(f"{PRODUCTS}{mug.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Product.objects.exists()
    assert entries(shop)[-1].action == "delete_product"


def test_a_sold_variant_is_refused_in_one_sentence_and_stays(browser: Client, sold: Callable[[int], Product]) -> None:
    mug = sold(12)
    form = opened(browser, mug)
    place = next(key.split("-")[1] for key, value in form.items() if value == "M-L" and key.endswith("-sku"))

    answer = browser.post(f"{PRODUCTS}{mug.pk}/change/", {**form, f"variant_rows-{place}-DELETE": "on"})

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "was sold, in 12 lines of orders: it cannot be deleted. Take it off sale instead." in page
    assert page.count("Order item") == 0
    assert mug.variant_rows.filter(sku="M-L").exists()
