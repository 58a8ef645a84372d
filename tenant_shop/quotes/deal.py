"""On what terms a cart is ordered: its owner's, or those of the offer that it stands for."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext as _

from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.companies.models import Company
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.pricing.terms import Terms, terms_for
from tenant_shop.quotes.errors import QuoteChanged, QuoteNotOpen
from tenant_shop.quotes.models import QuoteLine, QuoteRequest
from tenant_shop.quotes.move import move
from tenant_shop.shipping.rates import ShippingOption

if TYPE_CHECKING:
    from tenant_shop.carts.models import ShoppingCart
    from tenant_shop.orders.models import Order

AGREED = "agreed"


@dataclass(frozen=True, kw_only=True)
class Deal:
    """`quote` is the offer, None for an ordinary cart. `pieces` are those that were offered, by variant."""

    terms: Terms
    quote: QuoteRequest | None = None
    pieces: dict[UUID | None, int] = field(default_factory=dict)

    @property
    def takes_discounts(self) -> bool:
        """What was agreed is not made cheaper by a code."""
        return self.quote is None

    @property
    def delivery(self) -> ShippingOption | None:
        """The one way to deliver, where its price was agreed; its name in the language that is active."""
        if self.quote is None or self.quote.shipping_amount is None:
            return None
        return ShippingOption(
            code=AGREED, name=_("Delivery as agreed"), amount=self.quote.shipping_amount, note="", is_own=False
        )


def deal_of(
    cart: "ShoppingCart",
    variants: Iterable[ProductVariant],
    settings: ShopSettings,
    *,
    company: Company | None = None,
    lock: bool = False,
) -> Deal:
    """The terms of a cart that holds `variants`. As many statements as `terms_for`, two for an offer's own cart.

    `company` is the one that the cart's owner buys for, where that is known already. `lock` keeps the offer as it is
    until the transaction ends.
    """
    if cart.quote_id is None:
        return Deal(terms=terms_for(cart.customer_id, variants, settings, company=company))
    quotes = QuoteRequest.objects.select_for_update(no_key=True) if lock else QuoteRequest.objects.all()
    quote = quotes.get(pk=cart.quote_id)
    lines = list(QuoteLine.objects.filter(quote=quote))
    agreed = {
        line.variant_id: line.unit_price
        for line in lines
        if line.variant_id is not None and line.unit_price is not None
    }
    return Deal(
        terms=Terms(currency=settings.currency, agreed=agreed),
        quote=quote,
        pieces={line.variant_id: line.quantity for line in lines},
    )


def check_acceptable(
    deal: Deal, demand: dict[UUID, int], *, customer_id: UUID | None, revision: int | None, currency: str
) -> None:
    """Whether the offer, locked, holds for who orders it, as they saw it (`revision`), for just these pieces.

    Errors: QuoteNotOpen, also for another customer; QuoteChanged.
    """
    quote = deal.quote
    if quote is None:
        return
    if not quote.is_open or quote.currency != currency or quote.customer_id not in (None, customer_id):
        raise QuoteNotOpen(quote.number)
    if demand != deal.pieces or (revision is not None and revision != quote.revision):
        raise QuoteChanged(quote.number)


def note_acceptance(deal: Deal, order: "Order", *, actor: str) -> None:
    """Note that an offer has become an order, in the order's transaction."""
    if deal.quote is not None:
        deal.quote.order = order
        move(deal.quote, QuoteRequest.Status.ACCEPTED, actor=actor, fields=["order"])
