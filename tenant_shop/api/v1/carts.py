"""`/api/v1/carts/`: buying from a storefront of one's own. Whoever knows a cart's id has it in hand."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.tenancy.transactions import shop_transaction
from smartseller.api.inputs import Id, Input, Text, Whole
from smartseller.api.lists import Filter, check_parameters
from tenant_shop.api.gate.scopes import Scopes
from tenant_shop.api.v1.base import ShopAPIView
from tenant_shop.api.v1.cart_shown import CartOutput, cart_shown
from tenant_shop.carts.change import add_line, open_new, remove_line, set_line_quantity
from tenant_shop.carts.coupon import apply_coupon, remove_coupon
from tenant_shop.carts.lines import MAX_LINES, MAX_QUANTITY
from tenant_shop.carts.models import ShoppingCart
from tenant_shop.configuration.settings import shop_settings


class NewLineInput(Input):
    """Pieces of a variant, more than the cart has by now."""

    variant_id = Id()
    quantity = Whole(min_value=1, max_value=MAX_QUANTITY)


class CartInput(Input):
    """What is in it to begin with, and a discount code."""

    items = NewLineInput(many=True, required=False, max_length=MAX_LINES)  # type: ignore[call-arg]
    coupon_code = Text(max_length=50, required=False)


class QuantityInput(Input):
    """How many pieces the line has from now on; 0 takes it out."""

    quantity = Whole(min_value=0, max_value=MAX_QUANTITY)


class CodeInput(Input):
    """A discount code, in place of the one that the cart has."""

    code = Text(max_length=50)


class CartView(ShopAPIView):
    """A view of carts that nobody has an account for."""

    output = CartOutput
    scopes = Scopes("carts", publishable="write")
    refuses = (410,)

    def carts(self) -> QuerySet[ShoppingCart]:
        return ShoppingCart.objects.filter(customer=None, session_id=None, quote=None)

    def known(self, key: UUID) -> UUID:
        """The cart's id; 404 for one that is no cart of the API."""
        if not self.carts().filter(pk=key).exists():
            raise Http404
        return key

    def read(self, form: type[Input], *, partial: bool = False) -> dict[str, Any]:
        check_parameters(self.request.query_params, ())
        body = form(data=self.request.data, partial=partial)
        body.is_valid(raise_exception=True)
        values: dict[str, Any] = body.validated_data
        return values


class Carts(CartView):
    """Opens a cart; it is kept for thirty days after its last change."""

    operation = "create_cart"
    input = CartInput

    def post(self, request: Request) -> Response:
        values = self.read(self.input)
        with shop_transaction():
            cart = open_new("", shop_settings().currency)
            for line in values.get("items", ()):
                add_line(cart.pk, session_id="", **line)
            if "coupon_code" in values:
                apply_coupon(cart.pk, values["coupon_code"])
        return Response(cart_shown(cart.pk), status=status.HTTP_201_CREATED)


class Cart(CartView):
    """A cart at today's prices, as an order to the place that is named, else to the shop's own country.

    `problems` say why it cannot be ordered like this.
    """

    operation = "retrieve_cart"
    place_filters = {
        "country": Filter(serializers.RegexField(r"^[A-Z]{2}$"), "", "Where it goes, in ISO 3166-1 alpha-2."),
        "state": Filter(Text(max_length=100), "", "Its state or region."),
        "postal_code": Filter(Text(max_length=20), "", "Its postal code."),
        "shipping_code": Filter(Text(max_length=50), "", "The way to deliver, of `shipping_options`."),
    }

    def get(self, request: Request, key: UUID) -> Response:
        given = request.query_params
        check_parameters(given, tuple(self.place_filters))
        place = {name: one.read(name, str(given[name])) for name, one in self.place_filters.items() if name in given}
        return Response(cart_shown(self.known(key), **place))


class CartItems(CartView):
    """Puts something into a cart."""

    operation = "add_cart_item"
    input = NewLineInput
    answers = 200

    def post(self, request: Request, key: UUID) -> Response:
        values = self.read(self.input)
        with shop_transaction():
            cart_shown(self.known(key))  # an expired one is not filled: a new one would be opened in its place
            add_line(key, session_id="", **values)
        return Response(cart_shown(key))


class CartItem(CartView):
    """Changes how many pieces a line of a cart has, or takes it out."""

    changes = QuantityInput

    def patch(self, request: Request, key: UUID, item: UUID) -> Response:
        values = self.read(self.changes, partial=True)
        cart = self.known(key)
        if "quantity" in values:
            set_line_quantity(cart, item, values["quantity"])
        return Response(cart_shown(key))

    def delete(self, request: Request, key: UUID, item: UUID) -> Response:
        check_parameters(request.query_params, ())
        remove_line(self.known(key), item)
        return Response(status=status.HTTP_204_NO_CONTENT)


class CartCoupon(CartView):
    """Puts a discount code into a cart, or takes it out."""

    operation = None
    input = CodeInput
    answers = 200

    def post(self, request: Request, key: UUID) -> Response:
        values = self.read(self.input)
        apply_coupon(self.known(key), values["code"])
        return Response(cart_shown(key))

    def delete(self, request: Request, key: UUID) -> Response:
        check_parameters(request.query_params, ())
        remove_coupon(self.known(key))
        return Response(status=status.HTTP_204_NO_CONTENT)
