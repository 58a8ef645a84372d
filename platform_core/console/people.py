"""Accounts and the audit log in the console."""

from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from unfold.paginator import InfinitePaginator

from platform_core.accounts.models import PlatformUser
from platform_core.audit.models import AuditLog
from platform_core.audit.scope import platform_scope
from platform_core.console.base import ConsoleAdmin, ReadOnlyAdmin
from platform_core.console.site import console


@admin.register(PlatformUser, site=console)
class PlatformUserAdmin(ConsoleAdmin):
    """Accounts. Passwords are set by their owners, never here."""

    list_display = ("email", "full_name", "role", "is_active", "last_login", "locked_until")
    list_filter = ("role", "is_active")
    search_fields = ("email", "first_name", "last_name")
    ordering = ("email",)
    fields = (
        "email",
        ("first_name", "last_name"),
        ("role", "is_active"),
        ("failed_login_attempts", "locked_until"),
        ("last_login", "created_at"),
    )
    readonly_fields = ("last_login", "created_at", "failed_login_attempts")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Operators are made by `manage.py createsuperuser`, merchants by signing up."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: PlatformUser | None = None) -> bool:
        """An account is closed, not deleted: the audit log refers to it."""
        return False


@admin.register(AuditLog, site=console)
class AuditLogAdmin(ReadOnlyAdmin):
    """Every entry of every shop: operators see them all, so the pages run in the platform's scope."""

    list_display = ("created_at", "action", "tenant", "user", "resource_type", "resource_id", "ip_address")
    list_select_related = ("tenant", "user")
    search_fields = ("action", "tenant__slug", "user__email")
    ordering = ("-created_at", "-id")
    paginator: type[Paginator] = InfinitePaginator  # type: ignore[type-arg]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        with platform_scope():
            return _rendered(super().changelist_view(request, extra_context))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        with platform_scope():
            return _rendered(super().changeform_view(request, object_id, form_url, extra_context))


def _rendered(response: Any) -> HttpResponse:
    """The page, rendered while the scope is open."""
    rendered: HttpResponse = response.render() if hasattr(response, "render") else response
    return rendered
