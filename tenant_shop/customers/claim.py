"""Orders that were placed without an account become the customer's, and what was asked for about them, too."""

from django.db.models.functions import Lower

from tenant_shop.customers.find import normal_email
from tenant_shop.customers.models import Customer
from tenant_shop.orders.models import Order
from tenant_shop.returns.models import Return


def claim_orders(customer: Customer) -> int:
    """Give the customer the guest orders placed with their address; how many. Only who has proven to read its mail
    gets any. One statement, none before, and a second when there are any.
    """
    if not customer.email_verified:
        return 0
    orders = Order.objects.alias(address=Lower("customer_email")).filter(customer=None)
    claimed = orders.filter(address=normal_email(customer.email)).update(customer=customer)
    if claimed:
        Return.objects.filter(customer=None, order__customer=customer).update(customer=customer)
    return claimed
