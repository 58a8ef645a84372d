"""The few settings without which a shop cannot trade: its name and address, where its money goes, returns, terms."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from platform_core.audit.record import record
from platform_core.tenancy.context import current_tenant
from tenant_shop.configuration.change_settings import change_settings
from tenant_shop.configuration.settings import shop_settings

LONGEST_NAME = 255
LONGEST_INSTRUCTIONS = 1000
LONGEST_SENTENCE = 200
LONGEST_RETURN = 365
LONGEST_TERMS = 300


class SettingsForm(forms.Form):
    """The fields are the keys of the settings."""

    store_name = forms.CharField(
        label="Name", max_length=LONGEST_NAME, help_text="What shoppers see.", widget=UnfoldAdminTextInputWidget
    )
    store_email = forms.EmailField(
        label="E-mail address",
        max_length=LONGEST_NAME,
        help_text="Where shoppers write to, and where their answers to your mails arrive.",
        widget=UnfoldAdminEmailInputWidget,
    )
    payment_instructions = forms.CharField(
        label="Bank account",
        required=False,
        max_length=LONGEST_INSTRUCTIONS,
        help_text="Where bank transfers go: account holder, IBAN, BIC, a line each. It stands on the confirmation of "
        "every unpaid order, with the amount and the reference. Left empty, shoppers read that you will send your bank "
        "details by e-mail.",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )

    return_days = forms.IntegerField(
        label="Days for returns",
        required=False,
        min_value=0,
        max_value=LONGEST_RETURN,
        help_text="How long goods may be sent back; product pages and search engines say it. 0: nothing is said.",
        widget=UnfoldAdminIntegerFieldWidget,
    )
    returns_text = forms.CharField(
        label="Words about returns",
        required=False,
        max_length=LONGEST_SENTENCE,
        help_text="Your own sentence on product pages, instead of the one about the days.",
        widget=UnfoldAdminTextInputWidget,
    )

    quote_requests = forms.ChoiceField(
        label="Requests for quotes",
        required=False,
        choices=[
            ("", "Nobody can ask"),
            ("customers", "Customers who are logged in can ask"),
            ("everybody", "Guests can ask, too"),
        ],
        help_text="Shoppers send you their cart with a note; you answer with prices of your own.",
        widget=UnfoldAdminSelectWidget,
    )

    company_accounts = forms.BooleanField(
        label="Company accounts",
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text="Companies can register, with several buyers and an approver. You decide on each, and on its terms.",
    )

    terms_text = forms.CharField(
        label="Words about your terms",
        required=False,
        max_length=LONGEST_TERMS,
        help_text="Your own sentence above the button that orders, in your shop's language. Below it stand links to "
        "your pages about terms, returns and privacy, once they are published.",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    )
    terms_need_tick = forms.BooleanField(
        label="Ask for a tick",
        required=False,
        help_text="Nobody can order without ticking a box beside these words. Without words of yours it says: I have "
        "read the terms and agree to them.",
        widget=UnfoldBooleanSwitchWidget,
    )

    def clean_terms_text(self) -> str:
        return " ".join(str(self.cleaned_data["terms_text"]).split())

    def clean_return_days(self) -> int:
        return self.cleaned_data["return_days"] or 0

    def clean_payment_instructions(self) -> str:
        return "\n".join(str(self.cleaned_data["payment_instructions"]).splitlines())


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    """Show the settings and change them."""
    return settings_page(request, site, SettingsForm, title="Settings", here="admin:settings")


def settings_page(
    request: HttpRequest, site: AdminSite, form_class: type[forms.Form], *, title: str, here: str
) -> HttpResponseBase:
    """A form whose fields are keys of the settings; the audit log tells who changed which, not to what."""
    if not request.user.has_perm("tenant_shop.change_setting"):
        raise PermissionDenied
    shop = shop_settings()
    stored = {name: getattr(shop, name) for name in form_class.base_fields}
    form = form_class(request.POST or None, initial=stored)
    if request.method == "POST" and form.is_valid():
        changed = change_settings(form.cleaned_data)
        if changed:
            note_change(request, [str(form_class.base_fields[key].label) for key in changed])
        messages.success(request, "Saved." if changed else "Nothing was different.")
        return redirect(here)
    context: dict[str, Any] = {**site.each_context(request), "title": title, "form": form}
    return TemplateResponse(request, "admin/shop/settings.html", context, status=422 if form.errors else 200)


def note_change(request: HttpRequest, fields: list[str]) -> None:
    """Write into the audit log who changed which of the settings; `fields` are their labels."""
    record(
        "change_settings",
        resource_type="settings",
        tenant_id=current_tenant().id,
        user_id=request.user.pk,
        new_values={"name": "Settings", "changes": [{"changed": {"fields": fields}}]},
        ip_address=request.META.get("REMOTE_ADDR") or None,
        user_agent=request.META.get("HTTP_USER_AGENT", "")[:500] or None,
    )
