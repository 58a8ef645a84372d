"""How the API writes amounts."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from platform_core.tenancy.context import current_tenant
from smartseller.money import quantize


class Amount(serializers.Field):  # type: ignore[type-arg]
    """An amount as a string with as many decimals as its currency has: "12.50", "1250".

    The currency is the object's own where it has one, else the shop's.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(read_only=True, **options)

    def get_attribute(self, instance: Any) -> Any:
        value = super().get_attribute(instance)
        currency = getattr(instance, "currency", None) or current_tenant().currency
        return None if value is None else quantize(value, currency)

    def to_representation(self, value: Decimal) -> str:
        return str(value)
