"""Companies and their purchase requests by what the shop's people know of them."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Q, QuerySet

from smartseller.words import IsAny, words_of
from tenant_shop.companies.models import COMPANY_WORDS, Company, CompanyMember, PurchaseRequest
from tenant_shop.customers.models import CUSTOMER_WORDS, Customer
from tenant_shop.orders.models import ORDER_WORDS, Order


def companies_by_words(companies: QuerySet[Company], typed: str) -> QuerySet[Company]:
    """Those with each of the words in their name or tax id, or in what one of their members is found by; all of them
    when nothing was typed. Read by idx_companies_words and idx_customers_words."""
    companies = companies.alias(words=COMPANY_WORDS)
    for word in words_of(typed):
        members = CompanyMember.objects.order_by().filter(IsAny(F("customer_id"), _people(word)))
        companies = companies.filter(
            Q(words__icontains=word) | Q(IsAny(F("pk"), ArraySubquery(members.values("company_id"))))
        )
    return companies


def requests_by_words(requests: QuerySet[PurchaseRequest], typed: str) -> QuerySet[PurchaseRequest]:
    """Those with each of the words in what their company, who asked or their order is found by; all of them when
    nothing was typed. Read by the indexes of those others."""
    for word in words_of(typed):
        named = Company.objects.order_by().alias(words=COMPANY_WORDS).filter(words__icontains=word).values("pk")
        orders = Order.objects.order_by().alias(words=ORDER_WORDS).filter(words__icontains=word).values("pk")
        requests = requests.filter(
            Q(IsAny(F("company_id"), ArraySubquery(named)))
            | Q(IsAny(F("customer_id"), _people(word)))
            | Q(IsAny(F("order_id"), ArraySubquery(orders)))
        )
    return requests


def _people(word: str) -> ArraySubquery:
    return ArraySubquery(
        Customer.objects.order_by().alias(words=CUSTOMER_WORDS).filter(words__icontains=word).values("pk")
    )
