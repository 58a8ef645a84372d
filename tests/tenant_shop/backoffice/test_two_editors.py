"""Two people at one product: the second is told what the first changed, and loses nothing."""

import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.backoffice.site import backoffice
from tenant_shop.catalog.models import Product
from tenant_shop.pages.models import Page
from tenant_shop.promotions.models import DiscountCode
from tenant_shop.shipping.models import ShippingZone, ShippingZoneRate
from tests.factories.catalog import CategoryFactory, ProductFactory, VariantFactory
from tests.people import staff_browser
from tests.tenant_shop.backoffice.doors import furnish


@pytest.fixture
def browser(shop: TenantInfo) -> Client:
    return staff_browser(shop)


@pytest.fixture
def mug(shop: TenantInfo) -> Product:
    product = ProductFactory(name="Mug", slug="mug", sku="M-1", price=Decimal(10), stock=4, tags=["clay"])
    VariantFactory(product=product, options={"Size": "L"}, sku="M-L")
    return product


def opened(browser: Client, product: Product) -> dict[str, Any]:
    """What the page's form would send if nothing were changed in it."""
    return controls(browser.get(f"/admin/tenant_shop/product/{product.pk}/change/").content.decode())


def controls(page: str, form: str = "product_form") -> dict[str, str]:
    """The controls of the page's form and their values, as a browser sends them."""
    start = page.index(f'id="{form}"')
    markup = page[start : page.index("</form>", start)]
    found = {}
    for tag in re.findall(r"<input[^>]*>", markup):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        kind = re.search(r'type="([^"]+)"', tag)
        box = bool(kind and kind[1] == "checkbox")
        if name and not (kind and kind[1] == "file") and not (box and not re.search(r"\schecked[\s>=]", tag)):
            found[name[1]] = unescape(value[1]) if value else "on" if box else ""
    for name, rest, body in re.findall(r'<select[^>]*name="([^"]+)"([^>]*)>(.*?)</select>', markup, re.DOTALL):
        chosen = re.search(r'<option[^>]*value="([^"]*)"[^>]*selected', body)
        if chosen or "multiple" not in rest:
            found[name] = unescape(chosen[1]) if chosen else ""
    for name, body in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', markup, re.DOTALL):
        found[name] = unescape(body).lstrip("\n")
    return found


def save(browser: Client, product: Product, form: dict[str, Any]) -> Any:
    return browser.post(f"/admin/tenant_shop/product/{product.pk}/change/", form)


def stored(product: Product) -> Product:
    return Product.objects.get(pk=product.pk)


def test_a_form_that_nobody_touched_saves_and_changes_nothing(browser: Client, mug: Product) -> None:
    form = opened(browser, mug)

    assert save(browser, mug, form).status_code == 302

    found = stored(mug)
    assert (found.name, found.price, found.tags, found.inventory_quantity) == ("Mug", Decimal("10.000"), ["clay"], 4)


def test_who_wrote_the_same_field_is_told_and_decides(browser: Client, mug: Product) -> None:
    form = opened(browser, mug)
    Product.objects.filter(pk=mug.pk).update(price=Decimal(12))

    answer = save(browser, mug, {**form, "price": "13.00", "description": "long text"})

    page = unescape(answer.content.decode())
    assert answer.status_code == 200
    assert "Price: somebody else wrote “12.00”; yours is kept below." in page
    assert "long text" in page
    assert stored(mug).price == Decimal("12.000")

    again = controls(page)
    assert again["price"] == "13.00"
    assert save(browser, mug, again).status_code == 302
    found = stored(mug)
    assert (found.price, found.description) == (Decimal("13.000"), "long text")


def test_what_only_the_other_wrote_is_put_in_and_kept(browser: Client, mug: Product) -> None:
    shelf = CategoryFactory(name="Kitchen")
    form = opened(browser, mug)
    Product.objects.filter(pk=mug.pk).update(
        status="inactive", tags=["clay", "blue"], category=shelf, track_inventory=False, specifications={"A": "b"}
    )

    answer = save(browser, mug, {**form, "name": "Big mug"})

    page = unescape(answer.content.decode())
    assert answer.status_code == 200
    assert "Category: “Kitchen” was written by somebody else; it is put in here." in page
    assert "Status: “Inactive” was written by somebody else" in page
    assert stored(mug).name == "Mug"

    assert save(browser, mug, controls(page)).status_code == 302
    found = stored(mug)
    assert (found.name, found.status, found.tags) == ("Big mug", "inactive", ["clay", "blue"])
    assert (found.category_id, found.track_inventory) == (shelf.pk, False)
    assert found.specifications in ({"A": "b"}, [{"name": "A", "value": "b"}])


def test_a_variants_row_is_kept_in_the_same_way(browser: Client, mug: Product) -> None:
    form = opened(browser, mug)
    mug.variant_rows.filter(sku="M-L").update(price=Decimal(15), barcode="123")
    place = next(key.split("-")[1] for key, value in form.items() if value == "M-L" and key.endswith("-sku"))

    answer = save(browser, mug, {**form, f"variant_rows-{place}-price": "16.00"})

    page = unescape(answer.content.decode())
    assert "Price: somebody else wrote “15.00”; yours is kept below." in page
    assert mug.variant_rows.get(sku="M-L").price == Decimal("15.000")
    assert save(browser, mug, controls(page)).status_code == 302
    large = mug.variant_rows.get(sku="M-L")
    assert (large.price, large.barcode) == (Decimal("16.000"), "123")


