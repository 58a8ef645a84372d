"""Tax rates in the back office."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.decorators import display
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from smartseller import formats
from tenant_shop.backoffice.base import ShopAdmin
from tenant_shop.backoffice.percent import in_per_cent
from tenant_shop.backoffice.places import country_options, state_key
from tenant_shop.backoffice.site import backoffice
from tenant_shop.backoffice.told_form import ToldForm
from tenant_shop.taxes.classes import LONGEST_CLASS, STANDARD, ZERO, check_tax_class
from tenant_shop.taxes.models import TaxRate

ELSEWHERE = "Everywhere else"


class TaxRateForm(ToldForm):
    """Rates are entered in per cent and stored as fractions."""

    country = forms.ChoiceField(
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text="Where the goods are delivered to. Everywhere else: all countries but your own.",
    )
    state = forms.CharField(
        required=False,
        max_length=100,
        widget=UnfoldAdminTextInputWidget,
        help_text="As addresses have it, such as CA for California. Left empty: the whole country.",
    )
    tax_class = forms.CharField(
        label="Class of goods",
        initial=STANDARD,
        max_length=LONGEST_CLASS,
        widget=UnfoldAdminTextInputWidget,
        help_text="standard, reduced, zero, or a name of your own, such as printed-books. Products then choose it.",
    )
    rate = forms.DecimalField(
        label="Rate in %",
        min_value=Decimal(0),
        max_value=Decimal("99.9999"),
        decimal_places=4,
        widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "any"}),
        help_text="Such as 19, 5.5 or 0.",
    )

    class Meta:
        model = TaxRate
        fields = ("country", "state", "tax_class", "rate")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "country" in self.fields:  # a viewer's form has no fields
            self.fields["country"].choices = [("", ELSEWHERE), *country_options()]  # type: ignore[attr-defined]
        if self.instance.rate is not None:
            self.initial["rate"] = in_per_cent(self.instance.rate)

    def _wrote(self, name: str) -> str | None:
        if name == "rate" and name in self.cleaned_data:
            return self._mark(name, in_per_cent(self.cleaned_data[name]))
        return super()._wrote(name)

    def clean_tax_class(self) -> str:
        name = str(self.cleaned_data["tax_class"]).strip().lower()
        check_tax_class(name)
        return name

    def clean_state(self) -> str:
        state = " ".join(str(self.cleaned_data["state"]).split())
        if state and not self.cleaned_data.get("country"):
            raise forms.ValidationError("Choose the country that the state is in, or leave the state empty.")
        return state_key(self.cleaned_data["country"], state) if state else ""

    def clean_rate(self) -> Decimal:
        rate = Decimal(self.cleaned_data["rate"]) / 100
        if rate and self.cleaned_data.get("tax_class") == ZERO:
            raise forms.ValidationError("The class zero is never taxed. Enter 0, or choose another class.")
        return rate

    def clean(self) -> dict[str, Any] | None:
        """A place has one rate for a class, however its state is written."""
        found = super().clean()
        given = self.cleaned_data
        if {"country", "state", "tax_class"} <= given.keys():
            same = TaxRate.objects.filter(
                country=given["country"], state__iexact=given["state"], tax_class=given["tax_class"]
            ).exclude(pk=self.instance.pk)
            if same.exists():
                self.add_error("tax_class", "There is a rate for this class and place already. Change that one.")
        return found


@admin.register(TaxRate, site=backoffice)
class TaxRateAdmin(ShopAdmin):
    form = TaxRateForm
    list_display = ("place", "tax_class", "per_cent", "updated_at")
    list_filter = ("country", "tax_class")
    search_fields = ("country", "state", "tax_class")
    ordering = ("country", "state", "tax_class")
    fields = ("country", "state", "tax_class", "rate")

    def get_fields(self, request: HttpRequest, obj: TaxRate | None = None) -> Any:
        """Who only looks reads the place and the rate in words."""
        if obj is not None and not self.has_change_permission(request, obj):
            return ("place", "tax_class", "per_cent")
        return super().get_fields(request, obj)

    @display(description="Delivered to", ordering="country")
    def place(self, rate: TaxRate) -> str:
        country = formats.country(rate.country) if rate.country else ELSEWHERE
        return f"{rate.state}, {country}" if rate.state else country

    @display(description="Rate", ordering="rate")
    def per_cent(self, rate: TaxRate) -> str:
        return f"{in_per_cent(rate.rate):f} %"
