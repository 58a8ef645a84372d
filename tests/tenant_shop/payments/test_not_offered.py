"""A gateway that the shop does not use at the moment: what the demo gateway knew is over, what others know is not."""

import logging
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.expire import expire_unpaid
from tenant_shop.orders.models import Order
from tenant_shop.payments import next_attempt as next_attempt_module
from tenant_shop.payments.ask import give_up_payment
from tenant_shop.payments.errors import PaymentUnderWay
from tenant_shop.payments.gateways.demo import Card
from tenant_shop.payments.gateways.protocol import Outcome, Report
from tenant_shop.payments.gateways.stripe import StripeGateway
from tenant_shop.payments.let_go import let_promises_go
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.models import Payment, PaymentEntry
from tenant_shop.payments.next_attempt import next_attempt
from tenant_shop.payments.settle import settle
from tenant_shop.payments.upkeep import ask_about_payments
from tenant_shop.verification.verify_shop import verify_shop
from tests.localstripe import PUBLIC_KEY
from tests.paying import card_order, give_card, standing, take_cards
from tests.shopping import configure, everything, order_of, stocked

pytest.importorskip("stripe")
LATE = timedelta(minutes=31)


@pytest.fixture(autouse=True)
def selling(shop: TenantInfo) -> None:
    take_cards()


def stripe_order() -> tuple[Order, Payment]:
    """An order whose intent a shopper has before them, in a shop that has just left the intent's mode."""
    configure(payment_methods=["stripe_card", "bank_transfer"], test_mode=True, stripe_key=PUBLIC_KEY)
    order = order_of((stocked(), 1), payment_method="stripe_card")
    Payment.objects.filter(order=order).update(state="shopper", gateway_reference="pi_1", asked_at=timezone.now())
    leave_test_mode()
    return order, Payment.objects.get(order=order)


def leave_test_mode() -> None:
    configure(payment_methods=["stripe_card", "bank_transfer"], test_mode=False, stripe_key=PUBLIC_KEY)


def quiet() -> None:
    Payment.objects.update(asked_at=timezone.now() - timedelta(minutes=2))


def test_an_order_whose_gateway_is_off_is_kept_for_the_hour_that_a_silent_one_gets() -> None:
    order, payment = stripe_order()
    assert expire_unpaid(timezone.now() + LATE) == 0
    payment.refresh_from_db()
    assert (standing(order), payment.state) == (("pending", "pending"), "shopper")
    assert expire_unpaid(timezone.now() + LATE + timedelta(hours=1)) == 1
    payment.refresh_from_db()
    assert (standing(order), payment.state) == (("cancelled", "pending"), "shopper")


@pytest.mark.parametrize("state", ["asking", "waiting"])
def test_what_a_gateway_that_is_off_is_thinking_about_allows_no_second_attempt(state: str) -> None:
    order, payment = stripe_order()
    Payment.objects.filter(pk=payment.pk).update(state=state)
    with pytest.raises(PaymentUnderWay):
        next_attempt(order, shop_settings(), after=payment.pk, method="bank_transfer")
    assert Payment.objects.get().state == state


@pytest.mark.parametrize("state", ["shopper", "failed"])
def test_a_shopper_leaves_a_gateway_behind_that_is_off_and_without_keys(state: str) -> None:
    order, payment = stripe_order()
    Payment.objects.filter(pk=payment.pk).update(state=state)
    order, second = next_attempt(order, shop_settings(), after=payment.pk, method="bank_transfer")
    assert (second.method, second.state, order.payment_method) == ("bank_transfer", "new", "bank_transfer")
    assert Payment.objects.get(pk=payment.pk).state == state, "it is given up once its gateway can be asked"


def test_money_that_comes_by_what_was_left_behind_is_entered_and_owed() -> None:
    order, payment = stripe_order()
    order, _ = next_attempt(order, shop_settings(), after=payment.pk, method="bank_transfer")
    mark_as_paid(order.pk, actor="ann")
    settle(payment.pk, kind=PaymentEntry.Kind.CAPTURED, amount=payment.amount, actor="stripe", provider_event_id="e")
    assert standing(order) == ("confirmed", "paid")
    assert Order.objects.get(pk=order.pk).owed_amount == Decimal("14.90")
    assert verify_shop() == []


def test_what_was_left_behind_is_given_up_by_the_job_while_the_order_waits_for_a_transfer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order, payment = stripe_order()
    next_attempt(order, shop_settings(), after=payment.pk, method="bank_transfer")
    quiet()
    monkeypatch.setattr(StripeGateway, "drop", lambda self, attempt: Report(outcome=Outcome.DROPPED))
    assert ask_about_payments(timezone.now()) == 1
    assert [each.state for each in Payment.objects.order_by("created_at")] == ["dropped", "new"]


