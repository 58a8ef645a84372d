"""Points come with what was delivered, once, and go with what was refunded, in proportion."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.carts.coupon import apply_coupon
from tenant_shop.customers.models import Customer
from tenant_shop.loyalty.change_rules import change_rules
from tenant_shop.loyalty.earn import earn_points
from tenant_shop.loyalty.models import LoyaltyEntry
from tenant_shop.loyalty.points import MOST, points_to_take_back
from tenant_shop.loyalty.rules import DEFAULTS
from tenant_shop.loyalty.take_back import take_back_points
from tenant_shop.loyalty.upkeep import keep_loyalty
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.errors import OrderNotFound
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.payments.errors import RefundTooLarge
from tenant_shop.payments.models import PaymentEntry
from tenant_shop.payments.refund import refund_amount, refund_lines
from tenant_shop.payments.settle import settle
from tenant_shop.payments.status import Balance
from tenant_shop.verification.verify_shop import verify_shop
from tests.factories.customers import CustomerFactory
from tests.factories.orders import OrderFactory
from tests.factories.promotions import DiscountCodeFactory
from tests.loyalty import arrived, earned, entries, payment_of, points, run_programme, tier
from tests.shopping import at_once, cart_with, configure, everything, order_from, order_of, stocked


@pytest.fixture(autouse=True)
def programme(shop: TenantInfo) -> None:
    configure()
    run_programme()


@pytest.fixture
def ann() -> Customer:
    return CustomerFactory(email="ann@example.com")


def give_back(order: Order, amount: str) -> None:
    refund_amount(payment_of(order).pk, amount=Decimal(amount), key=str(uuid4()), actor="bob")


def test_a_point_for_each_whole_euro_that_the_goods_cost(ann: Customer) -> None:
    order = earned(ann, price="19.99")
    assert entries(ann) == [("earned", 19)]
    assert points(ann) == 19
    entry = LoyaltyEntry.objects.get()
    assert (entry.order_id, entry.actor) == (order.pk, "ann")
    assert verify_shop() == []


@pytest.mark.parametrize("included", [False, True])
def test_discounts_delivery_and_tax_earn_nothing(included: bool, ann: Customer) -> None:
    configure(tax_rate="0.19", prices_include_tax=included)
    DiscountCodeFactory(code="TENTH", type="percentage", value="10")
    cart_id = cart_with((stocked(price="119.00"), 1))
    apply_coupon(cart_id, "TENTH")
    order = order_from(cart_id, customer_id=ann.pk)
    Order.objects.filter(pk=order.pk).update(status="delivered", delivered_at=timezone.now())
    # 107.10 after the discount; with the tax inside, 90.00 without it.
    assert earn_points(order.pk, actor="ann") == (90 if included else 107)


def test_points_are_given_once_however_often_and_however_many_say_so(ann: Customer, shop: TenantInfo) -> None:
    order = arrived(ann)
    given = at_once(shop, [partial(earn_points, order.pk, actor="ann")] * 5)
    assert sorted(given) == [0, 0, 0, 0, 100]
    assert earn_points(order.pk, actor="ann") == 0
    assert entries(ann) == [("earned", 100)]


@pytest.mark.parametrize(
    ("name", "arrange"),
    [
        ("a guest's", lambda order: order.update(customer=None)),
        ("in another currency", lambda order: order.update(currency="USD")),
        ("from before the programme", lambda order: order.update(delivered_at=timezone.now() - timedelta(days=2))),
        ("while it is off", lambda _: change_rules(DEFAULTS, now=timezone.now())),
        ("worth less than a point", lambda order: order.update(subtotal_amount="0.99")),
    ],
)
def test_what_earns_nothing(name: str, arrange: Callable[[Any], Any], ann: Customer) -> None:
    order = arrived(ann)
    arrange(Order.objects.filter(pk=order.pk))
    before = everything()
    assert earn_points(order.pk, actor="ann") == 0, name
    assert everything() == before


@pytest.mark.parametrize("status", ["pending", "confirmed", "shipped", "cancelled"])
def test_what_did_not_arrive_earns_nothing_and_says_so(status: str, ann: Customer) -> None:
    order = arrived(ann)
    Order.objects.filter(pk=order.pk).update(status=status)
    before = everything()
    with pytest.raises(ValueError, match="earned when it is delivered"):
        earn_points(order.pk, actor="ann")
    assert everything() == before


def test_an_order_of_another_shop_is_not_found(ann: Customer, make_shop: Any) -> None:
    order = arrived(ann)
    with tenant_context(make_shop("globex")):
        run_programme()
        with pytest.raises(OrderNotFound):
            earn_points(order.pk, actor="ann")


def test_a_tier_multiplies_what_is_earned_after_it_was_reached(ann: Customer) -> None:
    run_programme(silver_from="300", silver_multiplier="1.25")
    earned(ann, price="300.00")
    assert (points(ann), tier(ann)) == (300, "silver")
    earned(ann, price="10.50")
    assert entries(ann) == [("earned", 300), ("earned", 13)]


def test_a_balance_that_is_full_takes_no_more_and_the_delivery_goes_on(ann: Customer) -> None:
    LoyaltyEntry.objects.create(customer=ann, points=MOST - 3, reason="correction", actor="ann")
    earned(ann)
    assert points(ann) == MOST
    earned(ann)
    assert points(ann) == MOST
    assert verify_shop() == []


def test_a_refund_takes_its_share_back_and_the_rest_takes_the_rest(ann: Customer) -> None:
    order = earned(ann)
    give_back(order, "25.00")
    assert entries(ann) == [("earned", 100), ("taken_back", -25)]
    give_back(order, "0.50")  # half a point stays with the customer
    assert points(ann) == 75
    give_back(order, "79.40")
    assert points(ann) == 0
    assert LoyaltyEntry.objects.filter(reason="taken_back", actor="bob").count() == 2
    assert verify_shop() == []


def test_delivery_that_is_given_back_takes_no_points_and_all_goods_take_all(ann: Customer) -> None:
    order = earned(ann)
    (item,) = OrderItem.objects.filter(order=order)
    wishes: list[dict[str, Any]] = [{"wanted": {}, "shipping": True}, {"wanted": {item.pk: 1}, "shipping": False}]
    left = []
    for wish in wishes:
        refund_lines(order.pk, restock=False, key=str(uuid4()), actor="bob", **wish)
        left.append(points(ann))
    assert left == [100, 0]


def test_a_refund_of_money_beyond_the_price_takes_no_points(ann: Customer) -> None:
    order = earned(ann)
    settle(payment_of(order).pk, kind=PaymentEntry.Kind.CAPTURED, amount=Decimal("30.00"), actor="ann")
    give_back(order, "30.00")
    assert points(ann) == 100
    give_back(order, "50.00")
    assert points(ann) == 50


def test_what_was_refunded_before_it_arrived_is_not_kept(ann: Customer) -> None:
    order = arrived(ann)
    give_back(order, "40.00")
    assert entries(ann) == []
    earn_points(order.pk, actor="ann")
    assert entries(ann) == [("earned", 100), ("taken_back", -40)]


def test_points_that_were_spent_are_taken_back_all_the_same(ann: Customer) -> None:
    order = earned(ann)
    LoyaltyEntry.objects.create(customer=ann, points=-90, reason="spent", actor="ann")
    give_back(order, "100.00")
    assert points(ann) == -90
    earned(ann, price="200.00")
    assert points(ann) == 110
    assert verify_shop() == []


def test_a_refund_takes_back_while_the_programme_is_off(ann: Customer) -> None:
    order = earned(ann)
    change_rules(DEFAULTS, now=timezone.now())
    give_back(order, "50.00")
    assert points(ann) == 50


def test_a_message_that_tells_of_a_refund_again_takes_back_once(ann: Customer) -> None:
    order = earned(ann)
    for _ in range(3):
        settle(
            payment_of(order).pk,
            kind=PaymentEntry.Kind.REFUNDED,
            amount=Decimal("20.00"),
            actor="gateway",
            provider_event_id="refund-1",
        )
    assert entries(ann) == [("earned", 100), ("taken_back", -20)]
    assert take_back_points(order, actor="ann") == 0


def test_refunds_at_the_same_moment_take_back_no_more_than_their_sum(ann: Customer, shop: TenantInfo) -> None:
    order = earned(ann)
    results = at_once(shop, [partial(give_back, order, "30.00") for _ in range(5)])
    assert sum(result is None for result in results) == 3
    assert {type(result) for result in results if result is not None} == {RefundTooLarge}
    assert points(ann) == 10
    assert verify_shop() == []


def test_a_refund_and_the_delivery_at_the_same_moment_count_both(ann: Customer, shop: TenantInfo) -> None:
    order = arrived(ann)
    at_once(shop, [partial(earn_points, order.pk, actor="ann"), partial(give_back, order, "30.00")])
    assert points(ann) == 70
    assert verify_shop() == []


def test_a_cancelled_order_never_had_points(ann: Customer) -> None:
    order = order_of((stocked(price="100.00"), 1), customer_id=ann.pk)
    cancel_order(order.pk, reason="", actor="ann")
    keep_loyalty(timezone.now())
    assert entries(ann) == []
    assert verify_shop() == []


AMOUNTS = st.decimals("0.01", "60.00", places=2)


@pytest.mark.slow
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(price=AMOUNTS, parts=st.lists(AMOUNTS, max_size=4), earn_after=st.integers(0, 4), cancels=st.booleans())
def test_however_it_comes_and_goes_points_are_those_of_what_was_kept(
    price: Decimal, parts: list[Decimal], earn_after: int, cancels: bool
) -> None:
    customer = CustomerFactory()
    if cancels:
        cancel_order(order_of((stocked(price="50.00"), 1), customer_id=customer.pk).pk, reason="", actor="ann")
    order = arrived(customer, price=str(price))
    returned = Decimal(0)
    for number, part in enumerate(parts):
        if number == earn_after:
            earn_points(order.pk, actor="ann")
        if returned + part <= order.total_amount:
            give_back(order, str(part))
            returned += part
    earn_points(order.pk, actor="ann")
    worth = int(price)
    kept = worth - int(worth * min(returned, price) / price)
    assert points(customer) == kept == sum(gained for _, gained in entries(customer))
    assert verify_shop() == []


MONEY = st.decimals("0", "500", places=2)


@given(earned=st.integers(1, 10_000), refunds=st.lists(MONEY, min_size=1, max_size=6), beyond=MONEY, delivery=MONEY)
def test_what_is_taken_back_grows_with_the_refunds_and_ends_at_what_was_earned(
    earned: int, refunds: list[Decimal], beyond: Decimal, delivery: Decimal
) -> None:
    order = OrderFactory.build(subtotal_amount=Decimal(100), shipping_amount=Decimal(5), total_amount=Decimal(105))
    captured = order.total_amount + beyond
    taken = []
    for number in range(len(refunds)):
        refunded = min(sum(refunds[: number + 1], Decimal(0)), captured)
        money = Balance(Decimal(0), captured, refunded)
        taken.append(points_to_take_back(earned, order, money, delivery_refunded=min(delivery, Decimal(5))))
    assert taken == sorted(taken)
    assert all(0 <= each <= earned for each in taken)
    everything_back = Balance(Decimal(0), captured, captured)
    assert points_to_take_back(earned, order, everything_back, delivery_refunded=Decimal(5)) == earned
    nothing_back = Balance(Decimal(0), captured, Decimal(0))
    assert points_to_take_back(earned, order, nothing_back, delivery_refunded=Decimal(0)) == 0
