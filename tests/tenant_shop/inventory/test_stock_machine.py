"""Whatever happens in whatever order, stock is the sum of its movements and never sold twice."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from platform_core.tenancy.context import TenantInfo
from tenant_shop.carts.models import CartItem, ShoppingCart
from tenant_shop.inventory.errors import OutOfStock
from tenant_shop.inventory.receive import receive_stock
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.errors import OrderNotCancellable
from tenant_shop.orders.expire import expire_unpaid
from tenant_shop.orders.models import Order
from tenant_shop.verification.verify_shop import verify_shop
from tests.shopping import configure, order_from, stock_of, stocked

PIECES = st.integers(1, 4)
WHICH = st.integers(0, 2)


class Shelf(RuleBasedStateMachine):
    """Two limited variants and one that may be back-ordered, against a model of plain numbers."""

    @initialize()
    def open_shop(self) -> None:
        self.goods = [stocked(stock=3), stocked(stock=0), stocked(stock=1, allow_backorder=True)]
        self.expected = [3, 0, 1]
        self.orders: list[tuple[Order, dict[int, int]]] = []

    @rule(which=WHICH, pieces=PIECES)
    def receive(self, which: int, pieces: int) -> None:
        receive_stock({self.goods[which].pk: pieces})
        self.expected[which] += pieces

    @rule(demand=st.dictionaries(WHICH, PIECES, min_size=1))
    def order(self, demand: dict[int, int]) -> None:
        # Straight into the cart's rows: the cart's own first look at the stock must not be what protects it.
        cart = ShoppingCart.objects.create(currency="EUR")
        for which, pieces in demand.items():
            variant = self.goods[which]
            CartItem.objects.create(
                cart=cart, product_id=variant.product_id, variant=variant, quantity=pieces, unit_price=10
            )
        possible = all(which == 2 or self.expected[which] >= pieces for which, pieces in demand.items())
        try:
            order = order_from(cart.pk)
        except OutOfStock:
            assert not possible
            return
        assert possible
        self.orders.append((order, demand))
        for which, pieces in demand.items():
            self.expected[which] -= pieces

    @rule(index=st.integers(0, 20))
    def cancel(self, index: int) -> None:
        if not self.orders:
            return
        order, demand = self.orders[index % len(self.orders)]
        try:
            cancel_order(order.pk, reason="", actor="machine")
        except OrderNotCancellable:
            return
        self._give_back(demand)

    @rule()
    def expire(self) -> None:
        open_before = set(Order.objects.filter(status="pending").values_list("pk", flat=True))
        assert expire_unpaid(timezone.now() + timedelta(days=8)) == len(open_before)
        for order, demand in self.orders:
            if order.pk in open_before:
                self._give_back(demand)

    def _give_back(self, demand: dict[int, int]) -> None:
        for which, pieces in demand.items():
            self.expected[which] += pieces

    @invariant()
    def everything_adds_up(self) -> None:
        if not hasattr(self, "goods"):
            return
        assert verify_shop() == []
        assert [stock_of(variant) for variant in self.goods] == self.expected
        assert min(self.expected[:2]) >= 0


@pytest.mark.parametrize("examples", [4, pytest.param(20, marks=pytest.mark.slow)])
def test_stock_always_adds_up(shop: TenantInfo, examples: int) -> None:
    configure()
    run_state_machine_as_test(
        Shelf,
        settings=settings(
            max_examples=examples, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
