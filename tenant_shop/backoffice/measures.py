"""Weights and lengths in forms: in the units that the merchant has chosen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from typing import Any

from django import forms
from django.db import models

from smartseller.measures import CENTIMETRES, GRAMS, stored_of, written_in
from tenant_shop.configuration.settings import shop_settings

WEIGHT, LENGTH = "weight", "length"
KINDS = {
    **dict.fromkeys(("weight", "min_weight", "max_weight"), WEIGHT),
    **dict.fromkeys(("length", "width", "height"), LENGTH),
}
LABELS = {
    "weight": "Weight ({unit})",
    "min_weight": "From {unit}",
    "max_weight": "Below {unit}",
    "length": "Length ({unit})",
    "width": "Width ({unit})",
    "height": "Height ({unit})",
}
# A page has many such fields, and asks once.
_asked: ContextVar[dict[str, str] | None] = ContextVar("units_of_a_request", default=None)


@contextmanager
def units_asked_once() -> Iterator[None]:
    """Within it the shop's units are read at most once, and not at all without a weight or length to be shown."""
    token = _asked.set({})
    try:
        yield
    finally:
        _asked.reset(token)


def unit_of(kind: str) -> str:
    """The unit in which the shop's people write weights or lengths."""
    known = _asked.get()
    if known:
        return known[kind]
    shop = shop_settings()
    units = {
        WEIGHT: shop.weight_unit if shop.weight_unit in GRAMS else "g",
        LENGTH: shop.length_unit if shop.length_unit in CENTIMETRES else "cm",
    }
    if known is not None:
        known.update(units)
    return units[kind]


def kind_of(field: models.Field[Any, Any]) -> str | None:
    """Whether a model's field is a weight or a length; None for anything else."""
    return KINDS.get(field.name) if isinstance(field, models.DecimalField) else None


def in_words(weight: Decimal) -> str:
    """`weight` (grams) with the shop's unit: "0.5 kg"."""
    unit = unit_of(WEIGHT)
    return f"{written_in(weight, unit)} {unit}"


class MeasureField(forms.DecimalField):
    """A weight, whose value is in grams, or a length in centimetres, written in the shop's unit, which its label
    names; `name` is its column. Rounding: half up, to the hundredth."""

    def __init__(self, *, name: str = "weight", max_digits: int = 8, decimal_places: int = 2, **options: Any) -> None:
        self.unit = unit_of(KINDS[name])
        label = options.pop("label", LABELS[name])
        options.setdefault("min_value", 0)
        options.setdefault("error_messages", {"min_value": "This cannot be less than 0."})
        super().__init__(
            max_digits=max_digits, decimal_places=decimal_places, label=label.format(unit=self.unit), **options
        )
        self.widget.attrs["step"] = "any"

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        typed: Decimal | None = super().to_python(value)
        return typed if typed is None or not typed.is_finite() else stored_of(typed, self.unit)

    def prepare_value(self, value: Any) -> Any:
        return written_in(Decimal(value), self.unit) if isinstance(value, Decimal | int) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)
