"""What else can be said to an offer, or to a request: no, or please look again."""

from uuid import UUID

from platform_core.tenancy.transactions import shop_transaction, shopper_transaction
from tenant_shop.quotes.models import QuoteRequest
from tenant_shop.quotes.move import check_nobody_decides, lock_quote, move

LONGEST_NOTE = 2000


def decline_quote(quote_id: UUID, *, actor: str, note: str = "", by_customer: bool = False) -> QuoteRequest:
    """Say no: the customer to an offer, the merchant to a request, or to what they offered themselves.

    Errors: QuoteNotFound, QuoteNotMovable; QuoteWaits for a customer whose company is to decide on it.
    """
    with shop_transaction():
        quote = lock_quote(quote_id)
        if by_customer:
            check_nobody_decides(quote)
        move(quote, QuoteRequest.Status.DECLINED, actor=actor, note=note[:LONGEST_NOTE])
    return quote


def ask_again(quote_id: UUID, *, actor: str, note: str) -> QuoteRequest:
    """Ask the merchant for another answer; the offer does not hold meanwhile. `note` says what is wanted.

    Errors: QuoteNotFound, QuoteNotMovable, QuoteWaits, ShopBusy.
    """
    with shopper_transaction():
        quote = lock_quote(quote_id)
        check_nobody_decides(quote)
        quote.note = note[:LONGEST_NOTE]
        move(quote, QuoteRequest.Status.REQUESTED, actor=actor, note=quote.note, fields=["note"])
    return quote
