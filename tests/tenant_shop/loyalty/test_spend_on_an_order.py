"""Points that an order takes, and what brings them back."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo
from platform_core.tenancy.transactions import shop_transaction
from smartseller.money import allocate
from tenant_shop.carts.coupon import apply_coupon
from tenant_shop.customers.models import Customer
from tenant_shop.loyalty.change_rules import change_rules
from tenant_shop.loyalty.correct import correct_points
from tenant_shop.loyalty.errors import PointsOutOfRange, PointsRefusal, PointsRefused
from tenant_shop.loyalty.forfeit import forfeit_points
from tenant_shop.loyalty.give_back import give_back_points
from tenant_shop.loyalty.models import LoyaltyEntry
from tenant_shop.loyalty.rules import DEFAULTS
from tenant_shop.loyalty.spending import Purse
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.deliver import deliver_order
from tenant_shop.orders.errors import OrderNotCancellable, TotalChanged
from tenant_shop.orders.expire import expire_unpaid
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.orders.place import place_order
from tenant_shop.orders.quote import quote
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.refund import refund_amount, refund_lines
from tenant_shop.verification.verify_shop import verify_shop
from tests.factories.customers import CustomerFactory
from tests.factories.promotions import DiscountCodeFactory
from tests.loyalty import entries, payment_of, points, run_programme, with_points
from tests.shopping import at_once, cart_with, configure, everything, order_from, stocked, submission
from tests.statements import StatementCount


@pytest.fixture(autouse=True)
def programme(shop: TenantInfo) -> None:
    configure()
    run_programme(may_be_spent=True)


@pytest.fixture
def ann() -> Customer:
    return with_points(1000, email="ann@example.com")


def spending(cart_id: Any, customer: Customer, wanted: int, **changes: Any) -> dict[str, Any]:
    """The arguments of `place_order` of a customer who saw what their points take off."""
    purse = Purse(balance=points(customer), wanted=wanted)
    seen = quote(cart_id, country="DE", shipping_code="standard", purse=purse)
    return submission(
        cart_id, **{"customer_id": customer.pk, "points": seen.points, "expected_total": seen.total, **changes}
    )


def bought(customer: Customer, *wanted: Any, points: int = 500) -> Order:
    return place_order(**spending(cart_with(*wanted), customer, points))


def shipped(order: Order) -> None:
    mark_as_paid(order.pk, actor="bob")
    Order.objects.filter(pk=order.pk).update(status="shipped", fulfillment_status="fulfilled")


def test_the_quote_and_the_order_take_the_same_off(ann: Customer) -> None:
    configure(tax_rate="0.19")
    cart_id = cart_with((stocked(price="10.00"), 1), (stocked(price="20.00"), 1))
    seen = quote(cart_id, country="DE", shipping_code="standard", purse=Purse(balance=1000, wanted=500))
    assert (seen.points, seen.points_amount, seen.most_points) == (500, Decimal("5.00"), 1000)
    assert (seen.subtotal, seen.discount, seen.tax) == (Decimal("30.00"), Decimal("5.00"), Decimal("5.68"))
    order = place_order(**spending(cart_id, ann, 500))
    assert (order.points_spent, order.points_amount, order.discount_amount) == (500, Decimal("5.00"), Decimal("5.00"))
    assert order.total_amount == seen.total == Decimal("35.58")
    assert list(order.items.values_list("points_amount", "discount_amount")) == [
        (Decimal("1.670"), Decimal("1.670")),
        (Decimal("3.330"), Decimal("3.330")),
    ]
    entry = LoyaltyEntry.objects.get(reason="spent")
    assert (entry.customer, entry.order, entry.points, entry.actor) == (ann, order, -500, "checkout")
    assert points(ann) == 500
    assert verify_shop() == []


def test_points_come_after_discounts_and_the_share_is_of_what_is_left(ann: Customer) -> None:
    DiscountCodeFactory(code="HALF", type="percentage", value="50")
    cart_id = cart_with((stocked(price="10.00"), 1))
    apply_coupon(cart_id, "HALF")
    order = place_order(**spending(cart_id, ann, 250))
    assert (order.discount_amount, order.points_amount, order.total_amount) == (
        Decimal("7.50"),
        Decimal("2.50"),
        Decimal("7.40"),
    )
    with pytest.raises(PointsRefused):
        place_order(**spending(cart_with((stocked(price="1.00"), 1)), ann, 0, points=100))
    assert verify_shop() == []


def test_more_than_possible_is_quoted_as_what_is_possible_and_says_so(ann: Customer) -> None:
    cart_id = cart_with((stocked(price="10.00"), 1))
    seen = quote(cart_id, country="DE", shipping_code="standard", purse=Purse(balance=1000, wanted=900))
    assert (seen.points, seen.remarks) == (500, ("At most 500 points can be spent on this order.",))
    few = quote(cart_id, country="DE", shipping_code="standard", purse=Purse(balance=1000, wanted=5))
    assert (few.points, few.remarks) == (0, ("At least 100 points can be spent at once.",))


def test_a_shop_without_points_pays_no_statement_for_them_and_spending_costs_one(ann: Customer) -> None:
    def cost(**changes: Any) -> int:
        sent = spending(cart_with((stocked(), 1), (stocked(), 1)), ann, 0, **changes)
        with StatementCount() as seen:
            place_order(**sent)
        return seen.count

    plain = cost()
    sent = spending(cart_with((stocked(), 1), (stocked(), 1)), ann, 500)
    with StatementCount() as seen:
        place_order(**sent)
    assert seen.count == plain + 1 <= 25
    change_rules(DEFAULTS, now=timezone.now())
    assert cost() == plain


@pytest.mark.parametrize(
    ("name", "meanwhile", "reason"),
    [
        ("spent elsewhere", lambda ann: correct(ann, -600), PointsRefusal.NOT_ENOUGH),
        ("forfeited", lambda ann: forfeit_points(ann.pk, actor="ann"), PointsRefusal.NOT_ENOUGH),
        ("turned off", lambda _: change_rules(DEFAULTS, now=timezone.now()), PointsRefusal.OFF),
        ("more at once", lambda _: run_programme(may_be_spent=True, least_spent="501"), PointsRefusal.TOO_FEW),
        ("a smaller share", lambda _: run_programme(may_be_spent=True, largest_share="10"), PointsRefusal.TOO_MANY),
        ("a discount came", lambda _: alone_and_discounted(), PointsRefusal.BESIDE_DISCOUNT),
    ],
)
def test_what_changed_since_the_quote_is_refused_and_nothing_happens(
    name: str, meanwhile: Any, reason: PointsRefusal, ann: Customer
) -> None:
    sent = spending(cart_with((stocked(price="10.00"), 1)), ann, 500)
    meanwhile(ann)
    before = everything()
    with pytest.raises(PointsRefused) as refused:
        place_order(**sent)
    assert refused.value.reason == reason, name
    assert everything() == before


def correct(customer: Customer, change: int) -> None:
    correct_points(customer.pk, points=change, reason="Test", actor="bob", key=str(uuid4()))


def alone_and_discounted() -> None:
    run_programme(may_be_spent=True, beside_discounts=False)
    DiscountCodeFactory(code=None, name="Autumn", type="percentage", value="10")


def test_another_worth_than_was_seen_is_a_changed_total(ann: Customer) -> None:
    sent = spending(cart_with((stocked(price="10.00"), 1)), ann, 500)
    run_programme(may_be_spent=True, point_worth="0.005")
    before = everything()
    with pytest.raises(TotalChanged):
        place_order(**sent)
    assert everything() == before


def test_a_guest_spends_nobodys_points(ann: Customer) -> None:
    sent = spending(cart_with((stocked(price="10.00"), 1)), ann, 500, customer_id=None)
    before = everything()
    with pytest.raises(PointsRefused) as refused:
        place_order(**sent)
    assert refused.value.reason == PointsRefusal.GUEST
    assert everything() == before


def test_sent_twice_the_points_are_taken_once(ann: Customer) -> None:
    sent = spending(cart_with((stocked(price="20.00"), 1)), ann, 1000)
    order = place_order(**sent)
    assert place_order(**sent) == order
    assert points(ann) == 0
    assert entries(ann)[1:] == [("spent", -1000)]


def test_the_same_points_pay_for_one_of_two_orders_at_the_same_moment(ann: Customer, shop: TenantInfo) -> None:
    mug = stocked(price="20.00")
    sent = [partial(place_order, **spending(cart_with((mug, 1)), ann, 1000)) for _ in range(2)]
    results = at_once(shop, sent)
    assert sorted(type(result).__name__ for result in results) == ["Order", "PointsRefused"]
    assert points(ann) == 0
    assert verify_shop() == []


def test_a_cancelled_order_gives_its_points_back_once(ann: Customer, shop: TenantInfo) -> None:
    order = bought(ann, (stocked(price="10.00"), 1))
    results = at_once(shop, [partial(cancel_order, order.pk, reason="", actor="bob")] * 3)
    assert sum(isinstance(result, OrderNotCancellable) for result in results) == 2
    assert entries(ann)[1:] == [("spent", -500), ("given_back", 500)]
    with shop_transaction():
        assert give_back_points(Order.objects.get(pk=order.pk), actor="bob") == 0
    assert points(ann) == 1000
    assert verify_shop() == []


def test_an_order_that_nobody_paid_gives_its_points_back(ann: Customer) -> None:
    bought(ann, (stocked(price="10.00"), 1))
    later = timezone.now() + timedelta(days=8)
    assert [expire_unpaid(later), expire_unpaid(later)] == [1, 0]
    assert entries(ann)[1:] == [("spent", -500), ("given_back", 500)]
    assert verify_shop() == []


def test_points_that_were_given_back_can_be_given_back_no_further(ann: Customer) -> None:
    order = bought(ann, (stocked(price="10.00"), 1))
    with pytest.raises(IntegrityError, match="has not spent so many points"):
        LoyaltyEntry.objects.create(customer=ann, order=order, points=501, reason="given_back", actor="bob")
    assert points(ann) == 500


def test_goods_that_come_back_bring_the_points_that_they_took(ann: Customer) -> None:
    order = bought(ann, (stocked(price="10.00"), 3), (stocked(price="20.00"), 1), points=1000)
    shipped(order)
    deliver_order(order.pk, actor="bob")
    assert points(ann) == 40  # what points paid for earns nothing
    mugs, bowl = order.items.all()
    for wanted in ({mugs.pk: 1}, {mugs.pk: 2}, {bowl.pk: 1}):
        refund_lines(order.pk, wanted=wanted, shipping=False, restock=False, key=str(uuid4()), actor="bob")
    assert [entry for entry in entries(ann) if entry[0] == "given_back"] == [
        ("given_back", 200),
        ("given_back", 400),
        ("given_back", 400),
    ]
    assert [entry for entry in entries(ann) if entry[0] == "taken_back"] == [
        ("taken_back", -8),
        ("taken_back", -16),
        ("taken_back", -16),
    ]
    assert points(ann) == 1000
    assert verify_shop() == []


def test_an_amount_gives_no_points_back_until_it_is_all_that_the_goods_cost(ann: Customer) -> None:
    order = bought(ann, (stocked(price="10.00"), 1))
    mark_as_paid(order.pk, actor="bob")
    payment = payment_of(order).pk
    refund_amount(payment, amount=Decimal("4.99"), key=str(uuid4()), actor="bob")
    assert points(ann) == 500
    refund_amount(payment, amount=Decimal("0.01"), key=str(uuid4()), actor="bob")
    assert points(ann) == 1000
    refund_amount(payment, amount=Decimal("4.90"), key=str(uuid4()), actor="bob")
    assert points(ann) == 1000
    assert verify_shop() == []


def test_an_order_of_points_alone_is_confirmed_at_once_and_gives_them_back(ann: Customer) -> None:
    configure(shipping_rates=[{"code": "standard", "name": "Standard delivery", "amount": "0"}])
    run_programme(may_be_spent=True, largest_share="100")
    order = bought(ann, (stocked(price="10.00"), 1), points=1000)
    assert (order.total_amount, order.status, order.payment_status) == (Decimal("0.00"), "confirmed", "paid")
    cancel_order(order.pk, reason="", actor="bob")
    assert points(ann) == 1000
    assert verify_shop() == []


def test_shares_of_three_lines_add_up_to_the_whole(ann: Customer) -> None:
    order = bought(ann, *((stocked(price="3.33"), 1) for _ in range(3)), points=499)
    parts = list(order.items.values_list("points_amount", flat=True))
    assert parts == allocate(Decimal("4.99"), [Decimal("3.33")] * 3, "EUR")
    assert OrderItem.objects.filter(points_amount__gt=0).count() == 3


def test_corrections_are_entered_once_with_who_and_why(ann: Customer) -> None:
    key = str(uuid4())
    first = correct_points(ann.pk, points=-400, reason=" Counted twice ", actor="bob", key=key)
    assert correct_points(ann.pk, points=-400, reason="Counted twice", actor="bob", key=key) == first
    assert (first.points, first.note, first.actor, first.reason) == (-400, "Counted twice", "bob", "correction")
    assert points(ann) == 600
    for change in (-601, 2**31):
        before = everything()
        with pytest.raises(PointsOutOfRange):
            correct(ann, change)
        assert everything() == before
    with pytest.raises(ValueError, match="says why"):
        correct_points(ann.pk, points=5, reason="  ", actor="bob", key="other")


def test_one_key_corrects_two_customers(ann: Customer) -> None:
    bob = CustomerFactory()
    for customer in (ann, bob):
        correct_points(customer.pk, points=7, reason="Sorry", actor="bob", key="one")
    assert (points(ann), points(bob)) == (1007, 7)


def test_two_corrections_at_once_never_fall_below_nothing(ann: Customer, shop: TenantInfo) -> None:
    results = at_once(shop, [partial(correct, ann, -600)] * 3)
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "PointsOutOfRange", "PointsOutOfRange"]
    assert points(ann) == 400


def test_an_order_without_points_keeps_its_hands_off_them(ann: Customer) -> None:
    order = order_from(cart_with((stocked(), 1)), customer_id=ann.pk)
    cancel_order(order.pk, reason="", actor="bob")
    assert entries(ann) == [("correction", 1000)]
