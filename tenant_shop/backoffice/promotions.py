"""Discounts in the back office."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from platform_core.tenancy.context import current_tenant
from tenant_shop.backoffice.base import ShopAdmin, amount
from tenant_shop.backoffice.order_rows import LINK
from tenant_shop.backoffice.site import backoffice
from tenant_shop.backoffice.told_form import ToldForm
from tenant_shop.catalog.models import Category, Product
from tenant_shop.orders.items import OrderItem
from tenant_shop.promotions.find import normalised_code
from tenant_shop.promotions.models import DiscountCode
from tenant_shop.promotions.save_discount import problems_of
from tenant_shop.promotions.sentence import sentence

JUDGED = ("code", "type", "value", "starts_at", "ends_at", "usage_limit", "usage_limit_per_customer", "is_active")
# Lists by autocomplete are asked for through a field that points to what is chosen: it says who may look.
PRODUCTS, CATEGORIES = OrderItem._meta.get_field("product"), Product._meta.get_field("category")


class GoodsPicker(AutocompleteSelectMultiple):
    """Asks the server while somebody types. What is no id is refused by the field, and is nothing to show again."""

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        return super().optgroups(name, [each for each in value if not each or _is_id(str(each))], attr)

    @property
    def media(self) -> forms.Media:
        return super().media + forms.Media(js=["js/backoffice/named-searches.js"])


class DiscountForm(ToldForm):
    also_watched = ("products", "categories")
    products = forms.ModelMultipleChoiceField(
        Product.objects.none(),
        required=False,
        label="Products",
        help_text="Empty, with no category either: the whole order.",
        widget=GoodsPicker(PRODUCTS, backoffice),
    )
    categories = forms.ModelMultipleChoiceField(
        Category.objects.none(),
        required=False,
        label="Categories",
        help_text="Goods that stand in one of them, and the chosen products.",
        widget=GoodsPicker(CATEGORIES, backoffice),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows, kept in (
            ("products", Product.objects.all(), self.instance.applicable_products),
            ("categories", Category.objects.all(), self.instance.applicable_categories),
        ):
            if name in self.fields:
                self.fields[name].queryset = rows  # type: ignore[attr-defined]
                # Goods that are gone are not shown: a form that leaves them alone must not make a discount on all.
                self.initial.setdefault(name, list(rows.filter(pk__in=kept or []).values_list("pk", flat=True)))

    def clean_code(self) -> str | None:
        return normalised_code(str(self.cleaned_data.get("code") or "")) or None

    def clean(self) -> dict[str, Any] | None:
        found, given = super().clean(), self.cleaned_data
        for name, problem in problems_of(self.instance, {**dict.fromkeys(JUDGED), **given}):
            self.add_error(name if name in self.fields else None, problem)
        for chosen, kept in (("products", "applicable_products"), ("categories", "applicable_categories")):
            if chosen in given and chosen in self.changed_data:
                setattr(self.instance, kept, [row.pk for row in given[chosen]] or None)
        return found

    class Meta:
        labels = {
            "is_active": "Active",
            "minimum_order_amount": "From an order of",
            "excludes_sale_items": "Not for what is reduced already",
            "first_order_only": "For a first order only",
            "usage_limit": "In all",
            "usage_limit_per_customer": "For each customer",
            "usage_count": "Used",
            "combines_with_product": "Discounts on products",
            "combines_with_order": "Discounts on the whole order",
            "combines_with_shipping": "Free delivery",
        }
        help_texts = {
            "code": "Shoppers enter it. Empty: everybody gets the discount by itself, under its name.",
            "name": "Shoppers see it when there is no code.",
            "value": "Percent, or an amount in the shop's currency; 0 for free delivery.",
        }
        widgets = {"description": UnfoldAdminTextareaWidget(attrs={"rows": 2})}


@admin.register(DiscountCode, site=backoffice)
class DiscountAdmin(ShopAdmin):
    form = DiscountForm
    list_display = ("title", "name", "worth", "used", "is_active", "starts_at", "ends_at")
    list_filter = ("is_active", "type")
    search_fields = ("code", "name")
    ordering = ("code", "name", "id")
    readonly_fields = ("in_a_sentence", "used_by")
    fieldsets = (
        (None, {"fields": ("in_a_sentence", "code", "name", "description", "is_active")}),
        ("What it gives", {"fields": (("type", "value"), "minimum_order_amount")}),
        ("For what", {"fields": ("products", "categories", "excludes_sale_items")}),
        (
            "How often",
            {"fields": (("usage_limit", "usage_limit_per_customer", "used_by"), "first_order_only")},
        ),
        ("When", {"fields": (("starts_at", "ends_at"),)}),
        (
            "Together with",
            {
                "fields": (("combines_with_product", "combines_with_order", "combines_with_shipping"),),
                "description": "Both discounts must allow it. Otherwise the one that saves the shopper most holds.",
            },
        ),
    )

    @display(description="Discount", ordering="code")
    def title(self, discount: DiscountCode) -> str:
        return discount.code or f"{discount.name} (automatic)"

    @display(description="In a sentence")
    def in_a_sentence(self, discount: DiscountCode) -> str:
        if discount._state.adding:
            return "Save the discount, and read here what it does."
        return sentence(
            discount,
            products=_names(Product.objects.filter(pk__in=discount.applicable_products or [])),
            categories=_names(Category.objects.filter(pk__in=discount.applicable_categories or [])),
            currency=current_tenant().currency,
        )

    @display(description="Worth")
    def worth(self, code: DiscountCode) -> str:
        match code.type:
            case DiscountCode.Type.PERCENTAGE:
                return f"{code.value.normalize():f} %"
            case DiscountCode.Type.FREE_SHIPPING:
                return "Free delivery"
            case _:
                return amount(code.value)

    @display(description="Used")
    def used_by(self, code: DiscountCode) -> str:
        """With the way to the orders, and to what it brought."""
        if not code.usage_count:
            return "Not yet"
        orders, report = reverse("admin:tenant_shop_order_changelist"), reverse("dashboard:discounts")
        return format_html(
            '<a class="{0}" href="{2}?discount={1}">{4} {5}</a> \N{MIDDLE DOT} '
            '<a class="{0}" href="{3}?days=90&amp;discount={1}#days">What it brought</a>',
            LINK, code.pk, orders, report, code.usage_count, "order" if code.usage_count == 1 else "orders",
        )  # fmt: skip

    @display(description="Used", ordering="usage_count")
    def used(self, code: DiscountCode) -> str:
        return f"{code.usage_count} of {code.usage_limit}" if code.usage_limit is not None else str(code.usage_count)

    def has_delete_permission(self, request: HttpRequest, obj: DiscountCode | None = None) -> bool:
        """A code that was used stays, switched off: orders refer to it."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.usage_count == 0)


def _names(rows: QuerySet[Model]) -> list[str]:
    return list(rows.order_by("name").values_list("name", flat=True))


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
