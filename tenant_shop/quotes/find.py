"""Finding quotes."""

from uuid import UUID

from django.db.models import Count

from tenant_shop.customers.models import Customer
from tenant_shop.quotes.errors import QuoteNotFound
from tenant_shop.quotes.models import QuoteRequest

MOST = 100


def quote_by_token(token: UUID, *, customer_id: UUID | None) -> QuoteRequest:
    """The quote behind a link, its `lines` and `events` read along: a guest's for whoever has the link, a customer's
    for them only. Three statements. Errors: QuoteNotFound.
    """
    quote = (
        QuoteRequest.objects.select_related("order")
        .prefetch_related("lines", "events")
        .filter(public_token=token)
        .first()
    )
    if quote is None or quote.customer_id not in (None, customer_id):
        raise QuoteNotFound
    return quote


def is_a_customers(token: UUID) -> bool:
    """Whether the link leads to the quote of somebody who can log in. One statement."""
    return QuoteRequest.objects.filter(public_token=token, customer__isnull=False).exists()


def quotes_of(customer: Customer) -> list[QuoteRequest]:
    """The customer's latest quotes, with how many lines each has as `line_count`. One statement."""
    latest = QuoteRequest.objects.filter(customer=customer).order_by("-created_at", "-id")
    return list(latest.annotate(line_count=Count("lines"))[:MOST])
