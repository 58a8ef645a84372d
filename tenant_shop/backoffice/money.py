"""Amounts in forms: as many decimals as the shop's currency has, no more."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.db import models

from platform_core.tenancy.context import current_tenant
from smartseller.money import minor_units, quantize, smallest_unit

# Every currency fits the columns; none but an amount has three decimals.
STORED_DECIMALS = 3


def is_money(field: models.Field[Any, Any]) -> bool:
    """Whether a model's field is an amount of money."""
    return isinstance(field, models.DecimalField) and field.decimal_places == STORED_DECIMALS


class MoneyField(forms.DecimalField):
    """An amount in the currency of the shop that the form is shown for."""

    def __init__(self, *, max_digits: int, decimal_places: int, **options: Any) -> None:
        currency = current_tenant().currency
        decimals = minor_units(currency)
        super().__init__(max_digits=max_digits - decimal_places + decimals, decimal_places=decimals, **options)
        self.currency = currency
        self.widget.attrs["step"] = str(smallest_unit(currency))

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        """Nobody writes an amount as 1e2; who types it meant something else."""
        if isinstance(value, str) and "e" in value.lower():
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        return quantize(value, self.currency) if isinstance(value, Decimal) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)
