"""The platform's settings in the console: who sends the bills, which taxes are owed."""

import json
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.decorators import display

from platform_core.configuration.models import PlatformSetting
from platform_core.console.base import ReasonedForm, RightsAdmin
from platform_core.console.site import console


@admin.register(PlatformSetting, site=console)
class PlatformSettingAdmin(RightsAdmin):
    """Values that rooms ask for by key; docs/operations/billing.md says what those about bills look like."""

    list_display = ("key", "summary", "is_public", "updated_at")
    search_fields = ("key", "description")
    ordering = ("key",)
    form = ReasonedForm
    fields = ("key", "value", "description", "is_public", "reason")

    def get_readonly_fields(self, request: HttpRequest, obj: PlatformSetting | None = None) -> tuple[str, ...]:
        """A setting of another name is another setting."""
        return ("key",) if obj is not None else ()

    def has_delete_permission(self, request: HttpRequest, obj: PlatformSetting | None = None) -> bool:
        """What rooms ask for stays; bills went out with it."""
        return False

    @display(description="value")
    def summary(self, row: Any) -> str:
        text = json.dumps(row.value, ensure_ascii=False)
        return text if len(text) <= 80 else f"{text[:79]}…"
