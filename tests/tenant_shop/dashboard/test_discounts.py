"""The report of discounts says what their uses say: uses, what was taken off, and what was sold with them."""

import csv
import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from platform_core.accounts.models import AccessRole
from platform_core.tenancy.context import TenantInfo
from tenant_shop.analytics.discounts import Used, uses_by_day, uses_by_discount
from tenant_shop.analytics.period import Period
from tenant_shop.carts.coupon import apply_coupon
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.models import Order
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.promotions.models import DiscountCode
from tests.factories.promotions import DiscountCodeFactory
from tests.people import staff_browser
from tests.shopping import cart_with, configure, order_from, stocked

PAGE = "/dashboard/discounts/"


def bought(code: str, *, email: str = "ann@example.com", **changes: Any) -> Order:
    cart_id = cart_with((stocked(price="100.00"), 1))
    apply_coupon(cart_id, code)
    return order_from(cart_id, email=email, **changes)


@pytest.fixture(autouse=True)
def history(shop: TenantInfo) -> dict[str, DiscountCode]:
    """TEN was used by a paid order, one that waits and one that was cancelled; FREE by one; a test order counts not."""
    configure()
    codes = {
        "TEN": DiscountCodeFactory(code="TEN", type="percentage", value=Decimal(10)),
        "FREE": DiscountCodeFactory(code="FREE", type="free_shipping", value=Decimal(0)),
    }
    mark_as_paid(bought("TEN").pk, actor="ann")
    bought("TEN", email="bob@example.com")
    cancel_order(bought("TEN", email="cy@example.com").pk, reason="", actor="ann")
    mark_as_paid(bought("FREE").pk, actor="ann")
    configure(test_mode=True)
    bought("TEN", email="dan@example.com")
    configure(test_mode=False)
    return codes


def today() -> Period:
    day = timezone.localdate(timezone.now(), shop_settings().zone)
    return Period(day, day)


def test_uses_are_counted_with_what_they_took_off_and_what_was_sold(history: dict[str, DiscountCode]) -> None:
    each = {use.title: use.used for use in uses_by_discount(today(), shop_settings())}
    assert each == {
        "TEN": Used(uses=2, given_back=1, discount=Decimal(20), sales=Decimal("94.90"), counting=1),
        "FREE": Used(uses=1, delivery=Decimal("4.90"), sales=Decimal(100), counting=1),
    }


def test_days_are_those_of_the_shop_of_all_discounts_or_of_one(history: dict[str, DiscountCode]) -> None:
    # In Berlin it is the 30th already.
    Order.objects.filter(discount_codes=["FREE"]).update(created_at="2026-03-29T22:30:00Z")
    configure(timezone="Europe/Berlin")
    shop, span = shop_settings(), Period(today().first.replace(month=3, day=29), today().first.replace(month=3, day=31))

    assert [used.uses for _, used in uses_by_day(span, shop)] == [0, 1, 0]
    assert [used.uses for _, used in uses_by_day(span, shop, history["TEN"].pk)] == [0, 0, 0]


def test_the_page_and_its_file_say_so_in_a_constant_number_of_statements(
    shop: TenantInfo, count_statements: Callable[[], Any]
) -> None:
    browser = staff_browser(shop)
    counts = []
    for _ in range(2):
        browser.get(PAGE)
        with count_statements() as statements:
            page = browser.get(PAGE).content.decode()
        counts.append(statements.count)
        DiscountCodeFactory(code=f"MORE{len(counts)}", type="percentage", value=Decimal(5))
        bought(f"MORE{len(counts)}")
    assert counts == [counts[0]] * 2
    assert "€20.00" in page

    rows = list(csv.reader(io.StringIO(browser.get(f"{PAGE}?days=30&csv=1").content.decode("utf-8-sig"))))
    assert rows[0] == ["discount", "uses", "given_back", "taken_off", "delivery", "sales", "currency"]
    assert ["TEN", "2", "1", "20.00", "0.00", "94.90", "EUR"] in rows


@pytest.mark.parametrize(
    ("query", "status"), [("?discount=nonsense", 404), ("?discount=01a21888-b1e6-71e0-8323-294bca32a0bd", 404),
                          ("?from=2026-02-30&to=x", 200), ("?from=2026-02-30&to=x&csv=1", 400), ("?days=0", 200)]
)  # fmt: skip
def test_questions_that_make_no_sense_are_answered_so(shop: TenantInfo, query: str, status: int) -> None:
    assert staff_browser(shop).get(f"{PAGE}{query}").status_code == status


def test_whoever_may_not_see_figures_does_not_see_these(shop: TenantInfo) -> None:
    browser = staff_browser(shop, AccessRole.VIEWER)
    assert browser.get(PAGE).status_code == 200
    assert browser.post(PAGE).status_code == 405
    assert Client(SERVER_NAME=f"{shop.slug}.localhost").get(PAGE).status_code == 302


def test_an_order_costs_what_those_that_count_cost_and_uses_lead_to_their_orders(
    shop: TenantInfo, history: dict[str, DiscountCode]
) -> None:
    browser = staff_browser(shop, AccessRole.VIEWER)
    rows = {row["title"]: row for row in browser.get(PAGE).context["rows"]}
    assert [(rows[code]["uses"], rows[code]["average"]) for code in ("TEN", "FREE")] == [(2, "€94.90"), (1, "€100.00")]
    listed = browser.get(rows["TEN"]["orders_url"]).context["cl"].result_list
    assert {order.customer_email for order in listed} == {"ann@example.com", "bob@example.com"}
    assert all(order.discount_codes == ["TEN"] for order in listed)

    page = browser.get(f"/admin/tenant_shop/discountcode/{history['FREE'].pk}/change/").content.decode()
    assert f'href="/admin/tenant_shop/order/?discount={history["FREE"].pk}">1 order</a>' in page
    assert f"/dashboard/discounts/?days=90&amp;discount={history['FREE'].pk}#days" in page
    assert list(browser.get("/admin/tenant_shop/order/?discount=x").context["cl"].result_list) == []
