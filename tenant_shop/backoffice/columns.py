"""Columns of one's choice: a list shows those that its address names, and a view that is kept keeps them."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

from django.contrib.admin.utils import label_for_field
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.text import Truncator, capfirst

from tenant_shop.backoffice.custom_values import HasCustomFilters, form_name
from tenant_shop.configuration.custom_fields.models import CustomField
from tenant_shop.configuration.custom_fields.values import values_in, written

# In addresses: the columns in their order, after the one that leads to the record; and one that was ticked in the form.
CHOSEN, TICKED = "columns", "column"
LONGEST = 80
# What means another thing, or nothing, once there are other columns.
LOST = frozenset({CHOSEN, TICKED, "o", "p", "e"})

Column = str | Callable[[Any], str]


class HasColumns(HasCustomFilters):
    """A list whose columns are chosen. `more_columns` are offered besides those that it shows unless asked."""

    more_columns: ClassVar[tuple[str, ...]] = ()
    list_display: Sequence[Any]

    def columns(self, request: HttpRequest) -> list[Column]:
        """What leads to the record, and what is asked for; what there is not, or no longer, is left out."""
        offered = self._offered(request)
        asked = [name for name in request.GET.get(CHOSEN, "").split(",") if name in offered]
        shown = [offered[name] for name in dict.fromkeys(asked)] or list(self.list_display[1:])
        return [self.list_display[0], *shown]

    def _offered(self, request: HttpRequest) -> dict[str, Column]:
        usual: dict[str, Column] = {name: name for name in (*self.list_display[1:], *self.more_columns)}
        return usual | {form_name(field): _column_of(field) for field in self.custom_fields(request)}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        asked = parse_qsl(request.META.get("QUERY_STRING", ""))
        kept = [pair for pair in asked if pair[0] not in LOST]
        offered = self._offered(request)
        if TICKED in request.GET:
            ticked = [name for name in request.GET.getlist(TICKED) if name in offered]
            chosen = [] if ticked == list(self.list_display[1:]) else [(CHOSEN, ",".join(ticked))]
            return HttpResponseRedirect(f"{request.path}?{urlencode([*kept, *chosen])}")
        shown = self.columns(request)
        offer = [
            {"name": name, "label": self._label(column), "is_shown": any(_name(each) == name for each in shown)}
            for name, column in offered.items()
        ]
        context = {**(extra_context or {}), "column_offer": offer, "kept_pairs": kept}
        page: HttpResponse = super().changelist_view(request, context)  # type: ignore[misc]
        return page

    def _label(self, column: Column) -> str:
        page: Any = self
        return capfirst(str(label_for_field(column, page.model, model_admin=page)))


def _name(column: Column) -> str:
    return column if isinstance(column, str) else column.__name__


def _column_of(field: CustomField) -> Column:
    def column(row: Any) -> str:
        value = values_in(row.metadata).get(field.key)
        return "-" if value is None else Truncator(written(value)).chars(LONGEST)

    column.__name__ = form_name(field)
    column.short_description = field.name  # type: ignore[attr-defined]
    return column
