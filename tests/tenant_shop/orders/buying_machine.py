"""The shop of the selling machine with money in it: cards, transfers, refunds, jobs, and a gateway that may be down."""

from collections.abc import Iterable
from contextlib import ExitStack, suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from smartseller.errors import NotReady, RuleViolation
from smartseller.money import quantize
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.orders.expire import expire_unpaid
from tenant_shop.orders.models import Order
from tenant_shop.payments.ask import attempt_of, start_payment
from tenant_shop.payments.capture import capture_order
from tenant_shop.payments.gateways.demo import Card, DemoGateway, answer_second_step
from tenant_shop.payments.gateways.protocol import Outcome, RefundNews
from tenant_shop.payments.let_go import let_promises_go
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.models import Payment, PaymentEntry, PaymentRefund
from tenant_shop.payments.next_attempt import newest_attempt, next_attempt
from tenant_shop.payments.refund import refund_amount, refund_lines, send_pending_refunds
from tenant_shop.payments.refund_news import take_refund_news
from tenant_shop.payments.report import take_report
from tenant_shop.payments.upkeep import ask_about_payments
from tests.paying import RETURN, give_card, real_money
from tests.tenant_shop.orders.gateway_at_the_other_end import OtherEnd
from tests.tenant_shop.orders.selling_machine import INDEX, METHODS, PIECES, Selling

CARDS = st.sampled_from([Card.SUCCEEDS, Card.AUTHORIZES, Card.DECLINED, Card.SECOND_STEP, Card.ANSWER_LOST])
REFUSED = (RuleViolation, NotReady)


