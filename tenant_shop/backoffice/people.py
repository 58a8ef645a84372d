"""Customers and their reviews in the back office."""

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from unfold.decorators import display

from tenant_shop.backoffice.base import ShopAdmin, ShopInline, amount
from tenant_shop.backoffice.customer_points import points_page
from tenant_shop.backoffice.site import backoffice
from tenant_shop.customers.models import Customer, CustomerAddress
from tenant_shop.pricing.models import CustomerGroup
from tenant_shop.reviews.models import ProductReview

REVIEW_COLOURS = {"pending": "warning", "approved": "success", "rejected": "danger"}
# So many groups can be chosen for many customers at once.
MOST_GROUPS = 20
CUSTOMER_COLOURS = {"active": "success", "inactive": "warning", "suspended": "danger"}


class AddressInline(ShopInline):
    model = CustomerAddress
    fields = ("type", "first_name", "last_name", "address_line_1", "postal_code", "city", "country", "is_default")


@admin.register(Customer, site=backoffice)
class CustomerAdmin(ShopAdmin):
    """Customers open their accounts themselves; the shop's people mend them."""

    list_display = ("email", "full_name", "group", "status_badge", "total_orders", "spent", "created_at")
    list_filter = ("status", "group", "loyalty_tier", "marketing_consent")
    search_fields = ("email", "first_name", "last_name")
    search_help_text = "E-mail address or name"
    list_select_related = ("group",)
    autocomplete_fields = ("group",)
    ordering = ("-created_at", "-id")
    readonly_fields = (
        "total_orders",
        "spent",
        "loyalty_tier",
        "loyalty_points",
        "created_at",
        "last_login_at",
        "locked_until",
    )
    inlines = (AddressInline,)
    change_form_outer_before_template = "admin/shop/customer_tools.html"
    fieldsets = (
        (None, {"fields": ("email", ("first_name", "last_name"), "phone", ("status", "group"))}),
        ("Wishes", {"fields": (("language", "marketing_consent"),)}),
        (
            "So far",
            {
                "fields": (
                    ("total_orders", "spent"),
                    ("loyalty_tier", "loyalty_points"),
                    ("created_at", "last_login_at", "locked_until"),
                )
            },
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        points = path(
            "<uuid:customer_id>/points/",
            self.admin_site.admin_view(partial(points_page, page=self)),
            name="tenant_shop_customer_points",
        )
        return [points, *super().get_urls()]

    def get_actions(self, request: HttpRequest) -> Any:
        """Many customers are put into a group at once."""
        found = super().get_actions(request)
        if IS_POPUP_VAR in request.GET or not self.has_change_permission(request):
            return found
        for group in CustomerGroup.objects.filter(is_active=True)[:MOST_GROUPS]:
            name = f"into_{group.pk.hex}"
            found[name] = (partial(_put_into, group=group), name, f"Put into the group “{group.name}”")
        return found

    @display(description="Status", ordering="status", label=CUSTOMER_COLOURS)
    def status_badge(self, customer: Customer) -> tuple[str, str]:
        return customer.status, customer.get_status_display()

    @display(description="Spent", ordering="total_spent")
    def spent(self, customer: Customer) -> str:
        return amount(customer.total_spent)


def _put_into(page: CustomerAdmin, request: HttpRequest, queryset: QuerySet[Customer], *, group: CustomerGroup) -> None:
    moved = list(queryset.exclude(group=group))
    Customer.objects.filter(pk__in=[customer.pk for customer in moved]).update(group=group)
    for customer in moved:
        page.note(request, "change", customer, [{"changed": {"fields": [f"group: {group.name}"]}}])
    messages.success(request, f"{len(moved)} customers are in the group {group.name} now.")


@admin.register(ProductReview, site=backoffice)
class ReviewAdmin(ShopAdmin):
    """What customers wrote is shown or not; it is never rewritten."""

    list_display = ("product", "rating", "title", "status_badge", "customer", "created_at")
    list_filter = ("status", "rating", "is_verified_purchase")
    list_select_related = ("product", "customer")
    search_fields = ("title", "product__name", "customer__email")
    ordering = ("-created_at", "-id")
    fields = ("product", "customer", "rating", "title", "content", "status", "is_verified_purchase", "created_at")
    readonly_fields = ("product", "customer", "rating", "title", "content", "is_verified_purchase", "created_at")
    actions = ("approve", "reject")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @display(description="Status", ordering="status", label=REVIEW_COLOURS)
    def status_badge(self, review: ProductReview) -> tuple[str, str]:
        return review.status, review.get_status_display()

    @admin.action(description="Show the selected reviews", permissions=["change"])
    def approve(self, request: HttpRequest, queryset: QuerySet[ProductReview]) -> None:
        self._decide(request, queryset, ProductReview.Status.APPROVED)

    @admin.action(description="Keep the selected reviews back", permissions=["change"])
    def reject(self, request: HttpRequest, queryset: QuerySet[ProductReview]) -> None:
        self._decide(request, queryset, ProductReview.Status.REJECTED)

    def _decide(self, request: HttpRequest, queryset: QuerySet[ProductReview], status: ProductReview.Status) -> None:
        for review in queryset.exclude(status=status):
            review.status = status
            review.save(update_fields=["status"])
            self.note(request, "change", review, [{"changed": {"fields": [f"status: {status.label}"]}}])