def test_two_at_one_page_of_the_shop_lose_nothing(browser: Client) -> None:
    page = Page.objects.create(title="About us", slug="our-story", body="We began in 1999.")
    url = f"/admin/tenant_shop/page/{page.pk}/change/"
    form = controls(browser.get(url).content.decode(), "page_form")
    Page.objects.filter(pk=page.pk).update(title="About", body="We began in 2001.")

    answer = browser.post(url, {**form, "body": "We began in 2002."})

    said = unescape(answer.content.decode())
    assert answer.status_code == 200
    assert "Title: “About” was written by somebody else; it is put in here." in said
    assert "Text: somebody else wrote “We began in 2001.”; yours is kept below." in said
    assert Page.objects.get(pk=page.pk).body == "We began in 2001."
    assert browser.post(url, controls(answer.content.decode(), "page_form")).status_code == 302
    found = Page.objects.get(pk=page.pk)
    assert (found.title, found.body) == ("About", "We began in 2002.")


def test_a_sale_meanwhile_is_no_conflict(browser: Client, mug: Product) -> None:
    form = opened(browser, mug)
    mug.variant_rows.get(sku="M-1").movements.create(delta=-1, reason="damage")

    assert save(browser, mug, {**form, "name": "Big mug"}).status_code == 302

    found = stored(mug)
    assert (found.name, found.inventory_quantity) == ("Big mug", 3)


# Every page whose form saves a row: of it a field, what the second person writes into it, what the first had stored
# meanwhile, and how that is told.
DOORS: dict[str, tuple[str, str, Any, str]] = {
    "brand": ("name", "Mine", "Theirs", "Theirs"),
    "category": ("name", "Mine", "Theirs", "Theirs"),
    "company": ("name", "Mine", "Theirs", "Theirs"),
    "customer": ("first_name", "Mine", "Theirs", "Theirs"),
    "customergroup": ("name", "Mine", "Theirs", "Theirs"),
    "customfield": ("name", "Mine", "Theirs", "Theirs"),
    "discountcode": ("name", "Mine", "Theirs", "Theirs"),
    "page": ("title", "Mine", "Theirs", "Theirs"),
    "pricelist": ("name", "Mine", "Theirs", "Theirs"),
    "product": ("name", "Mine", "Theirs", "Theirs"),
    "productreview": ("status", "approved", "rejected", "Rejected"),
    "quantityrule": ("minimum", "9", 12, "12"),
    "searchsynonym": ("term", "mine", "theirs", "theirs"),
    "shippingzone": ("name", "Mine", "Theirs", "Theirs"),
    "taxrate": ("rate", "20", Decimal("0.07"), "7"),
}


@pytest.mark.slow
def test_at_every_form_the_second_is_told_and_both_inputs_are_kept(acme: TenantInfo) -> None:
    """Nothing is saved first; saved again, it is a decision and goes through."""
    browser, ids = staff_browser(acme), furnish(acme)
    models = {model._meta.model_name: model for model in backoffice._registry}
    saving = set()
    for name in sorted(models):
        url = f"/admin/tenant_shop/{name}/{ids[name]}/change/"
        answer = browser.get(url)
        page = answer.content.decode()
        if 'name="_save"' not in page:
            continue
        saving.add(name)
        field, mine, theirs, told = DOORS[name]
        form = controls(page, f"{name}_form")
        with tenant_context(acme):
            models[name]._default_manager.filter(pk=ids[name]).update(**{field: theirs})

        answer = browser.post(url, {**form, field: mine})

        said = unescape(answer.content.decode())
        assert answer.status_code == 200, name
        assert f"somebody else wrote “{told}”; yours is kept below." in said, name
        with tenant_context(acme):
            assert getattr(models[name]._default_manager.get(pk=ids[name]), field) == theirs, name
        again = controls(answer.content.decode(), f"{name}_form")
        assert again[field] == mine, name
        assert browser.post(url, again).status_code == 302, name
        with tenant_context(acme):
            assert getattr(models[name]._default_manager.get(pk=ids[name]), field) != theirs, name
    assert saving == set(DOORS)


def test_what_stands_for_other_columns_and_rows_below_are_told_of_too(acme: TenantInfo) -> None:
    browser, ids = staff_browser(acme), furnish(acme)
    with tenant_context(acme):
        ShippingZone.objects.filter(pk=ids["shippingzone"]).update(kind="places", places=["DE", "US:AK"])
        rate = ShippingZoneRate.objects.create(zone_id=ids["shippingzone"], name="Parcel", amount="5")
        shelf = CategoryFactory(name="Shelf")
    zone, discount = (f"/admin/tenant_shop/{name}/{ids[name]}/change/" for name in ("shippingzone", "discountcode"))
    zone_form = controls(browser.get(zone).content.decode(), "shippingzone_form") | {"countries": ["DE"]}
    discount_form = controls(browser.get(discount).content.decode(), "discountcode_form")
    with tenant_context(acme):
        ShippingZone.objects.filter(pk=ids["shippingzone"]).update(places=["DE", "AT", "US:HI"])
        ShippingZoneRate.objects.filter(pk=rate.pk).update(amount="7")
        DiscountCode.objects.filter(pk=ids["discountcode"]).update(applicable_categories=[shelf.pk])

    answer = browser.post(zone, {**zone_form, "rates-0-amount": "6.00"})
    said = unescape(answer.content.decode())
    assert "States: “US:HI” was written by somebody else; it is put in here." in said
    assert "Countries: “Germany, Austria” was written by somebody else" in said
    assert "somebody else wrote “7.00”; yours is kept below." in said
    with tenant_context(acme):
        assert ShippingZoneRate.objects.get().amount == Decimal(7)

    said = unescape(browser.post(discount, {**discount_form, "name": "Mine"}).content.decode())
    assert "Categories: “Shelf” was written by somebody else; it is put in here." in said
    with tenant_context(acme):
        assert DiscountCode.objects.get(pk=ids["discountcode"]).name != "Mine"
