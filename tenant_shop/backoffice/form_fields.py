"""How the fields of forms are entered: amounts, measures, moments, and what is searched for."""

from typing import Any

from django.contrib.admin.widgets import AutocompleteSelect
from django.db import models
from django.forms import Field, Media
from django.http import HttpRequest

from platform_core.tenancy.context import current_tenant
from tenant_shop.backoffice.measures import LABELS, MeasureField, kind_of
from tenant_shop.backoffice.money import MoneyField, is_money
from tenant_shop.backoffice.read_only import said_of
from tenant_shop.backoffice.words import WORDS


class NamedAutocomplete(AutocompleteSelect):
    """A search for one of many; while nothing is chosen it says what is searched, to screen readers too."""

    def build_attrs(self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None) -> dict[str, Any]:
        attrs: dict[str, Any] = super().build_attrs(base_attrs, extra_attrs)
        return {**attrs, "data-placeholder": f"Search: {self.field.verbose_name}"}

    @property
    def media(self) -> Media:
        return super().media + Media(js=["js/backoffice/named-searches.js"])


class MoneyFieldsMixin:
    """Amounts are entered with as many decimals as the shop's currency has, weights and lengths in its units; what is
    searched for has a name."""

    def said_of(self, db_field: Any, value: Any) -> str | None:
        """What is shown of a column that is not changed here (`templatetags/moments.py`)."""
        return said_of(db_field, value)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):  # type: ignore[attr-defined]
            kwargs.setdefault("widget", NamedAutocomplete(db_field, self.admin_site))  # type: ignore[attr-defined]
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Field | None:
        if is_money(db_field):
            kwargs["form_class"] = MoneyField
        elif kind_of(db_field):
            kwargs |= {
                "form_class": MeasureField,
                "name": db_field.name,
                "label": LABELS[db_field.name],
                "help_text": "",
            }
        elif isinstance(db_field, models.DateTimeField):
            # In words, and always: the admin's own warning is a red triangle where the browser's clock differs.
            told = f"{db_field.help_text} In the shop's time: {current_tenant().timezone}."
            kwargs.setdefault("help_text", told.strip())
        if db_field.name in WORDS:
            kwargs.setdefault("label", WORDS[db_field.name])
        field: Field | None = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        return field
