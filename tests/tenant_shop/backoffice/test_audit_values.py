"""The audit log tells what was changed, from what to what, wherever it was changed, and nothing that was not."""

import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client

from platform_core.tenancy.context import TenantInfo
from smartseller.ids import uuid7
from tenant_shop.backoffice import base
from tenant_shop.catalog.bulk.change import Change, change_many
from tenant_shop.catalog.bulk.models import BulkEdit
from tenant_shop.catalog.models import Product
from tenant_shop.inventory.models import StockMovement
from tests.back_office import entries
from tests.factories.catalog import CategoryFactory, ProductFactory, VariantFactory
from tests.factories.customers import CustomerFactory
from tests.factories.orders import OrderFactory
from tests.people import staff_browser
from tests.shopping import everything
from tests.tenant_shop.backoffice.test_two_editors import opened, save

LIST = "/admin/tenant_shop/product/"


@pytest.fixture
def browser(shop: TenantInfo) -> Client:
    return staff_browser(shop)


@pytest.fixture
def mug(shop: TenantInfo) -> Product:
    product = ProductFactory(
        name="Mug", sku="M-1", price=Decimal(10), stock=5, description="One\nTwo", weight=Decimal(1800),
        length=Decimal(20), width=Decimal(10), height=Decimal(5),
    )  # fmt: skip
    VariantFactory(product=product, options={"Size": "L"}, sku="M-L", stock=3, price=Decimal(12))
    return product


def told(shop: TenantInfo) -> tuple[str, Any, Any]:
    entry = entries(shop)[-1]
    return entry.action, entry.old_values, entry.new_values


def looked_at(page: Any) -> str:
    found = re.search(r'name="looked_at" value="([^"]+)"', page.content.decode())
    assert found is not None
    return unescape(found[1])


def test_of_a_product_only_what_was_changed_is_told(browser: Client, mug: Product, shop: TenantInfo) -> None:
    """A browser sends every field, with its own ends of lines."""
    form = opened(browser, mug)
    form["description"] = form["description"].replace("\n", "\r\n")

    assert save(browser, mug, {**form, "price": "11.00"}).status_code == 302

    assert told(shop) == ("change_product", {"price": "10"}, {"price": "11"})
    assert entries(shop)[-1].metadata["changes"] == [{"changed": {"fields": ["Price"]}}]


def test_a_save_that_changed_nothing_is_no_entry(browser: Client, mug: Product, shop: TenantInfo) -> None:
    assert save(browser, mug, opened(browser, mug)).status_code == 302
    assert entries(shop) == []


def test_stock_that_was_changed_beside_a_sale_is_told(browser: Client, mug: Product, shop: TenantInfo) -> None:
    """The page showed 3, somebody bought one, and the page takes one away: 2 is there now and was written, too."""
    form = opened(browser, mug)
    place = next(key.split("-")[1] for key, value in form.items() if value == "M-L" and key.endswith("-sku"))
    mug.variant_rows.get(sku="M-L").movements.create(delta=-1, reason="damage")

    assert save(browser, mug, {**form, f"variant_rows-{place}-quantity": "2"}).status_code == 302

    assert mug.variant_rows.get(sku="M-L").inventory_quantity == 1
    action, _, new = told(shop)
    assert (action, list(new.values())) == ("change_product", [2])


def test_a_table_tells_each_products_values_and_so_does_undoing_it(
    browser: Client, mug: Product, shop: TenantInfo
) -> None:
    url = f"{LIST}table/?ids={mug.pk.hex}&of=variants"
    sent: dict[str, str] = {}
    for row in browser.get(url).context["rows"]:
        for field in row:
            value = field.value()
            if value is not False:
                sent[field.html_name] = "on" if value is True else "" if value is None else str(value)
    large = mug.variant_rows.get(sku="M-L")
    page = browser.post(url, {**sent, f"{large.pk.hex}-price": "13"})

    browser.post(url, {"looked_at": looked_at(page)})

    action, old, new = told(shop)
    assert (action, list(old), list(new)) == ("change_product", ["variant M-L: Price"], ["variant M-L: Price"])
    assert (old["variant M-L: Price"][-5:], new["variant M-L: Price"][-5:]) == ("12.00", "13.00")
    edit = browser.get(f"{LIST}{mug.pk}/history/").content.decode()
    assert "13.00" in edit

    browser.post(f"/admin/tenant_shop/bulkedit/{BulkEdit.objects.get().pk}/undo/")
    action, old, new = told(shop)
    assert (action, old["variant M-L: Price"][-5:], new["variant M-L: Price"][-5:]) == (
        "change_product", "13.00", "12.00",
    )  # fmt: skip


