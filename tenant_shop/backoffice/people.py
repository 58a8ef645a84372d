"""Customers in the back office."""

from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from platform_core.tenancy.transactions import shop_transaction
from smartseller.formats import language_name
from tenant_shop.backoffice.base import ShopAdmin, ShopInline, amount
from tenant_shop.backoffice.columns import HasColumns
from tenant_shop.backoffice.custom_values import HasCustomFields
from tenant_shop.backoffice.customer_filters import CountryFilter, GroupFilter, OrdersFilter, SpentFilter
from tenant_shop.backoffice.customer_merge import merge_page
from tenant_shop.backoffice.customer_notes import erase_page, note_page, tags_page
from tenant_shop.backoffice.customer_points import points_page
from tenant_shop.backoffice.customer_profile import data_page, erasure_page, profile_shown
from tenant_shop.backoffice.differences import plain
from tenant_shop.backoffice.list_columns import CUSTOMERS
from tenant_shop.backoffice.list_file import HasFile
from tenant_shop.backoffice.places import country_options
from tenant_shop.backoffice.saved_views import HasViews
from tenant_shop.backoffice.site import backoffice
from tenant_shop.backoffice.text_filter import TagFilter
from tenant_shop.backoffice.told_form import ToldForm
from tenant_shop.configuration.custom_fields.models import CustomField
from tenant_shop.customers.by_words import customers_by_words
from tenant_shop.customers.merged import merged_into
from tenant_shop.customers.models import Customer, CustomerAddress
from tenant_shop.pricing.models import CustomerGroup

# So many groups can be chosen for many customers at once.
MOST_GROUPS = 20
PAGES = {
    "data": data_page,
    "erasure": erasure_page,
    "erase": erase_page,
    "merge": merge_page,
    "note": note_page,
    "tags": tags_page,
}
DELIVERED = (
    "Orders and total are those that were delivered, refunds not taken off. The lifetime value below is of all orders "
    "that count, paid or on their way too, less what was given back."
)
CUSTOMER_COLOURS = {"active": "success", "inactive": "warning", "suspended": "danger"}


