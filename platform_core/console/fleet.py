"""Servers, templates, spares and provisioning in the console."""

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path
from unfold.admin import TabularInline
from unfold.decorators import display

from platform_core.console.base import ReadOnlyAdmin, ReasonedForm, RightsAdmin
from platform_core.console.databases import databases
from platform_core.console.moments import Column, column
from platform_core.console.site import console
from platform_core.fleet.models import (
    DatabaseServer,
    ProvisioningRun,
    ProvisioningStep,
    SpareDatabase,
    TemplateVersion,
)

ADDED = column(DatabaseServer, "created_at")
RUN_COLOURS = {"running": "info", "succeeded": "success", "failed": "danger"}


@admin.register(DatabaseServer, site=console)
class DatabaseServerAdmin(RightsAdmin):
    """Where shops live. How many it takes is decided here; `manage.py servers` adds, drains and retires it, and minds
    the regions that shops are bound to.
    """

    form = ReasonedForm
    fields = (("key", "state"), ("region", "capacity"), ADDED, "reason")
    list_display = ("key", "region", "capacity", "state", "created_at")
    list_filter = ("state",)
    search_fields = ("key", "region")
    ordering = ("key",)

    def get_urls(self) -> list[URLPattern]:
        """Beside the servers stands what is on them."""
        page = path("databases/", self.admin_site.admin_view(databases), name="databases")
        return [page, *super().get_urls()]

    def get_readonly_fields(self, request: HttpRequest, obj: DatabaseServer | None = None) -> tuple[Column, ...]:
        return ("key", "region", "state", ADDED)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Its template and its spares are made as it is added."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: DatabaseServer | None = None) -> bool:
        """A server is retired, never forgotten."""
        return False


class StepInline(TabularInline):
    model = ProvisioningStep
    fields = ("position", "name", "state", "took", column(ProvisioningStep, "started_at"), "error")
    readonly_fields = fields
    hide_title = True
    ordering = ("position",)
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: ProvisioningRun | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ProvisioningRun | None = None) -> bool:
        return False

    @display(description="took")
    def took(self, step: ProvisioningStep) -> str:
        return "\u2013" if step.ms is None else f"{step.ms:,.1f} ms"


@admin.register(ProvisioningRun, site=console)
class ProvisioningRunAdmin(ReadOnlyAdmin):
    list_display = ("tenant", "state_badge", "attempt", "spare_used", "started_at", "finished_at")
    list_filter = ("state", "spare_used")
    list_select_related = ("tenant",)
    search_fields = ("tenant__slug",)
    ordering = ("-started_at", "-id")
    # What was asked for may hold more than operators need to see.
    exclude = ("request", "request_key")
    inlines = (StepInline,)

    @display(description="State", ordering="state", label=RUN_COLOURS)
    def state_badge(self, run: ProvisioningRun) -> tuple[str, str]:
        return run.state, run.get_state_display()


@admin.register(SpareDatabase, site=console)
class SpareDatabaseAdmin(ReadOnlyAdmin):
    list_display = ("name", "server", "state", "template", "created_at")
    list_filter = ("state",)
    list_select_related = ("template",)
    search_fields = ("name",)
    ordering = ("-created_at", "-id")


@admin.register(TemplateVersion, site=console)
class TemplateVersionAdmin(ReadOnlyAdmin):
    list_display = ("server", "version", "database_name", "is_current", "built_at")
    # Its SQL and its catalogue would fill a hundred screens.
    fields = (("server", "version"), ("database_name", "is_current"), "built_at")
    list_filter = ("is_current",)
    search_fields = ("version", "database_name")
    ordering = ("-is_current", "server", "-built_at")
