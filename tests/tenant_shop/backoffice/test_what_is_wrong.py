"""A form that was refused says above it what is wrong with which field, and leads there."""

import re
from html import unescape

import pytest
from django.test import Client

from platform_core.tenancy.context import TenantInfo
from tests.back_office import inline, product_form
from tests.people import staff_browser
from tests.shopping import everything


@pytest.fixture
def browser(shop: TenantInfo) -> Client:
    return staff_browser(shop)


def note_of(page: str) -> list[tuple[str, str, str]]:
    """(where it leads, the field, what is wrong) of each line above the form; every link leads to something."""
    note = page[page.index('class="errornote') : page.index("</div>", page.index('class="errornote'))]
    lines = re.findall(r'<li><a class="underline" href="#([^"]+)">([^<]*)</a>: ([^<]*)</li>', note)
    assert all(f'id="{anchor}"' in page for anchor, _, _ in lines)
    return [(anchor, unescape(name), unescape(sentence)) for anchor, name, sentence in lines]


def test_of_a_product_and_its_rows_each_wrong_field_is_named(browser: Client) -> None:
    rows = inline("variant_rows", [{"sku": "A", "options": "Size: S", "quantity": "many", "position": 0}])
    before = everything()

    page = browser.post("/admin/tenant_shop/product/add/", product_form(name="", customs_code="12a4", **rows))

    assert note_of(page.content.decode()) == [
        ("id_name", "Name", "This field is required."),
        ("id_customs_code", "Customs code (HS)", "A customs code has 4 to 12 digits, as in 6109.10.00."),
        ("id_variant_rows-0-quantity", "Variant 1, in stock", "Enter a whole number."),
    ]
    assert everything() == before


def test_of_settings_each_wrong_field_is_named(browser: Client) -> None:
    before = everything()

    page = browser.post("/admin/settings/", {"store_name": "", "store_email": "nobody"})

    assert [(anchor, name) for anchor, name, _ in note_of(page.content.decode())] == [
        ("id_store_name", "Name"),
        ("id_store_email", "E-mail address"),
    ]
    assert everything() == before