class CustomerForm(ToldForm):
    class Meta:
        labels = {
            "email": "E-mail address",
            "phone": "Telephone",
            "marketing_consent": "Wants marketing mails",
            "loyalty_tier": "Tier",
            "loyalty_points": "Points",
            "created_at": "Customer since",
            "last_login_at": "Last log-in",
            "locked_until": "Log-in locked until",
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "language" in self.fields:
            self.fields["language"] = _chosen(
                "Language",
                self.initial.get("language"),
                [(code, language_name(code)) for code, _ in settings.LANGUAGES],
            )


class AddressForm(ToldForm):
    class Meta:
        labels = {
            "address_line_1": "Street and house number",
            "address_line_2": "More of it",
            "state_province": "State or province",
            "is_default": "Chosen first",
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "country" in self.fields:
            self.fields["country"] = _chosen("Country", self.initial.get("country"), country_options())
            self.fields["country"].widget.attrs["aria-label"] = "Country"


def _chosen(label: str, now: str | None, choices: list[tuple[str, str]]) -> forms.ChoiceField:
    """One of the choices, or what it is now, wherever that came from."""
    first = [] if now in dict(choices) else [(now or "", now or "not said")]
    return forms.ChoiceField(
        label=label,
        choices=[*first, *choices],
        widget=UnfoldAdminSelectWidget,
    )


class AddressInline(ShopInline):
    model = CustomerAddress
    verbose_name, verbose_name_plural = "address", "addresses"
    form = AddressForm
    fields = (
        "type",
        "first_name",
        "last_name",
        "company",
        "address_line_1",
        "address_line_2",
        "postal_code",
        "city",
        "state_province",
        "country",
        "is_default",
    )


@admin.register(Customer, site=backoffice)
class CustomerAdmin(HasFile, HasViews, HasColumns, HasCustomFields, ShopAdmin):
    """Customers open their accounts themselves; the shop's people mend them."""

    form = CustomerForm
    custom_owner = CustomField.Owner.CUSTOMER
    more_columns = (
        "phone",
        "language",
        "marketing_consent",
        "loyalty_tier",
        "loyalty_points",
        "tags",
        "last_login_at",
    )
    file_columns = CUSTOMERS
    # Whole lists of people are for who works with them.
    file_verb = "change"
    list_display = ("email", "full_name", "group", "status_badge", "delivered_orders", "spent", "created_at")
    list_filter = (
        "status",
        GroupFilter,
        "loyalty_tier",
        "marketing_consent",
        TagFilter,
        CountryFilter,
        SpentFilter,
        OrdersFilter,
    )
    standard_views = (
        ("Came back", "orders=2.."),
        ("Nothing delivered yet", "orders=0"),
        ("Agreed to marketing mails", "marketing_consent__exact=1&status__exact=active"),
    )
    search_fields = ("email", "first_name", "last_name", "phone")
    search_help_text = "Name, e-mail address or telephone"
    found_by = staticmethod(customers_by_words)
    list_select_related = ("group",)
    autocomplete_fields = ("group",)
    ordering = ("-created_at", "-id")
    readonly_fields = (
        "delivered_orders",
        "spent",
        "loyalty_tier",
        "loyalty_points",
        "created_at",
        "last_login_at",
        "locked_until",
    )
    inlines = (AddressInline,)
    change_form_outer_before_template = "admin/shop/customer_tools.html"
    change_form_outer_after_template = "admin/shop/customer_profile.html"
    fieldsets = (
        (None, {"fields": ("email", ("first_name", "last_name"), "phone", ("status", "group"))}),
        ("Wishes", {"fields": (("language", "marketing_consent"),)}),
        (
            "So far",
            {
                "fields": (
                    ("delivered_orders", "spent"),
                    ("loyalty_tier", "loyalty_points"),
                    ("created_at", "last_login_at", "locked_until"),
                ),
                "description": DELIVERED,
            },
        ),
    )

    class Media:
        css = {"all": ("css/backoffice/named-rows.css",)}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        points = path(
            "<uuid:customer_id>/points/",
            self.admin_site.admin_view(partial(points_page, page=self)),
            name="tenant_shop_customer_points",
        )
        of_data = [
            path(
                f"<uuid:customer_id>/{name}/",
                self.admin_site.admin_view(partial(view, page=self)),
                name=f"tenant_shop_customer_{name}",
            )
            for name, view in PAGES.items()
        ]
        return [points, *of_data, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        customer = self.get_object(request, object_id)
        survivor_id = merged_into(customer) if isinstance(customer, Customer) else None
        if survivor_id is not None and self.has_view_or_change_permission(request, customer):
            messages.info(request, "That account was merged into this one.")
            return redirect("admin:tenant_shop_customer_change", survivor_id)
        shown = profile_shown(customer) if request.method == "GET" and isinstance(customer, Customer) else {}
        page: HttpResponse = super().change_view(request, object_id, form_url, {**(extra_context or {}), **shown})
        return page

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

    @display(description="Delivered orders", ordering="total_orders")
    def delivered_orders(self, customer: Customer) -> str:
        return f"{customer.total_orders:,}"

    @display(description="Delivered total", ordering="total_spent")
    def spent(self, customer: Customer) -> str:
        return amount(customer.total_spent)


def _put_into(page: CustomerAdmin, request: HttpRequest, queryset: QuerySet[Customer], *, group: CustomerGroup) -> None:
    words, after = [{"changed": {"fields": [f"group: {group.name}"]}}], {"group": group.name}
    with shop_transaction():
        moved = list(queryset.exclude(group=group).select_related("group"))
        Customer.objects.filter(pk__in=[customer.pk for customer in moved]).update(group=group)
        for customer in moved:
            page.note(request, "change", customer, words, before={"group": plain(customer.group)}, after=after)
    messages.success(
        request, f"{len(moved)} {'customer is' if len(moved) == 1 else 'customers are'} in the group {group.name} now."
    )
