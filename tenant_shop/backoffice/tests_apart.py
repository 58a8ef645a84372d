"""Orders that were placed while the shop was tried out stand in a view of their own."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from tenant_shop.orders.models import Order

TESTS, BOTH = "1", "all"


class TestFilter(admin.SimpleListFilter):
    """Sales, unless somebody asks for the test orders, or for both: no list of sales, and no file of it, has a test."""

    title = "test orders"
    parameter_name = "is_test__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(TESTS, "Test orders"), (BOTH, "Both")]

    def choices(self, changelist: Any) -> Iterator[Any]:
        usual, *others = super().choices(changelist)
        yield {**usual, "display": "Sales", "selected": self.value() not in (TESTS, BOTH)}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        return queryset if self.value() == BOTH else queryset.filter(is_test=self.value() == TESTS)
