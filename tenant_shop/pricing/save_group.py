"""Making, changing and deleting a group of customers."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.catalog.write import write_columns
from tenant_shop.pricing.models import CustomerGroup


def save_group(group: CustomerGroup, values: Mapping[str, Any]) -> CustomerGroup:
    """Write `values`, by attribute name, into a new or a locked group and save it.

    Errors: ValidationError by field, with `unique` of `name`; nothing changes then.
    """
    with shop_transaction():
        check_minimum(values.get("minimum_order_amount"))
        write_columns(group, values)
        group.save()
    return group


def delete_group(group: CustomerGroup) -> None:
    """Delete a locked group with its price lists; its customers are in none then."""
    group.delete()


def check_minimum(amount: Decimal | None) -> None:
    """Errors: ValidationError at `minimum_order_amount`."""
    if amount is not None and amount <= 0:
        words = "Write more than nothing, or leave it empty for any order."
        raise ValidationError({"minimum_order_amount": ValidationError(words, "min_value")})
