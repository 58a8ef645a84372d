"""What every page of the console shares."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import models
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from platform_core.audit.record import record


class ConsoleAdmin(ModelAdmin):
    """A page of one model of the platform. What is done goes to the audit log, in the same transaction."""

    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 0
    list_filter_sheet = False

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> None:
        self.note(request, "add", obj, message)

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> None:
        self.note(request, "change", obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Iterable[models.Model]) -> None:
        for obj in queryset:
            self.note(request, "delete", obj, [])

    def note(self, request: HttpRequest, verb: str, obj: models.Model, message: Any) -> None:
        """Write down what the request's user did to `obj`."""
        record(
            f"{verb}_{obj._meta.model_name}",
            resource_type=str(obj._meta.model_name),
            resource_id=obj.pk if isinstance(obj.pk, UUID) else None,
            tenant_id=getattr(obj, "tenant_id", None),
            user_id=request.user.pk,
            new_values={"name": str(obj), "changes": message},
            ip_address=request.META.get("REMOTE_ADDR") or None,
            user_agent=request.META.get("HTTP_USER_AGENT", "")[:500] or None,
        )


class ReadOnlyAdmin(ConsoleAdmin):
    """A page that only shows: its rows are written by the platform's verbs."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False
