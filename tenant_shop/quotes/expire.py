"""Offers whose time is over."""

from datetime import datetime

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.quotes.models import QuoteRequest
from tenant_shop.quotes.move import lock_quote, move

ACTOR = "carts.upkeep"
BATCH = 500


def expire_quotes(now: datetime) -> int:
    """Note which offers were not accepted in time before `now` (aware), at most 500; how many. Each by itself."""
    expired = 0
    over = QuoteRequest.objects.filter(status=QuoteRequest.Status.ANSWERED, valid_until__lte=now)
    for quote_id in over.order_by("valid_until").values_list("pk", flat=True)[:BATCH]:
        with shop_transaction():
            quote = lock_quote(quote_id)
            if quote.status == QuoteRequest.Status.ANSWERED and quote.valid_until and quote.valid_until <= now:
                move(quote, QuoteRequest.Status.EXPIRED, actor=ACTOR)
                expired += 1
    return expired
