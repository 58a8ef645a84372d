"""Deleting a category or a brand: asked in numbers, refused while it has products."""

from collections.abc import Callable
from typing import Any

import pytest

from platform_core.accounts.models import AccessRole
from platform_core.tenancy.context import TenantInfo
from tenant_shop.catalog.models import Brand, Category
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory
from tests.people import staff_browser


@pytest.mark.parametrize(
    ("kind", "model", "factory"), [("category", Category, CategoryFactory), ("brand", Brand, BrandFactory)]
)
def test_what_has_products_stays_and_says_how_many_there_are_however_many(
    kind: str, model: Any, factory: Any, shop: TenantInfo, count_statements: Callable[[], Any]
) -> None:
    full, empty = factory(name="Full"), factory(name="Empty")
    browser, asked = staff_browser(shop), f"/admin/tenant_shop/{kind}/{full.pk}/delete/"
    counts = []
    for more in (2, 7):
        for number in range(more):
            ProductFactory(name=f"Thing {number}", **{kind: full})
        browser.get(asked)
        with count_statements() as statements:
            page = browser.get(asked).content.decode()
        counts.append(statements.count)

    assert counts[0] == counts[1]
    assert "Full: 9 products. Give them another first" in page
    assert "Thing 1" not in page
    assert browser.post(asked, {"post": "yes"}).status_code in (200, 403)
    assert model.objects.filter(pk=full.pk).exists()
    viewer = staff_browser(shop, AccessRole.VIEWER)
    away = f"/admin/tenant_shop/{kind}/{empty.pk}/delete/"
    assert viewer.post(away, {"post": "yes"}).status_code == 403
    assert model.objects.filter(pk=empty.pk).exists()
    assert browser.post(away, {"post": "yes"}).status_code == 302
    assert list(model.objects.all()) == [full]
