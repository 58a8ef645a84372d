"""Orders by what the shop's people know of them."""

from django.db.models import QuerySet

from smartseller.words import words_of
from tenant_shop.orders.models import ORDER_WORDS, Order


def orders_by_words(orders: QuerySet[Order], typed: str) -> QuerySet[Order]:
    """Those with each of the words in their number, the customer's e-mail address, telephone number or name, the
    company's name or its own number; all of them when nothing was typed. Read by idx_orders_known_by."""
    orders = orders.alias(words=ORDER_WORDS)
    for word in words_of(typed):
        orders = orders.filter(words__icontains=word)
    return orders
