"""What placing an order writes."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo
from tenant_shop.carts.coupon import apply_coupon
from tenant_shop.carts.models import ShoppingCart
from tenant_shop.catalog.models import Product
from tenant_shop.configuration.models import Setting
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.inventory.models import StockMovement
from tenant_shop.orders.errors import OrderNotFound
from tenant_shop.orders.find import order_by_token
from tenant_shop.orders.history import OrderStatusHistory
from tenant_shop.orders.models import Order
from tenant_shop.orders.place import place_order
from tenant_shop.orders.quote import quote
from tenant_shop.payments.models import Payment
from tenant_shop.promotions.models import DiscountCode, DiscountRedemption
from tenant_shop.verification.verify_shop import verify_shop
from tests.factories.catalog import ProductFactory, VariantFactory
from tests.factories.promotions import DiscountCodeFactory
from tests.shopping import (
    ADDRESS,
    cart_with,
    configure,
    everything,
    order_from,
    order_of,
    stock_of,
    stocked,
    submission,
)


@pytest.fixture(autouse=True)
def selling(shop: TenantInfo) -> None:
    configure()


def test_an_order_freezes_what_was_bought() -> None:
    configure(tax_rate="0.10", prices_include_tax=False)
    DiscountCodeFactory(code="SAVE", value=Decimal(20))
    shirt = VariantFactory(
        product=ProductFactory(name="Shirt", price=Decimal("30.00")), sku="S-M", options={"Size": "M"}, stock=5
    )
    mug = stocked(name="Mug", price="9.99", stock=5, sku="MUG")
    cart_id = cart_with((shirt, 2), (mug, 1))
    apply_coupon(cart_id, "SAVE")
    order = Order.objects.get(pk=order_from(cart_id, notes=" Ring twice ", phone="+49 30 1").pk)

    assert (order.subtotal_amount, order.discount_amount) == (Decimal("69.99"), Decimal("14.00"))
    # 4.80 + 0.80 on the goods, 0.49 on the delivery
    assert (order.shipping_amount, order.tax_amount) == (Decimal("4.90"), Decimal("6.09"))
    assert order.total_amount == Decimal("66.98")
    assert (order.currency, order.tax_included, order.cart_id) == ("EUR", False, cart_id)
    assert (order.status, order.payment_status, order.fulfillment_status) == ("pending", "pending", "unfulfilled")
    assert (order.customer_email, order.customer_phone, order.notes) == ("ann@example.com", "+49 30 1", "Ring twice")
    assert order.shipping_address["city"] == order.billing_address["city"] == "Berlin"
    assert (order.shipping_method, order.discount_codes) == ("Standard delivery", ["SAVE"])
    assert (order.payment_method, order.payment_gateway) == ("bank_transfer", "manual")
    first, second = order.items.all()
    assert (first.product_name, first.product_sku, first.variant_info) == ("Shirt", "S-M", {"Size": "M"})
    assert (first.quantity, first.unit_price, first.total_price) == (2, Decimal("30.00"), Decimal("60.00"))
    assert (first.discount_amount, first.tax_amount, first.tax_rate) == (
        Decimal("12.00"),
        Decimal("4.80"),
        Decimal("0.10"),
    )
    assert (second.discount_amount, second.tax_amount) == (Decimal("2.00"), Decimal("0.80"))

    Product.objects.update(price=Decimal("99.00"), name="Renamed")
    assert [item.product_name for item in order.items.all()] == ["Shirt", "Mug"]


def test_stock_leaves_through_the_ledger() -> None:
    mug, shirt = stocked(stock=5), stocked(stock=9)
    order = order_of((mug, 2), (shirt, 9))
    assert (stock_of(mug), stock_of(shirt)) == (3, 0)
    sales = StockMovement.objects.filter(reason="sale").values_list("variant_id", "delta", "order_id")
    assert set(sales) == {(mug.pk, -2, order.pk), (shirt.pk, -9, order.pk)}
    assert verify_shop() == []


def test_back_orders_go_below_zero_and_untracked_goods_leave_no_movement() -> None:
    later, endless = stocked(stock=1, allow_backorder=True), stocked(stock=0, track_inventory=False)
    order_of((later, 3), (endless, 4))
    assert (stock_of(later), stock_of(endless)) == (-2, 0)
    assert verify_shop() == []


def test_history_payment_events_and_cart_tell_the_same() -> None:
    cart_id = cart_with((stocked(price="10.00"), 1))
    order = order_from(cart_id)
    (step,) = OrderStatusHistory.objects.filter(order=order)
    assert (step.previous_status, step.new_status, step.updated_by) == (None, "pending", "checkout")
    payment = Payment.objects.get(order=order)
    assert (payment.amount, payment.currency, payment.gateway, payment.method) == (
        Decimal("14.90"),
        "EUR",
        "manual",
        "bank_transfer",
    )
    placed = OutboxEvent.objects.get(topic="order.created").payload
    assert (placed["id"], "number" in placed, placed["total"]) == (str(order.pk), False, "14.90")
    assert placed["items"][0]["unit_price"] == "10.00"
    assert OutboxEvent.objects.get(topic="mail.order_placed").payload == {"order_id": str(order.pk)}
    assert ShoppingCart.objects.get(pk=cart_id).completed_at is not None


def test_numbers_follow_each_other_in_the_month_of_the_shop() -> None:
    Setting.objects.filter(key="timezone").update(value="Asia/Tokyo")
    mug = stocked()
    first, second = order_of((mug, 1)), order_of((mug, 1))
    assert first.order_number == Order.objects.get(pk=first.pk).order_number
    assert first.order_number.endswith("000001")
    assert int(second.order_number) == int(first.order_number) + 1


def test_a_transfer_has_seven_days_and_goods_paid_on_delivery_are_confirmed_at_once() -> None:
    mug = stocked()
    transfer = order_of((mug, 1))
    assert transfer.payment_due_at is not None
    assert timedelta(days=7) - timedelta(minutes=5) < transfer.payment_due_at - timezone.now() <= timedelta(days=7)
    on_delivery = order_of((mug, 1), payment_method="cash_on_delivery")
    assert (on_delivery.status, on_delivery.payment_status) == ("confirmed", "pending")
    assert on_delivery.payment_due_at is None
    assert on_delivery.confirmed_at is not None


def test_an_order_that_costs_nothing_is_paid_and_asks_for_no_payment() -> None:
    configure(shipping_rates=[{"code": "standard", "name": "Gift", "amount": "0"}])
    order = order_of((stocked(price="0"), 1))
    assert (order.total_amount, order.status, order.payment_status) == (0, "confirmed", "paid")
    assert not Payment.objects.exists()


@pytest.mark.parametrize(
    ("currency", "total"), [("JPY", Decimal(105)), ("KWD", Decimal("104.400")), ("EUR", Decimal("104.40"))]
)
def test_amounts_have_the_decimals_of_the_currency(currency: str, total: Decimal) -> None:
    configure(currency=currency, shipping_rates=[{"code": "standard", "name": "Standard", "amount": "4.9"}])
    order = order_of((stocked(price="99.5"), 1))
    assert order.total_amount == total
    assert Order.objects.get(pk=order.pk).total_amount == total


def test_the_same_cart_again_is_the_same_order() -> None:
    cart_id = cart_with((stocked(stock=2), 1))
    sent = submission(cart_id)
    order = place_order(**sent)
    before = everything()
    assert place_order(**sent).pk == order.pk
    assert place_order(**{**sent, "idempotency_key": "another", "expected_total": Decimal(1)}).pk == order.pk
    assert everything() == before


def test_the_same_cart_again_is_the_same_order_even_when_the_cart_was_cleaned_up() -> None:
    cart_id = cart_with((stocked(), 1))
    sent = submission(cart_id)
    order = place_order(**sent)
    ShoppingCart.objects.filter(pk=cart_id).delete()
    assert place_order(**sent).pk == order.pk


def test_a_code_is_redeemed_by_the_lower_case_address() -> None:
    DiscountCodeFactory(code="SAVE", usage_limit=2)
    cart_id = cart_with((stocked(), 1))
    apply_coupon(cart_id, "SAVE")
    order = order_from(cart_id, email="Ann@Example.com")
    use = DiscountRedemption.objects.get()
    assert (use.order_id, use.customer_email, use.released_at) == (order.pk, "ann@example.com", None)
    assert DiscountCode.objects.get().usage_count == 1


def test_the_quote_is_what_the_order_costs() -> None:
    configure(tax_rate="0.19", prices_include_tax=True, shipping_rates=[{"code": "x", "name": "X", "amount": "3"}])
    cart_id = cart_with((stocked(price="7.77"), 3))
    seen = quote(cart_id, country="DE", shipping_code="x")
    order = order_from(cart_id, shipping_code="x", expected_total=seen.total)
    assert (order.subtotal_amount, order.shipping_amount) == (seen.subtotal, seen.shipping)
    assert (order.tax_amount, order.total_amount, order.tax_included) == (seen.tax, seen.total, True)


@pytest.mark.parametrize("lines", [1, 5, 40])
def test_an_order_takes_the_same_statements_for_any_number_of_lines_and_discounts(
    lines: int, count_statements: Any
) -> None:
    beside = {"combines_with_product": True, "combines_with_order": True, "combines_with_shipping": True}
    DiscountCodeFactory(code="SAVE", usage_limit=9, usage_limit_per_customer=1, first_order_only=True, **beside)
    goods = [stocked() for _ in range(lines)]
    for variant in goods[:15]:
        DiscountCodeFactory(code=None, usage_limit=5, applicable_products=[variant.product_id], **beside)
    cart_id = cart_with(*[(variant, 1) for variant in goods])
    apply_coupon(cart_id, "SAVE")
    sent = submission(cart_id)
    with count_statements() as statements:
        order = place_order(**sent)
    assert statements.count == 21
    assert order.redemptions.count() == 1 + len(goods[:15])


def test_an_order_knows_which_discount_took_how_much_off_each_line() -> None:
    mug, book = stocked(price="10.00"), stocked(price="20.00")
    beside = {"combines_with_product": True, "combines_with_order": True, "combines_with_shipping": True}
    DiscountCodeFactory(code=None, name="Half mugs", value=Decimal(50), applicable_products=[mug.product_id], **beside)
    DiscountCodeFactory(code=None, name="Free delivery", type="free_shipping", value=Decimal(0), **beside)
    DiscountCodeFactory(code="SAVE", **beside)
    cart_id = cart_with((mug, 1), (book, 1))
    apply_coupon(cart_id, "SAVE")
    order = order_from(cart_id)
    assert (order.total_amount, order.shipping_amount, order.discount_codes) == (Decimal("22.50"), 0, ["SAVE"])
    first, second = order.items.all()
    assert dict(first.discounts.values_list("redemption__title", "amount")) == {
        "Half mugs": Decimal("5.00"),
        "SAVE": Decimal("0.50"),
    }
    assert dict(second.discounts.values_list("redemption__title", "amount")) == {"SAVE": Decimal("2.00")}
    uses = order.redemptions.values_list("title", "amount", "shipping_amount")
    assert sorted(uses) == [
        ("Free delivery", 0, Decimal("4.90")),
        ("Half mugs", Decimal("5.00"), 0),
        ("SAVE", Decimal("2.50"), 0),
    ]
    assert verify_shop() == []


def test_a_code_that_was_deleted_while_in_the_cart_is_told_and_the_order_is_possible_without() -> None:
    code = DiscountCodeFactory(code="SAVE")
    cart_id = cart_with((stocked(price="10.00"), 1))
    apply_coupon(cart_id, "SAVE")
    code.delete()
    seen = quote(cart_id, country="DE", shipping_code="standard")
    assert (seen.total, seen.problems, seen.remarks) == (Decimal("14.90"), (), ("There is no code SAVE.",))
    order = order_from(cart_id)
    assert (order.total_amount, order.discount_codes, order.redemptions.count()) == (Decimal("14.90"), [], 0)


def test_a_guest_finds_the_order_by_its_token_only() -> None:
    order = order_of((stocked(), 1))
    assert order_by_token(str(order.public_token)).pk == order.pk
    for wrong in (order.pk, uuid4(), "nonsense", order.order_number):
        with pytest.raises(OrderNotFound):
            order_by_token(wrong)


def test_the_billing_address_may_be_another() -> None:
    order = order_of((stocked(), 1), billing_address={**ADDRESS, "city": "Bonn"})
    assert (order.shipping_address["city"], order.billing_address["city"]) == ("Berlin", "Bonn")
