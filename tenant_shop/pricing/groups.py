"""Which group of customers somebody belongs to. The one place that answers it."""

from uuid import UUID

from tenant_shop.customers.models import Customer
from tenant_shop.pricing.models import CustomerGroup


def group_of(customer: Customer) -> CustomerGroup | None:
    """The group whose prices the customer gets; None for everybody's. One statement where `customer.group` was not read
    along, none where there is no group.
    """
    group = customer.group
    return group if group is not None and group.is_active else None


def group_of_id(customer_id: UUID | None) -> CustomerGroup | None:
    """As `group_of`, of who is known by id only. One statement, none for a guest."""
    if customer_id is None:
        return None
    customer = Customer.objects.select_related("group").only("group").filter(pk=customer_id).first()
    return group_of(customer) if customer else None
