"""The first page of an account."""

from django.http import HttpResponse

from tenant_shop.customers.models import Customer
from tenant_shop.storefront.account.gate import account_page
from tenant_shop.storefront.visit import Visit


def overview(visit: Visit, customer: Customer) -> HttpResponse:
    return account_page(visit, "overview.html", {"name": customer.first_name or ""}, here="account")