def test_a_gateway_that_is_off_and_can_be_reached_gives_the_attempt_up_first(monkeypatch: pytest.MonkeyPatch) -> None:
    order, payment = stripe_order()
    monkeypatch.setattr(StripeGateway, "drop", lambda self, attempt: Report(outcome=Outcome.DROPPED))
    next_attempt(order, shop_settings(), after=payment.pk, method="bank_transfer")
    assert [each.state for each in Payment.objects.order_by("created_at")] == ["dropped", "new"]


def test_a_gateway_that_is_off_and_says_that_it_was_paid_ends_the_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    order, payment = stripe_order()
    paid = Report(outcome=Outcome.CAPTURED, reference="pi_1", event_id="pi_1.captured")
    monkeypatch.setattr(StripeGateway, "drop", lambda self, attempt: paid)
    with pytest.raises(PaymentUnderWay):
        next_attempt(order, shop_settings(), after=payment.pk, method="bank_transfer")
    assert (standing(order), Payment.objects.count()) == (("confirmed", "paid"), 1)


@pytest.mark.parametrize("run", [lambda: ask_about_payments(timezone.now()), let_promises_go])
def test_the_jobs_leave_it_under_way_and_warn_in_one_line(run: Callable[[], int], caplog: Any) -> None:
    order, payment = stripe_order()
    if run is let_promises_go:
        Payment.objects.filter(pk=payment.pk).update(state="done")
        PaymentEntry.objects.create(
            payment=payment, kind="authorized", amount=payment.amount, currency="EUR", gateway="stripe"
        )
        Order.objects.filter(pk=order.pk).update(payment_status="authorized")
    cancel_order(order.pk, reason="", actor="ann")
    quiet()
    before = Payment.objects.get().state
    with caplog.at_level(logging.WARNING):
        run()
    assert Payment.objects.get().state == before
    assert not PaymentEntry.objects.filter(kind="voided").exists()
    told = [record for record in caplog.records if record.name.startswith("tenant_shop.payments")]
    assert [(record.levelname, record.exc_info) for record in told] == [("WARNING", None)]


@pytest.mark.parametrize("state", ["asking", "shopper", "waiting", "failed"])
def test_a_test_card_of_a_shop_that_sells_for_real_is_given_up(state: str) -> None:
    order, payment = card_order()
    leave_test_mode()
    Payment.objects.filter(pk=payment.pk).update(state=state)
    payment.refresh_from_db()
    assert give_up_payment(payment, order, shop_settings()).outcome is Outcome.DROPPED
    assert Payment.objects.get().state == "dropped"


def test_giving_up_never_overwrites_money_that_came_in_between() -> None:
    order, payment = card_order()
    read_before = Payment.objects.get(pk=payment.pk)
    give_card(Card.SUCCEEDS, order, payment)
    leave_test_mode()
    before = everything()
    report = give_up_payment(read_before, order, shop_settings())
    after = everything()
    assert report.outcome is Outcome.CAPTURED
    assert {table for table in before if before[table] != after[table]} <= {"payments"}, "only when it was asked"
    assert Payment.objects.get().state == "done"


def test_what_a_test_card_promised_is_voided() -> None:
    order, payment = card_order()
    give_card(Card.AUTHORIZES, order, payment)
    cancel_order(order.pk, reason="", actor="ann")
    leave_test_mode()
    assert [let_promises_go(), let_promises_go()] == [1, 0]
    assert list(PaymentEntry.objects.values_list("kind", "amount")) == [
        ("authorized", Decimal("14.90")),
        ("voided", Decimal("14.90")),
    ]
    assert standing(order) == ("cancelled", "pending")


def test_an_attempt_that_was_announced_in_between_is_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    order = order_of((stocked(), 1), payment_method="test_card")
    payment = Payment.objects.get(order=order)
    real = next_attempt_module._write

    def announced_first(*args: Any) -> Payment:
        Payment.objects.filter(pk=payment.pk).update(state="asking")
        return real(*args)

    monkeypatch.setattr(next_attempt_module, "_write", announced_first)
    with pytest.raises(PaymentUnderWay):
        next_attempt(order, shop_settings(), after=payment.pk, method="bank_transfer")
    assert Payment.objects.get().state == "new", "the refusal takes back what its own transaction did"
    assert Order.objects.get().payment_method == "test_card"
