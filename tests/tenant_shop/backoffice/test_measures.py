"""Weights and lengths are written in the merchant's units and kept in grams and centimetres."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from platform_core.tenancy.context import TenantInfo
from tenant_shop.catalog.models import Product
from tenant_shop.shipping.models import ShippingZoneRate
from tests.back_office import inline, product_form
from tests.factories.catalog import ProductFactory, VariantFactory
from tests.people import staff_browser
from tests.shopping import configure

PRODUCTS = "/admin/tenant_shop/product/"


@pytest.fixture
def browser(shop: TenantInfo) -> Client:
    configure(weight_unit="lb", length_unit="in")
    return staff_browser(shop)


def value(page: str, name: str) -> str:
    field = page.split(f'name="{name}"')[1].split(">")[0]
    return field.split('value="')[1].split('"')[0]


def kept(product: Product) -> tuple[Any, ...]:
    found = Product.objects.get(pk=product.pk)
    return found.weight, found.length


def test_what_is_typed_in_pounds_is_found_in_pounds_and_a_form_that_nobody_touches_changes_nothing(
    browser: Client,
) -> None:
    assert browser.post(f"{PRODUCTS}add/", product_form(weight="1.1", length="10")).status_code == 302
    product = Product.objects.get()
    assert kept(product) == (Decimal("498.95"), Decimal("25.40"))

    page = browser.get(f"{PRODUCTS}{product.pk}/change/").content.decode()
    assert (value(page, "weight"), value(page, "length")) == ("1.1", "10")
    assert "Weight (lb)" in page
    assert "Length (in)" in page


def test_a_weight_that_is_none_is_refused_in_any_unit(browser: Client) -> None:
    for wrong in ("-1", "NaN", "much", "999999999"):
        assert browser.post(f"{PRODUCTS}add/", product_form(weight=wrong)).status_code == 200
    assert not Product.objects.exists()


def test_limits_of_delivery_are_in_pounds(browser: Client) -> None:
    rate = {"name": "Parcel", "amount": "4.90", "min_weight": "", "max_weight": "5", "position": "0"}
    zone = {"name": "Nearby", "kind": "places", "countries": ["DE"], "states": "", "position": "0"}
    page = browser.get("/admin/tenant_shop/shippingzone/add/").content.decode()
    assert "Below lb" in page
    assert browser.post("/admin/tenant_shop/shippingzone/add/", zone | inline("rates", [rate])).status_code == 302
    assert ShippingZoneRate.objects.get().max_weight == Decimal("2267.96")


def test_the_table_says_weights_in_pounds(browser: Client) -> None:
    product = ProductFactory()
    variant = VariantFactory(product=product, options={"Size": "M"}, weight=Decimal("453.59"))
    url = f"{PRODUCTS}table/?ids={product.pk}&of=variants"
    page = browser.get(url)
    assert "Weight (lb)" in page.context["columns"]
    form = {field.html_name: field.value() for row in page.context["rows"] for field in row}
    form = {name: "" if given is None else given for name, given in form.items() if given is not False}
    assert form[f"{variant.pk.hex}-weight"] == "1"

    preview = browser.post(url, form | {f"{variant.pk.hex}-weight": "1.5"})
    assert [(row.column, row.before, row.after) for row in preview.context["differences"]] == [
        ("Weight", "1 lb", "1.5 lb")
    ]
