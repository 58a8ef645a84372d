"""Invoices and credit notes in the console: issued by the platform, paid and taken back here."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.http import content_disposition_header
from unfold.decorators import display
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminTextInputWidget

from platform_core.billing.by_hand import note_transfer, take_back
from platform_core.billing.give_back import give_back
from platform_core.billing.letters import OPEN, OWED
from platform_core.billing.models import BillingInvoice, InvoiceKind, InvoiceStatus
from platform_core.billing.papers.printed import printed
from platform_core.console.base import ReadOnlyAdmin
from platform_core.console.deeds import Deed, DeedsAdmin, ReasonForm, Values
from platform_core.console.site import console
from platform_core.console.widgets import DayInput
from smartseller import money

STATE_COLOURS = {"paid": "success", "pending": "info", "failed": "danger", "cancelled": "warning", "overdue": "danger"}
WHAT = {InvoiceKind.PERIOD: "Invoice", InvoiceKind.CHANGE: "Invoice of a change", InvoiceKind.CREDIT: "Credit note"}
CHANGE = "change_billinginvoice"


def today() -> date:
    return datetime.now(UTC).date()


class CreditForm(ReasonForm):
    """How much of an invoice is taken back: all that is left of it unless less is said. What was left when the form was
    opened comes with it: two operators, or two presses of the button, take back once."""

    left = forms.DecimalField(required=False, widget=forms.HiddenInput)

    amount = forms.DecimalField(
        label="Amount, tax included", max_digits=15, decimal_places=3, min_value=Decimal("0.001"),
        widget=UnfoldAdminDecimalFieldWidget,
    )  # fmt: skip

    def __init__(self, data: Any = None, *, row: BillingInvoice) -> None:
        super().__init__(data, row=row)
        left = money.quantize(row.owed_amount, row.currency)
        self.fields["amount"].initial = self.fields["left"].initial = left
        self.fields["amount"].help_text = f"{money.display(left, row.currency)} are left."
        self.fields["reason"].help_text = "The merchant reads it on the credit note, in English."


class PaidForm(ReasonForm):
    """When money came or went, and what the bank says of it."""

    on = forms.DateField(label="On (UTC)", widget=DayInput)
    reference = forms.CharField(
        label="Reference", max_length=200, required=False, widget=UnfoldAdminTextInputWidget,
        help_text="What the bank says of the transfer.",
    )  # fmt: skip

    def __init__(self, data: Any = None, *, row: BillingInvoice) -> None:
        super().__init__(data, row=row)
        self.fields["on"].initial = today()

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on > today():
            raise forms.ValidationError("That day has not come yet.")
        return on


def _credit(row: BillingInvoice, values: Values, actor_id: UUID) -> str:
    note = take_back(
        row.invoice_number, today=today(), amount=values["amount"], left=values["left"], reason=values["reason"],
        actor_id=actor_id,
    )  # fmt: skip
    taken = money.display(-note.total_amount, note.currency)
    card = " The card gets it back." if note.refunds.exists() else ""
    return f"{taken} of {row.invoice_number} are taken back by {note.invoice_number}; the merchant is told.{card}"


def _paid(row: BillingInvoice, values: Values, actor_id: UUID) -> str:
    note_transfer(row.invoice_number, today=today(), actor_id=actor_id, **values)
    return f"{row.invoice_number} is paid; the merchant is thanked."


def _given_back(row: BillingInvoice, values: Values, actor_id: UUID) -> str:
    give_back(row.invoice_number, actor_id=actor_id, **values)
    return f"The money of {row.invoice_number} was given back; the merchant is told."


def _is_owed(row: BillingInvoice) -> bool:
    return row.kind != InvoiceKind.CREDIT and row.status in OPEN


def _is_creditable(row: BillingInvoice) -> bool:
    return row.kind != InvoiceKind.CREDIT and row.owed_amount > 0 and row.status != InvoiceStatus.CANCELLED


def _is_to_be_given_back(row: BillingInvoice) -> bool:
    is_open = row.kind == InvoiceKind.CREDIT and row.status == InvoiceStatus.PENDING
    return is_open and row.corrects is not None and row.corrects.status == InvoiceStatus.PAID


DEEDS = (
    Deed(
        word="paid", title="{} was paid", button="Mark as paid", permission=CHANGE, do=_paid, is_possible=_is_owed,
        form=PaidForm,
        explanation="All that is owed of it came by bank transfer. A shop that was closed for want of payment opens "
        "when nothing else is overdue.",
    ),
    Deed(
        word="credit", title="Take {} back", button="Take back", permission=CHANGE, do=_credit,
        is_possible=_is_creditable, form=CreditForm, is_dangerous=True,
        explanation="A credit note is issued and sent. Of an open invoice less is owed then; what a card has paid "
        "goes back to it at once, other money is yours to give back.",
    ),
    Deed(
        word="given-back", title="The money of {} was given back", button="Mark as given back", permission=CHANGE,
        do=_given_back, is_possible=_is_to_be_given_back, form=PaidForm,
        explanation="You sent what the credit note takes back to the merchant.",
    ),
)  # fmt: skip


class StandingFilter(SimpleListFilter):
    """What stands out: owed, overdue, money that is to be given back."""

    title = "standing"
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("owed", "Owed"), ("overdue", "Overdue"), ("give_back", "To be given back")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[BillingInvoice]) -> QuerySet[BillingInvoice]:
        match self.value():
            case "owed":
                return queryset.filter(OWED)
            case "overdue":
                return queryset.filter(OWED, due_date__lt=today())
            case "give_back":
                return queryset.filter(
                    kind=InvoiceKind.CREDIT, status=InvoiceStatus.PENDING, corrects__status=InvoiceStatus.PAID
                )
        return queryset


@admin.register(BillingInvoice, site=console)
class BillingInvoiceAdmin(DeedsAdmin, ReadOnlyAdmin):
    """What merchants were asked to pay, and what was taken back. What they say is frozen when they are issued."""

    deeds = DEEDS
    list_display = (
        "invoice_number",
        "tenant",
        "what",
        "state",
        "total",
        "owed",
        "issued_date",
        "due_date",
    )
    list_filter = (StandingFilter, "status", "kind", "currency")
    list_select_related = ("tenant",)
    search_fields = ("invoice_number", "tenant__slug", "external_payment_id")
    date_hierarchy = "issued_date"
    ordering = ("-issued_date", "-invoice_number")
    fields = (
        ("tenant", "what"),
        ("status", "owed"),
        ("issued_date", "due_date"),
        ("paid_date", "reverse_charge"),
        ("period_start", "period_end"),
        ("payment_method", "external_payment_id"),
        ("corrects", "reason"),
    )
    readonly_fields = ("owed", "what")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """A shop's page leads to its invoices."""
        return lookup == "tenant__id__exact" or super().lookup_allowed(lookup, value, request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[BillingInvoice]:
        rows: QuerySet[BillingInvoice] = super().get_queryset(request).select_related("tenant", "corrects")
        return rows

    def get_urls(self) -> list[URLPattern]:
        paper = path("<uuid:key>/paper.pdf", self.admin_site.admin_view(self.paper), name="billinginvoice_paper")
        return [paper, *super().get_urls()]

    def paper(self, request: HttpRequest, key: UUID) -> HttpResponseBase:
        """The PDF that the merchant has."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = BillingInvoice.objects.filter(pk=key).first()
        if found is None:
            raise Http404
        response = HttpResponse(printed(found), content_type="application/pdf")
        disposition = content_disposition_header(as_attachment=False, filename=f"{found.invoice_number}.pdf")
        response["Content-Disposition"] = disposition or "inline"
        response["Cache-Control"] = "private, no-store"
        return response

    def facts_of(self, row: BillingInvoice) -> dict[str, Any]:
        """Its lines, and the credit notes about it."""

        def shown(amount: Any) -> str:
            return money.display(Decimal(amount), row.currency)

        lines = [
            (str(line.get("description") or line.get("text") or ""), shown(line["amount"])) for line in row.line_items
        ]
        off = [(str(each["description"]), shown(-Decimal(each["amount"]))) for each in row.discounts]
        tax = f"Tax, {(100 * row.tax_rate).normalize():f} %" + (", reverse charge" if row.reverse_charge else "")
        notes = row.credit_notes.order_by("invoice_number")
        attempts = row.refunds.all() if row.kind == InvoiceKind.CREDIT else row.charges.all()
        return {
            "parts": ("admin/console/invoice.html",),
            "attempts": [(each, each.reason.replace("_", " ")) for each in attempts.order_by("-created_at")],
            "lines": [*lines, *off, (tax, shown(row.tax_amount))],
            "sum": shown(row.total_amount),
            "notes": [
                {"number": note.invoice_number, "total": shown(note.total_amount), "url": _url(note)} for note in notes
            ],
            "links": [{"title": "PDF", "url": reverse("admin:billinginvoice_paper", args=[row.pk])}],
        }

    @display(description="what", ordering="kind")
    def what(self, row: BillingInvoice) -> str:
        return WHAT[InvoiceKind(row.kind)]

    @display(description="state", ordering="status", label=STATE_COLOURS)
    def state(self, row: BillingInvoice) -> tuple[str, str]:
        if _is_owed(row) and row.due_date < today():
            return "overdue", "Overdue"
        return row.status, row.get_status_display()

    @display(description="total", ordering="total_amount")
    def total(self, row: BillingInvoice) -> str:
        return money.display(row.total_amount, row.currency)

    @display(description="owed")
    def owed(self, row: BillingInvoice) -> str:
        return money.display(row.owed_amount, row.currency) if _is_owed(row) else "\u2013"


def _url(row: BillingInvoice) -> str:
    return reverse("admin:platform_core_billinginvoice_change", args=[row.pk])
