"""Products and variants as rows of a table: the cells that a row has, and what was written into them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from tenant_shop.backoffice.measures import WEIGHT, MeasureField, unit_of
from tenant_shop.backoffice.money import MoneyField
from tenant_shop.catalog.bulk.change import QUANTITY, Change, cell
from tenant_shop.catalog.models import Product
from tenant_shop.catalog.variants import ProductVariant

LARGEST_COUNT = 1_000_000
TITLES = {
    "price": "Price",
    "compare_at_price": "Price before",
    "cost_price": "Cost",
    "status": "Status",
    "visibility": "Visibility",
    "low_stock_threshold": "Runs low at",
    "category": "Category",
    "brand": "Brand",
    "tags": "Tags",
    "barcode": "Barcode",
    "weight": "Weight",
    "is_active": "On sale",
    QUANTITY: "In stock",
}


def heading(column: str) -> str:
    """What stands above a column."""
    return f"{TITLES[column]} ({unit_of(WEIGHT)})" if column == "weight" else TITLES[column]


class Row(forms.Form):
    """The cells of one row. `shown` is what the page showed, so that an untouched cell undoes nobody's work."""

    columns: Sequence[str] = ()
    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, row: Product | ProductVariant, data: Any = None) -> None:
        self.row = row
        self.wrote: dict[str, Any] = {}
        self.now = {column: cell(row, column) for column in self.columns}
        super().__init__(data, prefix=row.pk.hex)
        for column in self.columns:
            field = self.cell_field(column)
            field.label = TITLES[column]
            field.widget.attrs["aria-label"] = f"{TITLES[column]} of {self.title}"
            self.fields[column] = field
            self.initial[column] = self.from_json(column, self.now[column])
        self.initial["shown"] = json.dumps(self.now, separators=(",", ":"))

    @property
    def product(self) -> Product:
        raise NotImplementedError

    @property
    def title(self) -> str:
        raise NotImplementedError

    @property
    def cells(self) -> list[forms.BoundField]:
        return [self[column] for column in self.columns]

    def cell_field(self, column: str) -> forms.Field:
        if column in ("price", "compare_at_price", "cost_price"):
            return MoneyField(
                max_digits=13,
                decimal_places=3,
                required=column == "price" and isinstance(self.row, Product),
                min_value=0,
                widget=UnfoldAdminDecimalFieldWidget,
            )
        made: forms.Field = _FIELDS[column]()
        return made

    def from_json(self, column: str, value: Any) -> Any:
        if column == "tags":
            return ", ".join(value)
        is_decimal = column in ("price", "compare_at_price", "cost_price", "weight")
        return Decimal(value) if is_decimal and value is not None else value

    def to_json(self, column: str, value: Any) -> Any:
        """What was written into a cell, as the database will have it."""
        if column == "tags":
            return list(dict.fromkeys(tag for part in str(value or "").split(",") if (tag := part.strip())))
        if isinstance(value, Decimal):
            field: Any = self.row._meta.get_field(column)
            return f"{value.quantize(Decimal(1).scaleb(-field.decimal_places)):f}"
        return None if value == "" else value

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        try:
            shown = json.loads(given.get("shown") or "null")
        except ValueError:
            shown = None
        if not isinstance(shown, dict) or shown.keys() != self.now.keys():
            raise ValidationError("Open the table anew: what it showed cannot be read.", code="malformed")
        self.wrote = {column: self.to_json(column, given[column]) for column in self.columns if column in given}
        alone = [column for column, value in self.wrote.items() if value == shown[column]]
        for column in self.wrote:
            if column in alone:  # whatever it is by now stays
                self.wrote[column] = self.now[column]
            elif shown[column] != self.now[column] and self.wrote[column] != self.now[column]:
                theirs = self.from_json(column, self.now[column])
                self.add_error(
                    column, f"Somebody else wrote “{theirs}” meanwhile. Preview again to write yours over it."
                )
        if self.errors:
            self._show_anew(alone)
        return given

    def _show_anew(self, alone: Sequence[str]) -> None:
        """Let the page show the row as it is now, but for the cells that were written into."""
        data: dict[str, Any] = self.data.dict()  # type: ignore[attr-defined]
        data[self.add_prefix("shown")] = json.dumps(self.now, separators=(",", ":"))
        for column in alone:
            value, key = (
                self.fields[column].prepare_value(self.from_json(column, self.now[column])),
                self.add_prefix(column),
            )
            data.pop(key, None)
            if value not in (None, False):
                data[key] = "on" if value is True else str(value)
        self.data = data

    def write_besides(self, column: str, value: Any) -> None:
        """Write a column that has no cell in the table."""
        self.now[column] = cell(self.row, column)
        self.wrote[column] = value

    def changes(self) -> list[Change]:
        """Every cell that becomes something else."""
        return [
            Change(
                product_id=self.product.pk,
                variant_id=self.row.pk if isinstance(self.row, ProductVariant) else None,
                column=column,
                before=self.now[column],
                after=value,
                name=self.title,
                sku=self.row.sku,
            )
            for column, value in self.wrote.items()
            if value != self.now[column]
        ]


class ProductRow(Row):
    columns = ("price", "compare_at_price", "cost_price", "status", "visibility", "low_stock_threshold", "tags")
    row: Product

    @property
    def product(self) -> Product:
        return self.row

    @property
    def title(self) -> str:
        return self.row.name


class VariantRow(Row):
    columns = ("price", "compare_at_price", "cost_price", QUANTITY, "barcode", "weight", "is_active")
    row: ProductVariant

    @property
    def product(self) -> Product:
        return self.row.product

    @property
    def title(self) -> str:
        return f"{self.row.product.name} ({self.row.label})" if self.row.label else self.row.product.name

    def clean_quantity(self) -> int:
        wanted = int(self.cleaned_data[QUANTITY])
        if wanted < 0 and self.row.product.is_stock_limited:
            raise ValidationError("Fewer than none cannot be there.", code="below_zero")
        return wanted


def threshold_field(*, required: bool) -> forms.IntegerField:
    """At how many pieces, or fewer, a product's variants run low."""
    return forms.IntegerField(
        required=required,
        min_value=0,
        max_value=LARGEST_COUNT,
        label=TITLES["low_stock_threshold"],
        widget=UnfoldAdminIntegerFieldWidget,
    )


_FIELDS: dict[str, Any] = {
    "status": lambda: forms.ChoiceField(choices=Product.Status.choices, widget=UnfoldAdminSelectWidget),
    "visibility": lambda: forms.ChoiceField(choices=Product.Visibility.choices, widget=UnfoldAdminSelectWidget),
    "low_stock_threshold": lambda: threshold_field(required=True),
    "tags": lambda: forms.CharField(required=False, max_length=2000, widget=UnfoldAdminTextInputWidget),
    "barcode": lambda: forms.CharField(required=False, max_length=100, widget=UnfoldAdminTextInputWidget),
    "weight": lambda: MeasureField(required=False, widget=UnfoldAdminDecimalFieldWidget),
    "is_active": lambda: forms.BooleanField(required=False),
    QUANTITY: lambda: forms.IntegerField(
        min_value=-LARGEST_COUNT, max_value=LARGEST_COUNT, widget=UnfoldAdminIntegerFieldWidget
    ),
}
