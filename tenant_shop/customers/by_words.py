"""Customers by what the shop's people know of them."""

from django.db.models import QuerySet

from smartseller.words import words_of
from tenant_shop.customers.models import CUSTOMER_WORDS, Customer


def customers_by_words(customers: QuerySet[Customer], typed: str) -> QuerySet[Customer]:
    """Those with each of the words in their name, e-mail address or telephone number; all of them when nothing was
    typed. Read by idx_customers_words."""
    customers = customers.alias(words=CUSTOMER_WORDS)
    for word in words_of(typed):
        customers = customers.filter(words__icontains=word)
    return customers
