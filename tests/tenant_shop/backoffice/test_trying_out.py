"""The page of test orders: how many there are, and being rid of them."""

import pytest

from platform_core.accounts.models import AccessRole
from platform_core.tenancy.context import TenantInfo
from tenant_shop.backoffice import trying_out
from tenant_shop.orders.models import Order
from tests.paying import take_cards
from tests.people import shop_browser, staff_browser
from tests.shopping import configure, everything, order_of, stocked

PAGE = "/admin/settings/test-orders/"


@pytest.fixture(autouse=True)
def trying(shop: TenantInfo) -> None:
    take_cards()


def test_test_orders_are_counted_and_deleted_some_at_a_time(shop: TenantInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trying_out, "AT_ONCE", 2)
    mug = stocked()
    for _ in range(3):
        order_of((mug, 1))
    configure(test_mode=False)
    real = order_of((mug, 1))
    browser = staff_browser(shop)
    assert "3 test orders" in browser.get(PAGE).content.decode()

    page = browser.post(PAGE, follow=True).content.decode()
    assert "2 test orders deleted. 1 is left: press the button again." in page
    page = browser.post(PAGE, follow=True).content.decode()
    assert "1 test order deleted." in page
    assert "There is none." in page
    assert "There was no test order to delete." in browser.post(PAGE, follow=True).content.decode()
    assert Order.objects.get() == real


def test_a_viewer_deletes_none_by_hand(shop: TenantInfo) -> None:
    order_of((stocked(), 1))
    browser = staff_browser(shop, AccessRole.VIEWER)
    before = everything()
    assert browser.post(PAGE).status_code == 403
    assert everything() == before


def test_shoppers_are_told_on_every_page_while_the_shop_is_tried_out(shop: TenantInfo) -> None:
    browser = shop_browser(shop)
    said = "You can order, but nothing will be charged or sent."
    assert said in browser.get("/").content.decode()
    configure(test_mode=False)
    assert said not in browser.get("/").content.decode()
