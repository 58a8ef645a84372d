"""People of shops, their plans and subscriptions in the console."""

from decimal import Decimal
from functools import partial
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from unfold.decorators import display

from platform_core.accounts.models import PlatformRole, PlatformUser, TenantAccess
from platform_core.accounts.staff.seats import LIVE, check_seat, lock_staff
from platform_core.billing.models import TenantSubscription
from platform_core.console.base import ReadOnlyAdmin, ReasonedForm, RightsAdmin
from platform_core.console.dashboard.tables import CURRENCY
from platform_core.console.moments import Column, column
from platform_core.console.site import console
from platform_core.plans.limits import Feature, PlanLimitReached
from platform_core.plans.models import PRICE_COLUMNS, TenantPlan
from platform_core.tenancy import directory
from smartseller import money

GRANTED_AT = column(TenantAccess, "granted_at")
SUBSCRIPTION_COLOURS = {"active": "success", "cancelled": "danger", "past_due": "warning", "suspended": "warning"}


class TenantAccessForm(ReasonedForm):
    """An access that operators give takes a seat of the shop's plan, as one that the shop gives. Whose it is, and
    where, is said once: another person gets another access."""

    # Whoever fills it in.
    operator: PlatformUser

    def clean(self) -> dict[str, Any] | None:
        given = super().clean()
        is_active, ends = self.cleaned_data.get("is_active"), self.cleaned_data.get("expires_at")
        is_new = self.instance._state.adding
        user = self.cleaned_data.get("platform_user") if is_new else self.instance.platform_user
        tenant = self.cleaned_data.get("tenant") if is_new else self.instance.tenant
        if user is None or tenant is None:
            return given
        if user.is_operator and self.operator.role != PlatformRole.SUPER_ADMIN:
            # It asks the merchant nothing, is not time-boxed and shows no banner: a visit has all of that.
            raise forms.ValidationError("Only super admins let the platform's own people in for good. Visit the shop.")
        if user.role != PlatformRole.MERCHANT:
            return given
        if not is_active or not user.is_active or (ends is not None and ends <= timezone.now()):
            return given
        try:
            with transaction.atomic():
                lock_staff(tenant.pk)
                # Who has a seat already keeps it, whatever else is changed.
                if not TenantAccess.objects.filter(
                    LIVE, pk=self.instance.pk, tenant=tenant, platform_user=user
                ).exists():
                    check_seat(tenant.pk)
        except PlanLimitReached as refusal:
            raise forms.ValidationError(str(refusal), code=refusal.code) from refusal
        return given


@admin.register(TenantAccess, site=console)
class TenantAccessAdmin(RightsAdmin):
    form = TenantAccessForm
    list_display = ("platform_user", "tenant", "role", "is_active", "expires_at", "granted_at")
    list_filter = ("role", "is_active")
    list_select_related = ("platform_user", "tenant")
    search_fields = ("platform_user__email", "tenant__slug")
    ordering = ("-granted_at", "-id")
    autocomplete_fields = ("platform_user", "tenant")
    fields = (
        ("platform_user", "tenant"),
        ("role", "is_active"),
        "expires_at",
        "permissions",
        ("granted_by", GRANTED_AT),
        "reason",
    )

    def get_readonly_fields(self, request: HttpRequest, obj: TenantAccess | None = None) -> tuple[Column, ...]:
        fixed = ("granted_by", GRANTED_AT)
        return fixed if obj is None else ("platform_user", "tenant", *fixed)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 - Django's
        form = super().get_form(request, obj, change, **kwargs)
        form.operator = cast("PlatformUser", request.user)
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        if not change:
            obj.granted_by = cast("PlatformUser", request.user)
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: TenantAccess | None = None) -> bool:
        """An access is switched off, with a reason: who was let in once can be seen."""
        return False


