"""What a shopper would be offered for delivery: asked of the rates as the checkout asks."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from tenant_shop.backoffice.base import amount
from tenant_shop.backoffice.measures import MeasureField
from tenant_shop.backoffice.money import MoneyField
from tenant_shop.backoffice.places import country_options, state_key
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.shipping.arrival import Days
from tenant_shop.shipping.models import ShippingZoneRate
from tenant_shop.shipping.rates import offers
from tenant_shop.shipping.zones import is_delivered_to

LONGEST_STATE = 100


class ParcelForm(forms.Form):
    """Where to, how heavy, how dear."""

    country = forms.ChoiceField(label="Country", choices=country_options, widget=UnfoldAdminSelectWidget)
    state = forms.CharField(
        label="State",
        required=False,
        max_length=LONGEST_STATE,
        help_text="Where your zones name states: CA.",
        widget=UnfoldAdminTextInputWidget,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["weight"] = MeasureField(widget=UnfoldAdminDecimalFieldWidget)
        self.fields["total"] = MoneyField(
            label="Goods cost",
            min_value=Decimal(0),
            max_digits=15,
            decimal_places=3,
            help_text="Before discounts.",
            widget=UnfoldAdminTextInputWidget,
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("state") and given.get("country"):
            try:
                given["state"] = state_key(given["country"], given["state"])
            except forms.ValidationError as error:
                self.add_error("state", error)
        return given


@require_safe
def shipping_simulator(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    """What is asked for stands in the address, so that a question can be shared."""
    if not request.user.has_perm("tenant_shop.view_shippingzone"):
        raise PermissionDenied
    shop = shop_settings()
    form = ParcelForm(request.GET or None, initial={"country": shop.country, "weight": 500, "total": 50})
    context: dict[str, Any] = {**site.each_context(request), "title": "Try delivery", "form": form, "asked": False}
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        place = (given["country"], given["state"])
        found = offers(shop, subtotal=given["total"], weight_grams=given["weight"], country=place[0], state=place[1])
        zones = _zones([option.code for option in found]) if shop.shipping_zones else {}
        context |= {
            "asked": True,
            "is_delivered_to": is_delivered_to(shop, *place),
            "offers": [
                {
                    "name": option.name,
                    "zone": zones.get(option.code, ""),
                    "amount": amount(option.amount, shop.currency) if option.amount else "Free",
                    "is_pickup": option.is_pickup,
                    "days": _days(option.days),
                    "note": option.note,
                }
                for option in found
            ],
        }
    return TemplateResponse(
        request, "admin/shop/shipping_simulator.html", context, status=422 if form.is_bound and form.errors else 200
    )


def _days(days: Days | None) -> str:
    if days is None:
        return ""
    return str(days.first) if days.first == days.last else f"{days.first}\N{EN DASH}{days.last}"


def _zones(codes: list[str]) -> dict[str, str]:
    """The name of the zone of each rate."""
    return {
        str(rate.pk): rate.zone.name for rate in ShippingZoneRate.objects.filter(pk__in=codes).select_related("zone")
    }