def test_a_count_tells_what_was_there_and_what_is(browser: Client, mug: Product, shop: TenantInfo) -> None:
    large, one = mug.variant_rows.get(sku="M-L"), mug.variant_rows.get(sku="M-1")
    page = f"{LIST}{mug.pk}/stock/"
    shown = {f"initial-{large.pk.hex}": 3, f"initial-{one.pk.hex}": 5}
    count = {**shown, large.pk.hex: 1, one.pk.hex: 5, "reason": "correction", "reference": ""}

    assert browser.post(page, count).status_code == 302
    assert told(shop) == ("count_product", {"M-L": 3}, {"M-L": 1})

    sheet = browser.post(f"{LIST}count/", {"name": "Spring", large.pk.hex: "4"})
    StockMovement.objects.create(variant=large, delta=-1, reason="damage")
    browser.post(f"{LIST}count/", {"looked_at": looked_at(sheet)})
    assert told(shop) == ("count_product", {"M-L": 0}, {"M-L": 3})


@pytest.mark.parametrize("what", ["count", "table", "undo", "duplicate", "move", "points", "note", "tags"])
def test_what_cannot_be_told_is_not_done(
    what: str, browser: Client, mug: Product, shop: TenantInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Change and entry are one transaction: killed in between, neither is there."""
    large, one = mug.variant_rows.get(sku="M-L"), mug.variant_rows.get(sku="M-1")
    customer, below = CustomerFactory(), CategoryFactory(parent=CategoryFactory())
    change = Change(
        product_id=mug.pk, variant_id=large.pk, column="price", before="12.000", after="13.000", name="Mug", sku="M-L"
    )
    edit = change_many([change], actor="ann") if what == "undo" else None
    url, people = f"{LIST}table/?ids={mug.pk.hex}&of=variants", f"/admin/tenant_shop/customer/{customer.pk}"
    seen = ""
    if what == "table":
        sent = {field.html_name: field.value() for row in browser.get(url).context["rows"] for field in row}
        filled = {name: value for name, value in sent.items() if value not in (None, False)}
        seen = looked_at(browser.post(url, {**filled, f"{large.pk.hex}-price": "13"}))
    counted = {f"initial-{large.pk.hex}": 3, large.pk.hex: 1, one.pk.hex: 5, "reason": "correction"}
    page, form = {
        "count": (f"{LIST}{mug.pk}/stock/", {**counted, f"initial-{one.pk.hex}": 5}),
        "table": (url, {"looked_at": seen}),
        "undo": (f"/admin/tenant_shop/bulkedit/{edit and edit.pk}/undo/", {}),
        "duplicate": (f"{LIST}{mug.pk}/duplicate/", {}),
        "move": (f"/admin/tenant_shop/category/{below.pk}/move/", {"move": "out"}),
        "points": (f"{people}/points/", {"points": 5, "change": "add", "reason": "gift", "key": str(uuid7())}),
        "note": (f"{people}/note/", {"text": "called"}),
        "tags": (f"{people}/tags/", {"tags": "vip"}),
    }[what]
    before = everything()

    def broken(*told: Any, **more: Any) -> None:
        raise RuntimeError("the process is gone")

    monkeypatch.setattr(base, "note", broken)
    with pytest.raises(RuntimeError, match="the process is gone"):
        browser.post(page, form)

    assert everything() == before


def test_tags_of_an_order_are_told_and_the_same_tags_are_none(browser: Client, shop: TenantInfo) -> None:
    order = OrderFactory(tags=["gift"])
    page = f"/admin/tenant_shop/order/{order.pk}/tags/"

    browser.post(page, {"tags": "gift"})
    assert entries(shop) == []

    browser.post(page, {"tags": "gift, call first"})
    assert told(shop) == ("tag_order", {"tags": ["gift"]}, {"tags": ["gift", "call first"]})
