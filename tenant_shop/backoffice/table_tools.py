"""What a table does to all of its rows at once."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.admin.sites import AdminSite
from django.core.exceptions import ValidationError
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from platform_core.tenancy.context import current_tenant
from smartseller.errors import RuleViolation
from tenant_shop.backoffice.form_fields import NamedAutocomplete
from tenant_shop.backoffice.table_rows import Row, threshold_field
from tenant_shop.catalog.bulk.change import QUANTITY
from tenant_shop.catalog.bulk.steps import Step, read_step
from tenant_shop.catalog.models import Brand, Category, Product

KEEP = ("", "as they are")


class StepField(forms.CharField):
    """An instruction for amounts; its cleaned value is a Step, or None."""

    def __init__(self, label: str) -> None:
        super().__init__(
            required=False,
            max_length=20,
            label=label,
            widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "19.90, +10%, -2"}),
        )

    def clean(self, value: Any) -> Step | None:
        text = super().clean(value)
        try:
            return read_step(text) if text else None
        except RuleViolation as error:
            raise ValidationError(str(error), code=error.code) from error


class Tools(forms.Form):
    """Instructions for all rows; what is left empty changes nothing."""

    amounts: tuple[str, ...] = ("price", "compare_at_price")

    def __init__(self, site: AdminSite, data: Any = None) -> None:
        super().__init__(data, prefix="all")
        self.fields["price"] = StepField("Price")
        self.fields["compare_at_price"] = StepField("Price before")

    def apply(self, rows: Iterable[Row]) -> None:
        """Write into the rows' cells what the instructions say; errors are those of the row."""
        currency = current_tenant().currency
        for row in rows:
            for column in self.amounts:
                step: Step | None = self.cleaned_data.get(column)
                if step is None or column not in row.wrote:
                    continue
                before = row.wrote[column]
                try:
                    value = step.of(None if before is None else Decimal(before), currency=currency)
                except RuleViolation as error:
                    row.add_error(column, str(error))
                    continue
                if value is None and column == "price" and row.fields["price"].required:
                    row.add_error(column, "A product needs a price.")
                    continue
                row.wrote[column] = row.to_json(column, value)
            self.apply_more(row)

    def apply_more(self, row: Row) -> None:
        raise NotImplementedError


class ProductTools(Tools):
    def __init__(self, site: AdminSite, data: Any = None) -> None:
        super().__init__(site, data)
        for name, choices in (("status", Product.Status.choices), ("visibility", Product.Visibility.choices)):
            self.fields[name] = forms.ChoiceField(
                required=False, choices=[KEEP, *choices], widget=UnfoldAdminSelectWidget, label=name.capitalize()
            )
        for name, model in (("category", Category), ("brand", Brand)):
            self.fields[name] = forms.ModelChoiceField(
                model._default_manager.all(),
                required=False,
                label=name.capitalize(),
                widget=NamedAutocomplete(Product._meta.get_field(name), site),
            )
        self.fields["low_stock_threshold"] = threshold_field(required=False)
        for name, label in (("add_tags", "Add tags"), ("remove_tags", "Take tags away")):
            self.fields[name] = forms.CharField(
                required=False, max_length=500, label=label, widget=UnfoldAdminTextInputWidget
            )

    def apply_more(self, row: Row) -> None:
        given = self.cleaned_data
        for name in ("status", "visibility"):
            if given.get(name):
                row.wrote[name] = given[name]
        if given.get("low_stock_threshold") is not None:
            row.wrote["low_stock_threshold"] = given["low_stock_threshold"]
        for name in ("category", "brand"):
            if given.get(name):
                row.write_besides(name, str(given[name].pk))
        if "tags" in row.wrote:
            away = set(_tags(given.get("remove_tags")))
            kept = [tag for tag in row.wrote["tags"] if tag not in away]
            row.wrote["tags"] = list(dict.fromkeys([*kept, *_tags(given.get("add_tags"))]))


class VariantTools(Tools):
    def __init__(self, site: AdminSite, data: Any = None) -> None:
        super().__init__(site, data)
        self.fields[QUANTITY] = StepField("In stock")
        self.fields["is_active"] = forms.ChoiceField(
            required=False,
            choices=[KEEP, ("yes", "on sale"), ("no", "not on sale")],
            widget=UnfoldAdminSelectWidget,
            label="On sale",
        )

    def clean_quantity(self) -> Step | None:
        step: Step | None = self.cleaned_data[QUANTITY]
        if step and (step.is_percent or step.number is None or step.number != int(step.number)):
            raise ValidationError("Stock is counted in whole pieces: 12, +5 or -1.", code="step_unreadable")
        return step

    def apply_more(self, row: Row) -> None:
        step: Step | None = self.cleaned_data.get(QUANTITY)
        if step and step.number is not None and QUANTITY in row.wrote:
            by = int(step.number)
            there = row.wrote[QUANTITY]
            wanted = {"": by, "+": there + by, "-": there - by}[step.sign]
            if wanted < 0 and row.product.is_stock_limited:
                row.add_error(QUANTITY, f"There are {there}: {by} cannot be taken away.")
            else:
                row.wrote[QUANTITY] = wanted
        if self.cleaned_data.get("is_active"):
            row.wrote["is_active"] = self.cleaned_data["is_active"] == "yes"


def _tags(text: Any) -> list[str]:
    return [tag for part in str(text or "").split(",") if (tag := part.strip())]
