"""An order's page: what was bought and its money first, whom it is for beside it, and nothing that says nothing."""

import re

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.models import Order
from tests.factories.orders import OrderFactory, OrderItemFactory
from tests.people import staff_browser
from tests.shopping import configure, order_of, stocked


def page_of(shop: TenantInfo, order: Order) -> str:
    return staff_browser(shop).get(f"/admin/tenant_shop/order/{order.pk}/change/").content.decode()


def labels(page: str) -> set[str]:
    facts = page[page.index('class="order-page-facts"') : page.index('class="order-page-story"')]
    return {" ".join(label.split()) for label in re.findall(r"<label[^>]*>([^<]+)", facts)}


def test_goods_and_money_come_first_then_whom_it_is_for_then_its_story(shop: TenantInfo) -> None:
    configure()
    page = page_of(shop, order_of((stocked(name="Mug"), 1)))

    places = [
        "order-page-goods",
        ">Mug</a>",
        'id="money"',
        "order-page-facts",
        "Deliver to",
        "order-page-story",
        'id="documents"',
        'id="mails"',
        'id="timeline"',
    ]
    found = [page.index(place) for place in places]
    assert found == sorted(found)


def test_lines_are_called_what_they_were_called_when_they_were_bought(acme: TenantInfo) -> None:
    with tenant_context(acme):
        item = OrderItemFactory(product_name="Mug of before", product_sku="OLD-1", variant_info={"Colour": "Red"})
    page = page_of(acme, item.order)

    assert f'/admin/tenant_shop/product/{item.product_id}/change/">Mug of before</a>' in page
    assert "OLD-1 · Red" in page
    assert item.product.name not in page


def test_what_there_is_nothing_to_say_of_is_left_out(shop: TenantInfo) -> None:
    configure()
    said = labels(page_of(shop, order_of((stocked(), 1))))

    assert said & {"Their note", "Tracking number", "Their own order number", "Money to give back"} == set()
    assert {"Order number", "Deliver to", "Bill to", "Payment method"} <= said


def test_what_there_is_to_say_is_said(acme: TenantInfo) -> None:
    with tenant_context(acme):
        order = OrderFactory(notes="Ring twice", tracking_number="JD01", purchase_number="PO 7", owed_amount="3.00")

    assert {"Their note", "Tracking number", "Their own order number", "Money to give back"} <= labels(
        page_of(acme, order)
    )
