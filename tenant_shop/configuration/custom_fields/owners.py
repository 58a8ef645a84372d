"""Whose fields they are: the tables that have values."""

from django.db.models import Model

from tenant_shop.catalog.models import Product
from tenant_shop.configuration.custom_fields.models import CustomField
from tenant_shop.customers.models import Customer
from tenant_shop.orders.models import Order

OWNERS: dict[str, type[Model]] = {
    CustomField.Owner.PRODUCT: Product,
    CustomField.Owner.CUSTOMER: Customer,
    CustomField.Owner.ORDER: Order,
}


def table_of(owner: str) -> str:
    return OWNERS[owner]._meta.db_table
