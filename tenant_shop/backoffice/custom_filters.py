"""Lists narrowed by custom fields."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from tenant_shop.backoffice.text_filter import TextFilter
from tenant_shop.configuration.custom_fields.errors import ValueRefused
from tenant_shop.configuration.custom_fields.expression import ValueOf
from tenant_shop.configuration.custom_fields.models import CustomField
from tenant_shop.configuration.custom_fields.values import read_value

RANGE = ".."
RANGES = frozenset({CustomField.Kind.NUMBER, CustomField.Kind.DATE})
HINTS = {
    CustomField.Kind.TEXT: "The whole value.",
    CustomField.Kind.NUMBER: "A number, or 10..20.",
    CustomField.Kind.DATE: "A date such as 2026-11-26, or 2026-11-01..2026-11-30.",
}


class CustomFilter(admin.SimpleListFilter):
    """By a field with few values."""

    of: ClassVar[CustomField]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        if self.of.kind == CustomField.Kind.BOOLEAN:
            return [("true", "Yes"), ("false", "No")]
        return [(choice, choice) for choice in self.of.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return self._with(queryset, "", self.value()) if self.value() else queryset

    def _with(self, queryset: QuerySet[Any], lookup: str, value: Any) -> QuerySet[Any]:
        name = f"custom_{self.of.key}"
        narrowed: QuerySet[Any] = queryset.alias(**{name: ValueOf(self.of)}).filter(**{f"{name}{lookup}": value})
        return narrowed


class CustomTextFilter(TextFilter, CustomFilter):
    """By what is written: a value, or for numbers and dates from one to another. What cannot be one finds nothing."""

    @property
    def hint(self) -> str:  # type: ignore[override]
        return HINTS[CustomField.Kind(self.of.kind)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.wanted:
            return queryset
        try:
            return self._narrowed(queryset, self.wanted)
        except ValueRefused:
            return queryset.none()

    def _narrowed(self, queryset: QuerySet[Any], wanted: str) -> QuerySet[Any]:
        if self.of.kind not in RANGES or RANGE not in wanted:
            return self._with(queryset, "", self._read(wanted))
        least, _, most = wanted.partition(RANGE)
        for lookup, end in (("__gte", least), ("__lte", most)):
            if end.strip():
                queryset = self._with(queryset, lookup, self._read(end))
        return queryset

    def _read(self, text: str) -> Any:
        value = read_value(self.of, text)
        if value is None:
            raise ValueRefused(self.of.name)
        return value


def filter_of(field: CustomField) -> type[CustomFilter]:
    """The filter of one field."""
    kind = CustomFilter if field.kind in (CustomField.Kind.CHOICE, CustomField.Kind.BOOLEAN) else CustomTextFilter
    return type(kind.__name__, (kind,), {"title": field.name, "parameter_name": f"custom_{field.key}", "of": field})
