"""Requests for quotes in the back office: read, answered with a price for each line, or declined."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from unfold.decorators import display
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSplitDateTimeWidget, UnfoldAdminTextareaWidget

from platform_core.tenancy.transactions import shop_transaction
from smartseller.errors import RuleViolation
from smartseller.money import quantize
from tenant_shop.backoffice.base import ShopAdmin, ShopInline, amount, moment
from tenant_shop.backoffice.differences import standing
from tenant_shop.backoffice.money import MoneyField
from tenant_shop.backoffice.site import backoffice
from tenant_shop.companies.requests import request_of_offer
from tenant_shop.inventory.shortage import sellable_quantity
from tenant_shop.quotes.answer import answer_quote
from tenant_shop.quotes.by_words import quotes_by_words
from tenant_shop.quotes.decide import decline_quote
from tenant_shop.quotes.expire import ACTOR
from tenant_shop.quotes.models import QuoteEvent, QuoteLine, QuoteRequest
from tenant_shop.quotes.move import NEXT

COLOURS = {
    "requested": "warning",
    "answered": "info",
    "accepted": "success",
    "declined": "danger",
    "expired": "default",
}
# What the form proposes.
HOLDS_FOR = timedelta(days=14)
LONGEST_ANSWER = 4000


class AnswerForm(forms.Form):
    """A price of a piece for each line, named by its id; `revision` says which answer it corrects."""

    def __init__(self, quote: QuoteRequest, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.lines = list(quote.lines.select_related("variant__product"))
        for line in self.lines:
            self.fields[line.pk.hex] = _money_field(
                label=f"{line.quantity} \N{MULTIPLICATION SIGN} {line.product_name} ({line.product_sku})",
                initial=line.list_price if line.unit_price is None else line.unit_price,
                help_text=_told(line, quote.currency),
            )
        self.fields["shipping"] = _money_field(
            label="Delivery",
            required=False,
            initial=quote.shipping_amount,
            help_text="What delivery costs, wherever it goes. Empty: what the checkout says.",
        )
        self.fields["valid_until"] = forms.SplitDateTimeField(
            label="The offer holds until",
            initial=quote.valid_until if quote.is_open else (timezone.now() + HOLDS_FOR).replace(second=0),
            widget=UnfoldAdminSplitDateTimeWidget(),
        )
        self.fields["note"] = forms.CharField(
            label="Your words to the customer",
            required=False,
            max_length=LONGEST_ANSWER,
            initial=quote.answer,
            widget=UnfoldAdminTextareaWidget(attrs={"rows": 5}),
        )
        self.fields["revision"] = forms.IntegerField(widget=forms.HiddenInput, initial=quote.revision)

    @property
    def prices(self) -> dict[UUID, Decimal]:
        return {line.pk: self.cleaned_data[line.pk.hex] for line in self.lines}


def _money_field(**options: Any) -> MoneyField:
    return MoneyField(
        max_digits=13, decimal_places=3, min_value=Decimal(0), widget=UnfoldAdminDecimalFieldWidget(), **options
    )


def _told(line: QuoteLine, currency: str) -> str:
    """What a merchant wants to know before naming a price."""
    facts = [f"When it was asked, a piece cost {amount(line.list_price, currency)}."]
    if line.variant is None:
        return "These goods do not exist any more."
    now = quantize(line.variant.effective_price, currency)
    if now != line.list_price:
        facts.append(f"Everybody pays {amount(now, currency)} today.")
    available = sellable_quantity(line.variant)
    if available is not None:
        facts.append(f"{available} in stock.")
    return " ".join(facts)


class _ReadOnly(ShopInline):
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class LineInline(_ReadOnly):
    model = QuoteLine
    verbose_name_plural = "goods"
    fields = ("product_name", "product_sku", "quantity", "cost_then", "offered")
    readonly_fields = fields

    @display(description="Cost when asked")
    def cost_then(self, line: QuoteLine) -> str:
        return amount(line.list_price, line.quote.currency)

    @display(description="Offered")
    def offered(self, line: QuoteLine) -> str:
        return amount(line.unit_price, line.quote.currency)

    def get_queryset(self, request: HttpRequest) -> QuerySet[QuoteLine]:
        rows: QuerySet[QuoteLine] = super().get_queryset(request)
        return rows.select_related("quote")


class EventInline(_ReadOnly):
    model = QuoteEvent
    verbose_name_plural = "history"
    fields = ("at", "status", "note", "by")
    readonly_fields = fields

    @display(description="Who")
    def by(self, event: QuoteEvent) -> str:
        if event.actor.startswith("customer "):
            return "the customer"
        if event.actor == "guest":
            return "the guest"
        return "nobody, in time" if event.actor == ACTOR else "the shop"

    @display(description="Status")
    def status(self, event: QuoteEvent) -> str:
        return str(capfirst(event.new_status))

    @display(description="When")
    def at(self, event: QuoteEvent) -> str:
        return moment(event.created_at)


@admin.register(QuoteRequest, site=backoffice)
class QuoteAdmin(ShopAdmin):
    """No form writes to a request: the verbs do."""

    list_display = ("shown_number", "email", "name", "status_badge", "created_at", "valid_until", "order")
    list_filter = ("status",)
    list_select_related = ("customer", "order")
    search_fields = ("email", "name", "order__order_number")
    search_help_text = "Number, name, e-mail address or order"
    found_by = staticmethod(quotes_by_words)
    comes_from = "When a customer asks what a cart would cost, it stands here to be answered."
    ordering = ("-created_at", "-id")
    fields = (
        "shown_number",
        "customer",
        "email",
        "name",
        "status",
        "note",
        "answer",
        "shipping",
        "valid_until",
        "approval",
        "order",
        "created_at",
    )
    readonly_fields = fields
    inlines = (LineInline, EventInline)
    actions = ("decline",)
    change_form_outer_before_template = "admin/shop/quote_tools.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: QuoteRequest | None = None) -> bool:
        """`has_act_permission` says who may use the verbs."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: QuoteRequest | None = None) -> bool:
        """Requests are declined, never deleted."""
        return False

    def has_act_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("tenant_shop.change_quoterequest")

    def get_urls(self) -> list[URLPattern]:
        answer = path(
            "<uuid:quote_id>/answer/",
            self.admin_site.admin_view(answer_page),
            {"model_admin": self},
            name="tenant_shop_quoterequest_answer",
        )
        return [answer, *super().get_urls()]

    @admin.action(description="Decline", permissions=["act"])
    def decline(self, request: HttpRequest, queryset: QuerySet[QuoteRequest]) -> None:
        for quote_id in queryset.values_list("pk", flat=True):
            try:
                with shop_transaction():
                    was = standing(QuoteRequest, quote_id)
                    declined = decline_quote(quote_id, actor=str(request.user.pk))
                    self.note(request, "change", declined, [{"changed": {"fields": ["status: Declined"]}}], was=was)
            except RuleViolation as refusal:
                messages.error(request, str(refusal))
            else:
                messages.success(request, f"{declined.number} is declined.")

    @display(description="Number", ordering="created_at")
    def shown_number(self, quote: QuoteRequest) -> str:
        return quote.number

    @display(description="Status", ordering="status", label=COLOURS)
    def status_badge(self, quote: QuoteRequest) -> tuple[str, str]:
        status = QuoteRequest.Status.EXPIRED if quote.is_over else QuoteRequest.Status(quote.status)
        return status, status.label

    @display(description="Approval")
    def approval(self, quote: QuoteRequest) -> str:
        """Who is to approve it before it is accepted."""
        asked = request_of_offer(quote.pk)
        if not asked:
            return "-"
        return format_html("{} decides on it, since {}.", asked.company.name, moment(asked.created_at))

    @display(description="Delivery")
    def shipping(self, quote: QuoteRequest) -> str:
        return amount(quote.shipping_amount, quote.currency)


