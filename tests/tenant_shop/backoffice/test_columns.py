"""Lists show the columns that somebody chose, and a view keeps them."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from platform_core.accounts.models import AccessRole
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.configuration.custom_fields.models import CustomField
from tenant_shop.configuration.custom_fields.values import with_values
from tenant_shop.configuration.saved_views.models import SavedView
from tests.custom_fields import field
from tests.factories.catalog import ProductFactory
from tests.factories.customers import CustomerFactory
from tests.people import staff_browser
from tests.shopping import configure, everything, order_of, stocked
from tests.statements import StatementCount

PRODUCTS, ORDERS, CUSTOMERS = (f"/admin/tenant_shop/{name}/" for name in ("product", "order", "customer"))


@pytest.fixture
def acme(make_shop: Callable[..., TenantInfo]) -> Iterator[TenantInfo]:
    shop = make_shop("acme")
    with tenant_context(shop):
        configure()
        yield shop


def heads(page: Any) -> list[str]:
    """The names over the columns, without the box that ticks all rows."""
    table = re.search(r"<thead>.*?</thead>", page.content.decode(), re.DOTALL)
    assert table
    said = re.sub(r"<span[^>]*aria-hidden[^>]*>[^<]*</span>", "", table[0])
    cells = re.findall(r"<th[^>]*>(.*?)</th>", said, re.DOTALL)
    return [text for cell in cells if (text := " ".join(re.sub(r"<[^>]*>", " ", cell).split())) != "Select all rows"]


def test_ticked_columns_stand_in_the_address_and_in_the_list(acme: TenantInfo) -> None:
    care = field(name="Care")
    ProductFactory(name="Mug", sku="MUG", metadata=with_values({}, {care.key: "<b>By hand</b>"}))
    browser = staff_browser(acme)

    ticked = browser.get(
        PRODUCTS, {"status__exact": "active", "o": "2", "column": ["custom_care", "shown_sku", "password"]}
    )

    assert ticked["Location"] == f"{PRODUCTS}?status__exact=active&columns=custom_care%2Cshown_sku"
    page = browser.get(PRODUCTS, {"columns": "custom_care,shown_sku"})
    assert heads(page) == ["Name", "Care", "SKU"]
    assert "&lt;b&gt;By hand&lt;/b&gt;" in page.content.decode()
    assert [each["name"] for each in page.context["column_offer"] if each["is_shown"]] == ["shown_sku", "custom_care"]


@pytest.mark.parametrize(
    ("path", "asked", "shown"),
    [
        (ORDERS, "country,total", ["Order number", "Country", "Total"]),
        (ORDERS, "recipient,paid_by,custom_gone,pk", ["Order number", "Recipient", "Payment method"]),
        (CUSTOMERS, "last_login_at,loyalty_tier", ["E-mail address", "Last login at", "Loyalty tier"]),
        (
            CUSTOMERS,
            "password_hash",
            ["E-mail address", "Full name", "Group", "Status", "Delivered orders", "Delivered total", "Created at"],
        ),
    ],
)
def test_only_what_is_offered_is_shown(acme: TenantInfo, path: str, asked: str, shown: list[str]) -> None:
    order_of((stocked(), 1))
    CustomerFactory()
    assert heads(staff_browser(acme).get(path, {"columns": asked})) == shown


def test_a_field_of_another_kind_of_record_is_no_column(acme: TenantInfo) -> None:
    field(name="Care")
    field(name="Gift", owner=CustomField.Owner.ORDER)
    order_of((stocked(), 1))
    assert heads(staff_browser(acme).get(ORDERS, {"columns": "custom_care,custom_gift"})) == ["Order number", "Gift"]


def test_a_view_keeps_its_columns_and_a_viewer_chooses_but_keeps_nothing(acme: TenantInfo) -> None:
    order_of((stocked(), 1))
    browser = staff_browser(acme)
    kept = browser.post(f"{ORDERS}views/keep/", {"name": "Where to", "query": "columns=country,total"})
    assert kept["Location"] == f"{ORDERS}?columns=country%2Ctotal"
    assert heads(browser.get(kept["Location"])) == ["Order number", "Country", "Total"]
    assert SavedView.objects.get().name == "Where to"

    viewer, before = staff_browser(acme, role=AccessRole.VIEWER), everything()
    assert heads(viewer.get(ORDERS, {"columns": "tax"})) == ["Order number", "Tax"]
    assert viewer.post(f"{ORDERS}views/keep/", {"name": "Mine", "query": "columns=tax"}).status_code == 403
    changed = {table for table, rows in everything().items() if rows != before[table]}
    assert changed <= {"django_session"}


def test_the_search_keeps_the_columns_and_they_cost_no_statement_a_row(acme: TenantInfo) -> None:
    field(name="Gift", owner=CustomField.Owner.ORDER)
    browser, counts = staff_browser(acme), []
    for _ in range(2):
        order_of((stocked(), 1))
        with StatementCount() as statements:
            page = browser.get(ORDERS, {"columns": "recipient,paid_by,owed,custom_gift"})
        counts.append(statements.count)
    assert counts[0] >= counts[1]
    assert '<input type="hidden" name="columns" value="recipient,paid_by,owed,custom_gift">' in page.content.decode()
