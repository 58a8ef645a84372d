"""Points and tiers: seen by all of the shop's people, changed by those who run it."""

from decimal import Decimal
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
from tenant_shop.loyalty.points import MOST
from tenant_shop.loyalty.rules import DEFAULTS

MOST_POINTS = 10_000
MOST_TIMES = 10
MOST_MONEY = Decimal("999999999.999")


def _number(label: str, *, least: str, most: Decimal | int, help_text: str = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        min_value=Decimal(least),
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
        "Points for each unit of your currency",
        least="0.001",
        most=MOST_POINTS,
        help_text="For what goods cost after discounts, without delivery and tax, rounded down for the whole order.",
    )
    silver_from = _number("Silver from", least="0", most=MOST_MONEY, help_text="Spent within twelve months.")
    silver_multiplier = _number("Silver: points times", least="1", most=MOST_TIMES)
    gold_from = _number("Gold from", least="0", most=MOST_MONEY)
    gold_multiplier = _number("Gold: points times", least="1", most=MOST_TIMES)
    platinum_from = _number("Platinum from", least="0", most=MOST_MONEY)
    platinum_multiplier = _number("Platinum: points times", least="1", most=MOST_TIMES)

    may_be_spent = forms.BooleanField(
        label="Customers spend points at checkout",
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text="What points take off is a discount: no tax is owed on it, and it earns no points.",
    )
    point_worth = _number(
        "A point is worth", least="0.001", most=MOST_MONEY, help_text="In your currency; 0.01 for a hundredth of it."
    )
    least_spent = forms.IntegerField(
        label="Points spent at once, at least", min_value=1, max_value=MOST, widget=UnfoldAdminIntegerFieldWidget
    )
    largest_share = _number(
        "Share of the goods that points pay, at most",
        least="1",
        most=100,
        help_text="Per cent of their price after discounts.",
    )
    beside_discounts = forms.BooleanField(
        label="Points can be spent beside discounts", required=False, widget=UnfoldBooleanSwitchWidget
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for lower, higher in (("silver_from", "gold_from"), ("gold_from", "platinum_from")):
            if lower in given and higher in given and given[lower] >= given[higher]:
                self.add_error(higher, "A tier begins above the one before.")
        return given

    def as_stored(self) -> dict[str, Any]:
        """Numbers as text without the zeros at their end, so that an equal number is no change."""
        return {
            key: value if isinstance(value, bool) else f"{Decimal(value).normalize():f}"
            for key, value in self.cleaned_data.items()
        }


@require_http_methods(["GET", "HEAD", "POST"])
def loyalty_settings(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    """Show the rules, to those who may only look in fields that take nothing, and change them."""
    return settings_page(
        request,
        site,
        title="Points",
        here="admin:loyalty_settings",
        opened=lambda: LoyaltyForm(request.POST or None, initial={**DEFAULTS, **shop_settings().loyalty}),
        save=lambda form: change_rules(form.as_stored(), now=timezone.now()),
        may_look="tenant_shop.view_setting",
    )
