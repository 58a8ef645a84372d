"""A product's stock: every movement that made it so, and the form that turns a count into movements."""

import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from platform_core.accounts.models import PlatformUser
from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.backoffice.base import moment
from tenant_shop.catalog.models import Product
from tenant_shop.inventory.ledger import ledger_of
from tenant_shop.inventory.models import StockMovement
from tenant_shop.inventory.set_quantity import StockMoved, set_quantities

# PostgreSQL's integer has room for two thousand million; nobody counts that far.
LARGEST_COUNT = 1_000_000
LONGEST_PAGE = 6
WHOLE = re.compile(r"-?\d{1,9}")
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
        self.product = product
        lowest = -LARGEST_COUNT if not product.is_stock_limited else 0
        self.variants = list(product.variant_rows.all())
        for variant in self.variants:
            self.fields[variant.pk.hex] = forms.IntegerField(
                label=f"{variant.label} ({variant.sku})" if variant.label else variant.sku,
                initial=variant.inventory_quantity,
                show_hidden_initial=True,
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

    @property
    def seen(self) -> dict[UUID, int]:
        """What the page showed of the variants that were counted; nothing of one that it did not say of."""
        said = {key: self.data.get(self.add_initial_prefix(key.hex), "") for key in self.counts}
        return {key: int(text) for key, text in said.items() if WHOLE.fullmatch(text)}

    def differences(self, moved: set[UUID]) -> list[tuple[str, int, int]]:
        """SKU, stock before and after of what was moved."""
        before = {variant.pk: variant.inventory_quantity for variant in self.variants} | self.seen
        skus = {variant.pk: variant.sku for variant in self.variants}
        return [(skus[key], before[key], count) for key, count in self.counts.items() if key in moved]

    def after(self, moved: StockMoved) -> "StockForm":
        """As it was filled in; beside each count that was overtaken, what is there now. Sent again, it counts."""
        data = dict(self.data.items())
        believed = self.seen
        data.update({self.add_initial_prefix(key.hex): str(stock) for key, stock in moved.now.items()})
        form = StockForm(self.product, data)
        for key, stock in moved.now.items():
            form.add_error(
                key.hex,
                f"There were {believed[key]} when this page was opened, now there are {stock}. "
                "Save again if your count still holds.",
            )
        return form


def adjust_stock(request: HttpRequest, product_id: UUID, model_admin: Any) -> HttpResponse:
    """Show the stock of a product's variants, and set it by movements in the name of the request's user."""
    product = get_object_or_404(Product.objects.defer("variants"), pk=product_id)
    may_count = model_admin.has_change_permission(request, product)
    if not (may_count or (request.method != "POST" and model_admin.has_view_permission(request, product))):
        raise PermissionDenied
    form, status = StockForm(product, request.POST or None), 200
    if request.method == "POST" and form.is_valid():
        try:
            with shop_transaction():
                moved = set_quantities(
                    form.counts,
                    seen=form.seen,
                    reason=StockMovement.Reason(form.cleaned_data["reason"]),
                    reference=form.cleaned_data["reference"] or None,
                    actor=str(request.user.pk),
                )
                if moved:
                    note_count(request, model_admin, product, form.differences(moved))
        except StockMoved as overtaken:
            form, status = form.after(overtaken), overtaken.status
        else:
            messages.success(request, f"{len(moved)} of {len(form.variants)} variants changed.")
            return redirect("admin:tenant_shop_product_change", product.pk)
    elif form.errors:
        status = 422
    page = int(asked) if (asked := request.GET.get("page", "1")).isdecimal() and len(asked) < LONGEST_PAGE else 1
    movements, has_older = ledger_of(product.pk, page=page)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"Stock of {product.name}",
        "product": product,
        "opts": model_admin.opts,
        "form": form,
        "may_count": may_count,
        "movements": _told(movements),
        "earlier": page - 1,
        "later": page + 1 if has_older else 0,
    }
    return TemplateResponse(request, "admin/shop/stock.html", context, status=status)


def note_count(request: HttpRequest, page: Any, product: Product, moved: Iterable[tuple[str, int, int]]) -> None:
    """Have the audit log keep that a product's stock was counted: by SKU, what was there and what is."""
    rows = list(moved)
    page.note(
        request,
        "count",
        product,
        [{"changed": {"fields": ["stock"]}}],
        before={sku: before for sku, before, _ in rows},
        after={sku: after for sku, _, after in rows},
    )


def _told(movements: list[StockMovement]) -> list[dict[str, Any]]:
    """The movements in words; the shop's people by their e-mail addresses, jobs by their names. One statement."""
    ids = {key for movement in movements if (key := uuid_or_none(movement.actor))}
    people = dict(PlatformUser.objects.filter(pk__in=ids).values_list("pk", "email")) if ids else {}
    return [
        {
            "at": moment(movement.created_at),
            "variant": movement.variant.label,
            "sku": movement.variant.sku,
            "delta": f"{movement.delta:+d}",
            "balance": movement.balance,  # type: ignore[attr-defined]
            "reason": movement.get_reason_display(),
            "order": movement.order,
            "reference": movement.reference,
            "by": people.get(key, "the shop") if (key := uuid_or_none(movement.actor)) else movement.actor or "",
        }
        for movement in movements
    ]


def uuid_or_none(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
