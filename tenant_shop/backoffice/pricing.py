"""Groups of customers, their price lists, and how many pieces are sold at once, in the back office."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, IntegerField, Model, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import URLPattern, path
from unfold.decorators import display
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import UnfoldAdminTextInputWidget

from platform_core.tenancy.context import current_tenant
from tenant_shop.backoffice.base import ShopAdmin, ShopInline, amount
from tenant_shop.backoffice.customer_filters import GroupFilter
from tenant_shop.backoffice.price_sheet import export_sheet, import_sheet
from tenant_shop.backoffice.site import backoffice
from tenant_shop.backoffice.told_form import ToldForm
from tenant_shop.backoffice.whole_list import LONGEST_COUNT, AtLeast
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.customers.models import Customer
from tenant_shop.pricing.models import CustomerGroup, PriceList, PriceListEntry, QuantityRule
from tenant_shop.pricing.quantities import Allowed
from tenant_shop.pricing.save_group import check_minimum

ENTRIES_ON_A_PAGE = 50


class _Counted(Subquery):
    template = "(SELECT count(*) FROM (%(subquery)s) AS found)"
    output_field = IntegerField()


def counted(model: type[Model]) -> Subquery:
    """How many rows of `model` a group has, ten thousand at most."""
    return _Counted(model._default_manager.filter(group=OuterRef("pk")).order_by().values("pk")[:LONGEST_COUNT])


class GroupForm(ToldForm):
    def clean(self) -> dict[str, Any] | None:
        found = super().clean()
        try:
            check_minimum(self.cleaned_data.get("minimum_order_amount"))
        except ValidationError as refusal:
            self.add_error(None, refusal)
        return found


@admin.register(CustomerGroup, site=backoffice)
class CustomerGroupAdmin(ShopAdmin):
    form = GroupForm
    list_display = ("name", "members", "lists", "least", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name", "description")
    ordering = ("name", "id")
    fields = ("name", "description", "is_active", "minimum_order_amount")

    def get_queryset(self, request: HttpRequest) -> QuerySet[CustomerGroup]:
        """Each count reads an index and ends at ten thousand: nobody sorts by it, for then all groups were counted."""
        rows: QuerySet[CustomerGroup] = super().get_queryset(request)
        return rows.annotate(member_count=counted(Customer), list_count=counted(PriceList))

    @display(description="Customers")
    def members(self, group: CustomerGroup) -> str:
        members = getattr(group, "member_count", 0)
        return str(AtLeast(members)) if members == LONGEST_COUNT else str(members)

    @display(description="Price lists")
    def lists(self, group: CustomerGroup) -> str:
        return str(getattr(group, "list_count", 0))

    @display(description="Orders from", ordering="minimum_order_amount")
    def least(self, group: CustomerGroup) -> str:
        return amount(group.minimum_order_amount)


class BySku(ToldForm):
    """A row about goods; a variant is named by its SKU."""

    also_watched = ("sku",)
    sku = forms.CharField(required=False, max_length=100, label="SKU of a variant", widget=UnfoldAdminTextInputWidget)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.variant is not None:
            self.initial.setdefault("sku", self.instance.variant.sku)

    def clean_sku(self) -> str:
        sku = str(self.cleaned_data["sku"]).strip()
        variant = ProductVariant.objects.filter(sku=sku).first() if sku else None
        if sku and variant is None:
            raise forms.ValidationError(f"There is no variant with the SKU {sku}.")
        self.instance.variant = variant
        return sku


class EntryForm(BySku):
    def clean(self) -> dict[str, Any] | None:
        found = super().clean()
        given = self.cleaned_data
        if sum(bool(given.get(name)) for name in ("sku", "product", "category")) > 1:
            self.add_error("sku", "A price is for a variant, a product or a category. Leave the others empty.")
        price, off = given.get("unit_price"), given.get("percent_off")
        if not self.errors.keys() & {"unit_price", "percent_off"} and (price is None) == (off is None):
            self.add_error("unit_price", "Write either a price or a percentage.")
        if price is not None and price < 0:
            self.add_error("unit_price", "A price is not less than nothing.")
        return found


class EntryFormSet(PaginationInlineFormSet):
    def clean(self) -> None:
        """Goods have one price from a number of pieces on."""
        super().clean()
        seen: set[tuple[Any, ...]] = set()
        for form in self.forms:
            given = getattr(form, "cleaned_data", {})
            if not given.get("min_quantity") or given.get("DELETE") or form.errors:
                continue
            key = (form.instance.variant, given.get("product"), given.get("category"), given["min_quantity"])
            if key in seen or self._is_taken(form, key):
                form.add_error("min_quantity", "There is a price for these goods and this quantity already.")
            seen.add(key)

    def _is_taken(self, form: Any, key: tuple[Any, ...]) -> bool:
        """On another page of the table."""
        mine = [other.instance.pk for other in self.forms if other.instance.pk]
        names = ("variant", "product", "category", "min_quantity")
        rows = PriceListEntry.objects.filter(price_list=self.instance.pk, **dict(zip(names, key, strict=True)))
        return rows.exclude(pk__in=mine).exists() if self.instance.pk else False


class EntryInline(ShopInline):
    model = PriceListEntry
    form = EntryForm
    formset = EntryFormSet
    fields = ("sku", "product", "category", "min_quantity", "unit_price", "percent_off")
    autocomplete_fields = ("product", "category")
    ordering = ("variant__sku", "product__name", "category__name", "min_quantity", "id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[PriceListEntry]:
        rows: QuerySet[PriceListEntry] = super().get_queryset(request)
        return rows.select_related("variant", "product", "category").defer("product__variants")

    per_page = ENTRIES_ON_A_PAGE
    verbose_name = "price"
    verbose_name_plural = "prices (for one variant, all of a product, a category, or left empty: everything)"


class PriceListForm(ToldForm):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "currency" in self.fields and self.instance._state.adding:
            self.initial.setdefault("currency", current_tenant().currency)

    def clean_currency(self) -> str:
        currency = str(self.cleaned_data["currency"]).strip().upper()
        own = current_tenant().currency
        if currency != own:
            raise forms.ValidationError(f"The shop sells in {own}. A list in another currency would never hold.")
        return currency

    def clean(self) -> dict[str, Any] | None:
        found, given = super().clean(), self.cleaned_data
        begins, ends = given.get("starts_at"), given.get("ends_at")
        if begins and ends and ends <= begins:
            self.add_error("ends_at", "It ends before it begins.")
        return found

    class Meta:
        labels = {"is_active": "Active"}
        help_texts = {
            "priority": "Where two lists of the group speak of the same goods alike, the higher number holds.",
            "currency": "Of the fixed prices.",
        }


@admin.register(PriceList, site=backoffice)
class PriceListAdmin(ShopAdmin):
    form = PriceListForm
    inlines = (EntryInline,)
    list_display = ("name", "group", "entry_count", "priority", "is_active", "starts_at", "ends_at")
    list_filter = ("is_active", GroupFilter)
    autocomplete_fields = ("group",)
    list_select_related = ("group",)
    search_fields = ("name", "group__name")
    ordering = ("group__name", "-priority", "name", "id")
    change_form_outer_before_template = "admin/shop/price_list_tools.html"
    fieldsets = (
        (None, {"fields": ("group", "name", ("currency", "priority"), "is_active")}),
        ("When", {"fields": (("starts_at", "ends_at"),)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[PriceList]:
        rows: QuerySet[PriceList] = super().get_queryset(request)
        return rows.annotate(counted=Count("entries"))

    class Media:
        css = {"all": ("css/backoffice/named-rows.css",)}

    @display(description="Prices", ordering="counted")
    def entry_count(self, prices: PriceList) -> str:
        return str(getattr(prices, "counted", 0))

    def get_urls(self) -> list[URLPattern]:
        view, options = self.admin_site.admin_view, {"model_admin": self}
        return [
            path("<uuid:list_id>/prices.csv", view(export_sheet), options, name="tenant_shop_pricelist_export"),
            path("<uuid:list_id>/import/", view(import_sheet), options, name="tenant_shop_pricelist_import"),
            *super().get_urls(),
        ]


class QuantityForm(BySku):
    def clean(self) -> dict[str, Any] | None:
        found = super().clean()
        given = self.cleaned_data
        variant, product = self.instance.variant, given.get("product")
        if not self.errors.keys() & {"sku", "product"} and (variant is None) == (product is None):
            self.add_error("product", "Choose a product, or one of its variants.")
        same: QuerySet[Model] = QuantityRule.objects.filter(group=given.get("group"), variant=variant, product=product)
        if not self.errors and same.exclude(pk=self.instance.pk).exists():
            self.add_error("product", "There is a rule for these goods already. Change that one.")
        return found

    class Meta:
        labels = {"minimum": "At least", "multiple": "In packs of"}
        help_texts = {
            "product": "The rule holds for each of its variants.",
            "group": "Empty: for everybody. A group's own rule goes before everybody's.",
        }


@admin.register(QuantityRule, site=backoffice)
class QuantityRuleAdmin(ShopAdmin):
    form = QuantityForm
    list_display = ("goods", "group", "told", "updated_at")
    list_filter = (GroupFilter,)
    list_select_related = ("group", "variant__product", "product")
    search_fields = ("product__name", "product__sku", "variant__sku", "variant__product__name")
    ordering = ("created_at", "id")
    autocomplete_fields = ("product", "group")
    fields = ("product", "sku", "group", ("minimum", "multiple"))

    @display(description="Goods")
    def goods(self, rule: QuantityRule) -> str:
        if rule.variant is not None:
            return f"{rule.variant.product.name} ({rule.variant.label or rule.variant.sku})"
        return rule.product.name if rule.product else "-"

    @display(description="Shoppers read")
    def told(self, rule: QuantityRule) -> str:
        return Allowed(rule.minimum, rule.multiple).sentence or "Any number."
