"""An attempt to pay, from the first question to its end, with every way a gateway can behave."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import TenantInfo
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.expire import expire_unpaid
from tenant_shop.orders.models import Order
from tenant_shop.payments.ask import enter_payment, read_payment, start_payment
from tenant_shop.payments.deliver_demo_message import deliver_demo_message
from tenant_shop.payments.errors import (
    AttemptOutdated,
    GatewayUnavailable,
    OrderNotPayable,
    PaymentUnderWay,
    TooManyAttempts,
)
from tenant_shop.payments.gateways.demo import Card, DemoGateway, answer_second_step
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.models import Payment, PaymentEntry
from tenant_shop.payments.next_attempt import MOST_ATTEMPTS, next_attempt
from tenant_shop.payments.upkeep import ask_about_payments
from tests.paying import NUMBERS, RETURN, card_order, give_card, standing, take_cards
from tests.shopping import at_once, everything, order_of, stocked


@pytest.fixture(autouse=True)
def selling(shop: TenantInfo) -> None:
    take_cards()


def read(order: Order, payment: Payment) -> str:
    """What the gateway says now, asked however recently it was asked before."""
    Payment.objects.filter(pk=payment.pk).update(asked_at=None)
    payment.refresh_from_db()
    outcome = read_payment(payment, order, shop_settings(), return_url=RETURN).outcome
    payment.refresh_from_db()
    return outcome


def quiet_for_two_minutes() -> None:
    Payment.objects.update(asked_at=timezone.now() - timedelta(minutes=2))


def its_late_result_is_due() -> None:
    since = (timezone.now() - timedelta(minutes=1)).isoformat()
    Payment.objects.filter(gateway="demo").update(metadata={"demo": {"card": "late", "at": since}})


def test_a_card_order_waits_thirty_minutes_and_its_gateway_knows_of_it() -> None:
    order, payment = card_order()
    assert (order.status, order.payment_gateway, order.payment_method) == ("pending", "demo", "test_card")
    stored = Order.objects.get(pk=order.pk)
    assert stored.payment_due_at is not None
    assert timedelta(minutes=29) < stored.payment_due_at - stored.created_at < timedelta(minutes=31)
    assert (payment.state, payment.gateway_reference) == ("shopper", f"demo_{payment.pk.hex}")


@pytest.mark.parametrize(
    ("card", "outcome", "after", "state"),
    [
        (Card.SUCCEEDS, "captured", ("confirmed", "paid"), "done"),
        (Card.AUTHORIZES, "authorized", ("confirmed", "authorized"), "done"),
        (Card.DECLINED, "declined", ("pending", "failed"), "failed"),
        (Card.NO_FUNDS, "declined", ("pending", "failed"), "failed"),
        (Card.SECOND_STEP, "shopper", ("pending", "pending"), "shopper"),
        (Card.LATE, "waiting", ("pending", "pending"), "waiting"),
        (Card.TWICE, "captured", ("confirmed", "paid"), "done"),
        (Card.UNREACHABLE, "waiting", ("pending", "pending"), "asking"),
        (Card.ANSWER_LOST, "waiting", ("pending", "pending"), "asking"),
    ],
)
def test_every_test_card_does_what_it_is_for(card: Card, outcome: str, after: tuple[str, str], state: str) -> None:
    order, payment = card_order()
    assert give_card(card, order, payment).outcome == outcome
    payment.refresh_from_db()
    assert (standing(order), payment.state) == (after, state)


def test_a_card_is_kept_nowhere() -> None:
    order, payment = card_order()
    give_card(Card.LATE, order, payment)
    with shop_connection().cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [row[0] for row in cursor.fetchall()]
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', [f"%{NUMBERS[Card.LATE][-8:]}%"])
            assert cursor.fetchone() == (0,), table


def test_the_second_step_decides() -> None:
    for confirmed, after in ((True, ("confirmed", "paid")), (False, ("pending", "failed"))):
        order, payment = card_order()
        report = give_card(Card.SECOND_STEP, order, payment)
        assert report.next_url == f"{RETURN}bank/{payment.pk}/"
        payment.refresh_from_db()
        answer_second_step(payment, confirmed=confirmed)
        payment.refresh_from_db()
        answer_second_step(payment, confirmed=not confirmed)
        read(order, payment)
        assert standing(order) == after


def test_a_late_result_comes_by_message_or_by_asking(shop: TenantInfo) -> None:
    told, asked = card_order(), card_order()
    for order, payment in (told, asked):
        give_card(Card.LATE, order, payment)
        assert read(order, payment) == "waiting"
    its_late_result_is_due()
    deliver_demo_message(told[1].pk, times=1)
    assert read(*asked) == "captured"
    assert standing(told[0]) == standing(asked[0]) == ("confirmed", "paid")


def test_a_result_that_arrives_twice_is_entered_once() -> None:
    order, payment = card_order()
    give_card(Card.TWICE, order, payment)
    deliver_demo_message(payment.pk, times=2)
    assert standing(order) == ("confirmed", "paid")
    assert PaymentEntry.objects.values_list("kind", flat=True).get() == "captured"


def test_a_gateway_that_was_down_can_be_tried_again_with_the_same_attempt() -> None:
    order, payment = card_order()
    give_card(Card.UNREACHABLE, order, payment)
    assert read(order, payment) == "shopper"
    give_card(Card.SUCCEEDS, order, payment)
    assert standing(order) == ("confirmed", "paid")
    assert Payment.objects.count() == 1


def test_an_answer_that_was_lost_is_read_by_the_job() -> None:
    order, payment = card_order()
    give_card(Card.ANSWER_LOST, order, payment)
    assert ask_about_payments(timezone.now()) == 0, "it was asked a moment ago"
    quiet_for_two_minutes()
    assert ask_about_payments(timezone.now()) == 1
    assert standing(order) == ("confirmed", "paid")
    quiet_for_two_minutes()
    assert ask_about_payments(timezone.now()) == 0


def test_a_card_that_nobody_needs_any_more_is_given_up() -> None:
    paid, cancelled, waiting = card_order(), card_order(), card_order()
    mark_as_paid(paid[0].pk, actor="ann")
    cancel_order(cancelled[0].pk, reason="", actor="ann")
    quiet_for_two_minutes()
    assert ask_about_payments(timezone.now()) == 2
    states = [Payment.objects.get(pk=payment.pk).state for _, payment in (paid, cancelled, waiting)]
    assert states == ["dropped", "dropped", "shopper"]


def test_a_gateway_that_stays_down_leaves_the_order_and_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    stuck, fine = card_order(), card_order()
    for order, payment in (stuck, fine):
        give_card(Card.ANSWER_LOST, order, payment)
    real = DemoGateway.read

    def down_for_one(self: DemoGateway, attempt: Any) -> Any:
        if attempt.payment_id == stuck[1].pk:
            raise GatewayUnavailable("demo", "down")
        return real(self, attempt)

    monkeypatch.setattr(DemoGateway, "read", down_for_one)
    quiet_for_two_minutes()
    ask_about_payments(timezone.now())
    assert standing(stuck[0]) == ("pending", "pending")
    assert standing(fine[0]) == ("confirmed", "paid")


def test_a_form_that_is_sent_twice_pays_once(shop: TenantInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    order, payment = card_order()
    asked: list[Any] = []
    real = DemoGateway.enter
    monkeypatch.setattr(DemoGateway, "enter", lambda *args: asked.append(1) or real(*args))
    given = {"number": NUMBERS[Card.SUCCEEDS]}
    results = at_once(shop, [partial(enter_payment, payment, order, shop_settings(), given, return_url=RETURN)] * 6)
    assert sorted(report.outcome for report in results) == ["captured", *["waiting"] * 5]
    assert (len(asked), PaymentEntry.objects.count()) == (1, 1)
    assert standing(order) == ("confirmed", "paid")


def test_no_lock_and_no_transaction_is_held_while_a_gateway_thinks(monkeypatch: pytest.MonkeyPatch) -> None:
    order, payment = card_order()
    seen: list[bool] = []
    real = DemoGateway.enter

    def look(*args: Any) -> Any:
        seen.append(shop_connection().in_atomic_block)
        return real(*args)

    monkeypatch.setattr(DemoGateway, "enter", look)
    give_card(Card.SUCCEEDS, order, payment)
    assert seen == [False]


def test_after_a_failure_a_new_attempt_keeps_the_order_its_goods_and_its_code() -> None:
    order, payment = card_order()
    give_card(Card.DECLINED, order, payment)
    stock = everything()["stock_movements"]
    again, second = next_attempt(order, shop_settings(), after=payment.pk, method="test_card")
    assert second.pk != payment.pk
    assert (second.state, second.amount, second.order_id) == ("new", Decimal("14.90"), order.pk)
    assert everything()["stock_movements"] == stock
    assert again.status == "pending"
    payment.refresh_from_db()
    assert payment.state == "dropped"


def test_of_two_forms_sent_after_a_failure_one_makes_an_attempt(shop: TenantInfo) -> None:
    order, payment = card_order()
    give_card(Card.DECLINED, order, payment)
    ask = partial(next_attempt, order, shop_settings(), after=payment.pk, method="test_card")
    results = at_once(shop, [ask] * 4)
    assert sum(isinstance(result, tuple) for result in results) == 1
    assert {type(result) for result in results if not isinstance(result, tuple)} == {AttemptOutdated}
    assert Payment.objects.filter(order=order).count() == 2


def test_another_way_to_pay_gives_the_card_up_and_changes_the_time_to_pay() -> None:
    order, payment = card_order()
    changed, second = next_attempt(order, shop_settings(), after=payment.pk, method="bank_transfer")
    assert (second.gateway, second.method) == ("manual", "bank_transfer")
    assert (changed.payment_method, changed.payment_gateway, changed.status) == ("bank_transfer", "manual", "pending")
    assert changed.payment_due_at == changed.created_at + timedelta(days=7)
    payment.refresh_from_db()
    assert payment.state == "dropped"
    assert give_card(Card.SUCCEEDS, order, payment).outcome == "waiting", "nobody can pay it any more"
    assert standing(order) == ("pending", "pending")


@pytest.mark.parametrize(
    ("left", "gets"),
    [(timedelta(days=6, hours=23), timedelta(minutes=30)), (timedelta(minutes=20), timedelta(minutes=20))],
)
def test_an_order_that_has_waited_for_a_transfer_gets_its_time_for_a_card(left: timedelta, gets: timedelta) -> None:
    order = order_of((stocked(), 1), payment_method="bank_transfer")
    payment, now = Payment.objects.get(order=order), timezone.now()
    due = now + left
    Order.objects.filter(pk=order.pk).update(created_at=due - timedelta(days=7), payment_due_at=due)
    order.refresh_from_db()
    with time_machine.travel(now, tick=False):
        changed, second = next_attempt(order, shop_settings(), after=payment.pk, method="test_card")
        assert changed.payment_due_at == now + gets
        assert expire_unpaid(timezone.now()) == 0
        start_payment(second, changed, shop_settings(), return_url=RETURN)
        second.refresh_from_db()
        give_card(Card.SUCCEEDS, changed, second)
    assert standing(order) == ("confirmed", "paid")


def test_goods_that_are_paid_at_the_door_are_confirmed_at_once() -> None:
    order, payment = card_order()
    changed, _ = next_attempt(order, shop_settings(), after=payment.pk, method="cash_on_delivery")
    assert (changed.status, changed.payment_status, changed.payment_due_at) == ("confirmed", "pending", None)
    assert Order.objects.get(pk=order.pk).confirmed_at is not None


def test_a_payment_that_may_still_come_allows_no_second_one() -> None:
    order, payment = card_order()
    give_card(Card.LATE, order, payment)
    before = everything()
    with pytest.raises(PaymentUnderWay):
        next_attempt(order, shop_settings(), after=payment.pk, method="bank_transfer")
    after = everything()
    assert {table for table in before if before[table] != after[table]} <= {"payments"}, "only when it was asked"
    assert Payment.objects.count() == 1


def test_a_card_that_was_paid_meanwhile_is_not_replaced() -> None:
    order, payment = card_order()
    give_card(Card.ANSWER_LOST, order, payment)
    Payment.objects.filter(pk=payment.pk).update(asked_at=None)
    with pytest.raises((PaymentUnderWay, OrderNotPayable)):
        next_attempt(order, shop_settings(), after=payment.pk, method="bank_transfer")
    assert standing(order) == ("confirmed", "paid")
    assert Payment.objects.count() == 1


def test_attempts_of_one_order_are_counted() -> None:
    order, payment = card_order()
    for _ in range(MOST_ATTEMPTS - 1):
        Payment.objects.filter(pk=payment.pk).update(state="failed", gateway_reference=None)
        order, payment = next_attempt(order, shop_settings(), after=payment.pk, method="test_card")
    Payment.objects.filter(pk=payment.pk).update(state="failed")
    before = everything()
    with pytest.raises(TooManyAttempts):
        next_attempt(order, shop_settings(), after=payment.pk, method="test_card")
    assert everything() == before


def test_an_order_that_is_over_takes_no_new_attempt() -> None:
    order, payment = card_order()
    give_card(Card.DECLINED, order, payment)
    Payment.objects.filter(pk=payment.pk).update(gateway_reference=None)
    Order.objects.filter(pk=order.pk).update(payment_due_at=timezone.now() - timedelta(seconds=1))
    before = everything()
    with pytest.raises(OrderNotPayable):
        next_attempt(order, shop_settings(), after=payment.pk, method="test_card")
    cancel_order(order.pk, reason="", actor="ann")
    with pytest.raises(OrderNotPayable):
        next_attempt(order, shop_settings(), after=payment.pk, method="test_card")
    assert Payment.objects.count() == 1
    assert everything()["payments"] == before["payments"]
