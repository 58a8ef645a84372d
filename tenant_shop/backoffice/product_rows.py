"""The rows on a product's page: its variants, and what is still to happen to it."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from tenant_shop.backoffice.base import ShopInline
from tenant_shop.backoffice.deleting import refuse_what_was_sold
from tenant_shop.backoffice.product_form import ScheduledForm, VariantForm
from tenant_shop.catalog.models import Product, ProductImage
from tenant_shop.catalog.scheduled.models import ScheduledChange
from tenant_shop.catalog.variants import ProductVariant


class VariantInline(ShopInline):
    """A product's variants, with the tools that make and fill many at once. Stock moves by what is changed here."""

    model = ProductVariant
    form = VariantForm
    template_before = "admin/shop/_variant_tools.html"
    fields = (
        "options",
        "quantity",
        "sku",
        "price",
        "compare_at_price",
        "is_active",
        "cost_price",
        "weight",
        "barcode",
        "image",
        "position",
    )
    ordering_field = "position"
    verbose_name = "variant"
    verbose_name_plural = "variants"

    @display(description="In stock")
    def quantity(self, variant: ProductVariant) -> str:
        """For who only looks; the form has a field of this name."""
        return str(variant.inventory_quantity)

    def get_extra(self, request: HttpRequest, obj: Product | None = None, **kwargs: Any) -> int:
        """A new product has a row ready, so that what comes in one kind has its stock on the first page."""
        return 1 if obj is None else 0

    def get_formset(self, request: HttpRequest, obj: Product | None = None, **kwargs: Any) -> Any:
        request._product = obj  # type: ignore[attr-defined]
        formset = super().get_formset(request, obj, **kwargs)
        # The admin makes the class anew each time. Another class below it would lose the names of its fields.
        formset.form.hand_clean_DELETE = refuse_what_was_sold
        return formset

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A variant shows one of its own product's pictures."""
        if db_field.name == "image":
            product = getattr(request, "_product", None)
            kwargs["queryset"] = ProductImage.objects.filter(product=product).order_by("sort_order", "id")
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "image":  # afterwards: the theme has words of its own for nothing
            field.empty_label = "as the product"
        return field


class ScheduledInline(ShopInline):
    """What is still to happen to a product."""

    model = ScheduledChange
    form = ScheduledForm
    fields = ("due_at", "kind", "price", "compare_at_price")
    verbose_name = "change"
    verbose_name_plural = "what happens later"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ScheduledChange]:
        queryset: QuerySet[ScheduledChange] = super().get_queryset(request).filter(done_at=None)
        return queryset