def answer_page(request: HttpRequest, quote_id: UUID, model_admin: QuoteAdmin) -> HttpResponse:
    """The form that answers a request, or corrects the answer until it is accepted."""
    quote = get_object_or_404(QuoteRequest, pk=quote_id)
    if not model_admin.has_act_permission(request):
        raise PermissionDenied
    if QuoteRequest.Status.ANSWERED not in NEXT[quote.status]:
        messages.error(request, f"{quote.number} is {quote.status} and cannot be answered any more.")
        return redirect("admin:tenant_shop_quoterequest_change", quote.pk)
    form = AnswerForm(quote, request.POST) if request.method == "POST" else AnswerForm(quote)
    if form.is_valid():
        given = form.cleaned_data
        try:
            with shop_transaction():
                answered = answer_quote(
                    quote.pk,
                    form.prices,
                    shipping=given["shipping"],
                    valid_until=given["valid_until"],
                    note=given["note"],
                    revision=given["revision"],
                    actor=str(request.user.pk),
                )
                model_admin.note(request, "answer", answered, [{"changed": {"fields": ["answer"]}}])
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"The offer is on its way to {answered.email}.")
            return redirect("admin:tenant_shop_quoterequest_change", quote.pk)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"Answer {quote.number}",
        "quote": quote,
        "opts": model_admin.opts,
        "form": form,
    }
    return TemplateResponse(request, "admin/shop/quote.html", context, status=422 if form.errors else 200)
