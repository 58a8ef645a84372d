"""Tax ids of merchants in the console: what registers say of them, and who is asked next."""

from django.contrib import admin
from unfold.decorators import display

from platform_core.billing.tax_ids.models import TaxIdCheck
from platform_core.console.base import ReadOnlyAdmin
from platform_core.console.site import console

COLOURS = {"unchecked": "info", "confirmed": "success", "refused": "danger"}


@admin.register(TaxIdCheck, site=console)
class TaxIdCheckAdmin(ReadOnlyAdmin):
    """An operator's word goes before a register's: `manage.py tax_ids`."""

    list_display = ("tenant", "country", "tax_id", "badge", "checked_at", "checked_by", "note", "due_at")
    list_filter = ("state", "checked_by")
    list_select_related = ("tenant",)
    search_fields = ("tenant__slug", "tax_id")
    ordering = ("-checked_at", "tenant__slug")
    fields = (("tenant", "country"), ("tax_id", "badge"), ("checked_at", "checked_by"), "note", "due_at")
    readonly_fields = ("country", "badge")

    @display(description="country", ordering="tenant__country")
    def country(self, row: TaxIdCheck) -> str:
        return row.tenant.country

    @display(description="state", ordering="state", label=COLOURS)
    def badge(self, row: TaxIdCheck) -> tuple[str, str]:
        return row.state, row.get_state_display()
