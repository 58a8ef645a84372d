"""Many products in a table: looked at first, saved as a whole, undone as a whole or not at all."""

import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client

from platform_core.tenancy.context import TenantInfo
from tenant_shop.catalog.bulk.models import BulkEdit
from tenant_shop.catalog.models import Product
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.inventory.models import StockMovement
from tests.back_office import entries
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory, VariantFactory
from tests.people import staff_browser
from tests.shopping import everything

LIST = "/admin/tenant_shop/product/"


@pytest.fixture
def browser(shop: TenantInfo) -> Client:
    return staff_browser(shop)


@pytest.fixture
def goods(shop: TenantInfo) -> list[Product]:
    return [
        ProductFactory(name=name, sku=name.upper(), price=Decimal(price), tags=["new"], stock=5)
        for name, price in (("Cup", "10"), ("Mug", "20"), ("Pot", "30.05"))
    ]


def address(goods: list[Product], of: str = "") -> str:
    return f"{LIST}table/?ids={','.join(product.pk.hex for product in goods)}{'&of=variants' if of else ''}"


def opened(browser: Client, url: str) -> dict[str, str]:
    """What the table would send if nothing were written into it."""
    rows = browser.get(url).context["rows"]
    sent: dict[str, str] = {}
    for row in rows:
        for field in row:
            value = field.value()
            if value is not False:
                sent[field.html_name] = "on" if value is True else "" if value is None else str(value)
    return sent


def looked_at(page: Any) -> str:
    found = re.search(r'name="looked_at" value="([^"]+)"', page.content.decode())
    assert found is not None
    return unescape(found[1])


def prices() -> list[Decimal]:
    return list(Product.objects.order_by("name").values_list("price", flat=True))


def test_the_lists_action_leads_to_a_table_of_the_chosen(browser: Client, goods: list[Product]) -> None:
    chosen = [goods[0].pk, goods[2].pk]

    response = browser.post(LIST, {"action": "edit_in_table", "_selected_action": chosen}, follow=True)

    assert [row.title for row in response.context["rows"]] == ["Cup", "Pot"]


@pytest.mark.slow
def test_two_hundred_products_of_four_pages_are_changed_in_one_table(browser: Client, shop: TenantInfo) -> None:
    for number in range(200):
        ProductFactory(name=f"Cup {number:03}", price=Decimal(10))

    chosen = {"action": "edit_in_table", "select_across": "1", "_selected_action": [Product.objects.all()[0].pk]}
    url = browser.post(LIST, chosen)["Location"]
    assert len(url) < 8_000
    shown = browser.post(url, {**opened(browser, url), "all-price": "+10%"})
    assert shown.status_code == 200
    assert len(shown.context["differences"]) == 200
    browser.post(url, {"looked_at": looked_at(shown)})

    assert set(prices()) == {Decimal(11)}


def test_changes_are_shown_first_then_made_in_one_go_and_undone(browser: Client, goods: list[Product]) -> None:
    shelf, brand = CategoryFactory(name="Kitchen"), BrandFactory()
    url, mug = address(goods), goods[1].pk.hex
    form = {
        **opened(browser, url),
        f"{mug}-price": "18.00",
        "all-price": "+10%",
        "all-category": shelf.pk,
        "all-brand": brand.pk,
        "all-add_tags": "sale",
        "all-remove_tags": "new",
    }
    before = everything()

    preview = browser.post(url, form)

    assert everything() == before
    told = [(row.name, row.column, row.before, row.after) for row in preview.context["differences"]]
    assert ("Mug", "Price", "€20.00", "€19.80") in told
    assert ("Pot", "Price", "€30.05", "€33.06") in told  # 33.055, half up
    assert ("Cup", "Category", "none", "Kitchen") in told
    assert ("Cup", "Tags", "new", "sale") in told

    response = browser.post(url, {"looked_at": looked_at(preview)})

    edit = BulkEdit.objects.get()
    assert response["Location"] == f"/admin/tenant_shop/bulkedit/{edit.pk}/change/"
    assert prices() == [Decimal("11.000"), Decimal("19.800"), Decimal("33.060")]
    assert set(Product.objects.values_list("category", "brand")) == {(shelf.pk, brand.pk)}
    cup = Product.objects.get(name="Cup")
    history = browser.get(f"{LIST}{cup.pk}/history/").content.decode()
    assert "Price (table)" in history

    page = browser.get(response["Location"]).content.decode()
    assert "Undo all of it" in page
    browser.post(f"/admin/tenant_shop/bulkedit/{edit.pk}/undo/")
    assert prices() == [Decimal("10.000"), Decimal("20.000"), Decimal("30.050")]
    assert [product.tags for product in Product.objects.all()] == [["new"]] * 3
    edit.refresh_from_db()
    assert edit.undone_at is not None

    again = browser.post(f"/admin/tenant_shop/bulkedit/{edit.pk}/undo/", follow=True).content.decode()
    assert "This was undone already." in again


