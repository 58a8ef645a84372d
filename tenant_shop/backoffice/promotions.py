"""Discount codes in the back office."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.decorators import display

from tenant_shop.backoffice.base import ShopAdmin, amount
from tenant_shop.backoffice.site import backoffice
from tenant_shop.promotions.models import DiscountCode


class DiscountForm(forms.ModelForm):  # type: ignore[type-arg]
    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).strip().upper()

    def clean(self) -> dict[str, Any] | None:
        found = super().clean()
        begins, ends = self.cleaned_data.get("starts_at"), self.cleaned_data.get("ends_at")
        if begins and ends and ends <= begins:
            self.add_error("ends_at", "It ends before it begins.")
        return found


@admin.register(DiscountCode, site=backoffice)
class DiscountAdmin(ShopAdmin):
    form = DiscountForm
    list_display = ("code", "name", "worth", "used", "is_active", "starts_at", "ends_at")
    list_filter = ("is_active", "type")
    search_fields = ("code", "name")
    ordering = ("code", "id")
    readonly_fields = ("usage_count",)
    fieldsets = (
        (None, {"fields": ("code", "name", "description", "is_active")}),
        ("What it gives", {"fields": (("type", "value"), "minimum_order_amount")}),
        ("How often", {"fields": (("usage_limit", "usage_limit_per_customer", "usage_count"),)}),
        ("When", {"fields": (("starts_at", "ends_at"),)}),
    )

    @display(description="Worth")
    def worth(self, code: DiscountCode) -> str:
        match code.type:
            case DiscountCode.Type.PERCENTAGE:
                return f"{code.value.normalize():f} %"
            case DiscountCode.Type.FREE_SHIPPING:
                return "Free shipping"
            case _:
                return amount(code.value)

    @display(description="Used", ordering="usage_count")
    def used(self, code: DiscountCode) -> str:
        return f"{code.usage_count} of {code.usage_limit}" if code.usage_limit is not None else str(code.usage_count)

    def has_delete_permission(self, request: HttpRequest, obj: DiscountCode | None = None) -> bool:
        """A code that was used stays, switched off: orders refer to it."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.usage_count == 0)
