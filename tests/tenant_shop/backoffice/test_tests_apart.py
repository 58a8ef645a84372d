"""Test orders stand apart: no list of sales and no file of it has one, whatever else is asked for."""

from typing import Any

import pytest

from platform_core.tenancy.context import TenantInfo
from tests.paying import take_cards
from tests.people import staff_browser
from tests.shopping import configure, order_of, stocked

LIST, FILE = "/admin/tenant_shop/order/", "/admin/tenant_shop/order/list.csv"


@pytest.fixture
def orders(shop: TenantInfo) -> dict[str, str]:
    """The numbers of a test and of a sale."""
    mug = stocked()
    take_cards()
    tried = order_of((mug, 1))
    configure(test_mode=False)
    return {"test": tried.order_number, "sale": order_of((mug, 1)).order_number}


def numbers(page: Any) -> list[str]:
    return [order.order_number for order in page.context["cl"].result_list]


def test_a_list_has_sales_unless_tests_are_asked_for(shop: TenantInfo, orders: dict[str, str]) -> None:
    browser = staff_browser(shop)
    tests = {"is_test__exact": "1"}
    for asked in ({}, {"status__exact": "pending"}, {"q": "example.com"}, {"is_test__exact": "0"}):
        assert numbers(browser.get(LIST, asked)) == [orders["sale"]], asked
    page = browser.get(LIST, tests)
    assert numbers(page) == [orders["test"]]
    assert "· test" in page.content.decode()
    assert numbers(browser.get(LIST, {"is_test__exact": "all"})) == [orders["sale"], orders["test"]]
    views = [(tab["name"], tab["query"]) for tab in browser.get(LIST).context["view_tabs"]]
    assert ("Test orders", "is_test__exact=1") in views


def test_so_does_the_file(shop: TenantInfo, orders: dict[str, str]) -> None:
    browser = staff_browser(shop)

    def lines(**asked: str) -> list[str]:
        return b"".join(browser.get(FILE, asked)).decode().splitlines()[1:]

    assert [orders["sale"] in line for line in lines()] == [True]
    assert [orders["test"] in line for line in lines(is_test__exact="1")] == [True]
