"""Cards of merchants in the console: every attempt to charge one, and to give money back to one."""

from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import display

from platform_core.billing.cards.models import CardCharge, CardRefund
from platform_core.console.base import ReadOnlyAdmin
from platform_core.console.moments import NONE
from platform_core.console.site import console
from smartseller import money

COLOURS = {"asking": "info", "confirming": "warning", "succeeded": "success", "declined": "danger", "failed": "danger"}


class AttemptAdmin(ReadOnlyAdmin):
    """What the gateway was asked about one invoice, or credit note, and said."""

    # The field that leads to it.
    about = ""
    list_filter = ("state", "currency")
    date_hierarchy = "day"
    ordering = ("-created_at", "-id")

    @display(description="shop")
    def shop(self, row: Any) -> str:
        return str(getattr(row, self.about).tenant.slug)

    @display(description="of")
    def paper(self, row: Any) -> str:
        found = getattr(row, self.about)
        page = reverse("admin:platform_core_billinginvoice_change", args=[found.pk])
        return str(format_html('<a href="{}">{}</a>', page, found.invoice_number))

    @display(description="state", ordering="state", label=COLOURS)
    def badge(self, row: Any) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @display(description="reason", ordering="reason")
    def why(self, row: Any) -> str:
        """The gateway's word for programs, readable."""
        return str(row.reason).replace("_", " ") or NONE

    @display(description="amount", ordering="amount")
    def total(self, row: Any) -> str:
        return money.display(row.amount, row.currency)


@admin.register(CardCharge, site=console)
class CardChargeAdmin(AttemptAdmin):
    about = "invoice"
    list_display = ("shop", "paper", "badge", "total", "card", "day", "why", "settled_at")
    list_select_related = ("invoice__tenant",)
    search_fields = ("invoice__invoice_number", "invoice__tenant__slug", "reference")
    fields = (
        ("shop", "paper"),
        ("badge", "why"),
        ("total", "card"),
        ("day", "reference"),
        ("asked_at", "settled_at"),
    )
    readonly_fields = ("shop", "paper", "badge", "total", "why")


@admin.register(CardRefund, site=console)
class CardRefundAdmin(AttemptAdmin):
    """One that failed is tried again on the following days; after the last it is marked as given back by hand."""

    about = "note"
    list_display = ("shop", "paper", "badge", "total", "card", "day", "why", "settled_at")
    list_select_related = ("note__tenant", "charge")
    search_fields = ("note__invoice_number", "note__tenant__slug", "reference")
    fields = (
        ("shop", "paper"),
        ("badge", "why"),
        ("total", "card"),
        ("day", "reference"),
        ("asked_at", "settled_at"),
    )
    readonly_fields = ("shop", "paper", "badge", "total", "card", "why")

    @display(description="card")
    def card(self, row: CardRefund) -> str:
        return row.charge.card
