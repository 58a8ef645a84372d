"""When invoices are issued, and what stands on them."""

from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from smartseller.errors import RuleViolation
from tenant_shop.backoffice.settings_page import FieldRefused, settings_page
from tenant_shop.backoffice.told_settings import ToldSettings
from tenant_shop.configuration.change_settings import change_settings
from tenant_shop.configuration.rules import LONGEST_INVOICE_LINES, lines_of
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.documents.begin_numbers import HIGHEST, begin_numbers, next_written
from tenant_shop.documents.due import BY_HAND, WHEN_PAID, WHEN_SENT
from tenant_shop.documents.mailed import ATTACH, LINK
from tenant_shop.documents.models import Document
from tenant_shop.documents.prefixes import LONGEST_PREFIX, check_apart, check_prefix

# What is no setting: the numbers that come next, by the form's fields.
NUMBERS = {"next_invoice": Document.Kind.INVOICE, "next_credit_note": Document.Kind.CREDIT_NOTE}


class InvoiceSettingsForm(ToldSettings):
    """The fields are the keys of the settings."""

    moves = frozenset(NUMBERS)

    invoice_issue = forms.ChoiceField(
        label="Invoices are issued",
        choices=[
            (WHEN_PAID, "When an order is paid, or first sent"),
            (WHEN_SENT, "When goods of an order are first sent"),
            (BY_HAND, "By hand, on the order's page"),
        ],
        help_text="By themselves only once it is known who sells. Each order gets one, and another when it is "
        "changed; none is ever changed itself.",
        widget=UnfoldAdminSelectWidget,
    )
    invoice_seller = forms.CharField(
        label="Who sells",
        required=False,
        max_length=LONGEST_INVOICE_LINES,
        help_text="Your company's name and address, a line each. Empty: the shop's name and its address.",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )
    invoice_tax_id = forms.CharField(
        label="Your tax id",
        required=False,
        max_length=50,
        help_text="As your invoices have to show it, such as DE123456789.",
        widget=UnfoldAdminTextInputWidget,
    )
    invoice_footer = forms.CharField(
        label="At the foot",
        required=False,
        max_length=LONGEST_INVOICE_LINES,
        help_text="What the law wants besides: commercial register, managing directors, a bank account. A line each.",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )
    invoice_mail = forms.ChoiceField(
        label="Mails about payment and sending",
        choices=[(LINK, "Link to the invoice"), (ATTACH, "Link to the invoice, and have it attached")],
        help_text="They say nothing of an invoice while there is none.",
        widget=UnfoldAdminSelectWidget,
    )
    invoice_prefix = forms.CharField(
        label="Numbers of invoices begin with",
        max_length=LONGEST_PREFIX,
        help_text="The numbers behind it go on: 000001, 000002, without a gap.",
        widget=UnfoldAdminTextInputWidget,
    )
    next_invoice = forms.IntegerField(
        label="Number of the next invoice",
        min_value=1,
        max_value=HIGHEST,
        help_text="A higher one goes on from there, such as where your invoices stood before. Never a lower one.",
        widget=UnfoldAdminIntegerFieldWidget,
    )
    credit_note_prefix = forms.CharField(
        label="Numbers of credit notes begin with",
        max_length=LONGEST_PREFIX,
        help_text="They have a row of numbers of their own.",
        widget=UnfoldAdminTextInputWidget,
    )
    next_credit_note = forms.IntegerField(
        label="Number of the next credit note",
        min_value=1,
        max_value=HIGHEST,
        widget=UnfoldAdminIntegerFieldWidget,
    )

    def clean_invoice_seller(self) -> str:
        return lines_of(str(self.cleaned_data["invoice_seller"]))

    def clean_invoice_footer(self) -> str:
        return lines_of(str(self.cleaned_data["invoice_footer"]))

    def clean_invoice_prefix(self) -> str:
        return self._prefix("invoice_prefix", Document.Kind.INVOICE)

    def clean_credit_note_prefix(self) -> str:
        return self._prefix("credit_note_prefix", Document.Kind.CREDIT_NOTE)

    @property
    def settings(self) -> dict[str, Any]:
        """What was changed of what is kept as settings."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name not in NUMBERS}

    def _prefix(self, name: str, kind: Document.Kind) -> str:
        """What is kept may stay, whatever was a rule when it was written."""
        text = str(self.cleaned_data[name])
        if text != self.initial[name]:
            check_prefix(kind, text)
        return text

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if {"invoice_prefix", "credit_note_prefix"} <= given.keys():
            check_apart(given["invoice_prefix"], given["credit_note_prefix"])
        return given


@require_http_methods(["GET", "HEAD", "POST"])
def invoice_settings(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    """Show them and change them; all of it is kept, or nothing and the form says why."""
    return settings_page(
        request,
        site,
        title="Invoices",
        here="admin:invoice_settings",
        opened=lambda: opened(request.POST or None),
        save=save,
    )


def opened(data: Any) -> InvoiceSettingsForm:
    """The form, with what is kept and the numbers that come next as its beginning."""
    shop = shop_settings()
    stored = {name: getattr(shop, name) for name in InvoiceSettingsForm.base_fields if name not in NUMBERS}
    stored |= {name: next_written(kind) for name, kind in NUMBERS.items()}
    return InvoiceSettingsForm(data, initial=stored)


def save(form: InvoiceSettingsForm) -> list[str]:
    """Keep what the form changed; the names of its fields. Errors: FieldRefused."""
    changed = change_settings(form.settings)
    for name, kind in NUMBERS.items():
        if form.cleaned_data[name] != form.initial[name]:
            try:
                begin_numbers(kind, form.cleaned_data[name])
            except RuleViolation as refusal:
                raise FieldRefused(name, refusal) from refusal
            changed.append(name)
    return changed