def test_when_products_run_low_is_said_of_many_at_once_and_undone(browser: Client, goods: list[Product]) -> None:
    url, mug = address(goods), goods[1].pk.hex
    assert list(Product.objects.order_by("name").values_list("runs_low", flat=True)) == [True] * 3

    alone = browser.post(url, {**opened(browser, url), f"{mug}-low_stock_threshold": "0"})
    assert [(row.name, row.column, row.before, row.after) for row in alone.context["differences"]] == [
        ("Mug", "Runs low at", "10", "0")
    ]
    preview = browser.post(url, {**opened(browser, url), "all-low_stock_threshold": "4"})
    browser.post(url, {"looked_at": looked_at(preview)})
    assert set(Product.objects.values_list("low_stock_threshold", "runs_low")) == {(4, False)}

    browser.post(f"/admin/tenant_shop/bulkedit/{BulkEdit.objects.get().pk}/undo/")
    assert set(Product.objects.values_list("low_stock_threshold", "runs_low")) == {(10, True)}


def test_an_undo_refuses_as_a_whole_when_a_row_was_changed_since_and_names_it(
    browser: Client, goods: list[Product]
) -> None:
    url = address(goods)
    preview = browser.post(url, {**opened(browser, url), "all-price": "5"})
    browser.post(url, {"looked_at": looked_at(preview)})
    Product.objects.filter(name="Mug").update(price=Decimal(6))

    page = browser.post(f"/admin/tenant_shop/bulkedit/{BulkEdit.objects.get().pk}/undo/", follow=True)

    assert "Nothing was undone, because this was changed or sold since: Mug (MUG)." in page.content.decode()
    assert prices() == [Decimal("5.000"), Decimal("6.000"), Decimal("5.000")]
    assert BulkEdit.objects.get().undone_at is None


def test_what_was_changed_between_the_look_and_the_saving_is_named_and_nothing_is_made(
    browser: Client, goods: list[Product]
) -> None:
    url = address(goods)
    preview = browser.post(url, {**opened(browser, url), "all-price": "5"})
    Product.objects.filter(name="Mug").update(price=Decimal(6))

    page = browser.post(url, {"looked_at": looked_at(preview)}, follow=True).content.decode()

    assert "somebody else changed this meanwhile: Mug (MUG)." in page
    assert prices() == [Decimal("10.000"), Decimal("6.000"), Decimal("30.050")]
    assert BulkEdit.objects.count() == 0


def test_a_cell_left_alone_undoes_nobodys_work_and_one_written_by_both_is_told(
    browser: Client, goods: list[Product]
) -> None:
    url, cup, mug = address(goods), goods[0].pk.hex, goods[1].pk.hex
    form = {**opened(browser, url), f"{cup}-price": "11"}
    Product.objects.filter(name="Mug").update(price=Decimal(6))
    told = browser.post(url, form).context["differences"]
    assert [(row.name, row.after) for row in told] == [("Cup", "€11.00")]

    answer = browser.post(url, {**form, f"{mug}-price": "7"})

    assert answer.status_code == 422
    assert "Somebody else wrote “6.000” meanwhile." in unescape(answer.content.decode())
    again = {
        field.html_name: str(field.value() if field.value() is not None else "")
        for row in answer.context["rows"]
        for field in row
    }
    told = browser.post(url, again).context["differences"]
    assert [(row.name, row.before, row.after) for row in told] == [
        ("Cup", "€10.00", "€11.00"), ("Mug", "€6.00", "€7.00"),
    ]  # fmt: skip


