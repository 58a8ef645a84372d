"""Writing the values of an order's custom fields."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.configuration.custom_fields.models import CustomField
from tenant_shop.configuration.custom_fields.values import read_values, with_values
from tenant_shop.orders.lock import lock_order
from tenant_shop.orders.models import Order


def set_order_values(order_id: UUID, written: Mapping[str, str]) -> Order:
    """Keep what was written for the orders' fields, by key; what is not there has no value any more.

    Errors, with nothing changed: OrderNotFound; ValuesRefused.
    """
    with shop_transaction():
        order = lock_order(order_id)
        fields = CustomField.objects.filter(owner=CustomField.Owner.ORDER)
        order.metadata = with_values(order.metadata, read_values(fields, written, metadata=order.metadata))
        order.save(update_fields=["metadata"])
    return order


def keep_order_metadata(order: Order, metadata: Mapping[str, Any]) -> None:
    """Write the metadata of a locked order, whose values were read already."""
    order.metadata = dict(metadata)
    order.save(update_fields=["metadata"])
