"""A list of a hundred thousand products opens as one of ten: no statement for each row, nothing counted to its end,
no drop-down of all there is."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin import ShowFacets
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.forms import ModelChoiceField
from django.test import RequestFactory

from platform_core.tenancy.context import TenantInfo
from tenant_shop.backoffice.site import backoffice
from tenant_shop.backoffice.whole_list import LONGEST_COUNT
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory
from tests.people import make_user, staff_browser

PRODUCTS = "/admin/tenant_shop/product/"
# A variant shows one of its own product's pictures; orders are read there only.
FEW = {("ProductVariant", "image"), ("Order", "company")}


@pytest.mark.parametrize("query", ["", "?q=mug", "?status__exact=active", "?o=4", "?p=last"])
def test_the_list_of_products_costs_the_same_statements_however_many(
    shop: TenantInfo, query: str, count_statements: Callable[[], Any]
) -> None:
    browser = staff_browser(shop)
    category, brand = CategoryFactory(), BrandFactory()
    counts = []
    for more in (51, 9):
        for _ in range(more):
            ProductFactory(name="Mug", category=category, brand=brand)
        browser.get(PRODUCTS + query)  # what is asked once a process is asked
        with count_statements() as statements:
            assert browser.get(PRODUCTS + query).status_code == 200
        counts.append(statements.count)
        counted = [sql for sql in statements.sql if "COUNT(" in sql and '"products"' in sql]
        assert all("LIMIT" in sql for sql in counted)

    assert counts[0] == counts[1]


def test_lists_stop_counting(shop: TenantInfo) -> None:
    for admin in backoffice._registry.values():
        assert admin.paginator.__name__ == "BoundedPaginator", admin
        assert admin.show_full_result_count is False
        assert admin.show_facets is ShowFacets.NEVER, admin
        assert (admin.list_max_show_all, LONGEST_COUNT) == (0, 10_000)


def test_no_form_has_a_drop_down_of_all_there_is(shop: TenantInfo) -> None:
    request = RequestFactory().get("/admin/")
    request.user = make_user("owner@acme.example")
    unbounded = []
    for model, admin in backoffice._registry.items():
        inlines = [inline(model, backoffice) for inline in admin.inlines]
        for page in (admin, *inlines):
            for field in page.model._meta.local_fields:
                if not field.is_relation or not _is_on(page, field.name):
                    continue
                made = page.formfield_for_dbfield(field, request)
                widget = getattr(made.widget, "widget", made.widget) if made else None
                if isinstance(made, ModelChoiceField) and not isinstance(
                    widget, AutocompleteSelect | AutocompleteSelectMultiple
                ):
                    unbounded.append((page.model.__name__, field.name))

    assert set(unbounded) - FEW == set()


def test_no_filter_lists_all_there_is(shop: TenantInfo) -> None:
    related = [
        (model.__name__, name)
        for model, admin in backoffice._registry.items()
        for name in admin.list_filter
        if isinstance(name, str) and model._meta.get_field(name).is_relation
    ]
    assert related == []


def _is_on(page: Any, name: str) -> bool:
    """Whether the page's form has the field."""
    told = page.fields or [field for _, part in page.fieldsets or () for field in part["fields"]]
    flat = [field for row in told for field in (row if isinstance(row, list | tuple) else (row,))]
    return name in flat and name not in page.readonly_fields
