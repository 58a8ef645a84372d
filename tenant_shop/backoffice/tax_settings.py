"""What holds for tax where no rate says otherwise."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSelectWidget, UnfoldBooleanSwitchWidget

from tenant_shop.backoffice.percent import in_per_cent
from tenant_shop.backoffice.settings_page import keys_page
from tenant_shop.backoffice.told_settings import ToldSettings
from tenant_shop.taxes.classes import UNTAXED
from tenant_shop.taxes.models import has_no_rate, known_classes

NO_RATE = (
    "No tax rate names the class %(tax_class)s: delivery pays what the class standard pays. "
    "Enter a rate for it, or choose another class."
)


class TaxSettingsForm(ToldSettings):
    """The fields are the keys of the settings."""

    prices_include_tax = forms.BooleanField(
        label="Prices include tax",
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text="What you enter is what people pay, wherever they live; the tax inside follows their address.",
    )
    tax_rate = forms.DecimalField(
        label="Rate in % without another",
        min_value=Decimal(0),
        max_value=Decimal("99.9999"),
        decimal_places=4,
        widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "any"}),
        help_text="Where none of your tax rates fits the address and the class of the goods.",
    )
    tax_on_shipping = forms.ChoiceField(
        label="Tax on delivery", widget=UnfoldAdminSelectWidget, help_text="At the rate of this class of goods."
    )

    reverse_charge = forms.BooleanField(
        label="Reverse charge in the EU",
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text="Companies with a confirmed tax id of another EU country pay no tax on what is delivered to another "
        "EU country: they owe it themselves. Ask whoever does your taxes first.",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["tax_rate"] = in_per_cent(self.initial["tax_rate"])
        stored = self.initial["tax_on_shipping"]
        self.fields["tax_on_shipping"].choices = [  # type: ignore[attr-defined]
            *known_classes(chosen=stored if stored != UNTAXED else ""),
            (UNTAXED, "Not taxed"),
        ]
        if stored != UNTAXED and has_no_rate(stored):
            self.fields["tax_on_shipping"].help_text = NO_RATE % {"tax_class": stored}

    def clean_tax_rate(self) -> str:
        return f"{(self.cleaned_data['tax_rate'] / 100).normalize():f}"


@require_http_methods(["GET", "HEAD", "POST"])
def tax_settings(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    """Show what holds for tax in general and change it."""
    return keys_page(request, site, TaxSettingsForm, title="Tax", here="admin:tax_settings")
