"""Lists of the back office are narrowed by custom fields."""

import pytest
from django.test import Client

from platform_core.tenancy.context import TenantInfo, tenant_context
from tests.custom_fields import HOSTILE, field
from tests.factories.catalog import ProductFactory
from tests.factories.orders import OrderFactory
from tests.people import staff_browser


def listed(browser: Client, path: str, **query: str) -> list[str]:
    """The rows that a list of the back office shows."""
    return sorted(str(row) for row in browser.get(path, query).context["cl"].result_list)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"custom_care": "Hard"}, ["Axe"]),
        ({"custom_organic": "true"}, ["Axe"]),
        ({"custom_organic": "false"}, ["Saw"]),
        ({"custom_length": "10"}, ["Saw"]),
        ({"custom_length": "9..10.5"}, ["Saw"]),
        ({"custom_length": "9.."}, ["Axe", "Saw"]),
        ({"custom_length": "..20"}, ["Saw"]),
        ({"custom_length": "x' OR 1=1 --"}, []),
        ({"custom_since": "2026-01-01..2026-06-30"}, ["Axe"]),
        ({"custom_shelf": HOSTILE}, ["Axe"]),
        ({"custom_shelf": HOSTILE[:-1]}, []),
        ({"custom_note": "secret"}, ["Axe", "Pot", "Saw"]),
        ({}, ["Axe", "Pot", "Saw"]),
    ],
)
def test_lists_are_narrowed_by_the_fields_that_are_filters(
    query: dict[str, str], found: list[str], acme: TenantInfo
) -> None:
    with tenant_context(acme):
        for name, kind in {
            "Care": "choice",
            "Organic": "boolean",
            "Length": "number",
            "Since": "date",
            "Shelf": "text",
        }.items():
            field(name, kind, in_filters=True)
        field("Note")
        ProductFactory(name="Pot")
        ProductFactory(
            name="Axe",
            metadata={
                "fields": {
                    "care": "Hard",
                    "organic": True,
                    "length": "100",
                    "since": "2026-03-01",
                    "shelf": HOSTILE,
                    "note": "secret",
                }
            },
        )
        ProductFactory(name="Saw", metadata={"fields": {"care": "Easy", "organic": False, "length": "10"}})

    browser = staff_browser(acme)

    if query == {"custom_note": "secret"}:  # no filter: Django leads back to the list
        assert browser.get("/admin/tenant_shop/product/", query).status_code == 302
    else:
        assert listed(browser, "/admin/tenant_shop/product/", **query) == found


def test_lists_of_orders_and_customers_have_filters_too_and_hostile_names_are_text(acme: TenantInfo) -> None:
    with tenant_context(acme):
        key = field(HOSTILE[:60], owner="order", in_filters=True).key
        field(HOSTILE[:60], owner="customer", in_filters=True)
        gift = OrderFactory(metadata={"fields": {key: "yes"}})
        OrderFactory()
    browser = staff_browser(acme)

    page = browser.get("/admin/tenant_shop/order/").content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert listed(browser, "/admin/tenant_shop/order/", **{f"custom_{key}": "yes"}) == [str(gift)]
    assert listed(browser, "/admin/tenant_shop/customer/", **{f"custom_{key}": "yes"}) == []
