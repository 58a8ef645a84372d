"""What narrows the list of customers besides their columns."""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from smartseller.choices import countries
from tenant_shop.backoffice.text_filter import MOST_SUGGESTED, TextFilter
from tenant_shop.customers.models import Customer, CustomerAddress
from tenant_shop.pricing.models import CustomerGroup

RANGE = ".."


class GroupFilter(TextFilter):
    """Rows of a model that has a `group`, by its name."""

    title = "Customer group"
    parameter_name = "group"
    hint = "The name of a group."

    def suggested(self) -> Iterable[str]:
        return CustomerGroup.objects.order_by("name").values_list("name", flat=True)[:MOST_SUGGESTED]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.wanted:
            return queryset
        return queryset.filter(group__in=CustomerGroup.objects.filter(name__iexact=self.wanted))


class CountryFilter(TextFilter):
    """By the countries of the address book."""

    title = "Country"
    parameter_name = "country"
    hint = "Of any of their addresses: a name or a code, as in DE."

    def suggested(self) -> Iterable[str]:
        return (name for _, name in countries())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Customer]) -> QuerySet[Customer]:
        if not self.wanted:
            return queryset
        wanted = self.wanted.casefold()
        codes = [code for code, name in countries() if wanted in (code.casefold(), name.casefold())]
        return queryset.filter(Exists(CustomerAddress.objects.filter(customer=OuterRef("pk"), country__in=codes)))


class AmountFilter(TextFilter):
    """From one number to another; what is no number finds nobody."""

    column: ClassVar[str]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Customer]) -> QuerySet[Customer]:
        if not self.wanted:
            return queryset
        least, dots, most = self.wanted.partition(RANGE)
        ends = {"gte": least, "lte": most if dots else least}
        try:
            narrowed = {f"{self.column}__{end}": _number(text) for end, text in ends.items() if text.strip()}
        except InvalidOperation:
            return queryset.none()
        return queryset.filter(**narrowed)


class SpentFilter(AmountFilter):
    title = "Delivered total"
    parameter_name = "spent"
    hint = "An amount, or 100..500; 500.. is at least so much."
    column = "total_spent"


class OrdersFilter(AmountFilter):
    title = "Delivered orders"
    parameter_name = "orders"
    hint = "A number, or 2..10; 2.. is at least so many."
    column = "total_orders"


def _number(text: str) -> Decimal:
    number = Decimal(text.strip().replace(",", "."))
    if not number.is_finite() or abs(number) >= Decimal(10) ** 9:
        raise InvalidOperation
    return number
