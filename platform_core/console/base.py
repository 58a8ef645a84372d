"""What every page of the console shares."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminTextInputWidget

from platform_core.accounts.origin import origin_of
from platform_core.audit.record import record_of
from platform_core.console.fresh import asked_first
from platform_core.console.moments import NONE, of_a_list, of_a_page

# The field of a form that says why; it is no part of what is saved.
REASON = "reason"


class ReasonedForm(forms.ModelForm):  # type: ignore[type-arg]
    """A change that must be said why."""

    reason = forms.CharField(
        label="Why", max_length=500, help_text="It stands in the audit log.", widget=UnfoldAdminTextInputWidget
    )


class ConsoleAdmin(ModelAdmin):
    """A page of one model of the platform. What is done goes to the audit log, in the same transaction."""

    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 0
    list_filter_sheet = False
    empty_value_display = NONE

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """One thing is read with what its list is read with: it is called by it."""
        rows: QuerySet[Any] = super().get_queryset(request)
        with_it = self.list_select_related
        return rows.select_related(*with_it) if isinstance(with_it, tuple) else rows

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return [of_a_list(self.model, name) for name in super().get_list_display(request)]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """What is only looked at is written as lists have it."""
        found = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return found
        return [(title, {**options, "fields": of_a_page(self, options["fields"])}) for title, options in found]

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """What was done to one thing stands in the audit log, and nowhere else."""
        return HttpResponseRedirect(
            f"{reverse('admin:platform_core_auditlog_changelist')}?{urlencode({'object': object_id})}"
        )

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A moment that is typed says its zone."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(db_field, models.DateTimeField) and field is not None:
            field.label = f"{field.label} (UTC)"
        return field

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> None:
        self.note(request, "add", obj, message)

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> None:
        self.note(request, "change", obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Iterable[models.Model]) -> None:
        for obj in queryset:
            self.note(request, "delete", obj, [])

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        """Remember what the form changes, for the log that is written after it is saved."""
        names = [name for name in form.changed_data if name in form.cleaned_data and name != REASON]
        request._why = form.cleaned_data.get(REASON, "")  # type: ignore[attr-defined]
        before = {name: _plain(form[name].initial) for name in names} if change else {}
        request._audited = before, {name: _plain(form.cleaned_data[name]) for name in names}  # type: ignore[attr-defined]
        super().save_model(request, obj, form, change)

    def note(self, request: HttpRequest, verb: str, obj: models.Model, message: Any) -> None:
        """Write down what the request's user did to `obj`, with the values before and after; secrets are masked."""
        before, after = getattr(request, "_audited", ({}, {}))
        origin, why = origin_of(request), getattr(request, "_why", "")
        record_of(
            origin,
            f"{verb}_{obj._meta.model_name}",
            resource_type=str(obj._meta.model_name),
            resource_id=obj.pk if isinstance(obj.pk, UUID) else None,
            tenant_id=getattr(obj, "tenant_id", None),
            old_values=before or None,
            new_values=after or None,
            metadata={"name": str(obj), "changes": message, **({"reason": why} if why else {})},
        )


def _plain(value: Any) -> Any:
    """What JSON can hold of a form's value."""
    match value:
        case models.Model():
            return str(value.pk)
        case None | bool() | int() | str() | dict() | list():
            return value
        case _:
            return str(value)


class RightsAdmin(ConsoleAdmin):
    """A page on which people's rights, prices or the platform's settings are changed: by who has just proven who they
    are."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return _asked(request) or super().changeform_view(request, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return _asked(request) or super().delete_view(request, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return _asked(request) or super().changelist_view(request, *args, **kwargs)


def _asked(request: HttpRequest) -> HttpResponseRedirect | None:
    return asked_first(request) if request.method == "POST" else None


class ReadOnlyAdmin(ConsoleAdmin):
    """A page that only shows: its rows are written by the platform's verbs."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False
