"""What the demo gateway knows of a payment: one thing after the other, and told as it stands when it is told."""

import json
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.payments import deliver_demo_message as postman
from tenant_shop.payments.ask import attempt_of, drop_payment
from tenant_shop.payments.deliver_demo_message import deliver_demo_message
from tenant_shop.payments.gateways import demo
from tenant_shop.payments.gateways.demo import Card, DemoGateway, answer_second_step
from tenant_shop.payments.models import Payment
from tests.paying import card_order, give_card, standing, take_cards
from tests.shopping import at_once, everything


@pytest.fixture(autouse=True)
def selling(shop: TenantInfo) -> None:
    take_cards()


def known(payment: Payment) -> dict[str, Any]:
    found: dict[str, Any] = Payment.objects.get(pk=payment.pk).metadata["demo"]
    return found


def test_of_two_answers_to_the_bank_the_first_counts_whatever_their_pages_showed() -> None:
    order, payment = card_order()
    give_card(Card.SECOND_STEP, order, payment)
    shown = [Payment.objects.get(pk=payment.pk) for _ in range(2)]
    for page, confirmed in zip(shown, (True, False), strict=True):
        answer_second_step(page, confirmed=confirmed)
    assert known(payment)["confirmed"] is True


def test_nothing_that_is_learnt_at_the_same_moment_is_forgotten(shop: TenantInfo) -> None:
    order, payment = card_order()
    give_card(Card.SECOND_STEP, order, payment)
    shown = Payment.objects.get(pk=payment.pk)
    attempt = attempt_of(payment, order)
    at_once(shop, [partial(answer_second_step, shown, confirmed=False), partial(DemoGateway().drop, attempt)] * 3)
    assert known(payment)["card"] == "second_step"
    assert known(payment)["dropped"] is True


def test_a_card_that_was_given_up_is_not_confirmed_any_more() -> None:
    order, payment = card_order()
    give_card(Card.SECOND_STEP, order, payment)
    shown = Payment.objects.get(pk=payment.pk)
    drop_payment(payment, order, shop_settings())
    before = everything()
    answer_second_step(shown, confirmed=True)
    assert everything() == before


def test_of_a_card_that_was_given_up_no_message_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    order, payment = card_order()
    give_card(Card.LATE, order, payment)
    drop_payment(payment, order, shop_settings())
    sent: list[Any] = []
    monkeypatch.setattr(postman, "receive", lambda *message: sent.append(message))
    deliver_demo_message(payment.pk, times=2)
    assert sent == []
    assert standing(order) == ("pending", "pending")


def test_the_message_tells_what_the_gateway_says_when_it_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    order, payment = card_order()
    give_card(Card.LATE, order, payment)
    deliver_demo_message(payment.pk, times=1)
    assert standing(order) == ("pending", "pending"), "it is too early"
    later = timezone.now() + demo.LATE + timedelta(seconds=1)
    monkeypatch.setattr(demo.timezone, "now", lambda: later)
    deliver_demo_message(payment.pk, times=1)
    assert standing(order) == ("confirmed", "paid")


def test_what_the_gateway_remembers_is_a_behaviour_only() -> None:
    order, payment = card_order()
    give_card(Card.SECOND_STEP, order, payment)
    payment.refresh_from_db()
    assert known(payment).keys() == {"card", "at"}
    assert known(payment)["card"] == "second_step"
    assert "3184" not in json.dumps(payment.metadata)
