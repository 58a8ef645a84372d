"""What narrows the list of products besides their columns."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from tenant_shop.backoffice.text_filter import MOST_SUGGESTED, TextFilter
from tenant_shop.backoffice.today import with_failed_pictures
from tenant_shop.catalog.models import Brand, Category, Product
from tenant_shop.catalog.tree import with_those_below
from tenant_shop.inventory.running_low import running_low, sold_out


class ArchivedFilter(admin.SimpleListFilter):
    """What is archived is kept for the books, and in nobody's way: it is listed when it is asked for."""

    title = "archived"
    parameter_name = "archived"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("with", "Shown, too"), ("only", "Only these")]

    def choices(self, changelist: Any) -> Iterator[Any]:
        unasked, *others = super().choices(changelist)
        yield {**unasked, "display": "Left out"}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        if self.value() == "only":
            return queryset.filter(status=Product.Status.ARCHIVED)
        # Who asks for a status says with it whether what is archived is wanted.
        if self.value() == "with" or any(name.startswith("status") for name in request.GET):
            return queryset
        return queryset.exclude(status=Product.Status.ARCHIVED)


class CategoryFilter(TextFilter):
    """By a category and all below it."""

    title = "Category"
    parameter_name = "category"
    hint = "Its name or address; those below it count, too."

    def suggested(self) -> Iterable[str]:
        return _names(Category.objects.all())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        if not self.wanted:
            return queryset
        named = Category.objects.filter(_called(self.wanted)).order_by().values_list("pk", flat=True)
        return queryset.filter(category__in=with_those_below(named))


class BrandFilter(TextFilter):
    title = "Brand"
    parameter_name = "brand"
    hint = "Its name or address."

    def suggested(self) -> Iterable[str]:
        return _names(Brand.objects.all())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        return queryset.filter(brand__in=Brand.objects.filter(_called(self.wanted))) if self.wanted else queryset


def _called(wanted: str) -> Q:
    return Q(name__iexact=wanted) | Q(slug=wanted)


def _names(rows: QuerySet[Any, Any]) -> list[str]:
    return list(rows.order_by("name").values_list("name", flat=True)[:MOST_SUGGESTED])


class StockFilter(admin.SimpleListFilter):
    title = "stock"
    parameter_name = "stock"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("low", "Running low"), ("out", "A variant is sold out")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        narrowed = {"low": running_low, "out": sold_out}.get(self.value() or "")
        return narrowed(queryset) if narrowed else queryset


class PictureFilter(admin.SimpleListFilter):
    """Products with a picture of which nothing could be made."""

    title = "pictures"
    parameter_name = "pictures"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("failed", "Failed")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        return with_failed_pictures(queryset) if self.value() == "failed" else queryset
