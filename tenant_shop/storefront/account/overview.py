"""The first page of an account."""

from django.http import HttpResponse

from tenant_shop.customers.models import Customer
from tenant_shop.orders.mine import orders_of
from tenant_shop.storefront.account.gate import account_page
from tenant_shop.storefront.account.orders import order_row
from tenant_shop.storefront.visit import Visit

LATEST = 3


def overview(visit: Visit, customer: Customer) -> HttpResponse:
    latest, _ = orders_of(customer, page=1, on_a_page=LATEST)
    context = {"name": customer.first_name or "", "orders": [order_row(order, visit) for order in latest]}
    return account_page(visit, "overview.html", context, here="account")
