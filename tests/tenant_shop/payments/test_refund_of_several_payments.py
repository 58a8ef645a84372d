"""Lines of an order that was paid in parts are given back of all its payments."""

from decimal import Decimal
from typing import Any

import pytest

from platform_core.tenancy.context import TenantInfo
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.payments.errors import GatewayRefused, GatewayUnavailable, RefundTooLarge
from tenant_shop.payments.gateways.demo import DemoGateway
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.models import Payment, PaymentEntry, PaymentRefund
from tenant_shop.payments.refund import refund_amount, refund_lines
from tenant_shop.payments.refund_amounts import Worth, split
from tenant_shop.payments.settle import settle
from tenant_shop.verification.verify_shop import verify_shop
from tests.paying import standing, take_cards
from tests.shopping import everything, order_of, stock_of, stocked


@pytest.fixture(autouse=True)
def selling(shop: TenantInfo) -> None:
    take_cards()


def paid_in_two(by_card: str = "12.00") -> tuple[Order, OrderItem]:
    """Two mugs of 10.00 each, delivered for 4.90: a part taken from a card, the rest transferred."""
    order = order_of((stocked(stock=5), 2), payment_method="test_card")
    card = Payment.objects.get(order=order)
    settle(card.pk, kind=PaymentEntry.Kind.CAPTURED, amount=Decimal(by_card), actor="demo", provider_event_id="one")
    mark_as_paid(order.pk, actor="ann")
    assert standing(order) == ("confirmed", "paid")
    return Order.objects.get(pk=order.pk), OrderItem.objects.get(order=order)


def give_back(order: Order, item: OrderItem, pieces: int, **changes: Any) -> list[PaymentRefund]:
    values: dict[str, Any] = {"shipping": True, "restock": True, "key": "k", "actor": "ann", **changes}
    return refund_lines(order.pk, wanted={item.pk: pieces}, **values)


def test_all_of_it_comes_from_both_payments_and_the_goods_go_back_once() -> None:
    order, item = paid_in_two()
    refunds = give_back(order, item, 2)
    assert [(each.payment.gateway, each.amount, each.shipping_amount, each.state) for each in refunds] == [
        ("demo", Decimal("12.00"), Decimal(0), "succeeded"),
        ("manual", Decimal("12.90"), Decimal("4.90"), "succeeded"),
    ]
    assert standing(order) == ("confirmed", "refunded")
    assert item.variant is not None
    assert stock_of(item.variant) == 5
    assert verify_shop() == []


def test_what_one_payment_has_comes_from_that_one() -> None:
    order, item = paid_in_two()
    (refund,) = give_back(order, item, 1, shipping=False)
    assert (refund.payment.gateway, refund.amount) == ("demo", Decimal("10.00"))
    rest = give_back(order, item, 1, key="rest")
    assert [(each.payment.gateway, each.amount) for each in rest] == [
        ("demo", Decimal("2.00")),
        ("manual", Decimal("12.90")),
    ]
    assert standing(order) == ("confirmed", "refunded")
    assert verify_shop() == []


def test_sent_twice_it_is_given_back_once() -> None:
    order, item = paid_in_two()
    first = give_back(order, item, 2)
    before = everything()
    assert [each.pk for each in give_back(order, item, 2)] == [each.pk for each in first]
    assert everything() == before


def test_more_than_all_payments_have_is_refused_and_nothing_is_reserved() -> None:
    order, item = paid_in_two()
    refund_amount(Payment.objects.get(gateway="manual").pk, amount=Decimal(1), key="one", actor="ann")
    before = everything()
    with pytest.raises(RefundTooLarge) as refused:
        give_back(order, item, 2)
    assert (refused.value.wanted, refused.value.possible) == (Decimal("24.90"), Decimal("23.90"))
    assert everything() == before


def test_what_one_gateway_refuses_is_free_again_and_the_other_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    order, item = paid_in_two()

    def no(*args: Any, **how: Any) -> Any:
        raise GatewayRefused("demo", "the card is closed")

    monkeypatch.setattr(DemoGateway, "refund", no)
    with pytest.raises(GatewayRefused):
        give_back(order, item, 2)
    states = PaymentRefund.objects.order_by("created_at", "id").values_list("payment__gateway", "state")
    assert list(states) == [("demo", "failed"), ("manual", "succeeded")]
    monkeypatch.undo()
    (rest,) = give_back(order, item, 2, key="again", shipping=False)
    assert (rest.amount, standing(order)) == (Decimal("12.00"), ("confirmed", "refunded"))
    assert verify_shop() == []


def test_a_gateway_that_does_not_answer_keeps_only_its_part_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    order, item = paid_in_two()

    def down(*args: Any, **how: Any) -> Any:
        raise GatewayUnavailable("demo", "down")

    monkeypatch.setattr(DemoGateway, "refund", down)
    assert [each.state for each in give_back(order, item, 2)] == ["pending", "succeeded"]


def test_a_line_that_falls_into_two_portions_keeps_its_pieces_in_the_first() -> None:
    lines = (
        {"item": "a", "quantity": 3, "unsent": 2, "amount": "10.00"},
        {"item": "free", "quantity": 1, "unsent": 0, "amount": "0.00"},
        {"item": "b", "quantity": 1, "unsent": 0, "amount": "5.00"},
    )
    whole = Worth(lines=lines, shipping=Decimal("4.90"), total=Decimal("19.90"))
    portions = split(whole, [Decimal("7.00"), Decimal("10.00"), Decimal("2.90")])
    assert [(part.lines, part.shipping, part.total) for part in portions] == [
        (({"item": "a", "quantity": 3, "unsent": 2, "amount": "7.00"},), Decimal(0), Decimal("7.00")),
        (
            (
                {"item": "a", "quantity": 0, "unsent": 0, "amount": "3.00"},
                {"item": "free", "quantity": 1, "unsent": 0, "amount": "0.00"},
                {"item": "b", "quantity": 1, "unsent": 0, "amount": "5.00"},
            ),
            Decimal("2.00"),
            Decimal("10.00"),
        ),
        ((), Decimal("2.90"), Decimal("2.90")),
    ]
