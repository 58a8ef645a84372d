"""Many products in a table: written, looked at before anything is saved, saved as a whole, and undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from platform_core.plans.limits import PlanLimitReached
from platform_core.tenancy.transactions import shop_transaction
from smartseller.errors import RuleViolation
from tenant_shop.backoffice.base import amount
from tenant_shop.backoffice.looked_at import keys_in, seal, short, unseal
from tenant_shop.backoffice.measures import in_words
from tenant_shop.backoffice.table_rows import TITLES, ProductRow, Row, VariantRow, heading
from tenant_shop.backoffice.table_tools import ProductTools, Tools, VariantTools
from tenant_shop.catalog.bulk.change import Change, change_many
from tenant_shop.catalog.models import Brand, Category, Product
from tenant_shop.catalog.variants import ProductVariant

# A form of more rows would have more fields than a request may carry (`DATA_UPLOAD_MAX_NUMBER_FIELDS`).
MOST_ROWS = 250
SALT = "changes of many products"
LOOKED_AT_FOR = 60 * 60
VARIANTS = "variants"
AMOUNTS = ("price", "compare_at_price", "cost_price")


@dataclass(frozen=True, slots=True)
class Difference:
    """A change in words, for the page that asks whether it is meant."""

    name: str
    sku: str
    column: str
    before: str
    after: str


def edit_in_table(model_admin: Any, request: HttpRequest, queryset: QuerySet[Product]) -> HttpResponse:
    """The list's action: a table of the chosen products."""
    chosen = list(queryset.values_list("pk", flat=True)[: MOST_ROWS + 1])
    if len(chosen) > MOST_ROWS:
        messages.warning(request, f"A table has at most {MOST_ROWS} rows: these are the first.")
    return redirect(f"{reverse('admin:tenant_shop_product_table')}?{_query(chosen[:MOST_ROWS])}")


def table(request: HttpRequest, model_admin: Any) -> HttpResponse:
    """Show the rows; on POST what would change; on POST of what was looked at, change it."""
    if not model_admin.has_change_permission(request):
        raise PermissionDenied
    of_variants = request.GET.get("of") == VARIANTS
    keys = keys_in(request.GET.get("ids", ""), most=MOST_ROWS)
    if not keys:
        messages.info(request, "Choose products in the list first.")
        return redirect("admin:tenant_shop_product_changelist")
    if "looked_at" in request.POST:
        return _save(request, model_admin)
    rows, is_cut = _rows(request, keys, of_variants=of_variants)
    tools: Tools = (VariantTools if of_variants else ProductTools)(model_admin.admin_site, request.POST or None)
    differences: list[Difference] | None = None
    looked_at = ""
    if request.method == "POST":
        valid = [row.is_valid() for row in rows]
        if tools.is_valid() and all(valid):
            tools.apply(rows)
        if not tools.errors and not any(row.errors for row in rows):
            changes = [change for row in rows for change in row.changes()]
            differences = describe(changes)
            looked_at = (
                seal(request, {"changes": [change.as_json() for change in changes]}, salt=SALT) if changes else ""
            )
    wrong = bool(request.POST) and differences is None
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"{len(rows)} {'variant' if of_variants else 'product'}{'' if len(rows) == 1 else 's'} in a table",
        "opts": model_admin.opts,
        "rows": rows,
        "tools": tools,
        "columns": [heading(column) for column in (VariantRow if of_variants else ProductRow).columns],
        "differences": differences,
        "looked_at": looked_at,
        "wrong": wrong,
        "is_cut": is_cut,
        "most": MOST_ROWS,
        "of_variants": of_variants,
        "other": f"?{_query(keys, of='' if of_variants else VARIANTS)}",
    }
    return TemplateResponse(request, "admin/shop/table.html", context, status=422 if wrong else 200)


def describe(changes: Sequence[Change]) -> list[Difference]:
    """The changes in words. Two statements at most: the names of categories and brands."""
    names: dict[str, str] = {}
    for column, model in (("category", Category), ("brand", Brand)):
        keys = {key for change in changes if change.column == column for key in (change.before, change.after) if key}
        if keys:
            rows = model._default_manager.filter(pk__in=keys)
            names.update({str(key): name for key, name in rows.values_list("pk", "name")})
    return [
        Difference(
            change.name,
            change.sku,
            TITLES[change.column],
            _words(change.column, change.before, names),
            _words(change.column, change.after, names),
        )
        for change in changes
    ]


def note_changes(request: HttpRequest, page: Any, changes: Sequence[Change], *, how: str) -> None:
    """Have the audit log keep of each product what was changed, from what to what; a variant's cells under its SKU."""
    told: dict[UUID, dict[str, Difference]] = {}
    for change, difference in zip(changes, describe(changes), strict=True):
        place = f"variant {change.sku}: {difference.column}" if change.variant_id else difference.column
        told.setdefault(change.product_id, {})[place] = difference
    for product in Product.objects.filter(pk__in=told).only("pk", "name"):
        cells = told[product.pk]
        fields = [f"{title} ({how})" for title in dict.fromkeys(cell.column for cell in cells.values())]
        page.note(
            request,
            "change",
            product,
            [{"changed": {"fields": fields}}],
            before={place: cell.before for place, cell in cells.items()},
            after={place: cell.after for place, cell in cells.items()},
        )


def _words(column: str, value: Any, names: dict[str, str]) -> str:
    if value is not None and column in AMOUNTS:
        return amount(Decimal(value))
    if value is not None and column == "weight":
        return in_words(Decimal(value))
    match value:
        case None | "" | []:
            return "none"
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(value)
        case _:
            return names.get(str(value), str(value))


def _rows(request: HttpRequest, keys: Sequence[UUID], *, of_variants: bool) -> tuple[list[Row], bool]:
    """The rows in the list's order, and whether there are more than a table has."""
    sent = request.POST or None
    found: list[Row]
    if of_variants:
        variants = ProductVariant.objects.filter(product__in=keys).select_related("product")
        chosen = list(variants.order_by("product__name", "product_id", "position", "sku")[: MOST_ROWS + 1])
        found = [VariantRow(variant, sent) for variant in chosen[:MOST_ROWS]]
        return found, len(chosen) > MOST_ROWS
    products = Product.objects.filter(pk__in=keys).defer("variants", "description").order_by("name", "id")
    found = [ProductRow(product, sent) for product in products]
    return found, False


def _save(request: HttpRequest, model_admin: Any) -> HttpResponse:
    """Make the changes that the page showed to this user."""
    here = HttpResponseRedirect(request.get_full_path())
    try:
        told = unseal(request, request.POST["looked_at"], salt=SALT, good_for=LOOKED_AT_FOR)
    except signing.BadSignature:  # SignatureExpired is one
        messages.error(request, "Nothing was changed: look at the changes again, and save them within an hour.")
        return here
    changes = [Change.from_json(change) for change in told["changes"]]
    try:
        with shop_transaction():
            edit = change_many(changes, actor=str(request.user.pk))
            note_changes(request, model_admin, changes, how="table")
    except (RuleViolation, PlanLimitReached) as error:
        messages.error(request, str(error))
        return here
    messages.success(request, f"{edit} {'was' if len(changes) == 1 else 'were'} made, and can be undone here.")
    return redirect("admin:tenant_shop_bulkedit_change", edit.pk)


def _query(keys: Sequence[UUID], *, of: str = "") -> str:
    query = {"ids": ",".join(map(short, keys))}
    return urlencode({**query, "of": of} if of else query, safe=",")
