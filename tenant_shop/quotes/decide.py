"""What else can be said to an offer, or to a request: no, or please look again."""

from uuid import UUID

from platform_core.tenancy.transactions import shop_transaction, shopper_transaction
from tenant_shop.quotes.models import QuoteRequest
from tenant_shop.quotes.move import lock_quote, move

LONGEST_NOTE = 2000


def decline_quote(quote_id: UUID, *, actor: str, note: str = "") -> QuoteRequest:
    """Say no: the customer to an offer, the merchant to a request. Errors: QuoteNotFound, QuoteNotMovable."""
    with shop_transaction():
        quote = lock_quote(quote_id)
        move(quote, QuoteRequest.Status.DECLINED, actor=actor, note=note[:LONGEST_NOTE])
    return quote


def ask_again(quote_id: UUID, *, actor: str, note: str) -> QuoteRequest:
    """Ask the merchant for another answer; the offer does not hold meanwhile. `note` says what is wanted.

    Errors: QuoteNotFound, QuoteNotMovable, ShopBusy.
    """
    with shopper_transaction():
        quote = lock_quote(quote_id)
        quote.note = note[:LONGEST_NOTE]
        move(quote, QuoteRequest.Status.REQUESTED, actor=actor, note=quote.note, fields=["note"])
    return quote
