"""When goods arrive: counted in working days, shown as dates, kept with the order as it was promised."""

import html
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core import mail

from platform_core.tenancy.context import TenantInfo
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.orders.arrival import arrival_of, days_of
from tenant_shop.orders.arrival_words import expected, expected_of
from tenant_shop.orders.confirmation import send_confirmation
from tenant_shop.orders.models import Order
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.shipping.arrival import Arrival, Days
from tenant_shop.shipping.models import ShippingZone, ShippingZoneRate
from tenant_shop.shipping.rates import offers, read_rate
from tests.people import shop_browser, staff_browser
from tests.shopping import configure, order_of, settings_of, stocked

# A Thursday, and an hour at which it is Friday in Tokyo.
THURSDAY = datetime(2026, 11, 26, 16, tzinfo=UTC)
FIRST_TWO = "Tue 1\u2009\u2013\u2009Wed 2 Dec"
TWO_TO_THREE = {"code": "standard", "name": "Parcel", "amount": "4.90", "days_from": 2, "days_to": 3}


@pytest.mark.parametrize(
    ("ordered", "days", "first", "last"),
    [
        (date(2026, 11, 26), (0, 0), date(2026, 11, 26), date(2026, 11, 26)),
        (date(2026, 11, 26), (1, 2), date(2026, 11, 27), date(2026, 11, 30)),
        (date(2026, 11, 27), (1, 1), date(2026, 11, 30), date(2026, 11, 30)),
        (date(2026, 11, 28), (0, 1), date(2026, 11, 30), date(2026, 12, 1)),
        (date(2026, 11, 29), (1, 5), date(2026, 12, 1), date(2026, 12, 7)),
        (date(2026, 12, 30), (2, 10), date(2027, 1, 1), date(2027, 1, 13)),
    ],
)
def test_working_days_leave_weekends_out(ordered: date, days: tuple[int, int], first: date, last: date) -> None:
    assert Days(*days).counted_from(ordered) == Arrival(first, last)


@pytest.mark.parametrize(
    "days", [{"days_from": 3, "days_to": 2}, {"days_from": -1}, {"days_to": "soon"}, {"days_to": []}]
)
def test_a_rate_whose_days_make_no_sense_is_not_offered(days: dict[str, Any]) -> None:
    assert read_rate({"code": "x", "name": "X", "amount": "1", **days}) is None


def test_what_is_not_said_is_not_promised() -> None:
    (way,) = offers(
        settings_of(shipping_rates=({"code": "x", "name": "X", "amount": "1"},)),
        subtotal=Decimal(1),
        weight_grams=Decimal(0),
        country="DE",
    )
    assert (way.days, expected(way, date(2026, 11, 26))) == (None, "")


def test_dates_stand_at_the_checkout_on_the_product_and_on_the_order(shop: TenantInfo) -> None:
    configure(timezone="Asia/Tokyo", country="DE", shipping_rates=[TWO_TO_THREE])
    with time_machine.travel(THURSDAY, tick=False):
        mug = stocked(slug="mug")
        browser = shop_browser(shop)
        assert f"Arrives {FIRST_TWO}" in html.unescape(browser.get("/products/mug/").text)
        browser.post("/cart/lines/add/mug/", {"quantity": 1})
        assert f"Arrives {FIRST_TWO}" in html.unescape(browser.get("/checkout/").text)
        order = order_of((mug, 1), payment_method="cash_on_delivery")
    assert arrival_of(order) == Arrival(date(2026, 12, 1), date(2026, 12, 2))
    assert expected_of(order) == FIRST_TWO
    assert FIRST_TWO in html.unescape(shop_browser(shop).get(f"/orders/{order.public_token}/").text)
    send_confirmation(OutboxEvent.objects.get(topic="mail.order_placed").pk)
    assert f"Expected: {FIRST_TWO}" in str(mail.outbox[-1].body)

    configure(shipping_rates=[TWO_TO_THREE | {"days_from": 9, "days_to": 9}])
    assert arrival_of(Order.objects.get()) == Arrival(date(2026, 12, 1), date(2026, 12, 2)), "as it was promised"


def test_what_waits_for_a_transfer_is_counted_from_the_money(shop: TenantInfo) -> None:
    configure(timezone="UTC", shipping_rates=[TWO_TO_THREE])
    with time_machine.travel(THURSDAY, tick=False):
        order = order_of((stocked(), 1))
    assert expected_of(order) == "2 to 3 working days after your payment has arrived"

    with time_machine.travel(datetime(2026, 12, 4, 9, tzinfo=UTC), tick=False):
        mark_as_paid(order.pk, actor="test")

    order.refresh_from_db()
    assert days_of(order) == Days(2, 3)
    assert arrival_of(order) == Arrival(date(2026, 12, 8), date(2026, 12, 9))
    assert expected_of(order) == "Tue 8\u2009\u2013\u2009Wed 9 Dec"


def test_an_order_that_will_not_come_promises_nothing(shop: TenantInfo) -> None:
    configure(shipping_rates=[TWO_TO_THREE])
    order = order_of((stocked(), 1), payment_method="cash_on_delivery")
    for status in ("cancelled", "delivered", "refunded"):
        order.status = status
        assert expected_of(order) == "", status


def test_what_is_picked_up_is_ready(shop: TenantInfo) -> None:
    configure()
    zone = ShippingZone.objects.create(name="Shop", kind="pickup")
    ShippingZoneRate.objects.create(zone=zone, name="Desk", amount=0, days_from=1, days_to=1)
    (way,) = offers(shop_settings(), subtotal=Decimal(1), weight_grams=Decimal(0), country="DE")
    assert expected(way, date(2026, 11, 26)) == "Ready to be picked up: Fri, 27 Nov"


def test_the_merchants_people_see_what_was_promised(shop: TenantInfo) -> None:
    configure(shipping_rates=[TWO_TO_THREE])
    with time_machine.travel(THURSDAY, tick=False):
        order = order_of((stocked(), 1), payment_method="cash_on_delivery")
    page = html.unescape(staff_browser(shop).get(f"/admin/tenant_shop/order/{order.pk}/change/").text)
    assert "Mon 30 Nov\u2009\u2013\u2009Tue 1 Dec" in page
