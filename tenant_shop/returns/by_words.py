"""Returns by what the shop's people know of them."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Q, QuerySet

from smartseller.words import IsAny, words_of
from tenant_shop.customers.models import CUSTOMER_WORDS, Customer
from tenant_shop.orders.models import ORDER_WORDS, Order
from tenant_shop.returns.models import Return


def returns_by_words(returns: QuerySet[Return], typed: str) -> QuerySet[Return]:
    """Those with each of the words in what an order is found by, or their customer's account; all of them when nothing
    was typed. Read by idx_orders_known_by, idx_customers_words and the indexes of returns."""
    for word in words_of(typed):
        of_orders = Order.objects.order_by().alias(words=ORDER_WORDS).filter(words__icontains=word).values("pk")
        of_people = Customer.objects.order_by().alias(words=CUSTOMER_WORDS).filter(words__icontains=word).values("pk")
        returns = returns.filter(
            Q(IsAny(F("order_id"), ArraySubquery(of_orders))) | Q(IsAny(F("customer_id"), ArraySubquery(of_people)))
        )
    return returns
