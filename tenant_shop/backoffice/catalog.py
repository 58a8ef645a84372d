"""Products in the back office."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils import timezone
from unfold.decorators import display

from platform_core.tenancy.connections import shop_connection
from tenant_shop.backoffice.base import ShopAdmin, amount
from tenant_shop.backoffice.columns import HasColumns
from tenant_shop.backoffice.count_sheet import count_chosen, count_sheet
from tenant_shop.backoffice.custom_values import HasCustomFields
from tenant_shop.backoffice.deleting import deleted_with
from tenant_shop.backoffice.duplicate import duplicate
from tenant_shop.backoffice.list_columns import PRODUCTS
from tenant_shop.backoffice.list_file import HasFile
from tenant_shop.backoffice.pictures import (
    KeepsPictures,
    PictureInline,
    add_pictures,
    first_picture,
    named_with_picture,
    remove_files_later,
)
from tenant_shop.backoffice.product_filters import (
    ArchivedFilter,
    BrandFilter,
    CategoryFilter,
    PictureFilter,
    StockFilter,
)
from tenant_shop.backoffice.product_form import ProductForm
from tenant_shop.backoffice.product_rows import ScheduledInline, VariantInline
from tenant_shop.backoffice.reorder import reorder
from tenant_shop.backoffice.saved_views import HasViews
from tenant_shop.backoffice.site import backoffice
from tenant_shop.backoffice.stock import adjust_stock as count_stock
from tenant_shop.backoffice.stock import uuid_or_none
from tenant_shop.backoffice.table import edit_in_table, table
from tenant_shop.backoffice.text_filter import TagFilter
from tenant_shop.backoffice.variant_tools import fill_variants
from tenant_shop.backoffice.whole_list import WholeList
from tenant_shop.catalog.by_words import products_by_words
from tenant_shop.catalog.make_variants import make_variants, unused_skus
from tenant_shop.catalog.models import Product, ProductImage
from tenant_shop.catalog.publish import note_publication
from tenant_shop.catalog.scheduled.models import ScheduledChange
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.configuration.custom_fields.models import CustomField
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.inventory.adjust import adjust_stock
from tenant_shop.inventory.models import StockMovement
from tenant_shop.inventory.running_low import how_many_low
from tenant_shop.inventory.set_quantity import set_quantities
from tenant_shop.taxes.models import has_no_rate

NO_RATE = (
    "No tax rate names the class %(tax_class)s: this product pays what the class standard pays. "
    "Enter a rate for it, or choose another class."
)
STATUS_COLOURS = {"active": "success", "draft": "info", "inactive": "warning", "archived": "default"}


class ProductList(WholeList):
    """The list of products: beside a name its first picture, beside a stock how many of its variants run low."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Product]:
        listed: QuerySet[Product] = super().get_queryset(request, exclude_parameters)
        return listed.annotate(low_variants=how_many_low(), first_picture=first_picture())


