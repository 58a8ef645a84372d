"""Columns are named in words: over a list, in its cells on phones, and in forms."""

import re

from django.test import Client
from django.utils.safestring import mark_safe

from platform_core.tenancy.context import TenantInfo
from tenant_shop.templatetags.names import labels_as_sentences
from tests.factories.catalog import BrandFactory, ProductFactory
from tests.people import staff_browser

SHOP = "/admin/tenant_shop"


def labels(browser: Client, address: str) -> list[str]:
    """What phones call the cells of a list's first row, its box left out."""
    row = re.search(r'<tr class="data-row.*?</tr>', browser.get(address).content.decode(), re.DOTALL)
    assert row
    return [label for label in re.findall(r'data-label="([^"]*)"', row[0]) if label != "Select record"]


def test_cells_are_named_in_sentences_and_stay_as_they_are() -> None:
    cells = mark_safe('<td class="a" data-label="placed at"> data-label=&quot;b</td><td data-label="sku">c</td>')

    assert labels_as_sentences(cells) == (
        '<td class="a" data-label="Placed at"> data-label=&quot;b</td><td data-label="Sku">c</td>'
    )
    assert labels_as_sentences(mark_safe("<td>plain</td>")) == "<td>plain</td>"


def test_lists_name_their_columns(shop: TenantInfo) -> None:
    BrandFactory()
    browser = staff_browser(shop)

    assert labels(browser, f"{SHOP}/brand/") == ["Name", "Website", "Active"]


def test_forms_name_their_fields_and_say_nothing_of_what_is_not_kept_yet(shop: TenantInfo) -> None:
    browser = staff_browser(shop)

    brand = browser.get(f"{SHOP}/brand/add/")
    fields = brand.context["adminform"].form.fields
    assert [str(fields[name].label) for name in ("slug", "website_url", "is_active")] == [
        "Address",
        "Website",
        "Active",
    ]
    assert "Shown now" not in brand.content.decode()
    product = browser.get(f"{SHOP}/product/add/").content.decode()
    assert "DatabaseDefault" not in product
    assert "Kept since" not in product
    kept = browser.get(f"{SHOP}/product/{ProductFactory().pk}/change/").content.decode()
    assert "Kept since" in kept
