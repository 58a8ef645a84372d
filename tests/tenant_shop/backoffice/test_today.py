"""The first page: what waits for the shop's people."""

from collections.abc import Callable

import pytest

from platform_core.tenancy.context import TenantInfo, tenant_context
from tests.factories.catalog import ProductFactory
from tests.factories.orders import OrderFactory
from tests.people import staff_browser
from tests.statements import StatementCount


@pytest.fixture
def acme(make_shop: Callable[..., TenantInfo]) -> TenantInfo:
    return make_shop("acme", theme_config={"brand": "#aa0044"})


def test_the_back_office_bears_the_shops_name_and_colour(acme: TenantInfo) -> None:
    page = staff_browser(acme).get("/admin/").content.decode()

    assert "<title>" in page
    assert "Acme" in page
    assert "--color-primary-600: #aa0044" in page


def test_the_first_page_counts_what_waits_and_leads_to_it(acme: TenantInfo) -> None:
    with tenant_context(acme):
        ProductFactory(name="Plenty", stock=50, low_stock_threshold=3)
        ProductFactory(name="Scarce", stock=2, low_stock_threshold=3)
        ProductFactory(name="Unready", status="draft", stock=0)
        OrderFactory(order_number="A-1", status="confirmed")
        OrderFactory(order_number="A-2", status="processing", fulfillment_status="fulfilled")
        OrderFactory(order_number="A-3", status="pending")
    browser = staff_browser(acme)

    with StatementCount() as statements:
        page = browser.get("/admin/")

    # Session, user, access; orders, products, reviews, companies, quotes, what the plan includes, how many customers.
    assert statements.count == 10
    waiting = {place.title: place for place in page.context["waiting"]}
    assert {title: place.count for title, place in waiting.items()} == {
        "Orders to send": 1, "Orders unpaid": 1, "Money to give back": 0, "Products running low": 1, "Drafts": 1,
        "Reviews": 0,
    }  # fmt: skip
    for title, shown in (("Orders to send", "A-1"), ("Orders unpaid", "A-3"), ("Products running low", "Scarce"),
                         ("Drafts", "Unready")):  # fmt: skip
        found = browser.get(waiting[title].url)
        assert [str(row) for row in found.context["cl"].result_list] == [shown]
