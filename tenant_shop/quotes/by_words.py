"""Requests for a quote by what the shop's people know of them."""

import re

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Q, QuerySet

from smartseller.words import IsAny, words_of
from tenant_shop.orders.models import ORDER_WORDS, Order
from tenant_shop.quotes.models import QUOTE_WORDS, QuoteRequest

# As people read a request's number off a mail; its key has no letters before it.
NUMBER = re.compile(r"q-(?=[0-9a-f]+$)", re.IGNORECASE)


def quotes_by_words(quotes: QuerySet[QuoteRequest], typed: str) -> QuerySet[QuoteRequest]:
    """Those with each of the words in their number, e-mail address or name, or in what their order is found by; all of
    them when nothing was typed. Read by idx_quote_requests_words, idx_quote_requests_order and idx_orders_known_by."""
    quotes = quotes.alias(words=QUOTE_WORDS)
    for word in words_of(typed):
        of_orders = Order.objects.order_by().alias(words=ORDER_WORDS).filter(words__icontains=word).values("pk")
        quotes = quotes.filter(
            Q(words__icontains=NUMBER.sub("", word)) | Q(IsAny(F("order_id"), ArraySubquery(of_orders)))
        )
    return quotes
