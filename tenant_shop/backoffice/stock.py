"""Counting a product's stock: the page that turns a count into stock movements."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from tenant_shop.catalog.models import Product
from tenant_shop.inventory.models import StockMovement
from tenant_shop.inventory.set_quantity import set_quantities

# PostgreSQL's integer has room for two thousand million; nobody counts that far.
LARGEST_COUNT = 1_000_000
REASONS = ("correction", "received", "return", "damage")


class StockForm(forms.Form):
    """One count for each variant, and why it differs from what the shop believed."""

    reason = forms.ChoiceField(
        choices=[choice for choice in StockMovement.Reason.choices if choice[0] in REASONS],
        initial="correction",
        widget=UnfoldAdminSelectWidget,
    )
    reference = forms.CharField(
        required=False, max_length=100, help_text="A delivery note, a count.", widget=UnfoldAdminTextInputWidget
    )

    def __init__(self, product: Product, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        lowest = -LARGEST_COUNT if not product.is_stock_limited else 0
        self.variants = list(product.variant_rows.all())
        for variant in self.variants:
            self.fields[variant.pk.hex] = forms.IntegerField(
                label=f"{variant.label} ({variant.sku})" if variant.label else variant.sku,
                initial=variant.inventory_quantity,
                min_value=lowest,
                max_value=LARGEST_COUNT,
                widget=UnfoldAdminIntegerFieldWidget,
            )

    @property
    def counts(self) -> dict[UUID, int]:
        """The counts that differ from what the page showed: an untouched field must not undo a sale made meanwhile."""
        return {
            variant.pk: self.cleaned_data[variant.pk.hex]
            for variant in self.variants
            if variant.pk.hex in self.changed_data
        }


def adjust_stock(request: HttpRequest, product_id: UUID, model_admin: Any) -> HttpResponse:
    """Show the stock of a product's variants, and set it by movements in the name of the request's user."""
    product = get_object_or_404(Product.objects.defer("variants"), pk=product_id)
    if not model_admin.has_change_permission(request, product):
        raise PermissionDenied
    form = StockForm(product, request.POST or None)
    if request.method == "POST" and form.is_valid():
        moved = set_quantities(
            form.counts,
            reason=StockMovement.Reason(form.cleaned_data["reason"]),
            reference=form.cleaned_data["reference"] or None,
            actor=str(request.user.pk),
        )
        if moved:
            model_admin.note(request, "count", product, [{"changed": {"fields": ["stock"]}}])
        messages.success(request, f"{len(moved)} of {len(form.variants)} variants changed.")
        return redirect("admin:tenant_shop_product_change", product.pk)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"Stock of {product.name}",
        "product": product,
        "opts": model_admin.opts,
        "form": form,
    }
    return TemplateResponse(request, "admin/shop/stock.html", context, status=422 if form.errors else 200)
