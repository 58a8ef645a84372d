"""Deleting products and variants: what goes with them in numbers, and what was sold stays, for orders name it."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import ValidationError
from django.db.models import CASCADE, PROTECT, Count, Model
from django.forms.formsets import DELETION_FIELD_NAME
from django.http import HttpRequest

from tenant_shop.catalog.models import Brand, Category, Product
from tenant_shop.catalog.variants import ProductVariant

# Names of one page; beyond that it says how many there are.
MOST_NAMED = 20
# So far rows are counted; beyond that there are "more than".
MOST_COUNTED = 10_000


def deleted_with(objs: Iterable[Product], request: HttpRequest, site: AdminSite) -> tuple[Any, Any, set[str], Any]:
    """What the admin asks before products are deleted: what goes, how much of each kind, which right is missing, and
    what stays because it was sold. Some statements, however much there is.
    """
    products = {product.pk: product for product in objs}
    held = _lines_of(products)
    stays = [f"{products[key]}: {many(count, 'line of an order', 'lines of orders')}" for key, count in held.items()]
    goes: dict[str, Any] = {str(Product._meta.verbose_name_plural): len(products)}
    missing = set() if _may_delete(Product, request, site) else {str(Product._meta.verbose_name)}
    for relation in () if held else Product._meta.related_objects:
        rows = relation.related_model
        if relation.on_delete is not CASCADE or rows._meta.db_table.startswith("analytics_"):
            continue
        found = rows._base_manager.filter(**{f"{relation.field.name}__in": list(products)})
        if count := found.order_by()[: MOST_COUNTED + 1].count():
            goes[str(rows._meta.verbose_name_plural)] = counted(count)
            if not _may_delete(rows, request, site):
                missing.add(str(rows._meta.verbose_name))
    return _named([str(product) for product in products.values()]), goes, missing, _named(stays)


def kept_with_products(
    objs: Iterable[Category | Brand], request: HttpRequest, site: AdminSite
) -> tuple[Any, Any, set[str], Any]:
    """The same of categories or brands: those that have products stay. Some statements, however many products."""
    rows = list(objs)
    model = type(rows[0]) if rows else Category
    stays, goes = [], {str(model._meta.verbose_name_plural): len(rows)}
    for row in rows:
        if count := row.products.order_by()[: MOST_COUNTED + 1].count():
            stays.append(f"{row}: {many(count, 'product', 'products')}. Give them another first")
    missing = set() if _may_delete(model, request, site) else {str(model._meta.verbose_name)}
    for relation in () if stays else model._meta.related_objects:
        if relation.on_delete is CASCADE:
            found = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": rows})
            if count := found.order_by()[: MOST_COUNTED + 1].count():
                goes[str(relation.related_model._meta.verbose_name_plural)] = count
                if not _may_delete(relation.related_model, request, site):
                    missing.add(str(relation.related_model._meta.verbose_name))
    return _named([str(row) for row in rows]), goes, missing, _named(stays)


def refuse_what_was_sold(row: Any) -> None:
    """A variant's row that is ticked to be deleted is refused with one number when orders name it."""
    variant: ProductVariant = row.instance
    if not row.cleaned_data.get(DELETION_FIELD_NAME) or variant._state.adding:
        return
    lines = variant.order_items.order_by()[: MOST_COUNTED + 1].count()
    if lines:
        raise ValidationError(
            f"{variant} was sold, in {many(lines, 'line of an order', 'lines of orders')}: it cannot be deleted. "
            "Take it off sale instead.",
            code="deleting_protected",
        )


def counted(count: int) -> str:
    return f"more than {MOST_COUNTED:,}" if count > MOST_COUNTED else f"{count:,}"


def many(count: int, one: str, more: str) -> str:
    return f"{counted(count)} {one if count == 1 else more}"


def _lines_of(products: Iterable[Any]) -> dict[Any, int]:
    """How many lines of orders and credit notes name each of the products that any names."""
    found: dict[Any, int] = {}
    for relation in Product._meta.related_objects:
        if relation.on_delete is PROTECT:
            rows = relation.related_model._base_manager.filter(product__in=list(products)).order_by()
            for key, count in rows.values_list("product").annotate(lines=Count("pk")):
                found[key] = found.get(key, 0) + count
    return found


def _may_delete(model: type[Model], request: HttpRequest, site: AdminSite) -> bool:
    """What has no page of its own goes with what it belongs to."""
    admin = site._registry.get(model)
    return admin is None or admin.has_delete_permission(request)


def _named(names: list[str]) -> list[str]:
    left = len(names) - MOST_NAMED
    return names if left <= 0 else [*names[:MOST_NAMED], f"and {left:,} more"]
