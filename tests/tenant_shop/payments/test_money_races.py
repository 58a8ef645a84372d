"""Two clients at the same moment, many times, through the network that dawdles: money moves once."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from uuid import UUID, uuid4

import pytest

from tenant_shop.configuration.settings import shop_settings
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.payments.ask import enter_payment
from tenant_shop.payments.capture import capture_payment
from tenant_shop.payments.errors import NothingToCapture, RefundInvalid, RefundTooLarge
from tenant_shop.payments.gateways.demo import Card
from tenant_shop.payments.models import Payment, PaymentEntry, PaymentRefund
from tenant_shop.payments.refund import refund_amount, refund_lines
from tenant_shop.verification.verify_shop import verify_shop
from tests.paying import NUMBERS, RETURN, give_card, take_cards
from tests.shopping import order_from, stocked, visits
from tests.tenant_shop.orders.test_races_through_a_slow_network import (
    FEWER_ROUNDS,
    ROUNDS,
    TOTAL,
    TwoClients,
    clients,
    kinds,
    proxy,
)

__all__ = ["clients", "proxy"]
pytestmark = [pytest.mark.slow, pytest.mark.parametrize("seed", [20261126])]


@pytest.fixture(autouse=True)
def selling(proxy: object) -> None:
    take_cards()


def carts(rounds: int = FEWER_ROUNDS) -> Iterator[UUID]:
    """One for each round."""
    return visits(stocked(stock=rounds), rounds)


def to_be_paid(cart_id: UUID) -> tuple[Order, Payment]:
    """An order of 14.90 whose gateway waits for a card."""
    order = order_from(cart_id, payment_method="test_card", expected_total=TOTAL)
    payment = Payment.objects.get(order=order)
    Payment.objects.filter(pk=payment.pk).update(state="shopper", gateway_reference=f"demo_{payment.pk.hex}")
    payment.refresh_from_db()
    return order, payment


def paid(cart_id: UUID, card: Card = Card.SUCCEEDS) -> tuple[Order, Payment]:
    order, payment = to_be_paid(cart_id)
    give_card(card, order, payment)
    return order, payment


def entries(payment: Payment, kind: str) -> list[Decimal]:
    return list(PaymentEntry.objects.filter(payment=payment, kind=kind).values_list("amount", flat=True))


def test_a_payment_is_not_given_back_by_two_clerks(clients: TwoClients) -> None:
    for cart_id in carts(ROUNDS):
        _, payment = paid(cart_id)
        both = [
            partial(refund_amount, payment.pk, amount=Decimal("10.00"), key=uuid4().hex, actor=name) for name in "ab"
        ]
        assert kinds(clients.race(*both)) == (PaymentRefund.__name__, RefundTooLarge.__name__)
        assert entries(payment, "refunded") == [Decimal("10.00")]
    assert verify_shop() == []


def test_a_refund_that_is_sent_twice_is_made_once(clients: TwoClients) -> None:
    for number, cart_id in enumerate(carts()):
        _, payment = paid(cart_id)
        sent = partial(refund_amount, payment.pk, amount=Decimal("5.00"), key=f"form {number}", actor="ann")
        first, second = clients.race(sent, sent)
        assert first == second
        assert entries(payment, "refunded") == [Decimal("5.00")]
    assert PaymentRefund.objects.count() == FEWER_ROUNDS
    assert verify_shop() == []


def test_a_line_is_given_back_and_put_on_sale_by_one_of_two_clerks(clients: TwoClients) -> None:
    for cart_id in carts():
        order, payment = paid(cart_id)
        item = OrderItem.objects.get(order=order)
        both = [
            partial(
                refund_lines,
                order.pk,
                wanted={item.pk: 1},
                shipping=False,
                restock=True,
                key=uuid4().hex,
                actor=name,
            )
            for name in "ab"
        ]
        assert kinds(clients.race(*both)) == (RefundInvalid.__name__, "list")
        assert entries(payment, "refunded") == [Decimal("10.00")]
    assert verify_shop() == []


def test_a_card_that_is_given_twice_is_charged_once(clients: TwoClients) -> None:
    for cart_id in carts():
        order, payment = to_be_paid(cart_id)
        given = {"number": NUMBERS[Card.SUCCEEDS]}
        pay = partial(enter_payment, payment, order, shop_settings(), given, return_url=RETURN)
        first, second = clients.race(pay, pay)
        assert sorted([first.outcome, second.outcome]) == ["captured", "waiting"]
        assert entries(payment, "captured") == [Decimal("14.90")]
    assert verify_shop() == []


def test_what_was_promised_is_taken_once(clients: TwoClients) -> None:
    seen = Counter[str]()
    for cart_id in carts():
        _, payment = paid(cart_id, Card.AUTHORIZES)
        results = clients.race(*[partial(capture_payment, payment.pk, actor=name) for name in "ab"])
        seen.update(kinds(results))
        assert set(kinds(results)) <= {Order.__name__, NothingToCapture.__name__}
        assert entries(payment, "captured") == [Decimal("14.90")]
    assert seen[Order.__name__] >= FEWER_ROUNDS
    assert verify_shop() == []
