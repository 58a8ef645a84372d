"""What every page of the back office shares."""

import logging
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import IntegrityError, models
from django.forms import Field
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display
from unfold.views import ChangeList

from platform_core.audit.record import record
from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.transactions import after_commit
from smartseller.money import display as shown
from tenant_shop.backoffice.history import changes_of
from tenant_shop.backoffice.money import MoneyField, is_money

LONGEST_COUNT = 10_000
# What forms check, another request may have changed a moment later; the database has the last word.
REFUSED = "Nothing was saved: another change came in between, or something here is used elsewhere. Please try again."

logger = logging.getLogger(__name__)


class AtLeast(int):
    """A count that stopped: shown with a plus."""

    def __str__(self) -> str:
        return f"{int(self):,}+"


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts to ten thousand and no further: a list of millions must open as fast as one of fifty."""

    @cached_property
    def count(self) -> int:
        rows = cast("models.QuerySet[models.Model]", self.object_list)
        counted = rows.order_by()[:LONGEST_COUNT].count()
        return AtLeast(counted) if counted == LONGEST_COUNT else counted


class WholeList(ChangeList):
    """A list that does not count all of its model's rows to say how many the search left out."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.full_result_count = self.result_count


class MoneyFieldsMixin:
    """Amounts are entered with as many decimals as the shop's currency has."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Field | None:
        if is_money(db_field):
            kwargs["form_class"] = MoneyField
        field: Field | None = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        return field


class ShopAdmin(MoneyFieldsMixin, ModelAdmin):
    """A page of one model of the shop.

    What a person may do follows from the access to this shop: Django asks `user.has_perm`, and the user answers from
    the access that the door found (`access.staff_access`). What is done goes to the audit log of this shop.
    """

    paginator = BoundedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 0
    list_filter_sheet = False
    compressed_fields = False

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Columns; moments are written short, so that a row stays one line: 2026-11-24 07:35."""
        return [_moment_column(self.model, name) if self._is_moment(name) else name for name in self.list_display]

    def _is_moment(self, name: Any) -> bool:
        fields = {field.name: field for field in self.opts.concrete_fields}
        return isinstance(fields.get(name), models.DateTimeField)

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[ChangeList]:
        return WholeList

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The form, and what it saves: all of it or, when the database refuses a part, nothing."""
        try:
            response: HttpResponse = super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError as error:
            logger.warning("a form of %s was refused by the database: %s", self.opts.label, error)
            messages.error(request, REFUSED)
            return HttpResponseRedirect(request.get_full_path())
        return response

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> None:
        self.note(request, "add", obj, message)

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> None:
        self.note(request, "change", obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Iterable[models.Model]) -> None:
        for obj in queryset:
            self.note(request, "delete", obj, [])

    def note(self, request: HttpRequest, verb: str, obj: models.Model, message: Any) -> None:
        """Write down what the request's user does to `obj`, once the shop's transaction has committed.

        Django's own log is one table on the platform for all shops; the audit log keeps them apart.
        """
        after_commit(
            record,
            f"{verb}_{obj._meta.model_name}",
            resource_type=str(obj._meta.model_name),
            resource_id=obj.pk if isinstance(obj.pk, UUID) else None,
            tenant_id=current_tenant().id,
            user_id=request.user.pk,
            new_values={"name": str(obj), "changes": message},
            ip_address=request.META.get("REMOTE_ADDR") or None,
            user_agent=request.META.get("HTTP_USER_AGENT", "")[:500] or None,
        )

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The object's entries in this shop's audit log."""
        obj = self.get_object(request, object_id)
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[no-any-return]
        if not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": f"History of {obj}",
            "changes": changes_of(current_tenant().id, obj.pk),
            "module_name": str(capfirst(self.opts.verbose_name_plural)),
            "object": obj,
            "opts": self.opts,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/shop/history.html", context)


class ShopInline(MoneyFieldsMixin, TabularInline):
    """Rows of another model on the page of the one they belong to."""

    extra = 0
    hide_title = True


def _moment_column(model: type[models.Model], name: str) -> Any:
    field: Any = model._meta.get_field(name)

    @display(description=capfirst(str(field.verbose_name)), ordering=name)
    def column(obj: models.Model) -> str:
        return moment(getattr(obj, name))

    column.__name__ = name
    return column


def moment(value: datetime | None) -> str:
    """Day and minute in the shop's time zone, as computers sort them; a hyphen for none."""
    if value is None:
        return "-"
    here = timezone.localtime(value)
    written = here.strftime("%Y-%m-%d %H:%M")
    return format_html('<time class="whitespace-nowrap" datetime="{}">{}</time>', here.isoformat(), written)


def amount(value: Decimal | None, currency: str | None = None) -> str:
    """`value` as people write it, in `currency` or else the shop's; a hyphen for none."""
    return "-" if value is None else shown(value, currency or current_tenant().currency)
