"""The shop of the buying machine with parcels in it, and goods that come back."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from tenant_shop.configuration.settings import shop_settings
from tenant_shop.orders.deliver import deliver_order
from tenant_shop.orders.fulfil import fulfil_order, unsent_pieces
from tenant_shop.orders.items import OrderItem
from tenant_shop.payments.ask import start_payment
from tenant_shop.payments.gateways.demo import Card
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.next_attempt import newest_attempt
from tenant_shop.returns.models import Return
from tenant_shop.returns.move import approve_return
from tenant_shop.returns.receive import receive_return
from tenant_shop.returns.refund import refund_return
from tenant_shop.returns.request import request_return
from tenant_shop.returns.returnable import returnable_pieces
from tests.paying import RETURN
from tests.tenant_shop.orders.buying_machine import REFUSED, Buying
from tests.tenant_shop.orders.selling_machine import DEMAND, INDEX, PIECES

PAID = st.booleans()


class Sending(Buying):
    """Buying, and what becomes of the goods."""

    @rule(index=INDEX, pieces=PIECES, paid=PAID)
    def send(self, index: int, pieces: int, paid: bool) -> None:
        """So many pieces of each line, of an order that was `paid` a moment ago."""
        order = self._order(index)
        if order is None:
            return
        if paid:
            self._try(mark_as_paid, order.pk, actor="machine")
        wanted = {line: min(pieces, left) for line, left in unsent_pieces(order).items()}
        self._try(fulfil_order, order.pk, pieces=wanted, key=str(uuid4()), actor="machine")

    @rule(index=INDEX)
    def deliver(self, index: int) -> None:
        if sold := self._pick(index):
            self._try(deliver_order, sold.pk, actor="machine")

    @rule(index=INDEX, pieces=PIECES, restock=st.booleans(), shipping=st.booleans(), is_paid=st.booleans())
    def goods_come_back(self, index: int, pieces: int, restock: bool, shipping: bool, is_paid: bool) -> None:
        """A return that arrives, and whose money is given back unless that waits."""
        order = self._order(index)
        if order is None or order.customer_id is None:
            return
        wanted = {line: min(pieces, left) for line, left in list(returnable_pieces(order).items())[:1]}
        try:
            asked = request_return(self.customer, order.pk, wanted, reason=Return.Reason.DAMAGED)
        except REFUSED:
            return
        approve_return(asked.pk, actor="machine")
        receive_return(asked.pk, restock=restock, actor="machine")
        for line in OrderItem.objects.filter(pk__in=wanted):
            if restock and line.variant_id:
                self.returned[order.pk, line.variant_id] += wanted[line.pk]
        if is_paid:
            self._try(refund_return, asked.pk, shipping=shipping, actor="machine")

    @rule(index=INDEX, shipping=st.booleans())
    def money_of_a_return(self, index: int, shipping: bool) -> None:
        waiting = list(Return.objects.filter(status=Return.Status.RECEIVED).order_by("created_at", "id"))
        if waiting:
            self._try(refund_return, waiting[index % len(waiting)].pk, shipping=shipping, actor="machine")


WAYS = st.sampled_from(["test_card", "test_card", "test_card", "bank_transfer"])


def called(rule: Callable[..., Any]) -> Callable[..., Any]:
    """The rule without its mark: it is not tried by itself."""

    def method(self: Any, *given: Any, **how: Any) -> Any:
        return rule(self, *given, **how)

    return method


class Settling(Sending):
    """Two orders of which nothing more is bought. Each rule comes to one of the places where what follows an order goes
    wrong, so that a planted bug is soon found."""

    @initialize(orders=st.lists(st.tuples(DEMAND, st.booleans(), WAYS, st.booleans()), min_size=2, max_size=2))
    def open_shop(self, orders: list[tuple[dict[int, int], bool, str, bool]]) -> None:  # type: ignore[override]
        super().open_shop([])
        for demand, is_members, method, is_paid in orders:
            before = len(self.sold)
            self.buy(demand, "", is_members, method)
            order = self._order(before) if len(self.sold) > before else None
            payment = order and newest_attempt(order)
            if is_paid:
                self.pay(before, Card.SUCCEEDS)
            elif order and payment is not None and method == "test_card":
                start_payment(payment, order, shop_settings(), return_url=RETURN)

    @rule(index=INDEX, mood=st.sampled_from(["down", "deaf"]), thirds=st.integers(1, 3))
    def give_back_while_nobody_answers(self, index: int, mood: str, thirds: int) -> None:
        self.gateway.mood = mood
        for _ in range(2):
            self.give_an_amount_back(index, thirds)
        self.everything_adds_up()
        self.gateway.mood = "up"
        self.jobs_run()

    @rule(index=INDEX, pieces=PIECES, restock=st.booleans())
    def give_lines_back_twice(self, index: int, pieces: int, restock: bool) -> None:
        for _ in range(2):
            self.give_lines_back(index, pieces, True, False, restock)

    @rule(index=INDEX, thirds=st.integers(1, 3), by_lines=st.booleans())
    def cancel_and_give_back(self, index: int, thirds: int, by_lines: bool) -> None:
        self.cancel(index)
        if by_lines:
            self.give_lines_back(index, thirds, False, False, True)
        else:
            self.give_an_amount_back(index, thirds)

    @rule(index=INDEX, pieces=PIECES, restock=st.booleans())
    def send_and_take_back(self, index: int, pieces: int, restock: bool) -> None:
        self.send(index, pieces, True)
        self.goods_come_back(index, pieces, restock, False, True)

    fill, edit, place, buy = called(Sending.fill), called(Sending.edit), called(Sending.place), called(Sending.buy)
    log_in, receive, cancel = called(Sending.log_in), called(Sending.receive), called(Sending.cancel)
    gateway_is, pay = called(Sending.gateway_is), called(Sending.pay)
    answer_the_bank, transfer_arrives = called(Sending.answer_the_bank), called(Sending.transfer_arrives)
    take_what_was_promised = called(Sending.take_what_was_promised)
    give_an_amount_back = called(Sending.give_an_amount_back)
    bank_sends_a_refund_back = called(Sending.bank_sends_a_refund_back)
    everything_comes_to_rest, jobs_run = called(Sending.everything_comes_to_rest), called(Sending.jobs_run)
    deliver, goods_come_back = called(Sending.deliver), called(Sending.goods_come_back)
    money_of_a_return = called(Sending.money_of_a_return)
