"""How a cart looks from outside."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from rest_framework import serializers

from smartseller.api.fields import AmountText
from smartseller.api.lists import written_moment
from smartseller.api.outputs import Output
from smartseller.money import quantize
from tenant_shop.carts.basket import read_basket
from tenant_shop.carts.errors import CartGone
from tenant_shop.orders.quote import quote_of
from tenant_shop.payments.methods import offered


class CartItemOutput(serializers.Serializer[Any]):
    """A line at today's price."""

    id = serializers.UUIDField()
    variant_id = serializers.UUIDField()
    product_id = serializers.UUIDField()
    name = serializers.CharField()
    sku = serializers.CharField()
    options = serializers.DictField(child=serializers.CharField())
    quantity = serializers.IntegerField()
    unit_price = AmountText()
    total_amount = AmountText()
    discount_amount = AmountText()
    tax_amount = AmountText()


class ShippingOptionOutput(serializers.Serializer[Any]):
    """A way to deliver."""

    code = serializers.CharField()
    name = serializers.CharField()
    amount = AmountText()
    is_pickup = serializers.BooleanField()


class PaymentMethodOutput(serializers.Serializer[Any]):
    """A way to pay."""

    code = serializers.CharField()
    name = serializers.CharField()


class CartOutput(Output):
    """A cart as it would be ordered now: `total_amount` is the checkout's `expected_total`."""

    id = serializers.UUIDField()
    currency = serializers.CharField()
    expires_at = serializers.DateTimeField()
    coupon_code = serializers.CharField(allow_null=True)
    items = CartItemOutput(many=True)
    subtotal_amount = AmountText()
    discount_amount = AmountText()
    shipping_amount = AmountText()
    tax_amount = AmountText()
    tax_included = serializers.BooleanField()
    total_amount = AmountText()
    shipping_code = serializers.CharField(allow_null=True)
    shipping_options = ShippingOptionOutput(many=True)
    payment_methods = PaymentMethodOutput(many=True)
    problems = serializers.ListField(child=serializers.CharField())


def cart_shown(
    cart_id: UUID, *, country: str = "", state: str = "", postal_code: str = "", shipping_code: str = ""
) -> dict[str, Any]:
    """The cart, priced as an order to that place; without one to the shop's own country. Errors: CartGone."""
    basket = read_basket(cart_id)
    if basket.cart is None:
        raise CartGone(cart_id)
    quote = quote_of(
        basket,
        country=country or basket.settings.country,
        shipping_code=shipping_code or None,
        state=state,
        postal_code=postal_code,
    )

    def amount(value: Decimal) -> str:
        return str(quantize(value, quote.currency))

    return {
        "id": str(cart_id),
        "currency": quote.currency,
        "expires_at": written_moment(basket.cart.expires_at),
        "coupon_code": basket.cart.coupon_code or None,
        "items": [
            {
                "id": str(row.pk),
                "variant_id": str(line.variant_id),
                "product_id": str(line.product_id),
                "name": line.name,
                "sku": line.sku,
                "options": dict(line.options),
                "quantity": line.quantity,
                "unit_price": amount(line.unit_price),
                "total_amount": amount(line.total),
                "discount_amount": amount(line.discount),
                "tax_amount": amount(line.tax),
            }
            for row, line in zip(basket.rows, quote.lines, strict=True)
        ],
        "subtotal_amount": amount(quote.subtotal),
        "discount_amount": amount(quote.discount),
        "shipping_amount": amount(quote.shipping),
        "tax_amount": amount(quote.tax),
        "tax_included": quote.tax_included,
        "total_amount": amount(quote.total),
        "shipping_code": quote.shipping_code,
        "shipping_options": [
            {"code": way.code, "name": str(way.name), "amount": amount(way.amount), "is_pickup": way.is_pickup}
            for way in quote.shipping_options
        ],
        "payment_methods": [{"code": way.code, "name": str(way.name)} for way in offered(basket.settings)],
        "problems": [str(problem) for problem in quote.problems],
    }
