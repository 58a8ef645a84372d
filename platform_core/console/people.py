"""Accounts in the console."""

from django.contrib import admin
from django.http import HttpRequest

from platform_core.accounts.models import PlatformUser
from platform_core.console.base import ReasonedForm, RightsAdmin
from platform_core.console.moments import columns
from platform_core.console.site import console

SEEN = tuple(columns(PlatformUser, ("last_login", "created_at")))


@admin.register(PlatformUser, site=console)
class PlatformUserAdmin(RightsAdmin):
    """Accounts. Passwords are set by their owners, never here."""

    form = ReasonedForm
    list_display = ("email", "full_name", "role", "is_active", "last_login", "locked_until")
    list_filter = ("role", "is_active")
    search_fields = ("email", "first_name", "last_name")
    ordering = ("email",)
    fields = (
        "email",
        ("first_name", "last_name"),
        ("role", "is_active"),
        "locked_until",
        ("failed_login_attempts", "two_factor_enabled"),
        SEEN,
        "reason",
    )
    readonly_fields = (*SEEN, "failed_login_attempts", "two_factor_enabled")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Operators are made by `manage.py createsuperuser`, merchants by signing up."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: PlatformUser | None = None) -> bool:
        """An account is closed, not deleted: the audit log refers to it."""
        return False
