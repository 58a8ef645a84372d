"""Products in the back office."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from platform_core.plans.limits import PlanLimitReached
from tenant_shop.backoffice.base import ShopAdmin, ShopInline, amount
from tenant_shop.backoffice.options import OptionsField
from tenant_shop.backoffice.pictures import (
    KeepsPictures,
    PictureInline,
    PicturesField,
    add_pictures,
    check_room_for,
    remove_files_later,
)
from tenant_shop.backoffice.site import backoffice
from tenant_shop.backoffice.stock import adjust_stock
from tenant_shop.backoffice.today import low_stock
from tenant_shop.catalog.models import Product, ProductImage
from tenant_shop.catalog.pictures.read import CleanPicture
from tenant_shop.catalog.publish import note_publication
from tenant_shop.catalog.room import check_product_room
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.taxes.classes import STANDARD
from tenant_shop.taxes.models import has_no_rate, known_classes

NO_RATE = (
    "No tax rate names the class %(tax_class)s: this product pays what the class standard pays. "
    "Enter a rate for it, or choose another class."
)
STATUS_COLOURS = {"active": "success", "draft": "info", "inactive": "warning", "archived": "default"}


class SkuForm(forms.ModelForm):  # type: ignore[type-arg]
    """A product or a variant: its SKU may be used within one product only."""

    def clean_sku(self) -> str:
        sku = str(self.cleaned_data["sku"]).strip()
        own = getattr(self.instance, "product_id", None) or self.instance.pk
        if (
            Product.objects.filter(sku=sku).exclude(pk=own).exists()
            or ProductVariant.objects.filter(sku=sku).exclude(product=own).exists()
        ):
            raise forms.ValidationError(f"Another product has the SKU {sku}.", code="sku_taken")
        return sku


class ProductForm(SkuForm):
    new_pictures = PicturesField(
        required=False,
        label=_("Add pictures"),
        help_text=_("Several at once, if you like: JPEG, PNG, WebP, AVIF or GIF."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "tax_class" in self.fields:  # a viewer's form has no fields
            self.fields["tax_class"] = forms.ChoiceField(
                label="Tax class",
                required=False,
                choices=known_classes(chosen=self.instance.tax_class),
                widget=UnfoldAdminSelectWidget,
                help_text="Which tax rate holds. Classes of your own are named where tax rates are entered.",
            )

    def clean_tax_class(self) -> str:
        return self.cleaned_data["tax_class"] or STANDARD

    def clean_new_pictures(self) -> list[CleanPicture]:
        pictures: list[CleanPicture] = self.cleaned_data["new_pictures"]
        if pictures:
            check_room_for(pictures)
        return pictures

    def clean_published_at(self) -> datetime | None:
        published_at: datetime | None = self.cleaned_data["published_at"]
        if published_at is not None and published_at > timezone.now():
            raise forms.ValidationError(
                "This date is still to come. Products cannot be scheduled yet: an active one is seen at once.",
                code="future",
            )
        return published_at

    def clean(self) -> dict[str, Any] | None:
        """A product that is new or leaves the archive needs room in the plan; asked only once the rest is well."""
        found = super().clean()
        comes = self.instance._state.adding or self.initial.get("status") == Product.Status.ARCHIVED
        if comes and not self.errors and self.cleaned_data.get("status") != Product.Status.ARCHIVED:
            try:
                check_product_room()
            except PlanLimitReached as error:
                raise forms.ValidationError(str(error), code=error.code) from error
        return found

    class Meta:
        labels = {"slug": "Address", "sku": "SKU", "compare_at_price": "Price before", "cost_price": "Cost"}
        widgets = {
            "short_description": UnfoldAdminTextareaWidget(attrs={"rows": 2}),
            "tags": UnfoldAdminTextInputWidget(),
        }


class VariantForm(SkuForm):
    options = OptionsField()

    class Meta:
        labels = {"sku": "SKU", "compare_at_price": "Price before", "is_active": "On sale"}


class VariantInline(ShopInline):
    """A product's variants. Stock is shown here and changed on the product's stock page only."""

    model = ProductVariant
    form = VariantForm
    fields = ("sku", "options", "price", "compare_at_price", "inventory_quantity", "position", "is_active")
    readonly_fields = ("inventory_quantity",)
    verbose_name = "variant"
    verbose_name_plural = "variants (a product without options gets its only one by itself)"


class StockFilter(admin.SimpleListFilter):
    title = "stock"
    parameter_name = "stock"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("low", "Running low")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        return low_stock(queryset) if self.value() == "low" else queryset


@admin.register(Product, site=backoffice)
class ProductAdmin(KeepsPictures, ShopAdmin):
    form = ProductForm
    list_display = ("name", "status_badge", "shown_price", "in_stock", "category", "brand", "updated_at")
    list_filter = ("status", "visibility", StockFilter)
    list_select_related = ("category", "brand")
    search_fields = ("name", "sku", "slug", "variant_rows__sku")
    search_help_text = "Name, SKU or address"
    ordering = ("name", "id")
    autocomplete_fields = ("category", "brand")
    prepopulated_fields = {"slug": ("name",)}
    readonly_fields = ("inventory_quantity", "created_at", "updated_at")
    inlines = (VariantInline, PictureInline)
    change_form_outer_before_template = "admin/shop/product_tools.html"
    fieldsets = (
        (None, {"fields": ("name", "slug", "sku", ("status", "visibility"), "short_description", "description")}),
        ("Pictures", {"fields": ("new_pictures",)}),
        ("Prices", {"fields": (("price", "compare_at_price", "cost_price"), "tax_class")}),
        ("Where it belongs", {"fields": (("category", "brand"), "tags")}),
        (
            "Stock",
            {"fields": ("inventory_quantity", ("track_inventory", "allow_backorder"), "low_stock_threshold")},
        ),
        ("Parcel", {"fields": (("weight", "length", "width", "height"),), "classes": ("collapse",)}),
        (
            "Search engines",
            {"fields": ("meta_title", "meta_description", "meta_keywords"), "classes": ("collapse",)},
        ),
        ("Times", {"fields": (("published_at", "created_at", "updated_at"),), "classes": ("collapse",)}),
    )

    @display(description="Status", ordering="status", label=STATUS_COLOURS)
    def status_badge(self, product: Product) -> tuple[str, str]:
        return product.status, product.get_status_display()

    @display(description="Price", ordering="price")
    def shown_price(self, product: Product) -> str:
        return amount(product.price)

    @display(description="Stock", ordering="inventory_quantity")
    def in_stock(self, product: Product) -> str:
        return str(product.inventory_quantity) if product.track_inventory else "not counted"

    def get_urls(self) -> list[URLPattern]:
        stock = path(
            "<uuid:product_id>/stock/",
            self.admin_site.admin_view(adjust_stock),
            {"model_admin": self},
            name="tenant_shop_product_stock",
        )
        return [stock, *super().get_urls()]

    def save_model(self, request: HttpRequest, obj: Product, form: Any, change: bool) -> None:  # noqa: FBT001
        if not change or "status" in form.changed_data:  # what has long been on show is not new by an edit
            note_publication(obj, at=timezone.now())
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001
        """A product is sold by its variants: one that has none gets one, under the product's own SKU."""
        super().save_related(request, form, formsets, change)
        product = form.instance
        if has_no_rate(product.tax_class):
            messages.warning(request, NO_RATE % {"tax_class": product.tax_class})
        add_pictures(product, form.cleaned_data["new_pictures"], request)
        if not product.variant_rows.exists():
            ProductVariant.objects.create(product=product, sku=product.sku)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001
        super().save_formset(request, form, formset, change)
        if formset.model is ProductImage and (formset.deleted_objects or formset.changed_objects):
            remove_files_later()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:
        # The projection of all variants is a long document; lists and forms do without.
        queryset: QuerySet[Product] = super().get_queryset(request).defer("variants")
        return queryset
