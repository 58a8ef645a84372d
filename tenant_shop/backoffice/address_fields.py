"""The fields of an address in forms behind the counter; the rooms say what is wrong with one."""

from collections.abc import Mapping
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from smartseller import choices
from tenant_shop.orders.address import FIELDS

# Before the names of the fields of the address for the bill.
BILLING = "billing_"
LABELS = {
    "address_line_1": "Street and house number",
    "address_line_2": "More of the address",
    "state_province": "State",
}


def text(label: str, length: int, **options: Any) -> forms.CharField:
    attrs = {"autocomplete": "off", **options.pop("attrs", {})}
    return forms.CharField(
        label=label, max_length=length, required=False, widget=UnfoldAdminTextInputWidget(attrs=attrs), **options
    )


def address_fields(prefix: str = "") -> dict[str, forms.Field]:
    """None of them is required: what an address needs follows from its country."""
    fields: dict[str, forms.Field] = {}
    for name, length in FIELDS.items():
        label = LABELS.get(name, name.replace("_", " ").capitalize())
        if name == "country":
            widget = UnfoldAdminSelectWidget()
            fields[prefix + name] = forms.ChoiceField(
                label=label, required=False, widget=widget, choices=choices.countries()
            )
        else:
            fields[prefix + name] = text(label, length)
    return fields


def address_in(given: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """The address of a form's cleaned data."""
    return {name: given[prefix + name] for name in FIELDS}
