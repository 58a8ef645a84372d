"""What makes and fills many variants at once: options with their values, and one value for all rows."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextInputWidget,
)

from tenant_shop.backoffice.measures import MeasureField
from tenant_shop.backoffice.money import MoneyField
from tenant_shop.catalog.make_variants import MOST_VARIANTS
from tenant_shop.catalog.models import Product
from tenant_shop.catalog.variants import ProductVariant

MOST_OPTIONS = 3
LONGEST_OPTION, LONGEST_VALUE = 60, 80
AMOUNTS = {"price": "Price", "compare_at_price": "Price before", "cost_price": "Cost"}


class VariantTools(forms.Form):
    """Fields of the product's form that are no columns: they act on its variants when it is saved."""

    built: ClassVar[tuple[str, ...]] = ("price", "compare_at_price", "cost_price", "weight")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for place in range(MOST_OPTIONS):
            self.fields[f"option_name_{place}"] = forms.CharField(
                required=False,
                max_length=LONGEST_OPTION,
                label=f"Option {place + 1}",
                widget=UnfoldAdminTextInputWidget(attrs={"placeholder": ("Size", "Colour", "Material")[place]}),
            )
            self.fields[f"option_values_{place}"] = forms.CharField(
                required=False,
                max_length=4000,
                label=f"Values of option {place + 1}",
                widget=UnfoldAdminTextInputWidget(attrs={"placeholder": ("S, M, L", "Red, Blue", "Wool")[place]}),
            )
        for name, label in AMOUNTS.items():
            self.fields[f"fill_{name}"] = MoneyField(
                max_digits=13,
                decimal_places=3,
                required=False,
                min_value=0,
                label=f"{label} of all",
                widget=UnfoldAdminDecimalFieldWidget,
            )
        self.fields["fill_weight"] = MeasureField(
            required=False, label="Weight ({unit}) of all", widget=UnfoldAdminDecimalFieldWidget
        )
        self.fields["fill_quantity"] = forms.IntegerField(
            required=False,
            min_value=0,
            max_value=1_000_000,
            label="In stock of all",
            widget=UnfoldAdminIntegerFieldWidget,
        )

    @property
    def option_rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Name and values of each option, for the page."""
        return [(self[f"option_name_{place}"], self[f"option_values_{place}"]) for place in range(MOST_OPTIONS)]

    @property
    def fill_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("fill_")]

    def clean(self) -> dict[str, Any] | None:
        given = super().clean() or self.cleaned_data
        options: dict[str, list[str]] = {}
        for place in range(MOST_OPTIONS):
            name = str(given.get(f"option_name_{place}") or "").strip()
            told = str(given.get(f"option_values_{place}") or "")
            values = list(dict.fromkeys(value for part in told.split(",") if (value := " ".join(part.split()))))
            if name and values:
                if name in options:
                    self.add_error(f"option_name_{place}", f"{name} is there twice.")
                if any(len(value) > LONGEST_VALUE for value in values):
                    self.add_error(f"option_values_{place}", f"A value has at most {LONGEST_VALUE} characters.")
                options[name] = values
            elif name or values:
                self.add_error(f"option_values_{place}", "An option needs a name and at least one value.")
        wanted = 1
        for values in options.values():
            wanted *= len(values)
        if wanted > MOST_VARIANTS:
            raise ValidationError(
                f"These options make {wanted} variants; a product has at most {MOST_VARIANTS}.", code="too_many"
            )
        given["options"] = options
        return given

    @property
    def filled(self) -> dict[str, Any]:
        """What every variant shall have, by column; nothing where the field was left empty."""
        given = {name: self.cleaned_data.get(f"fill_{name}") for name in self.built}
        return {name: value for name, value in given.items() if value is not None}


def fill_variants(product: Product, values: dict[str, Any]) -> None:
    """Give all of the product's variants these values. One statement, or none."""
    if values:
        ProductVariant.objects.filter(product=product).update(**values)