class PlanForm(ReasonedForm):
    """Prices with as many decimals as their currency has."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in PRICE_COLUMNS:
            if self.initial.get(name) is not None:
                self.initial[name] = money.quantize(self.initial[name], CURRENCY)
        if "features" in self.fields:
            self.fields["features"].help_text = f"True or false for {', '.join(feature.key for feature in Feature)}."


def _price(amount: Decimal | None) -> str:
    return "not offered" if amount is None else money.display(amount, CURRENCY)


@admin.register(TenantPlan, site=console)
class TenantPlanAdmin(RightsAdmin):
    """What merchants may use, and for how much. Who has a plan keeps its price: only new ones pay another."""

    form = PlanForm
    fieldsets = (
        (None, {"fields": (("name", "display_name"), "description", ("is_public", "is_active"))}),
        ("Prices in USD", {"fields": (("monthly_price", "annual_price"), "setup_fee")}),
        (
            "Limits",
            {
                "fields": (
                    ("max_products", "max_orders_per_month"),
                    ("max_customers", "max_staff_users"),
                    ("max_file_storage_gb", "max_api_calls_per_hour"),
                )
            },
        ),
        ("Features", {"fields": ("features",)}),
        ("This change", {"fields": ("reason",)}),
    )
    list_display = ("name", "display_name", "by_month", "by_year", "is_public", "is_active")
    search_fields = ("name", "display_name")
    ordering = ("monthly_price", "name")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        """Shops that have the plan have what it includes now, in every process."""
        super().save_model(request, obj, form, change)
        for name in {obj.name, form.initial.get("name", obj.name)}:
            transaction.on_commit(partial(directory.forget_shops_of, name))

    @display(description="a month", ordering="monthly_price")
    def by_month(self, plan: TenantPlan) -> str:
        return _price(plan.monthly_price)

    @display(description="a year", ordering="annual_price")
    def by_year(self, plan: TenantPlan) -> str:
        return _price(plan.annual_price)

    def has_delete_permission(self, request: HttpRequest, obj: TenantPlan | None = None) -> bool:
        """A plan that merchants had stays, switched off: their subscriptions refer to it."""
        return False


@admin.register(TenantSubscription, site=console)
class TenantSubscriptionAdmin(ReadOnlyAdmin):
    """What merchants have agreed to. It is changed by themselves, by billing, and by `manage.py tenant plan`."""

    list_display = ("tenant", "plan", "status_badge", "billing_cycle", "price", "current_period_end", "trial_end")
    list_filter = ("status", "billing_cycle")
    list_select_related = ("tenant", "plan")
    search_fields = ("tenant__slug", "external_subscription_id")
    ordering = ("-current_period_end", "-id")
    fields = (
        ("tenant", "plan"),
        ("status", "status_since"),
        ("billing_cycle", "price"),
        ("current_period_start", "current_period_end"),
        ("trial_end", "anchor_date"),
        ("next_plan", "next_price"),
        ("ends_with_period", "cancelled_at"),
        ("coupon", "brings"),
        ("payment_method", "external_subscription_id"),
    )
    readonly_fields = ("price", "next_price", "coupon", "brings")

    @display(description="price of a period", ordering="amount")
    def price(self, subscription: TenantSubscription) -> str:
        return money.display(subscription.amount, subscription.currency)

    @display(description="next price")
    def next_price(self, subscription: TenantSubscription) -> str:
        amount = subscription.next_amount
        return "\u2013" if amount is None else money.display(amount, subscription.currency)

    @display(description="taken off by a coupon")
    def coupon(self, subscription: TenantSubscription) -> str:
        return money.display(subscription.period_discount, subscription.currency)

    @display(description="brings in a year")
    def brings(self, subscription: TenantSubscription) -> str:
        return money.display(subscription.annual_value, subscription.currency)

    @display(description="Status", ordering="status", label=SUBSCRIPTION_COLOURS)
    def status_badge(self, subscription: TenantSubscription) -> tuple[str, str]:
        return subscription.status, subscription.get_status_display()
