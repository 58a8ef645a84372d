"""The shop's money, its time, its country and its units."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods
from unfold.widgets import UnfoldAdminSelectWidget

from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.profile import set_profile
from smartseller.choices import currencies, time_zones
from tenant_shop.backoffice.places import country_options
from tenant_shop.backoffice.settings_page import keys_page
from tenant_shop.backoffice.told_settings import ToldSettings
from tenant_shop.orders.models import Order

FIXED = "There are orders in this currency. It stays, so that your figures keep their meaning."

# What the platform knows of a shop as well.
PROFILE = ("currency", "timezone", "country")


class RegionForm(ToldSettings):
    """The fields are the keys of the settings."""

    currency = forms.ChoiceField(
        label="Currency",
        choices=currencies,
        widget=UnfoldAdminSelectWidget,
        help_text="Of all prices and orders. Prices keep their numbers when it changes; with the first order it stays.",
    )
    timezone = forms.ChoiceField(
        label="Time zone",
        choices=time_zones,
        widget=UnfoldAdminSelectWidget,
        help_text="Where your days begin and end: in lists, reports and order numbers.",
    )
    country = forms.ChoiceField(
        label="Country",
        choices=country_options,
        widget=UnfoldAdminSelectWidget,
        help_text="Where you sell from. Taxes and the checkout begin with it.",
    )

    weight_unit = forms.ChoiceField(
        label="Weights in",
        choices=[("g", "Grams"), ("kg", "Kilograms"), ("oz", "Ounces"), ("lb", "Pounds")],
        widget=UnfoldAdminSelectWidget,
        help_text="In which you write and read them here. Files and the API say grams.",
    )
    length_unit = forms.ChoiceField(
        label="Lengths in",
        choices=[("mm", "Millimetres"), ("cm", "Centimetres"), ("in", "Inches")],
        widget=UnfoldAdminSelectWidget,
        help_text="Files and the API say centimetres.",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        """What was set before and is offered no more can stay."""
        super().__init__(*args, **options)
        for name, field in self.fields.items():
            stored = self.initial.get(name)
            if stored and stored not in dict(field.choices):  # type: ignore[attr-defined]
                field.choices = [(stored, stored), *field.choices]  # type: ignore[attr-defined]

    def clean_currency(self) -> str:
        chosen = str(self.cleaned_data["currency"])
        if chosen != self.initial["currency"] and Order.objects.exists():
            raise forms.ValidationError(FIXED, code="fixed")
        return chosen


@require_http_methods(["GET", "HEAD", "POST"])
def region(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    """Show them and change them, in the shop and in what the platform knows of it."""
    return keys_page(request, site, RegionForm, title="Money, time and place", here="admin:region", then=tell_platform)


def tell_platform(values: Mapping[str, Any]) -> None:
    """The platform's database comes first: broken off between the two, saving again mends it."""
    set_profile(current_tenant().id, **{name: str(values[name]) for name in PROFILE})
