"""A stock take: counts become differences that are looked at, and are moved once, with their reason, in the ledger."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from platform_core.tenancy.context import TenantInfo
from tenant_shop.backoffice import count_sheet
from tenant_shop.catalog.models import Product
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.inventory.models import StockMovement
from tests.factories.catalog import CategoryFactory, ProductFactory
from tests.people import staff_browser
from tests.shopping import everything

SHEET = "/admin/tenant_shop/product/count/"


@pytest.fixture
def browser(shop: TenantInfo) -> Client:
    return staff_browser(shop)


@pytest.fixture
def goods(shop: TenantInfo) -> list[Product]:
    return [ProductFactory(name=name, sku=name.upper(), stock=5) for name in ("Cup", "Mug", "Pot")]


def counts(**counted: int | str) -> dict[str, Any]:
    keys = dict(ProductVariant.objects.values_list("sku", "pk"))
    return {"name": "Spring", **{keys[sku].hex: count for sku, count in counted.items()}}


def looked_at(page: Any) -> str:
    found = re.search(r'name="looked_at" value="([^"]+)"', page.content.decode())
    assert found is not None
    return unescape(found[1])


def stock() -> dict[str, int]:
    return dict(ProductVariant.objects.values_list("sku", "inventory_quantity"))


def test_differences_are_shown_then_moved_once_and_a_sale_meanwhile_stays_sold(
    browser: Client, goods: list[Product]
) -> None:
    before = everything()
    page = browser.post(SHEET, counts(CUP=3, MUG=5))

    assert [(row["variant"].sku, row["by"]) for row in page.context["differences"]] == [("CUP", -2)]
    assert page.context["counted"] == 2
    assert everything() == before

    StockMovement.objects.create(variant=goods[0].variant_rows.get(), delta=-1, reason="damage")
    assert browser.post(SHEET, {"looked_at": looked_at(page)}).status_code == 302
    assert stock() == {"CUP": 2, "MUG": 5, "POT": 5}
    movement = StockMovement.objects.get(reason="correction")
    assert (movement.delta, (movement.reference or "")[:8]) == (-2, "Spring (")

    again = browser.post(SHEET, {"looked_at": looked_at(page)}, follow=True).content.decode()
    assert "have been moved already" in again
    assert stock() == {"CUP": 2, "MUG": 5, "POT": 5}


def test_what_is_not_there_any_more_is_not_taken_away_and_nothing_moves(browser: Client, goods: list[Product]) -> None:
    page = browser.post(SHEET, counts(CUP=1, MUG=7))
    StockMovement.objects.create(variant=goods[0].variant_rows.get(), delta=-3, reason="damage")

    told = browser.post(SHEET, {"looked_at": looked_at(page)}, follow=True).content.decode()

    assert "CUP: there are 2, 4 cannot be taken away." in told
    assert stock() == {"CUP": 2, "MUG": 5, "POT": 5}


def test_a_sheet_is_of_a_category_or_of_what_was_chosen_and_goes_on_by_sku(
    browser: Client, goods: list[Product], monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = CategoryFactory()
    Product.objects.filter(name__in=["Cup", "Pot"]).update(category=shelf)
    ProductFactory(name="Gift card", track_inventory=False)
    ProductFactory(name="Old", status="archived")

    def skus(url: str) -> list[str]:
        return [variant.sku for variant, _ in browser.get(url).context["form"].rows]

    assert skus(SHEET) == ["CUP", "MUG", "POT"]
    assert skus(f"{SHEET}?category={shelf.pk}") == ["CUP", "POT"]
    chosen = browser.post("/admin/tenant_shop/product/", {"action": "count_chosen", "_selected_action": [goods[1].pk]})
    assert skus(chosen["Location"]) == ["MUG"]
    monkeypatch.setattr(count_sheet, "ON_A_SHEET", 2)
    first = browser.get(SHEET)
    assert first.context["following"] == "?after=MUG"
    assert skus(SHEET + first.context["following"]) == ["POT"]


@pytest.mark.parametrize("count", ["-1", "1.5", "NaN", "1e9", "9999999999"])
def test_a_count_of_nonsense_is_told_beside_it_and_nothing_moves(
    browser: Client, goods: list[Product], count: str
) -> None:
    before = everything()

    page = browser.post(SHEET, counts(CUP=count, MUG=1))

    assert page.status_code == 422
    assert 'name="looked_at"' not in page.content.decode()
    assert everything() == before


def test_a_viewer_and_a_colleague_move_nothing(browser: Client, goods: list[Product], shop: TenantInfo) -> None:
    sealed = looked_at(browser.post(SHEET, counts(CUP=1)))
    viewer, colleague = staff_browser(shop, role="viewer"), staff_browser(shop, role="admin")
    before = everything()

    assert viewer.get(SHEET).status_code == 403
    assert viewer.post(SHEET, {"looked_at": sealed}).status_code == 403
    assert colleague.post(SHEET, {"looked_at": sealed}).status_code == 403
    forged = browser.post(SHEET, {"looked_at": f"{sealed}x"}, follow=True).content.decode()
    assert "look at the differences again" in forged
    assert everything() == before
