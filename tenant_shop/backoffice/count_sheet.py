"""A stock take: a sheet to count with, the differences to look at, and one click that moves them."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.admin.sites import AdminSite
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextInputWidget

from platform_core.tenancy.transactions import shop_transaction
from smartseller.errors import RuleViolation
from tenant_shop.backoffice.form_fields import NamedAutocomplete
from tenant_shop.backoffice.looked_at import keys_in, seal, unseal
from tenant_shop.backoffice.stock import note_count
from tenant_shop.catalog.models import Category, Product
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.inventory.take_count import take_count

ON_A_SHEET = 100
LARGEST_COUNT = 1_000_000
SALT = "differences of a count"
LOOKED_AT_FOR = 12 * 60 * 60


class WhatForm(forms.Form):
    """Which goods are counted: those of a category, or all."""

    def __init__(self, site: AdminSite, data: Any) -> None:
        super().__init__(data)
        self.fields["category"] = forms.ModelChoiceField(
            Category.objects.all(),
            required=False,
            label="Category",
            widget=NamedAutocomplete(Product._meta.get_field("category"), site),
        )


class SheetForm(forms.Form):
    """A count for each variant; what is left empty was not counted."""

    name = forms.CharField(
        max_length=60,
        label="Name of this count",
        widget=UnfoldAdminTextInputWidget,
        help_text="It stands in the ledger beside every difference.",
    )

    def __init__(self, variants: list[ProductVariant], data: Any = None) -> None:
        super().__init__(data, initial={"name": f"Count of {timezone.localdate():%-d %b %Y}"})
        self.variants = variants
        for variant in variants:
            self.fields[variant.pk.hex] = forms.IntegerField(
                required=False,
                min_value=0,
                max_value=LARGEST_COUNT,
                label="Counted",
                widget=UnfoldAdminIntegerFieldWidget(attrs={"aria-label": f"Counted of {variant.sku}"}),
            )

    @property
    def rows(self) -> list[tuple[ProductVariant, forms.BoundField]]:
        return [(variant, self[variant.pk.hex]) for variant in self.variants]

    @property
    def counted(self) -> list[tuple[ProductVariant, int]]:
        given = ((variant, self.cleaned_data.get(variant.pk.hex)) for variant in self.variants)
        return [(variant, count) for variant, count in given if count is not None]


def count_chosen(request: HttpRequest, queryset: QuerySet[Product]) -> HttpResponse:
    """The list's action: a sheet of the chosen products."""
    keys = list(queryset.values_list("pk", flat=True)[: ON_A_SHEET + 1])
    if len(keys) > ON_A_SHEET:
        messages.warning(request, f"A sheet is made of at most {ON_A_SHEET} products: these are the first.")
    query = urlencode({"ids": ",".join(key.hex for key in keys[:ON_A_SHEET])}, safe=",")
    return redirect(f"{reverse('admin:tenant_shop_product_count')}?{query}")


def count_sheet(request: HttpRequest, model_admin: Any) -> HttpResponse:
    """Show a sheet; on POST its differences; on POST of what was looked at, move them."""
    if not model_admin.has_change_permission(request):
        raise PermissionDenied
    if "looked_at" in request.POST:
        return _save(request, model_admin)
    what = WhatForm(model_admin.admin_site, request.GET)
    variants, following = _variants(request, what)
    form = SheetForm(variants, request.POST or None)
    differences: list[dict[str, Any]] | None = None
    looked_at = ""
    if request.method == "POST" and form.is_valid():
        differences = [
            {"variant": variant, "counted": count, "by": count - variant.inventory_quantity}
            for variant, count in form.counted
            if count != variant.inventory_quantity
        ]
        if differences:
            looked_at = _seal(request, form.cleaned_data["name"], differences)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "Count stock",
        "opts": model_admin.opts,
        "what": what,
        "form": form,
        "differences": differences,
        "counted": len(form.counted) if differences is not None else 0,
        "looked_at": looked_at,
        "following": following,
    }
    return TemplateResponse(request, "admin/shop/count_sheet.html", context, status=422 if form.errors else 200)


def _variants(request: HttpRequest, what: WhatForm) -> tuple[list[ProductVariant], str]:
    """The variants of this sheet by SKU, and the address of the next; empty after the last. One statement."""
    asked = request.GET
    rows = ProductVariant.objects.filter(product__track_inventory=True).exclude(product__status=Product.Status.ARCHIVED)
    kept = {name: asked[name] for name in ("ids", "category") if asked.get(name)}
    if asked.get("ids"):
        rows = rows.filter(product__in=keys_in(asked["ids"], most=ON_A_SHEET))
    if what.is_valid() and what.cleaned_data["category"]:
        rows = rows.filter(product__category=what.cleaned_data["category"])
    if asked.get("after"):
        rows = rows.filter(sku__gt=asked["after"])
    found = list(rows.select_related("product").defer("product__variants").order_by("sku")[: ON_A_SHEET + 1])
    more = len(found) > ON_A_SHEET
    sheet = found[:ON_A_SHEET]
    return sheet, f"?{urlencode({**kept, 'after': sheet[-1].sku}, safe=',')}" if more else ""


def _save(request: HttpRequest, model_admin: Any) -> HttpResponse:
    """Move the differences that the page showed to this user."""
    here = HttpResponseRedirect(request.get_full_path())
    try:
        told = unseal(request, request.POST["looked_at"], salt=SALT, good_for=LOOKED_AT_FOR)
    except signing.BadSignature:  # SignatureExpired is one
        messages.error(request, "Nothing moved: look at the differences again, and save them the same day.")
        return here
    differences = {UUID(key): by for key, by in told["by"].items()}
    try:
        with shop_transaction():
            moved = take_count(differences, reference=told["reference"], actor=str(request.user.pk))
            _note(request, model_admin, {key: differences[key] for key in moved})
    except RuleViolation as error:
        messages.error(request, str(error))
        return here
    messages.success(request, f"{len(moved)} {'difference was' if len(moved) == 1 else 'differences were'} moved.")
    return here


def _note(request: HttpRequest, page: Any, moved: dict[UUID, int]) -> None:
    """In the transaction that moved them: their rows are locked, so that what is there now is the count's doing."""
    rows: dict[UUID, list[tuple[str, int, int]]] = {}
    variants = ProductVariant.objects.filter(pk__in=moved).order_by("sku")
    for key, product_id, sku, stock in variants.values_list("pk", "product", "sku", "inventory_quantity"):
        rows.setdefault(product_id, []).append((sku, stock - moved[key], stock))
    for product in Product.objects.filter(pk__in=rows).only("pk", "name"):
        note_count(request, page, product, rows[product.pk])


def _seal(request: HttpRequest, name: str, differences: list[dict[str, Any]]) -> str:
    told = {
        "reference": f"{name} ({secrets.token_hex(4)})",
        "by": {row["variant"].pk.hex: row["by"] for row in differences},
    }
    return seal(request, told, salt=SALT)