class Buying(Selling):
    """Selling, and what shoppers, staff, gateways and jobs do about the money."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.gateway = OtherEnd()
        self.stack.enter_context(self.gateway.played())
        self.stack.enter_context(real_money())

    def teardown(self) -> None:
        self.stack.close()

    @rule(mood=st.sampled_from(["up", "up", "down", "deaf"]))
    def gateway_is(self, mood: str) -> None:
        self.gateway.mood = mood

    @rule(index=INDEX, card=CARDS)
    def pay(self, index: int, card: Card) -> None:
        order = self._order(index)
        payment = order and newest_attempt(order)
        if not order or payment is None or payment.gateway != "demo" or not order.is_awaiting_payment:
            return
        if payment.state == Payment.State.NEW:
            start_payment(payment, order, shop_settings(), return_url=RETURN)
        give_card(card, order, payment)

    @rule(index=INDEX, confirmed=st.booleans())
    def answer_the_bank(self, index: int, confirmed: bool) -> None:
        order = self._order(index)
        payment = order and newest_attempt(order)
        if payment is not None and payment.gateway == "demo":
            answer_second_step(payment, confirmed=confirmed)

    @rule(index=INDEX, method=METHODS)
    def pay_another_way(self, index: int, method: str) -> None:
        order = self._order(index)
        payment = order and newest_attempt(order)
        if order is None or payment is None:
            return
        try:
            _, newest = next_attempt(order, shop_settings(), after=payment.pk, method=method)
        except REFUSED:
            return
        self._check_that_nobody_can_pay(order.pk, but=newest)

    @rule(index=INDEX)
    def transfer_arrives(self, index: int) -> None:
        if sold := self._pick(index):
            self._try(mark_as_paid, sold.pk, actor="machine")

    @rule(index=INDEX)
    def take_what_was_promised(self, index: int) -> None:
        if sold := self._pick(index):
            self._try(capture_order, sold.pk, actor="machine")

    @rule(minutes=st.sampled_from([31, 100, 60 * 24 * 8]))
    def time_passes(self, minutes: int) -> None:
        money = {PaymentEntry.Kind.CAPTURED, PaymentEntry.Kind.AUTHORIZED}
        safe = set(PaymentEntry.objects.filter(kind__in=money).values_list("payment__order", flat=True))
        expire_unpaid(timezone.now() + timedelta(minutes=minutes))
        for sold in self.sold:
            if not sold.is_cancelled and Order.objects.get(pk=sold.pk).status == Order.Status.CANCELLED:
                assert sold.pk not in safe, "an order for which money came is not cancelled by itself"
                sold.is_cancelled = True
                if self.gateway.mood == "up":
                    self._check_that_nobody_can_pay(sold.pk)

    @rule()
    def jobs_run(self) -> None:
        Payment.objects.exclude(asked_at=None).update(asked_at=timezone.now() - timedelta(hours=1))
        ask_about_payments(timezone.now())
        let_promises_go()
        send_pending_refunds(timezone.now() + timedelta(hours=1))

    @rule(index=INDEX, thirds=st.integers(1, 3))
    def give_an_amount_back(self, index: int, thirds: int) -> None:
        for payment in Payment.objects.filter(order=self._order(index)):
            amount = quantize(payment.amount * thirds / 3, "EUR")
            self._try(refund_amount, payment.pk, amount=amount, key=uuid4().hex, actor="machine")

    @rule(index=INDEX, pieces=PIECES, last=st.booleans(), shipping=st.booleans(), restock=st.booleans())
    def give_lines_back(self, index: int, pieces: int, last: bool, shipping: bool, restock: bool) -> None:
        """Of the last line, which may cost next to nothing, or of the first two."""
        order = self._order(index)
        if order is None:
            return
        wanted = {item.pk: min(pieces, item.quantity) for item in list(order.items.all())[-1 if last else 0 :][:2]}
        how: dict[str, Any] = {"shipping": shipping, "restock": restock, "key": uuid4().hex, "actor": "machine"}
        self._try(refund_lines, order.pk, wanted=wanted, **how)

    @rule(index=INDEX)
    def bank_sends_a_refund_back(self, index: int) -> None:
        done = list(PaymentRefund.objects.filter(pk__in=self.ever_done, state="succeeded", payment__gateway="demo"))
        if not done:
            return
        refund = done[index % len(done)]
        self.sent_back.add(refund.pk.hex)
        told = RefundNews(
            reference=str(refund.gateway_reference),
            ours=refund.pk.hex,
            intent="",
            amount=refund.amount,
            is_done=False,
            is_failed=True,
        )
        for _ in range(2):
            take_refund_news(refund.payment, told, actor="demo")

    @rule(repeated=st.integers(1, 2))
    def everything_comes_to_rest(self, repeated: int) -> None:
        """The gateway is up again and tells what it knows: then the books say what it says."""
        self.gateway.mood = "up"
        for _ in range(repeated):
            for payment in self._card_payments():
                report = DemoGateway().read(attempt_of(payment, payment.order))
                take_report(payment.pk, report, amount=payment.amount, actor="demo")
            self.jobs_run()
        for payment in self._card_payments():
            report = DemoGateway().read(attempt_of(payment, payment.order))
            taken = (report.amount or payment.amount) if report.outcome is Outcome.CAPTURED else Decimal(0)
            assert payment.captured_amount == taken
            keys = {refund.pk.hex for refund in payment.refunds.all()} - self.sent_back
            assert payment.refunded_amount == sum(self.gateway.given_back.get(key, Decimal(0)) for key in keys)

    def _check_that_nobody_can_pay(self, order_id: UUID, *, but: Payment | None = None) -> None:
        # Of an attempt that was never announced the gateway knows nothing, and the shop does not announce it any more.
        announced = Payment.objects.filter(order=order_id, gateway="demo").exclude(asked_at=None)
        # One that took money is over; an order that was changed by hand since may ask for more by another.
        over = PaymentEntry.objects.filter(kind=PaymentEntry.Kind.CAPTURED, payment__order__in=self.edited)
        for payment in announced.exclude(pk=but and but.pk).exclude(pk__in=over.values("payment")):
            with self.gateway.unheard():
                stands = DemoGateway().read(attempt_of(payment, payment.order)).outcome
            assert stands in (Outcome.DROPPED, Outcome.DECLINED), "what is not sold any more can still be paid"

    @invariant()
    def the_gateway_knows_no_refund_but_ours(self) -> None:
        ours = {refund.hex for refund in PaymentRefund.objects.values_list("pk", flat=True)}
        assert set(self.gateway.given_back) <= ours, "a refund was sent again under another key"

    def _card_payments(self) -> Iterable[Payment]:
        mine = Payment.objects.filter(gateway="demo", order__in=[sold.pk for sold in self.sold])
        return mine.exclude(state="new").select_related("order")

    @staticmethod
    def _try(verb: Any, *args: Any, **how: Any) -> None:
        """What is refused must leave everything true that was true, which is looked at afterwards."""
        with suppress(REFUSED):
            verb(*args, **how)
