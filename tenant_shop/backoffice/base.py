"""What every page of the back office shares."""

import logging
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import messages
from django.contrib.admin import ShowFacets
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from unfold.admin import ModelAdmin, TabularInline
from unfold.views import ChangeList

from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.transactions import shop_transaction
from smartseller.moments import moment as written
from smartseller.money import display as shown
from tenant_shop.audit.note import note
from tenant_shop.backoffice.differences import Changes, differences_of, forget_what_is_alike, standing, values_of
from tenant_shop.backoffice.form_fields import MoneyFieldsMixin
from tenant_shop.backoffice.history import changes_of
from tenant_shop.backoffice.origin import origin_of
from tenant_shop.backoffice.told_form import ToldForm
from tenant_shop.backoffice.whole_list import BoundedPaginator, WholeList
from tenant_shop.backoffice.words import column_of, labels_of

# What forms check, another request may have changed a moment later; the database has the last word.
REFUSED = "Nothing was saved: another change came in between, or something here is used elsewhere. Please try again."

logger = logging.getLogger(__name__)


class ShopAdmin(MoneyFieldsMixin, ModelAdmin):
    """A page of one model of the shop.

    What a person may do follows from the access to this shop: Django asks `user.has_perm`, and the user answers from
    the access that the door found (`access.staff_access`). What is done goes to the audit log of this shop.
    """

    form = ToldForm
    change_form_template = "admin/shop/told.html"
    paginator = BoundedPaginator
    # How a list finds what was typed: a room's function, which is read by an index. None: any part of `search_fields`.
    found_by: ClassVar[Any] = None
    # What is said where a list is empty that nobody adds to.
    comes_from = ""
    # What an empty list says of rows that it does not show unless asked.
    leaves_out = ""
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    list_per_page = 50
    list_max_show_all = 0
    list_filter_sheet = False
    compressed_fields = False

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The object; locked while a form of it is saved, so that the second of two sees what the first wrote."""
        if request.method == "POST" and shop_connection().in_atomic_block and self.has_change_permission(request):
            rows = self.model._default_manager.select_for_update(no_key=True)
            with suppress(ValidationError):  # no key at all: there is no such object
                list(rows.filter(pk=self.opts.pk.to_python(object_id)).values("pk"))
        return super().get_object(request, object_id, from_field)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What a form shows; its marks are hidden, and the page's template has them."""
        return [name for name in super().get_fields(request, obj) if name != "seen"]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Columns, as people name and write them."""
        return [column_of(self.model, name) for name in self.columns(request)]

    def columns(self, request: HttpRequest) -> list[Any]:
        """What a list shows of each row."""
        return list(self.list_display)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002
        """The form; who only looks reads names of columns there."""
        form = super().get_form(request, obj, change=change, **kwargs)
        form._meta.labels = labels_of(self.model, form._meta.labels)
        return form

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """What was searched for in a list or a field, and whether a row may be there twice."""
        if self.found_by is None:
            return super().get_search_results(request, queryset, search_term)  # type: ignore[no-any-return]
        return self.found_by(queryset, search_term), False

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

    def construct_change_message(
        self,
        request: HttpRequest,
        form: Any,
        formsets: Any,
        add: bool = False,  # noqa: FBT001, FBT002 - Django's signature
    ) -> Changes:
        """Django's words with the values before and after, read off the forms; nothing of what stayed as it was."""
        forget_what_is_alike(form, formsets)
        message = Changes(super().construct_change_message(request, form, formsets, add))
        message.differences = differences_of(form, formsets, added=add)
        return message

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> None:
        self.note(request, "add", obj, message)

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> None:
        if isinstance(message, Changes) and not message:
            return
        self.note(request, "change", obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Iterable[models.Model]) -> None:
        for obj in queryset:
            self.note(request, "delete", obj, [], before=values_of(obj))

    def note(
        self,
        request: HttpRequest,
        verb: str,
        obj: models.Model,
        message: Any,
        *,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        was: Mapping[str, Any] | None = None,
    ) -> None:
        """Have the audit log keep what the request's user does to `obj`, if the shop's transaction commits.

        For a verb, `was` is the object's `standing` before it.

        Django's own log is one table on the platform for all shops; the audit log keeps them apart.
        """
        if isinstance(message, Changes):
            before, after = message.differences.before, message.differences.after
        if was is not None:
            now = standing(type(obj), obj.pk)
            moved = [name for name in was if was[name] != now.get(name)]
            before, after = {name: was[name] for name in moved}, {name: now.get(name) for name in moved}
        note(
            origin_of(request),
            f"{verb}_{obj._meta.model_name}",
            resource_type=str(obj._meta.model_name),
            resource_id=obj.pk if isinstance(obj.pk, UUID) else None,
            name=str(obj),
            before=before,
            after=after,
            changes=message,
        )

    def note_afterwards(
        self, request: HttpRequest, verb: str, obj: models.Model, message: Any, *, was: Mapping[str, Any]
    ) -> None:
        """As `note`, of what somebody outside was asked for: nothing may be locked meanwhile, so what is done and what
        the log says of it are two transactions. The object's own history says who did it, in the first of them."""
        with shop_transaction():
            self.note(request, verb, obj, message, was=was)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The object's entries in this shop's audit log."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
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

    form = ToldForm
    extra = 0
    hide_title = True

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Its fields and, where somebody may change them, the marks of what it was opened with."""
        shown = [name for name in super().get_fields(request, obj) if name != "seen"]
        is_fixed = set(shown) <= set(self.get_readonly_fields(request, obj))
        return shown if is_fixed or not self.has_change_permission(request, obj) else [*shown, "seen"]

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """The rows; every field in a cell is named by its column."""
        formset = super().get_formset(request, obj, **kwargs)
        formset.form._meta.labels = labels_of(self.model, formset.form._meta.labels)
        for name, field in formset.form.base_fields.items():
            widget = getattr(field.widget, "widget", field.widget)  # the admin wraps fields of other models
            for part in (widget, *getattr(widget, "widgets", ())):
                if not part.is_hidden:
                    part.attrs.setdefault("aria-label", str(field.label or capfirst(name.replace("_", " "))))
        return formset


def moment(value: datetime | None) -> str:
    """As every page behind the counter writes moments; a hyphen for none."""
    return "-" if value is None else written(value)


def amount(value: Decimal | None, currency: str | None = None) -> str:
    """`value` as people write it, in `currency` or else the shop's; a hyphen for none."""
    return "-" if value is None else shown(value, currency or current_tenant().currency)
