"""In a browser: many products change in a table and back again, and two people at one product lose nothing."""

from decimal import Decimal
from typing import Any

import pytest

from platform_core.accounts.models import AccessRole
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.catalog.models import Product
from tenant_shop.configuration.models import Setting
from tests.browser import NARROW, WIDE
from tests.factories.catalog import ProductFactory
from tests.people import let_in, make_user
from tests.tenant_shop.backoffice.test_staff_in_browser import log_in

pytestmark = pytest.mark.slow

PRODUCTS = "/admin/tenant_shop/product/"


@pytest.fixture
def acme(make_shop: Any) -> TenantInfo:
    shop: TenantInfo = make_shop("acme", currency="EUR")
    with tenant_context(shop):
        Setting.objects.update_or_create(key="currency", defaults={"value": "EUR"})
        for name, price in (("Cup", "10"), ("Mug", "20"), ("Pot", "30.05")):
            ProductFactory(name=name, slug=name.lower(), sku=name.upper(), price=Decimal(price), stock=5)
    let_in(make_user(), shop)
    return shop


def test_prices_changed_in_a_table_are_those_of_the_shop_until_undone(
    acme: TenantInfo, site: Any, browser: Any
) -> None:
    owner = browser.new_context(viewport={"width": WIDE, "height": 900}).new_page()
    shopper = browser.new_context(viewport={"width": NARROW, "height": 900}).new_page()

    def prices() -> list[str]:
        found = []
        for slug in ("cup", "mug", "pot"):
            shopper.goto(site.url("acme", f"/products/{slug}/"))
            found.append(shopper.locator(".product__price .price, .product__price").first.inner_text().split()[-1])
        return found

    log_in(owner, site, "owner@acme.example")
    assert prices() == ["€10.00", "€20.00", "€30.05"]

    owner.goto(site.url("acme", PRODUCTS))
    for name in ("Cup", "Mug"):
        owner.get_by_role("row", name=name).get_by_role("checkbox").check()
    owner.locator("select[name=action]").select_option("edit_in_table")
    owner.get_by_role("button", name="Run").click()
    owner.wait_for_url("**/table/**")
    owner.get_by_role("row", name="Mug").get_by_label("Price").first.fill("18.00")
    owner.locator("[name=all-price]").fill("+10%")
    owner.get_by_role("button", name="Preview the changes").click()
    owner.get_by_role("heading", name="2 changes, nothing saved yet").wait_for()
    told = owner.get_by_role("region", name="2 changes, nothing saved yet").get_by_role("row")
    assert [row.inner_text().split("\t") for row in told.all()[1:]] == [
        ["Cup", "CUP", "Price", "€10.00", "€11.00"],
        ["Mug", "MUG", "Price", "€20.00", "€19.80"],
    ]
    assert prices() == ["€10.00", "€20.00", "€30.05"]

    owner.get_by_role("button", name="Make these changes").click()
    owner.get_by_role("button", name="Undo all of it").wait_for()
    assert prices() == ["€11.00", "€19.80", "€30.05"]

    owner.get_by_role("button", name="Undo all of it").click()
    owner.get_by_role("button", name="Undo all of it").wait_for(state="detached")
    assert prices() == ["€10.00", "€20.00", "€30.05"]


def test_the_second_of_two_is_told_and_both_keep_what_they_wrote(acme: TenantInfo, site: Any, browser: Any) -> None:
    let_in(make_user("ed@acme.example"), acme, AccessRole.EDITOR)
    with tenant_context(acme):
        mug = Product.objects.get(slug="mug")
    windows = []
    for email in ("owner@acme.example", "ed@acme.example"):
        window = browser.new_context(viewport={"width": WIDE, "height": 900}).new_page()
        log_in(window, site, email)
        window.goto(site.url("acme", f"{PRODUCTS}{mug.pk}/change/"))
        windows.append(window)
    first, second = windows

    first.locator("#id_price").fill("21.00")
    first.locator("#id_short_description").fill("Holds coffee.")
    first.get_by_role("button", name="Save", exact=True).click()
    first.wait_for_url(f"**{PRODUCTS}**")
    first.get_by_text("was changed successfully").wait_for()

    second.locator("#id_price").fill("22.00")
    second.locator("#id_meta_title").fill("A mug to keep")
    second.get_by_role("button", name="Save", exact=True).click()
    second.get_by_text("Price: somebody else wrote “21.00”; yours is kept below.").wait_for()
    assert second.locator("#id_price").input_value() == "22.00"
    assert second.locator("#id_meta_title").input_value() == "A mug to keep"
    assert second.locator("#id_short_description").input_value() == "Holds coffee."
    with tenant_context(acme):
        mug.refresh_from_db()
        assert (mug.price, mug.meta_title) == (Decimal("21.000"), None)

    second.get_by_role("button", name="Save", exact=True).click()
    second.get_by_text("was changed successfully").wait_for()
    with tenant_context(acme):
        mug.refresh_from_db()
        assert (mug.price, mug.meta_title, mug.short_description) == (
            Decimal("22.000"),
            "A mug to keep",
            "Holds coffee.",
        )
