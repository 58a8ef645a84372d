"""A customer's quotes."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from tenant_shop.customers.models import Customer
from tenant_shop.quotes.find import quotes_of
from tenant_shop.storefront.account.gate import account_page, for_customers
from tenant_shop.storefront.quote_context import status_text
from tenant_shop.storefront.visit import Visit


@require_safe
@for_customers
def my_quotes(visit: Visit, customer: Customer) -> HttpResponse:
    rows = [
        {
            "url": reverse("storefront:quote", args=[quote.public_token]),
            "number": quote.number,
            "asked_at": quote.created_at,
            "status": status_text(quote),
            "line_count": getattr(quote, "line_count", 0),
        }
        for quote in quotes_of(customer)
    ]
    return account_page(visit, "quotes.html", {"quotes": rows}, here="my_quotes")
