"""Refunds that failed on the first page, and what an order's page says of them."""

from decimal import Decimal
from typing import Any

import pytest

from platform_core.accounts.models import AccessRole
from platform_core.tenancy.context import TenantInfo
from tenant_shop.orders.fulfil import fulfil_order, unsent_pieces
from tenant_shop.orders.models import Order
from tenant_shop.payments.errors import GatewayRefused
from tenant_shop.payments.gateways.demo import Card, DemoGateway
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.models import Payment
from tenant_shop.payments.refund import refund_amount
from tests.paying import card_order, give_card, real_money, take_cards
from tests.people import staff_browser
from tests.shopping import configure, order_of, stocked

FAILED = "/admin/tenant_shop/order/?refunds=failed&is_test__exact=0"


@pytest.fixture(autouse=True)
def selling(shop: TenantInfo) -> None:
    take_cards()


def waiting(page: Any) -> dict[str, tuple[int, str]]:
    return {each.title: (each.count, each.url) for each in page.context["waiting"]}


def refused(*args: Any, **how: Any) -> Any:
    raise GatewayRefused("demo", "the card is closed")


@real_money()
def test_a_refund_that_failed_is_counted_until_another_one_was_made(
    shop: TenantInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(payment_methods=["test_card"], test_mode=False)
    browser = staff_browser(shop)
    assert waiting(browser.get("/dashboard/"))["Refunds that failed"][0] == 0
    order, payment = card_order()
    give_card(Card.SUCCEEDS, order, payment)
    with monkeypatch.context() as patched:
        patched.setattr(DemoGateway, "refund", refused)
        with pytest.raises(GatewayRefused):
            refund_amount(payment.pk, amount=Decimal("4.90"), key="one", actor="x")
    assert waiting(browser.get("/dashboard/"))["Refunds that failed"] == (1, FAILED)
    listed = browser.get("/admin/tenant_shop/order/?refunds=failed")
    assert [each.pk for each in listed.context["cl"].result_list] == [order.pk]
    page = f"/admin/tenant_shop/order/{order.pk}/change/"
    assert "Money did not go back: €4.90: the card is closed" in browser.get(page).content.decode()
    refund_amount(payment.pk, amount=Decimal("4.90"), key="two", actor="x")
    assert waiting(browser.get("/dashboard/"))["Refunds that failed"][0] == 0
    assert browser.get("/admin/tenant_shop/order/?refunds=failed").context["cl"].result_count == 0
    assert "Money did not go back" not in browser.get(page).content.decode()


def test_a_try_waits_for_nobody_and_is_marked_in_the_list_and_on_its_page(shop: TenantInfo) -> None:
    configure(test_mode=False)
    real = order_of((stocked(), 1))
    take_cards()
    tried = order_of((stocked(), 1))
    assert (real.is_test, tried.is_test) == (False, True)
    browser = staff_browser(shop)
    count, url = waiting(browser.get("/dashboard/"))["Orders unpaid"]
    assert (count, url) == (1, "/admin/tenant_shop/order/?status__exact=pending&is_test__exact=0")
    assert [each.pk for each in browser.get(url).context["cl"].result_list] == [real.pk]
    listed = browser.get("/admin/tenant_shop/order/?is_test__exact=all").content.decode()
    assert listed.count("Pending · test") == 1
    badges = {
        order.pk: browser.get(f"/admin/tenant_shop/order/{order.pk}/change/").context["badges"][0]
        for order in (real, tried)
    }
    assert badges[tried.pk] == {"name": "Test order", "text": "no sale", "colour": "warning"}
    assert badges[real.pk]["name"] == "Order"


def test_an_orders_page_has_its_parcels_and_the_sentence_that_was_agreed_to(shop: TenantInfo) -> None:
    order = order_of((stocked(), 3), agreed_to="I have read <the terms> & agree.")
    mark_as_paid(order.pk, actor="x")
    (line,) = unsent_pieces(order)
    send = {"actor": "x", "carrier": "DHL"}
    fulfil_order(order.pk, pieces={line: 2}, key="one", tracking_number="AB 1", **send)
    fulfil_order(order.pk, pieces={line: 1}, key="two", actor="x", tracking_url="https://pigeons.example/7")
    page = staff_browser(shop, AccessRole.VIEWER).get(f"/admin/tenant_shop/order/{order.pk}/change/").content.decode()
    link = 'href="{}" target="_blank" rel="noopener noreferrer">{}</a>'
    assert link.format("https://www.dhl.com/en/express/tracking.html?AWB=AB%201", "AB 1") in page
    assert link.format("https://pigeons.example/7", "Follow the parcel") in page
    assert "I have read &lt;the terms&gt; &amp; agree." in page
    assert Payment.objects.filter(order=order).count() == 1
    assert Order.objects.get().status == "shipped"