def test_variants_and_their_stock_are_changed_by_movements(browser: Client, goods: list[Product]) -> None:
    VariantFactory(product=goods[0], options={"Size": "L"}, sku="CUP-L", stock=2, price=Decimal(12))
    url = address(goods, of="variants")
    form = {**opened(browser, url), "all-quantity": "+3", "all-price": "-2", "all-is_active": "no"}
    preview = browser.post(url, form)
    browser.post(url, {"looked_at": looked_at(preview)})

    stock = dict(ProductVariant.objects.values_list("sku", "inventory_quantity"))
    assert stock == {"CUP": 8, "CUP-L": 5, "MUG": 8, "POT": 8}
    assert not ProductVariant.objects.filter(is_active=True).exists()
    assert ProductVariant.objects.get(sku="CUP-L").price == Decimal("10.000")
    assert ProductVariant.objects.get(sku="CUP").price is None
    assert set(StockMovement.objects.filter(reason="correction").values_list("delta", "reference")) == {(3, "table")}

    browser.post(f"/admin/tenant_shop/bulkedit/{BulkEdit.objects.get().pk}/undo/")
    assert dict(ProductVariant.objects.values_list("sku", "inventory_quantity")) == {
        "CUP": 5, "CUP-L": 2, "MUG": 5, "POT": 5,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("of", "wrong"),
    [
        ("", {"all-price": "-120%"}),
        ("", {"all-price": "1e309"}),
        ("", {"all-price": "none"}),
        ("", {"all-price": "-10.01"}),
        ("", {"all-status": "sold"}),
        ("", {"all-category": "7d9f2a1e-0000-7000-8000-000000000000"}),
        ("", {"{row}-price": "-1"}),
        ("", {"{row}-price": ""}),
        ("", {"{row}-status": "sold"}),
        ("", {"{row}-shown": "x"}),
        ("variants", {"all-quantity": "+10%"}),
        ("variants", {"all-quantity": "-6"}),
        ("variants", {"{row}-quantity": "-1"}),
        ("variants", {"{row}-weight": "NaN"}),
    ],
)
def test_nonsense_is_told_beside_its_cell_and_nothing_is_changed(
    browser: Client, goods: list[Product], of: str, wrong: dict[str, str]
) -> None:
    url = address(goods, of=of)
    form = opened(browser, url)
    row = browser.get(url).context["rows"][0].prefix
    before = everything()

    answer = browser.post(url, {**form, **{name.format(row=row): value for name, value in wrong.items()}})

    assert answer.status_code == 422
    assert 'name="looked_at"' not in answer.content.decode()
    assert everything() == before


def test_changes_that_nobody_looked_at_are_refused(browser: Client, goods: list[Product], shop: TenantInfo) -> None:
    url = address(goods)
    sealed = looked_at(browser.post(url, {**opened(browser, url), "all-price": "5"}))
    colleague = staff_browser(shop, role="admin")
    before = everything()

    forged = browser.post(url, {"looked_at": sealed[:-1] + ("A" if sealed[-1] != "A" else "B")}, follow=True)

    assert "look at the changes again" in forged.content.decode()
    assert colleague.post(url, {"looked_at": sealed}).status_code == 403
    assert everything() == before


def test_a_viewer_sees_no_table_and_undoes_nothing(browser: Client, goods: list[Product], shop: TenantInfo) -> None:
    url = address(goods)
    sealed = looked_at(browser.post(url, {**opened(browser, url), "all-price": "5"}))
    browser.post(url, {"looked_at": sealed})
    edit = BulkEdit.objects.get()
    viewer = staff_browser(shop, role="viewer")
    before, noted = everything(), len(entries(shop))

    assert viewer.get(url).status_code == 403
    assert viewer.post(url, {"looked_at": sealed}).status_code == 403
    assert viewer.get(f"/admin/tenant_shop/bulkedit/{edit.pk}/change/").status_code == 200
    assert viewer.post(f"/admin/tenant_shop/bulkedit/{edit.pk}/undo/").status_code == 403
    assert (everything(), len(entries(shop))) == (before, noted)
