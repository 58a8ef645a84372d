"""Lines are given back for exactly what was paid for them, and their goods go back on sale once."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo
from tenant_shop.carts.coupon import apply_coupon
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.inventory.models import StockMovement
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.payments.ask import start_payment
from tenant_shop.payments.errors import (
    RefundInvalid,
)
from tenant_shop.payments.gateways.demo import Card, DemoGateway
from tenant_shop.payments.models import Payment, PaymentRefund
from tenant_shop.payments.refund import send_pending_refunds
from tenant_shop.payments.refund_amounts import line_price
from tests.factories.promotions import DiscountCodeFactory
from tests.paying import RETURN, give_card, standing, take_cards
from tests.refunding import down, give_lines_back, paid
from tests.shopping import cart_with, everything, order_from, order_of, stock_of, stocked


@pytest.fixture(autouse=True)
def selling(shop: TenantInfo) -> None:
    take_cards()


def discounted() -> tuple[Order, list[OrderItem]]:
    """Two lines with a share of ten per cent each, taxed on top: 3 x 9.99 and 1 x 5.00, delivered for 4.90."""
    take_cards(tax_rate="0.19")
    DiscountCodeFactory(code="TEN", type="percentage", value=Decimal(10))
    cart = cart_with((stocked(price="9.99"), 3), (stocked(price="5.00"), 1))
    apply_coupon(cart, "TEN")
    order = order_from(cart, payment_method="test_card")
    payment = Payment.objects.get(order=order)
    start_payment(payment, order, shop_settings(), return_url=RETURN)
    give_card(Card.SUCCEEDS, order, payment)
    return Order.objects.get(pk=order.pk), list(order.items.all())


def test_lines_are_worth_what_was_paid_for_them_with_tax_and_discount() -> None:
    order, (three, one) = discounted()
    refund = give_lines_back(order, {three.pk: 3})
    assert refund.amount == three.total_price - three.discount_amount + three.tax_amount
    refund = give_lines_back(order, {one.pk: 1}, shipping=True)
    assert PaymentRefund.objects.count() == 2
    assert standing(order) == ("confirmed", "refunded"), "lines and delivery are all of it, to the cent"
    assert refund.shipping_amount + refund.amount > one.total_price


def test_pieces_that_come_back_one_by_one_are_worth_the_whole_line() -> None:
    order, (three, _) = discounted()
    amounts = [give_lines_back(order, {three.pk: 1}).amount for _ in range(3)]
    assert sum(amounts) == line_price(three, order)
    before = everything()
    with pytest.raises(RefundInvalid):
        give_lines_back(order, {three.pk: 1})
    assert everything() == before


@pytest.mark.parametrize("wanted", [{}, {"own": 0}, {"own": 4}, {"own": -1}, {"other": 1}])
def test_what_was_not_bought_is_not_given_back(wanted: dict[str, int]) -> None:
    order, (three, _) = discounted()
    stranger, _ = paid()
    ids = {"own": three.pk, "other": OrderItem.objects.get(order=stranger).pk}
    before = everything()
    with pytest.raises(RefundInvalid):
        give_lines_back(order, {ids[name]: pieces for name, pieces in wanted.items()})
    assert everything() == before


def test_delivery_is_given_back_once() -> None:
    order, (_, one) = discounted()
    give_lines_back(order, {}, shipping=True)
    before = everything()
    with pytest.raises(RefundInvalid):
        give_lines_back(order, {one.pk: 1}, shipping=True)
    assert everything() == before


def test_goods_go_back_on_sale_when_asked_and_never_twice() -> None:
    mug = stocked(stock=5)
    order = order_of((mug, 3), payment_method="test_card")
    payment = Payment.objects.get(order=order)
    start_payment(payment, order, shop_settings(), return_url=RETURN)
    give_card(Card.SUCCEEDS, order, payment)
    item = OrderItem.objects.get(order=order)
    give_lines_back(order, {item.pk: 1})
    assert stock_of(mug) == 2
    give_lines_back(order, {item.pk: 1}, restock=True)
    assert stock_of(mug) == 3
    assert StockMovement.objects.filter(order_id=order.pk).values_list("reason", flat=True).last() == "return"
    cancel_order(order.pk, reason="", actor="ann")
    assert stock_of(mug) == 5


def test_goods_of_a_refund_that_failed_stay_where_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    order, _ = paid()
    item = OrderItem.objects.get(order=order)
    monkeypatch.setattr(DemoGateway, "refund", down)
    give_lines_back(order, {item.pk: 1}, restock=True)
    assert not StockMovement.objects.filter(reason="return").exists()
    monkeypatch.undo()
    send_pending_refunds(timezone.now() + timedelta(minutes=3))
    assert StockMovement.objects.filter(reason="return").count() == 1
