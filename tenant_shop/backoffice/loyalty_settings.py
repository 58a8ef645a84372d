"""Points and tiers: seen by all of the shop's people, changed by those who run it."""

from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminIntegerFieldWidget, UnfoldBooleanSwitchWidget

from tenant_shop.backoffice.settings_page import settings_page
from tenant_shop.backoffice.told_settings import ToldSettings
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.loyalty.change_rules import change_rules
from tenant_shop.loyalty.check_rules import BOUNDS, as_stored, problems_of
from tenant_shop.loyalty.rules import DEFAULTS


def _number(key: str, label: str, *, help_text: str = "") -> forms.DecimalField:
    least, most = BOUNDS[key]
    return forms.DecimalField(
        label=label,
        min_value=least,
        max_value=most,
        decimal_places=3,
        widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "any"}),
        help_text=help_text,
    )


class LoyaltyForm(ToldSettings):
    """The fields are the keys of the rules."""

    is_on = forms.BooleanField(
        label="Customers earn points",
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text="From the moment you turn it on, for what is delivered from then on. Points that were earned stay "
        "when you turn it off.",
    )
    points_per_unit = _number(
        "points_per_unit",
        "Points for each unit of your currency",
        help_text="For what goods cost after discounts, without delivery and tax, rounded down for the whole order.",
    )
    silver_from = _number("silver_from", "Silver from", help_text="Spent within twelve months.")
    silver_multiplier = _number("silver_multiplier", "Silver: points times")
    gold_from = _number("gold_from", "Gold from")
    gold_multiplier = _number("gold_multiplier", "Gold: points times")
    platinum_from = _number("platinum_from", "Platinum from")
    platinum_multiplier = _number("platinum_multiplier", "Platinum: points times")

    may_be_spent = forms.BooleanField(
        label="Customers spend points at checkout",
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text="What points take off is a discount: no tax is owed on it, and it earns no points.",
    )
    point_worth = _number("point_worth", "A point is worth", help_text="In your currency; 0.01 for a hundredth of it.")
    least_spent = forms.IntegerField(
        label="Points spent at once, at least",
        min_value=int(BOUNDS["least_spent"][0]),
        max_value=int(BOUNDS["least_spent"][1]),
        widget=UnfoldAdminIntegerFieldWidget,
    )
    largest_share = _number(
        "largest_share",
        "Share of the goods that points pay, at most",
        help_text="Per cent of their price after discounts.",
    )
    beside_discounts = forms.BooleanField(
        label="Points can be spent beside discounts", required=False, widget=UnfoldBooleanSwitchWidget
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name, problem in list(problems_of(given)):
            self.add_error(name, problem)
        return given


@require_http_methods(["GET", "HEAD", "POST"])
def loyalty_settings(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    """Show the rules, to those who may only look in fields that take nothing, and change them."""
    return settings_page(
        request,
        site,
        title="Points",
        here="admin:loyalty_settings",
        opened=lambda: LoyaltyForm(request.POST or None, initial={**DEFAULTS, **shop_settings().loyalty}),
        save=lambda form: change_rules(as_stored(form.cleaned_data), now=timezone.now()),
        may_look="tenant_shop.view_setting",
    )
