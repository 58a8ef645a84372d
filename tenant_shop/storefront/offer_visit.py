"""A visit that orders what was offered, instead of what is in the cart."""

from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from tenant_shop.carts.models import ShoppingCart
from tenant_shop.carts.read import count_items
from tenant_shop.quotes.models import QuoteRequest
from tenant_shop.storefront.visit import Visit


class OfferVisit(Visit):
    """The checkout of an offer is the cart's, with the offer's own cart; the visitor's stays as it is."""

    is_for_offer = True

    def __init__(self, request: HttpRequest, offer: QuoteRequest) -> None:
        super().__init__(request)
        self.offer = offer
        self.offer_revision = offer.revision

    @cached_property
    def _offers_cart(self) -> UUID | None:
        return ShoppingCart.objects.filter(quote=self.offer).values_list("pk", flat=True).first()

    @property
    def cart_id(self) -> UUID | None:
        return self._offers_cart

    @cached_property
    def item_count(self) -> int:
        return count_items(super().cart_id)

    @property
    def cart_url(self) -> str:
        return reverse("storefront:quote", args=[self.offer.public_token])

    @property
    def checkout_url(self) -> str:
        return reverse("storefront:quote_accept", args=[self.offer.public_token])

    @property
    def known_of_guest(self) -> dict[str, Any]:
        return {"email": self.offer.email}
