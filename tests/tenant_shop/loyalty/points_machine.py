"""Two customers who earn, spend, lose and get points in any order, with the orders that do it; and what must hold."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.db.models import Sum
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from smartseller.errors import RuleViolation
from tenant_shop.customers.models import Customer
from tenant_shop.loyalty.correct import correct_points
from tenant_shop.loyalty.forfeit import forfeit_points
from tenant_shop.loyalty.models import LoyaltyEntry
from tenant_shop.loyalty.spending import Purse
from tenant_shop.loyalty.upkeep import keep_loyalty
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.deliver import deliver_order
from tenant_shop.orders.fulfil import fulfil_order, unsent_pieces
from tenant_shop.orders.models import Order
from tenant_shop.orders.place import place_order
from tenant_shop.orders.quote import quote
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.models import Payment
from tenant_shop.payments.refund import refund_amount, refund_lines
from tenant_shop.returns.models import Return
from tenant_shop.returns.move import approve_return
from tenant_shop.returns.receive import receive_return
from tenant_shop.returns.refund import refund_return
from tenant_shop.returns.request import request_return
from tenant_shop.verification.verify_shop import verify_shop
from tests.factories.customers import CustomerFactory
from tests.shopping import cart_with, stocked, submission

WHO = st.integers(0, 1)
WHICH = st.integers(0, 5)
Reason = LoyaltyEntry.Reason


class Points(RuleBasedStateMachine):
    """Refusals are as good as deeds here: what counts is that the ledger is right after either."""

    @initialize()
    def open_shop(self) -> None:
        self.customers: list[Customer] = [CustomerFactory() for _ in range(2)]
        self.goods = [stocked(price="3.33", stock=500), stocked(price="20.00", stock=500)]

    @rule(who=WHO, wanted=st.integers(0, 3000), pieces=st.tuples(st.integers(0, 3), st.integers(0, 2)))
    def buy(self, who: int, wanted: int, pieces: tuple[int, int]) -> None:
        lines = [(variant, number) for variant, number in zip(self.goods, pieces, strict=True) if number]
        if not lines:
            return
        cart_id, customer = cart_with(*lines), self._customer(who)
        purse = Purse(balance=customer.loyalty_points, wanted=wanted) if wanted else None
        seen = quote(cart_id, country="DE", shipping_code="standard", purse=purse)
        sent = submission(cart_id, customer_id=customer.pk, points=seen.points, expected_total=seen.total)
        order = place_order(**sent)
        assert (order.points_spent, order.points_amount) == (seen.points, seen.points_amount)

    @rule(who=WHO, which=WHICH)
    def pay_and_send(self, who: int, which: int) -> None:
        if order := self._order(who, which):
            self._try(mark_as_paid, order.pk, actor="bob")
            self._try(fulfil_order, order.pk, pieces=unsent_pieces(order), key=str(uuid4()), actor="bob")

    @rule(who=WHO, which=WHICH)
    def deliver(self, who: int, which: int) -> None:
        if order := self._order(who, which):
            self._try(deliver_order, order.pk, actor="bob")

    @rule(who=WHO, which=WHICH)
    def cancel(self, who: int, which: int) -> None:
        if order := self._order(who, which):
            self._try(cancel_order, order.pk, reason="", actor="bob")

    @rule(who=WHO, which=WHICH, pieces=st.integers(1, 2), shipping=st.booleans())
    def give_a_line_back(self, who: int, which: int, pieces: int, shipping: bool) -> None:
        if order := self._order(who, which):
            item = order.items.first()
            assert item is not None
            wish: dict[str, Any] = {"wanted": {item.pk: pieces}, "shipping": shipping, "restock": True}
            self._try(refund_lines, order.pk, key=str(uuid4()), actor="bob", **wish)

    @rule(who=WHO, which=WHICH, amount=st.decimals("0.01", "40.00", places=2))
    def give_an_amount_back(self, who: int, which: int, amount: Decimal) -> None:
        order = self._order(who, which)
        payment = order and Payment.objects.filter(order=order).first()
        if payment:
            self._try(refund_amount, payment.pk, amount=amount, key=str(uuid4()), actor="bob")

    @rule(who=WHO, which=WHICH)
    def send_something_back(self, who: int, which: int) -> None:
        order = self._order(who, which)
        item = order and order.items.last()
        if not order or not item or not order.customer:
            return
        asked = self._try(request_return, order.customer, order.pk, {item.pk: 1}, reason=Return.Reason.DAMAGED)
        if asked:
            approve_return(asked.pk, actor="bob")
            receive_return(asked.pk, restock=False, actor="bob")
            self._try(refund_return, asked.pk, shipping=False, actor="bob")

    @rule(who=WHO, change=st.integers(-2000, 2000).filter(bool))
    def correct(self, who: int, change: int) -> None:
        customer = self._customer(who)
        self._try(correct_points, customer.pk, points=change, reason="Test", actor="bob", key=str(uuid4()))

    @rule(who=WHO)
    def forfeit(self, who: int) -> None:
        forfeit_points(self._customer(who).pk, actor="bob")
        assert self._customer(who).loyalty_points == 0

    @rule()
    def night(self) -> None:
        keep_loyalty(timezone.now())

    @invariant()
    def books_are_right(self) -> None:
        assert verify_shop() == []

    @invariant()
    def nobody_owes_points_but_for_goods_that_came_back(self) -> None:
        for customer in Customer.objects.filter(loyalty_points__lt=0):
            taken = LoyaltyEntry.objects.filter(customer=customer, reason=Reason.TAKEN_BACK)
            assert customer.loyalty_points >= (taken.aggregate(total=Sum("points"))["total"] or 0)

    def _customer(self, who: int) -> Customer:
        return Customer.objects.get(pk=self.customers[who].pk)

    def _order(self, who: int, which: int) -> Order | None:
        orders = list(Order.objects.filter(customer=self.customers[who]).order_by("created_at", "id"))
        return orders[which % len(orders)] if orders else None

    def _try(self, verb: Any, *values: Any, **named: Any) -> Any:
        try:
            return verb(*values, **named)
        except RuleViolation:
            return None
