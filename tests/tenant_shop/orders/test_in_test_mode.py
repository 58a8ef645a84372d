"""What is ordered while the shop is tried out is no sale, is numbered apart, and can be deleted without a trace."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.utils import timezone

from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import TenantInfo
from tenant_shop.analytics.models import AnalyticsDaily
from tenant_shop.analytics.roll_up import roll_up
from tenant_shop.carts.coupon import apply_coupon
from tenant_shop.catalog.listing.popularity import count_units_sold
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.customers.models import Customer
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.loyalty.upkeep import keep_loyalty
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.delete_test_orders import delete_test_orders
from tenant_shop.orders.errors import PaymentMethodUnavailable
from tenant_shop.orders.fulfil import fulfil_order, unsent_pieces
from tenant_shop.orders.history import OrderCounter
from tenant_shop.orders.models import Order
from tenant_shop.orders.notes import write_note
from tenant_shop.payments.ask import start_payment
from tenant_shop.payments.gateways.demo import Card
from tenant_shop.payments.next_attempt import newest_attempt, next_attempt
from tenant_shop.payments.refund import refund_amount
from tenant_shop.promotions.models import DiscountCode
from tenant_shop.reviews.write import bought
from tenant_shop.verification.verify_shop import verify_shop
from tests.factories.customers import CustomerFactory
from tests.factories.promotions import DiscountCodeFactory
from tests.loyalty import arrived, earned, points, run_programme
from tests.paying import RETURN, give_card, take_cards
from tests.shopping import at_once, cart_with, configure, everything, order_from, order_of, stock_of, stocked
from tests.tenant_shop.schema.connections import as_owner


@pytest.fixture(autouse=True)
def trying_out(shop: TenantInfo) -> None:
    take_cards()


def numbers() -> dict[int, int]:
    return dict(OrderCounter.objects.values_list("month", "last_number"))


def test_test_orders_are_numbered_apart_and_leave_no_gap_in_the_real_series() -> None:
    mug = stocked()
    first, second = order_of((mug, 1)), order_of((mug, 1))
    assert (first.order_number, second.order_number) == ("TEST-0001", "TEST-0002")
    assert (first.is_test, numbers()) == (True, {0: 2})

    configure(test_mode=False)
    real = order_of((mug, 1))
    month = timezone.localdate(timezone.now()).strftime("%Y%m")
    assert (real.is_test, real.order_number) == (False, f"{month}000001")
    assert numbers() == {0: 2, int(month): 1}


def test_no_figure_counts_a_test_order_and_nobody_earns_by_it(shop: TenantInfo) -> None:
    run_programme()
    ann = CustomerFactory(email="ann@example.com")
    order = arrived(ann, price="20.00")
    today = timezone.localdate(order.created_at, shop_settings().zone)
    roll_up(today, today)
    count_units_sold()
    keep_loyalty(timezone.now())

    ann = Customer.objects.get(pk=ann.pk)
    assert (ann.total_orders, ann.total_spent, points(ann), ann.loyalty_tier) == (0, Decimal(0), 0, "bronze")
    day = AnalyticsDaily.objects.get(date=today)
    assert (day.total_orders, day.total_revenue, day.units_sold, day.new_customers) == (0, 0, 0, 0)
    assert list(bought(ann)) == []
    assert verify_shop() == []


@pytest.mark.parametrize("is_test", [True, False])
def test_an_order_is_not_paid_in_the_other_mode_than_it_was_placed_in(*, is_test: bool) -> None:
    """A test card would pay for real goods."""
    configure(payment_methods=["test_card", "bank_transfer", "cash_on_delivery"], test_mode=is_test)
    order = order_of((stocked(), 1))
    attempt = newest_attempt(order)
    assert attempt is not None
    configure(payment_methods=["test_card", "bank_transfer", "cash_on_delivery"], test_mode=not is_test)
    before = everything()
    with pytest.raises(PaymentMethodUnavailable):
        next_attempt(order, shop_settings(), after=attempt.pk, method="test_card")
    assert everything() == before

    _, newest = next_attempt(order, shop_settings(), after=attempt.pk, method="cash_on_delivery")
    assert newest.method == "cash_on_delivery"


@pytest.mark.parametrize("is_test", [True, False])
def test_no_order_becomes_a_test_or_ceases_to_be_one(shop: TenantInfo, *, is_test: bool) -> None:
    configure(test_mode=is_test)
    order = order_of((stocked(), 1))
    with as_owner(shop) as owner, pytest.raises(psycopg.errors.CheckViolation, match="a test from the beginning"):
        owner.execute("UPDATE orders SET is_test = %s WHERE id = %s", [not is_test, order.pk])


def test_a_real_order_that_was_paid_for_cannot_be_deleted_as_a_test_is(shop: TenantInfo) -> None:
    configure(test_mode=False)
    order_of((stocked(), 1))
    with as_owner(shop) as owner, pytest.raises(psycopg.errors.ForeignKeyViolation):
        owner.execute("DELETE FROM orders")


def sent(order: Order) -> None:
    fulfil_order(order.pk, pieces=unsent_pieces(order), key=str(uuid4()), actor="ann")


def given_back(order: Order) -> None:
    payment = newest_attempt(order)
    assert payment is not None
    refund_amount(payment.pk, amount=Decimal("2.00"), key=str(uuid4()), actor="ann")


@pytest.mark.parametrize("further", [[], [sent], [given_back], [sent, given_back]])
def test_deleting_gives_everything_back_whatever_became_of_the_order(further: list[Callable[[Order], Any]]) -> None:
    DiscountCodeFactory(code="ONCE", usage_limit=1)
    mug = stocked(stock=5)
    configure(test_mode=False)
    real = order_of((mug, 1))
    take_cards()
    cart_id = cart_with((mug, 2))
    apply_coupon(cart_id, "ONCE")
    order = order_from(cart_id, payment_method="test_card")
    payment = newest_attempt(order)
    assert payment is not None
    start_payment(payment, order, shop_settings(), return_url=RETURN)
    give_card(Card.SUCCEEDS, order, payment)
    write_note(order.pk, "Only a try.", actor="ann")
    for step in further:
        step(order)
    assert (stock_of(mug), DiscountCode.objects.get().usage_count) == (2, 1)

    assert delete_test_orders(actor="ann", most=10) == 1

    assert list(Order.objects.all()) == [real]
    assert (stock_of(mug), DiscountCode.objects.get().usage_count) == (4, 0)
    with shop_connection().cursor() as cursor:
        for table in ("order_items", "payments", "order_status_history"):
            cursor.execute(f"SELECT count(*) FROM {table} WHERE order_id = %s", [order.pk])
            assert cursor.fetchone() == (0,), table
    assert OutboxEvent.objects.get(topic="order.deleted").payload["number"] == "TEST-0001"
    assert verify_shop() == []


def test_what_was_written_off_of_a_try_is_there_again() -> None:
    mug = stocked(stock=5)
    order = order_of((mug, 2))
    assert order.is_test
    cancel_order(order.pk, reason="", actor="ann", restock=False)
    assert stock_of(mug) == 3
    assert delete_test_orders(actor="ann", most=10) == 1
    assert stock_of(mug) == 5
    assert verify_shop() == []


def test_points_that_were_spent_are_the_customers_again() -> None:
    configure(test_mode=False)
    run_programme(may_be_spent=True, point_worth="0.10", least_spent="10", largest_share="50")
    ann = CustomerFactory(email="ann@example.com")
    earned(ann)
    take_cards()
    cart_id = cart_with((stocked(price="20.00"), 1))
    order_from(cart_id, customer_id=ann.pk, points=50, expected_total=Decimal("19.90"))
    assert points(ann) == 50
    assert delete_test_orders(actor="ann", most=10) == 1
    assert points(ann) == 100
    assert verify_shop() == []


def test_deleting_goes_on_where_it_was_broken_off_and_never_touches_a_real_order() -> None:
    mug = stocked(stock=9)
    for _ in range(3):
        order_of((mug, 1))
    configure(test_mode=False)
    real = order_of((mug, 1))

    assert delete_test_orders(actor="ann", most=2) == 2
    assert set(Order.objects.values_list("order_number", flat=True)) == {"TEST-0003", real.order_number}
    assert delete_test_orders(actor="ann", most=2) == 1
    assert delete_test_orders(actor="ann", most=2) == 0
    assert (stock_of(mug), Order.objects.get()) == (8, real)


def test_two_who_delete_at_once_delete_each_order_once(shop: TenantInfo) -> None:
    mug = stocked(stock=9)
    for _ in range(5):
        order_of((mug, 1))
    results = at_once(shop, [lambda: delete_test_orders(actor="ann", most=9)] * 2)
    assert sum(results) == 5
    assert stock_of(mug) == 9
    assert OutboxEvent.objects.filter(topic="order.deleted").count() == 5
    assert verify_shop() == []
