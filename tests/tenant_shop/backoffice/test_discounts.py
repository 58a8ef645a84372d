"""Discounts in the back office: chosen goods, a sentence that says what they do, clear errors, roles."""

from decimal import Decimal
from typing import Any

import pytest

from platform_core.accounts.models import AccessRole
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.promotions.models import DiscountCode
from tests.factories.catalog import CategoryFactory, ProductFactory
from tests.factories.promotions import DiscountCodeFactory
from tests.people import staff_browser

ADD = "/admin/tenant_shop/discountcode/add/"
FORM = {"code": "spring", "name": "Spring", "type": "percentage", "value": "10", "is_active": "on"}


def test_a_discount_is_set_up_for_chosen_goods_and_says_what_it_does(acme: TenantInfo) -> None:
    with tenant_context(acme):
        kitchen, mug = CategoryFactory(name="Kitchen"), ProductFactory(name="Mug")
    browser = staff_browser(acme)
    answer = browser.post(
        ADD,
        {
            **FORM,
            "products": [mug.pk],
            "categories": [kitchen.pk],
            "minimum_order_amount": "50",
            "usage_limit_per_customer": "1",
            "combines_with_shipping": "on",
        },
    )
    assert answer.status_code == 302
    with tenant_context(acme):
        made = DiscountCode.objects.get()
    assert (made.code, made.applicable_products, made.applicable_categories) == ("SPRING", [mug.pk], [kitchen.pk])
    page = browser.get(f"/admin/tenant_shop/discountcode/{made.pk}/change/").content.decode()
    assert "10% off on Mug and everything in Kitchen, from" in page
    assert "once per customer, with the code SPRING." in page
    assert f'<option value="{mug.pk}" selected>' in page


def test_a_discount_whose_goods_are_gone_is_for_nothing_however_it_is_saved(acme: TenantInfo) -> None:
    with tenant_context(acme):
        mug = ProductFactory(name="Mug")
        gone = mug.pk
        made = DiscountCodeFactory(code="SPRING", applicable_products=[gone])
        mug.delete()
    browser, page = staff_browser(acme), f"/admin/tenant_shop/discountcode/{made.pk}/change/"
    assert "10% off on nothing any more: what it was for is gone" in browser.get(page).content.decode()
    assert browser.post(page, {**FORM, "name": "Late spring"}).status_code == 302
    with tenant_context(acme):
        made.refresh_from_db()
    assert (made.name, made.applicable_products) == ("Late spring", [gone])


def test_of_many_goods_five_are_named_and_the_others_counted(acme: TenantInfo) -> None:
    with tenant_context(acme):
        goods = [ProductFactory(name=f"Mug {number}").pk for number in range(7)]
        made = DiscountCodeFactory(code="SPRING", applicable_products=goods)
    page = staff_browser(acme).get(f"/admin/tenant_shop/discountcode/{made.pk}/change/").content.decode()
    assert "10% off on Mug 0, Mug 1, Mug 2, Mug 3, Mug 4 and 2 more," in page


def test_a_discount_without_a_code_is_automatic(acme: TenantInfo) -> None:
    assert staff_browser(acme).post(ADD, {**FORM, "code": "  "}).status_code == 302
    with tenant_context(acme):
        assert DiscountCode.objects.get().is_automatic


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"value": "101"}, "More than 100 percent cannot be taken off."),
        ({"value": "0"}, "How much is taken off? Write more than nothing."),
        ({"value": "-5"}, "A discount takes off; it does not put on."),
        ({"usage_limit": "0"}, "Write 1 or more; leave it empty for no limit."),
        ({"products": ["nothing"]}, "nothing"),
        ({"categories": ["019b0000-0000-7000-8000-000000000000"]}, "Select a valid choice."),
    ],
)
def test_what_makes_no_sense_is_told_beside_its_field(acme: TenantInfo, change: dict[str, Any], sentence: str) -> None:
    page = staff_browser(acme).post(ADD, {**FORM, **change})
    assert page.status_code == 200
    assert sentence in page.content.decode()
    with tenant_context(acme):
        assert not DiscountCode.objects.exists()


def test_more_automatic_discounts_than_are_looked_at_cannot_be_active(
    acme: TenantInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenant_shop.promotions.save_discount.MOST_AUTOMATIC", 1)
    with tenant_context(acme):
        DiscountCodeFactory(code=None)
    browser = staff_browser(acme)
    assert "Switch one off" in browser.post(ADD, {**FORM, "code": ""}).content.decode()
    assert browser.post(ADD, FORM).status_code == 302


@pytest.mark.parametrize(
    ("role", "may_change"), [("owner", True), ("admin", True), ("editor", True), ("viewer", False)]
)
def test_who_may_set_up_discounts(acme: TenantInfo, role: str, may_change: bool) -> None:
    with tenant_context(acme):
        discount, mug = DiscountCodeFactory(code="SPRING", value=Decimal(10)), ProductFactory(name="Mug")
    browser = staff_browser(acme, AccessRole(role))
    address = f"/admin/tenant_shop/discountcode/{discount.pk}/change/"
    assert "10% off the whole order, with the code SPRING." in browser.get(address).content.decode()
    found = browser.get(
        "/admin/autocomplete/",
        {"app_label": "tenant_shop", "model_name": "orderitem", "field_name": "product", "term": "Mug"},
    )
    assert [row["id"] for row in found.json()["results"]] == [str(mug.pk)]
    answer = browser.post(address, {**FORM, "value": "20"})
    assert answer.status_code == (302 if may_change else 403)
    with tenant_context(acme):
        assert DiscountCode.objects.get().value == (20 if may_change else 10)
