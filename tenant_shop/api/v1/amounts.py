"""Amounts in bodies."""

import re
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from platform_core.tenancy.context import current_tenant
from smartseller.api.inputs import DIGITS
from smartseller.money import minor_units

AMOUNT_DIGITS = 10
AMOUNT = r"^[0-9]{1,10}(\.[0-9]{1,3})?$"


@extend_schema_field({"type": "string", "pattern": AMOUNT, "example": "12.50"})
class AmountInput(serializers.DecimalField):
    """An amount that is not negative, as a string, with at most the decimals that the shop's currency has."""

    default_error_messages = {
        "not_text": "An amount is a string, as in “12.50”.",
        "too_fine": "{currency} has {decimals} decimals.",
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=AMOUNT_DIGITS + 3, decimal_places=3, min_value=Decimal(0), **options)

    def to_internal_value(self, data: Any) -> Decimal:
        if not isinstance(data, str):
            self.fail("not_text")
        if not re.fullmatch(DIGITS, data):
            self.fail("invalid")
        amount = super().to_internal_value(data)
        self.check(amount)
        return amount

    def check(self, amount: Decimal) -> None:
        currency = current_tenant().currency
        if amount != round(amount, minor_units(currency)):
            self.fail("too_fine", currency=currency, decimals=minor_units(currency))


class OrderAmount(AmountInput):
    """An amount in an order's own currency, which its verb knows."""

    def check(self, amount: Decimal) -> None:
        pass
