"""What a customer sees of their points."""

from django.db.models import QuerySet

from tenant_shop.customers.models import Customer
from tenant_shop.loyalty.models import LoyaltyEntry


def entries_of(customer: Customer) -> QuerySet[LoyaltyEntry]:
    """The customer's entries with their orders, the newest first."""
    return LoyaltyEntry.objects.filter(customer=customer).select_related("order").order_by("-created_at", "-id")
