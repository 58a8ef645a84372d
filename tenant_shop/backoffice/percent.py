"""Shares of a hundred in forms."""

from decimal import Decimal


def in_per_cent(rate: Decimal) -> Decimal:
    """0.19 → 19, without the zeros of the column."""
    per_cent = (rate * 100).normalize()
    return per_cent.quantize(Decimal(1)) if per_cent == per_cent.to_integral_value() else per_cent
