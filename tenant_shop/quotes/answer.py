"""The merchant's answer."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.utils import timezone

from platform_core.tenancy.transactions import shop_transaction
from smartseller.money import quantize
from tenant_shop.carts.models import CartItem, ShoppingCart
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.quotes.errors import InvalidAnswer, QuoteChanged
from tenant_shop.quotes.mail import request_mail
from tenant_shop.quotes.models import QuoteLine, QuoteRequest
from tenant_shop.quotes.move import check_move, lock_quote, move


def answer_quote(
    quote_id: UUID,
    prices: Mapping[UUID, Decimal],
    *,
    valid_until: datetime,
    actor: str,
    shipping: Decimal | None = None,
    note: str = "",
    revision: int | None = None,
) -> QuoteRequest:
    """Offer the goods at `prices` (of a piece, by line) until `valid_until` (aware), or correct what was offered.

    `shipping` is what delivery costs, None for what the checkout says. The offer gets a cart of its own, which nobody
    but the one who accepts it can order. `revision` is the answer that was seen and is corrected, `actor` a user's id.
    After commit: the customer is mailed.
    Errors, with nothing changed: QuoteNotFound, QuoteNotMovable once it was accepted, QuoteChanged when somebody else
        answers in the same moment, InvalidAnswer.
    """
    with shop_transaction():
        quote = lock_quote(quote_id)
        check_move(quote, QuoteRequest.Status.ANSWERED)
        if revision is not None and revision != quote.revision:
            raise QuoteChanged(quote.number)
        lines = list(quote.lines.select_related("variant"))
        _check(quote, lines, prices, valid_until, shipping)
        for line in lines:
            line.unit_price = quantize(prices[line.pk], quote.currency)
        QuoteLine.objects.bulk_update(lines, ["unit_price"])
        quote.shipping_amount = None if shipping is None else quantize(shipping, quote.currency)
        quote.valid_until, quote.answer = valid_until, note.strip()
        quote.revision += 1
        _fill_cart(quote, lines, valid_until)
        move(
            quote,
            QuoteRequest.Status.ANSWERED,
            actor=actor,
            note=quote.answer,
            fields=["shipping_amount", "valid_until", "answer", "revision"],
        )
        request_mail(quote)
    return quote


def _check(
    quote: QuoteRequest,
    lines: list[QuoteLine],
    prices: Mapping[UUID, Decimal],
    valid_until: datetime,
    shipping: Decimal | None,
) -> None:
    if quote.currency != shop_settings().currency:
        raise InvalidAnswer(f"The shop does not sell in {quote.currency} any more. Ask the customer to ask again.")
    if any(line.variant is None for line in lines):
        raise InvalidAnswer("Some of these goods do not exist any more. Ask the customer to ask again.")
    if any(prices.get(line.pk) is None or prices[line.pk] < 0 for line in lines):
        raise InvalidAnswer("Every line needs a price that is not less than nothing.")
    if shipping is not None and shipping < 0:
        raise InvalidAnswer("Delivery does not cost less than nothing.")
    if valid_until <= timezone.now():
        raise InvalidAnswer("The offer would have ended already.")


def _fill_cart(quote: QuoteRequest, lines: list[QuoteLine], valid_until: datetime) -> None:
    """Put the goods into the offer's own cart: ordering it is what accepting is."""
    cart, _ = ShoppingCart.objects.update_or_create(
        quote=quote, defaults={"expires_at": valid_until, "currency": quote.currency}
    )
    CartItem.objects.filter(cart=cart).delete()
    CartItem.objects.bulk_create(
        CartItem(
            cart=cart,
            product_id=line.variant.product_id,
            variant=line.variant,
            quantity=line.quantity,
            unit_price=line.unit_price,
            variant_info=line.variant_info,
        )
        for line in lines
        if line.variant is not None and line.unit_price is not None
    )
