"""Discount codes."""

from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from tenant_shop.promotions.models import DiscountCode


class DiscountCodeFactory(DjangoModelFactory[DiscountCode]):
    """Ten percent off everything, without a limit."""

    class Meta:
        model = DiscountCode

    code = factory.Sequence(lambda n: f"SAVE{n}")
    name = "Ten percent off"
    type = DiscountCode.Type.PERCENTAGE
    value = Decimal("10.000")
