"""Two clients at the same moment, many times, through the network that dawdles: one cart, once."""

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from tenant_shop.carts.change import add_line
from tenant_shop.carts.errors import CartGone
from tenant_shop.carts.merge import Merged, merge_carts
from tenant_shop.carts.models import CartItem, ShoppingCart
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.customers.models import Customer
from tenant_shop.orders.errors import TotalChanged
from tenant_shop.orders.models import Order
from tenant_shop.payments.models import Payment
from tenant_shop.verification.verify_shop import verify_shop
from tests.factories.customers import CustomerFactory
from tests.shopping import cart_with, stocked, visits
from tests.tenant_shop.orders.test_races_through_a_slow_network import (
    FEWER_ROUNDS,
    TwoClients,
    clients,
    kinds,
    ordering,
    proxy,
)

__all__ = ["clients", "proxy"]
pytestmark = [pytest.mark.slow, pytest.mark.parametrize("seed", [20261126])]


def customer(number: int) -> Customer:
    return CustomerFactory(email=f"customer{number}@example.com")


def late(order: Callable[[], Any], number: int) -> Callable[[], Any]:
    """Every other time with two questions before it: others have more to ask before they come to the cart."""

    def ask_first() -> Any:
        for _ in range(2 * (number % 2)):
            shop_settings()
        return order()

    return ask_first


def test_two_log_ins_take_a_visitors_cart_along_once(clients: TwoClients) -> None:
    mug, cup = stocked(stock=10 * FEWER_ROUNDS), stocked(stock=10 * FEWER_ROUNDS)
    for number in range(FEWER_ROUNDS):
        ann = customer(number)
        if number % 2:  # with a cart of her own, or without
            add_line(None, variant_id=mug.pk, quantity=2, session_id="", customer_id=ann.pk)
        visitors = cart_with((mug, 1), (cup, 3))
        results = clients.race(*[partial(merge_carts, ann.pk, visitors)] * 2)
        assert kinds(results) == (Merged.__name__, Merged.__name__)
        cart = ShoppingCart.objects.get(customer=ann)
        assert {result.cart_id for result in results} == {cart.pk}
        lines = dict(CartItem.objects.filter(cart=cart).values_list("variant_id", "quantity"))
        assert lines == {mug.pk: 2 if number % 2 else 1, cup.pk: 3}
    assert ShoppingCart.objects.count() == FEWER_ROUNDS


def test_a_visitors_cart_is_ordered_or_taken_along_and_never_both(clients: TwoClients) -> None:
    mug = stocked(stock=10 * FEWER_ROUNDS)
    seen = Counter[tuple[str, str]]()
    for number, visitors in enumerate(visits(mug, FEWER_ROUNDS)):
        ann, order = customer(number), late(ordering(visitors), number)
        ordered, merged = clients.race(order, partial(merge_carts, ann.pk, visitors))
        seen[type(ordered).__name__, "joined" if merged.joined else "left alone"] += 1
        theirs = CartItem.objects.filter(cart__customer=ann)
        assert theirs.count() == isinstance(ordered, CartGone)
    assert set(seen) <= {(Order.__name__, "left alone"), (CartGone.__name__, "joined")}
    assert len(seen) == 2, "both came first now and then"
    assert verify_shop() == []


def test_what_is_added_while_the_cart_is_ordered_is_charged_if_it_is_ordered(clients: TwoClients) -> None:
    mug = stocked(stock=10 * FEWER_ROUNDS, price="10.00")
    seen = Counter[str]()
    for number, cart_id in enumerate(visits(mug, FEWER_ROUNDS)):
        add = partial(add_line, cart_id, variant_id=mug.pk, quantity=2, session_id="")
        ordered, went_to = clients.race(late(ordering(cart_id), number), add)
        seen[type(ordered).__name__] += 1
        found = Order.objects.filter(cart_id=cart_id).first()
        if found is None:
            assert isinstance(ordered, TotalChanged)
            assert (went_to, CartItem.objects.get(cart_id=cart_id).quantity) == (cart_id, 3)
        else:
            assert [item.quantity for item in found.items.all()] == [1]
            assert Payment.objects.get(order=found).amount == found.total_amount == Decimal("14.90")
            assert went_to != cart_id
            assert CartItem.objects.get(cart_id=went_to).quantity == 2, "it waits in a cart of its own"
    assert set(seen) == {Order.__name__, TotalChanged.__name__}, "both came first now and then"
    assert verify_shop() == []
