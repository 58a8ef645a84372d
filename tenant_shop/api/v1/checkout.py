"""`POST /api/v1/carts/<id>/checkout/`: ordering what is in a cart."""

import secrets
from typing import Any
from uuid import UUID

from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from smartseller.api.inputs import Input, Text
from smartseller.api.outputs import represent
from tenant_shop.api.gate.idempotency import effect_key
from tenant_shop.api.v1.amounts import AmountInput
from tenant_shop.api.v1.carts import CartView
from tenant_shop.api.v1.orders import OrderOutput, OrderRows
from tenant_shop.orders.place import place_order


class AddressLinesInput(Input):
    """An address; which fields are needed is its country's matter. What is picked up needs a name only."""

    first_name = Text(max_length=100, required=False, allow_blank=True)
    last_name = Text(max_length=100)
    company = Text(max_length=255, required=False, allow_blank=True)
    address_line_1 = Text(max_length=255, required=False, allow_blank=True)
    address_line_2 = Text(max_length=255, required=False, allow_blank=True)
    postal_code = Text(max_length=20, required=False, allow_blank=True)
    city = Text(max_length=100, required=False, allow_blank=True)
    state_province = Text(max_length=100, required=False, allow_blank=True)
    country = Text(max_length=2, required=False, allow_blank=True)


class CheckoutInput(Input):
    """`expected_total` is what the shopper saw, in `expected_currency`. Without `billing_address` it is the other one.
    `agreed_to` is the sentence about terms that was ticked, where the shop asks for a tick.
    """

    email = serializers.CharField(max_length=255)
    phone = Text(max_length=20, required=False, allow_blank=True)
    shipping_address = AddressLinesInput()
    billing_address = AddressLinesInput(required=False)
    shipping_code = Text(max_length=50)
    payment_method = Text(max_length=50)
    expected_total = AmountInput()
    expected_currency = Text(max_length=3, required=False)
    notes = Text(max_length=2_000, required=False, allow_blank=True)
    language = Text(max_length=5, required=False)
    agreed_to = Text(max_length=1_000, required=False, allow_blank=True)


class Checkout(CartView):
    """Orders what is in the cart, once: the same cart again answers with the same order.

    An order that is to be paid first waits for its money; its goods are reserved meanwhile.
    """

    operation = "check_out_cart"
    output = OrderOutput  # type: ignore[assignment]
    input = CheckoutInput
    commits_in_steps = True

    def post(self, request: Request, key: UUID) -> Response:
        given = self.read(self.input)
        shipping = given.pop("shipping_address")
        told: dict[str, Any] = {"phone": "", **given}
        order = place_order(
            cart_id=self.known(key),
            idempotency_key=effect_key(request) or secrets.token_urlsafe(24),
            shipping_address=shipping,
            billing_address=told.pop("billing_address", shipping),
            **told,
        )
        shown = represent(OrderOutput, OrderRows().rows().get(pk=order.pk))
        return Response(shown, status=status.HTTP_201_CREATED)
