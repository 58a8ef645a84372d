"""Orders that are over: unpaid ones expire and give their card up, and money that comes later is owed."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.expire import expire_unpaid
from tenant_shop.orders.models import Order
from tenant_shop.payments.ask import read_payment
from tenant_shop.payments.deliver_demo_message import deliver_demo_message
from tenant_shop.payments.errors import (
    AttemptOutdated,
    GatewayNotOffered,
    GatewayUnavailable,
    MoneyPromised,
    NotLate,
    OrderNotPayable,
)
from tenant_shop.payments.gateways.demo import Card, DemoGateway
from tenant_shop.payments.late_money import enter_late_money
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.models import Payment
from tenant_shop.payments.next_attempt import next_attempt
from tenant_shop.payments.refund import refund_amount
from tenant_shop.verification.verify_shop import verify_shop
from tests.paying import RETURN, card_order, give_card, standing, take_cards
from tests.shopping import configure, everything, order_of, stocked


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


def test_an_unpaid_card_order_expires_after_half_an_hour_and_its_card_is_given_up() -> None:
    mug = stocked(stock=1)
    order = order_of((mug, 1), payment_method="test_card")
    payment = Payment.objects.get(order=order)
    Payment.objects.filter(pk=payment.pk).update(state="shopper", gateway_reference="demo_1")
    assert expire_unpaid(timezone.now() + timedelta(minutes=29)) == 0
    assert expire_unpaid(timezone.now() + timedelta(minutes=31)) == 1
    payment.refresh_from_db()
    mug.refresh_from_db()
    assert (standing(order), payment.state, mug.inventory_quantity) == (("cancelled", "pending"), "dropped", 1)


def test_money_whose_answer_was_lost_saves_the_order_from_expiring() -> None:
    order, payment = card_order()
    give_card(Card.ANSWER_LOST, order, payment)
    assert expire_unpaid(timezone.now() + timedelta(minutes=31)) == 0
    assert standing(order) == ("confirmed", "paid")


def test_a_silent_gateway_keeps_the_goods_for_an_hour_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    order, payment = card_order()
    give_card(Card.ANSWER_LOST, order, payment)

    def down(*args: Any) -> Any:
        raise GatewayUnavailable("demo", "down")

    monkeypatch.setattr(DemoGateway, "drop", down)
    assert expire_unpaid(timezone.now() + timedelta(minutes=31)) == 0
    assert expire_unpaid(timezone.now() + timedelta(minutes=91)) == 1
    assert standing(order) == ("cancelled", "pending")


def test_money_for_an_expired_order_is_entered_and_owed() -> None:
    mug = stocked(stock=1)
    order = order_of((mug, 1), payment_method="test_card")
    payment = Payment.objects.get(order=order)
    expire_unpaid(timezone.now() + timedelta(minutes=31))
    its_late_result_is_due()
    order_of((mug, 1))
    deliver_demo_message(payment.pk, times=2)
    found = Order.objects.get(pk=order.pk)
    assert (found.status, found.payment_status, found.owed_amount) == ("cancelled", "paid", Decimal("14.90"))
    mug.refresh_from_db()
    assert mug.inventory_quantity == 0


def test_a_transfer_that_comes_after_the_order_expired_is_entered_owed_and_given_back() -> None:
    order = order_of((stocked(stock=1), 1))
    payment = Payment.objects.get(order=order)
    with pytest.raises(NotLate):
        enter_late_money(order.pk, actor="ann")
    expire_unpaid(timezone.now() + timedelta(days=8))
    with pytest.raises(OrderNotPayable):
        mark_as_paid(order.pk, actor="ann")
    late = enter_late_money(order.pk, actor="ann")
    assert (late.status, late.payment_status, late.owed_amount) == ("cancelled", "paid", Decimal("14.90"))
    before = everything()
    enter_late_money(order.pk, actor="ann")
    assert everything() == before, "twice enters once"
    said = order.history.order_by("created_at", "id").last()
    assert said.comment == "Paid after it was cancelled: the money has to be given back."
    assert verify_shop() == []
    refund_amount(payment.pk, amount=Decimal("14.90"), key="one", actor="ann")
    found = Order.objects.get()
    assert (found.status, found.payment_status, found.owed_amount) == ("cancelled", "refunded", 0)
    assert verify_shop() == []


def test_late_money_waits_until_what_a_card_promised_is_let_go() -> None:
    order, payment = card_order()
    give_card(Card.AUTHORIZES, order, payment)
    cancel_order(order.pk, reason="", actor="ann")
    before = everything()
    with pytest.raises(MoneyPromised):
        enter_late_money(order.pk, actor="ann")
    assert everything() == before


def test_cancelling_a_paid_order_owes_its_money_and_an_unpaid_one_nothing() -> None:
    paid, unpaid = card_order(), card_order()
    give_card(Card.SUCCEEDS, *paid)
    for order, _ in (paid, unpaid):
        cancel_order(order.pk, reason="", actor="ann")
    assert Order.objects.get(pk=paid[0].pk).owed_amount == Decimal("14.90")
    assert Order.objects.get(pk=unpaid[0].pk).owed_amount == 0


def test_a_shop_that_left_test_mode_moves_no_test_money() -> None:
    order, payment = card_order()
    configure(payment_methods=["test_card", "bank_transfer"], test_mode=False)
    before = everything()
    with pytest.raises(GatewayNotOffered):
        give_card(Card.SUCCEEDS, order, payment)
    with pytest.raises(GatewayNotOffered):
        read_payment(payment, order, shop_settings())
    assert everything() == before
    _, second = next_attempt(order, shop_settings(), after=payment.pk, method="bank_transfer")
    assert second.method == "bank_transfer"


def test_a_payment_of_one_shop_is_unknown_in_another(shop: TenantInfo, make_shop: Any) -> None:
    _, payment = card_order()
    with tenant_context(make_shop("globex")):
        take_cards()
        order, own = card_order()
        before = everything()
        with pytest.raises(AttemptOutdated):
            next_attempt(order, shop_settings(), after=payment.pk, method="bank_transfer")
        assert everything() == before
        assert own.pk != payment.pk