@admin.register(Product, site=backoffice)
class ProductAdmin(HasFile, HasViews, HasColumns, HasCustomFields, KeepsPictures, ShopAdmin):
    custom_owner = CustomField.Owner.PRODUCT
    form = ProductForm
    more_columns = ("shown_sku", "visibility", "tags", "tax_class", "low_stock_threshold", "published_at", "created_at")
    file_columns = PRODUCTS
    list_display = ("with_picture", "status_badge", "shown_price", "in_stock", "category", "brand", "updated_at")
    list_filter = (
        "status",
        ArchivedFilter,
        "visibility",
        StockFilter,
        CategoryFilter,
        BrandFilter,
        TagFilter,
        PictureFilter,
    )
    standard_views = (
        ("On sale", "status__exact=active"),
        ("Drafts", "status__exact=draft"),
        ("Running low", "stock=low"),
        ("Archived", "archived=only"),
    )
    list_select_related = ("category", "brand")
    search_fields = ("name", "sku", "slug", "variant_rows__sku", "tags")
    search_help_text = "Name, SKU of it or of a variant, tag or address"
    found_by = staticmethod(products_by_words)
    leaves_out = (
        "Archived products are left out: they stand under “Archived”, with those that an order history brought."
    )
    ordering = ("name", "id")
    autocomplete_fields = ("category", "brand")
    prepopulated_fields = {"slug": ("name",)}
    readonly_fields = ("inventory_quantity", "search_preview", "created_at", "updated_at")
    inlines = (VariantInline, PictureInline, ScheduledInline)
    change_form_template = "admin/shop/product.html"
    delete_confirmation_template = "admin/shop/delete_product.html"
    delete_selected_confirmation_template = "admin/shop/delete_products.html"
    warn_unsaved_form = True
    actions = ("edit_in_table", "count_chosen")
    change_form_outer_before_template = "admin/shop/product_tools.html"
    # Where each stands, by its class: templates/admin/shop/product.html.
    fieldsets = (
        (None, {"fields": ("name", "slug", "short_description", "description"), "classes": ("first",)}),
        ("Add pictures", {"fields": ("new_pictures",), "classes": ("first",)}),
        ("Prices", {"fields": (("price", "compare_at_price", "cost_price"),), "classes": ("then",)}),
        (
            "Stock",
            {
                "fields": (
                    ("sku", "inventory_quantity", "low_stock_threshold"),
                    ("track_inventory", "allow_backorder"),
                ),
                "classes": ("then",),
            },
        ),
        ("What it is", {"fields": ("specifications", "features"), "classes": ("last",)}),
        (
            "Parcel and customs",
            {
                "fields": (("weight", "length", "width", "height"), ("customs_code", "origin_country")),
                "classes": ("last",),
            },
        ),
        ("Status", {"fields": ("status", "visibility", "published_at"), "classes": ("side",)}),
        ("Where it belongs", {"fields": ("category", "brand", "tags"), "classes": ("shelf",)}),
        ("Tax", {"fields": ("tax_class",), "classes": ("shelf",)}),
        (
            "Search engines",
            {"fields": ("search_preview", "meta_title", "meta_description", "meta_keywords"), "classes": ("shelf",)},
        ),
        ("Kept since", {"fields": ("created_at", "updated_at"), "classes": ("last",)}),
    )

    class Media:
        js = ("js/backoffice/product-form.js",)
        css = {"all": ("css/backoffice/product-form.css", "css/backoffice/named-rows.css")}

    @display(description="Name", ordering="name")
    def with_picture(self, product: Product) -> str:
        return named_with_picture(product)

    @display(description="Status", ordering="status", label=STATUS_COLOURS)
    def status_badge(self, product: Product) -> tuple[str, str]:
        return product.status, product.get_status_display()

    @display(description="SKU", ordering="sku")
    def shown_sku(self, product: Product) -> str:
        return product.sku

    @display(description="Price", ordering="price")
    def shown_price(self, product: Product) -> str:
        return amount(product.price)

    @display(description="Stock", ordering="inventory_quantity")
    def in_stock(self, product: Product) -> str:
        if not product.track_inventory:
            return "not counted"
        low: int = getattr(product, "low_variants", 0)
        return f"{product.inventory_quantity}{f' · {low} low' if low else ''}"

    @display(description="As search engines may show it")
    def search_preview(self, product: Product) -> str:
        return render_to_string("admin/shop/_search_preview.html", {"product": product})

    def get_fieldsets(self, request: HttpRequest, obj: Product | None = None) -> Any:
        """Who only looks adds no pictures, and what is only being added has not been kept yet."""
        parts = super().get_fieldsets(request, obj)
        left_out = {"Add pictures": not self._may_write(request, obj), "Kept since": obj is None}
        return [part for part in parts if not left_out.get(part[0])]

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[WholeList]:
        return ProductList

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new product begins to run low where the shop's settings say."""
        usual: dict[str, Any] = super().get_changeform_initial_data(request)
        return {"low_stock_threshold": shop_settings().low_stock_threshold, **usual}

    def get_urls(self) -> list[URLPattern]:
        pages = (("stock", count_stock), ("duplicate", duplicate))
        own = [
            path(
                f"<uuid:product_id>/{name}/",
                self.admin_site.admin_view(view),
                {"model_admin": self},
                name=f"tenant_shop_product_{name}",
            )
            for name, view in pages
        ]
        of_all = [
            path(
                f"{name}/",
                self.admin_site.admin_view(view),
                {"model_admin": self},
                name=f"tenant_shop_product_{name}",
            )
            for name, view in (("table", table), ("reorder", reorder), ("count", count_sheet))
        ]
        return [*of_all, *own, *super().get_urls()]

    @admin.action(description="Edit in a table", permissions=["change"])
    def edit_in_table(self, request: HttpRequest, queryset: QuerySet[Product]) -> HttpResponse:
        return edit_in_table(self, request, queryset)

    @admin.action(description="Count stock", permissions=["change"])
    def count_chosen(self, request: HttpRequest, queryset: QuerySet[Product]) -> HttpResponse:
        return count_chosen(request, queryset)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        return deleted_with(objs, request, self.admin_site)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Product | None:
        """The product; locked while a form of it is saved, so that the second of two sees what the first wrote.

        Its variants are locked first, in key order, as everything does that moves stock.
        """
        if shop_connection().in_atomic_block and (key := uuid_or_none(object_id)):
            list(ProductVariant.objects.filter(product=key).order_by("pk").select_for_update(no_key=True).values("pk"))
            list(Product.objects.filter(pk=key).select_for_update(no_key=True).values("pk"))
        product: Product | None = super().get_object(request, object_id, from_field)
        return product

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
        if not form.cleaned_data["options"] and not product.variant_rows.exists():
            ProductVariant.objects.create(product=product, sku=product.sku)
        if form.cleaned_data["options"]:
            made = make_variants(product, form.cleaned_data["options"])
            messages.info(request, f"{len(made)} {'variant was' if len(made) == 1 else 'variants were'} made.")
        fill_variants(product, form.filled)
        self._move_stock(request, form, next(rows for rows in formsets if rows.model is ProductVariant))

    def _move_stock(self, request: HttpRequest, form: ProductForm, variants: Any) -> None:
        rows = [row for row in variants.forms if row.has_changed() and row not in variants.deleted_forms]
        actor = str(request.user.pk)
        new = {row.instance for row in variants.extra_forms}
        for reason, mine in (
            (StockMovement.Reason.INITIAL, [row for row in rows if row.instance in new]),
            (StockMovement.Reason.CORRECTION, [row for row in rows if row.instance not in new]),
        ):
            adjust_stock({row.instance.pk: row.delta for row in mine}, reason=reason, actor=actor)
        quantity = form.cleaned_data.get("fill_quantity")
        if quantity is not None:
            keys = form.instance.variant_rows.values_list("pk", flat=True)
            set_quantities(dict.fromkeys(keys, quantity), reason=StockMovement.Reason.CORRECTION, actor=actor)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001
        if formset.model is ProductVariant:
            _name_variants(form.instance, formset)
        elif formset.model is ScheduledChange:
            for row in formset.extra_forms:
                row.instance.actor = str(request.user.pk)
        super().save_formset(request, form, formset, change)
        if formset.model is ProductImage and (formset.deleted_objects or formset.changed_objects):
            remove_files_later()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:
        # The projection of all variants is a long document; lists and forms do without.
        queryset: QuerySet[Product] = super().get_queryset(request).defer("variants")
        return queryset


def _name_variants(product: Product, variants: Any) -> None:
    """Give the variants that were entered without an SKU one of the product's."""
    nameless = [row.instance for row in variants.forms if row.has_changed() and not row.instance.sku]
    simple = [variant for variant in nameless if not variant.options]
    if simple and not ProductVariant.objects.filter(sku=product.sku).exists():
        simple[0].sku = product.sku
    left = [variant for variant in nameless if not variant.sku]
    for variant, sku in zip(left, unused_skus(product, [variant.options.values() for variant in left]), strict=True):
        variant.sku = sku
