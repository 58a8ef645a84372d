"""Coupons for plans in the console: made, stopped, and by whom they are used."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.contrib.postgres.forms import SimpleArrayField
from django.http import HttpRequest
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from platform_core.billing.coupons.models import CouponUse, PlanCoupon
from platform_core.billing.coupons.stop import stop_coupon
from platform_core.console.base import RightsAdmin
from platform_core.console.deeds import Deed, DeedsAdmin, Values
from platform_core.console.moments import columns
from platform_core.console.site import console
from platform_core.plans.models import TenantPlan
from smartseller import money

STATE_COLOURS = {"offered": "success", "used up": "warning", "stopped": "danger"}


class CouponForm(forms.ModelForm):  # type: ignore[type-arg]
    plans = SimpleArrayField(
        forms.CharField(max_length=50), required=False, widget=UnfoldAdminTextInputWidget,
        help_text="Names of plans with commas, such as premium,enterprise; empty: any.",
    )  # fmt: skip

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).strip().upper()

    def clean_plans(self) -> list[str]:
        names = [name.strip() for name in self.cleaned_data["plans"] or []]
        unknown = set(names) - set(TenantPlan.objects.filter(name__in=names).values_list("name", flat=True))
        if unknown:
            raise forms.ValidationError(f"There is no plan {', '.join(sorted(unknown))}.")
        return names


class UseInline(TabularInline):
    model = CouponUse
    fields = tuple(columns(CouponUse, ("tenant", "person", "redeemed_on", "periods_left", "covers_until")))
    readonly_fields = fields
    ordering = ("-redeemed_on", "-id")
    extra = 0
    can_delete = False
    hide_title = True
    per_page = 50
    verbose_name_plural = "uses"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _stop(row: PlanCoupon, values: Values, actor_id: UUID) -> str:
    stop_coupon(row.code, reason=values["reason"], actor_id=actor_id)
    return f"Nobody redeems {row.code} any more; who has it keeps its terms."


@admin.register(PlanCoupon, site=console)
class PlanCouponAdmin(DeedsAdmin, RightsAdmin):
    """What merchants who know the code pay less. Its terms are those of the day it was made: another price is another
    coupon."""

    form = CouponForm
    deeds = (
        Deed(
            word="stop", title="Stop {}", button="Stop it", permission="change_plancoupon", do=_stop,
            is_possible=lambda row: row.is_active, is_dangerous=True,
            explanation="Nobody redeems it any more. Who has redeemed it keeps its terms.",
        ),
    )  # fmt: skip
    list_display = ("code", "off", "how_long", "for_plans", "first_day", "last_day", "used", "state")
    list_filter = ("is_active", "kind")
    search_fields = ("code",)
    ordering = ("code",)
    fields = (
        ("code", "kind"),
        ("value", "currency"),
        ("periods", "plans"),
        ("first_day", "last_day"),
        ("most_uses", "most_per_person"),
    )
    inlines = (UseInline,)

    def get_fields(self, request: HttpRequest, obj: PlanCoupon | None = None) -> Any:
        """One that is made is shown as people say it."""
        if obj is None:
            return self.fields
        return (
            ("code", "state"),
            ("off", "how_long"),
            ("for_plans", "used"),
            ("first_day", "last_day"),
            "most_per_person",
        )

    def get_readonly_fields(self, request: HttpRequest, obj: PlanCoupon | None = None) -> Any:
        return ("state", "off", "how_long", "for_plans", "used") if obj is not None else ()

    def get_inlines(self, request: HttpRequest, obj: PlanCoupon | None) -> Any:
        return self.inlines if obj is not None else ()

    def has_change_permission(self, request: HttpRequest, obj: PlanCoupon | None = None) -> bool:
        """Terms that merchants were promised stay as they were."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: PlanCoupon | None = None) -> bool:
        return False

    @display(description="off each period", ordering="value")
    def off(self, row: PlanCoupon) -> str:
        if row.kind == PlanCoupon.Kind.PERCENTAGE:
            return f"{row.value.normalize():f} %"
        return money.display(row.value, row.currency)

    @display(description="for", ordering="periods")
    def how_long(self, row: PlanCoupon) -> str:
        if row.periods is None:
            return "ever"
        return f"{row.periods} bill{'' if row.periods == 1 else 's'}"

    @display(description="plans")
    def for_plans(self, row: PlanCoupon) -> str:
        return ", ".join(row.plans) or "any"

    @display(description="uses", ordering="uses")
    def used(self, row: PlanCoupon) -> str:
        return f"{row.uses:,}" if row.most_uses is None else f"{row.uses:,} of {row.most_uses:,}"

    @display(description="state", label=STATE_COLOURS)
    def state(self, row: PlanCoupon) -> str:
        if not row.is_active:
            return "stopped"
        return "used up" if row.most_uses is not None and row.uses >= row.most_uses else "offered"
