"""How APIs write amounts."""

from collections.abc import Callable
from decimal import Decimal
from operator import attrgetter
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from smartseller.money import quantize

SHAPE = {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$", "example": "12.50"}


@extend_schema_field(SHAPE)
class AmountText(serializers.CharField):
    """An amount that is written already."""


@extend_schema_field(SHAPE)
class Amount(serializers.Field):  # type: ignore[type-arg]
    """An amount as a string with as many decimals as its object's currency has: "12.50", "1250"."""

    def __init__(self, **options: Any) -> None:
        super().__init__(read_only=True, **options)

    def get_attribute(self, instance: Any) -> Any:
        value = super().get_attribute(instance)
        return None if value is None else quantize(value, self.currency_of(instance))

    def currency_of(self, instance: Any) -> str:
        return str(instance.currency)

    def to_representation(self, value: Decimal) -> str:
        return str(value)

    def reader(self) -> Callable[[Any], str | None]:
        """The same as `get_attribute` and `to_representation`, for rows that all have the attribute."""
        get, currency_of = attrgetter(".".join(self.source_attrs)), self.currency_of

        def read(row: Any) -> str | None:
            value = get(row)
            return None if value is None else str(quantize(value, currency_of(row)))

        return read
