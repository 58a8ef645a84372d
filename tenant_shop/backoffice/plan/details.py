"""Whom bills are made out to: the address, the tax id, and where they are sent."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods
from unfold.widgets import UnfoldAdminEmailInputWidget

from platform_core.billing.details import BillingDetails, change_billing_details, read_billing_details
from platform_core.tenancy.context import current_tenant
from tenant_shop.backoffice.address_fields import address_fields, address_in, text
from tenant_shop.backoffice.plan.door import actor, for_owners
from tenant_shop.companies.errors import InvalidTaxId
from tenant_shop.companies.tax_ids import read_tax_id
from tenant_shop.orders.address import clean_address
from tenant_shop.orders.address_lines import address_lines
from tenant_shop.orders.errors import InvalidAddress

TAX_ID = (
    "Its form and check digits are tested. With a valid one of another country of the EU you owe the tax yourself,"
    " and your bills have none."
)


class DetailsForm(forms.Form):
    """Whatever an address needs follows from its country."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["email"] = forms.EmailField(
            label="E-mail address for bills",
            required=False,
            max_length=255,
            widget=UnfoldAdminEmailInputWidget(attrs={"autocomplete": "email"}),
            help_text="Without one they go to the address of the account.",
        )
        self.fields |= address_fields()
        self.fields["tax_id"] = text("Tax id", 60, help_text=TAX_ID)
        self.lines: list[str] = []

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        try:
            address = clean_address(address_in(given), kind="billing")
        except InvalidAddress as refusal:
            for name, sentence in refusal.problems.items():
                self.add_error(name, sentence)
            return given
        try:
            tax_id = read_tax_id(given.get("tax_id") or "", address["country"]).text
        except InvalidTaxId as refusal:
            self.add_error("tax_id", str(refusal))
            return given
        self.lines = address_lines(address)
        return {**given, **address, "tax_id": tax_id}


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners
def details(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    shop_id = current_tenant().id
    if request.method == "POST":
        form = DetailsForm(request.POST)
        if form.is_valid():
            given = form.cleaned_data
            address = {**address_in(given), "lines": form.lines}
            change_billing_details(
                shop_id,
                BillingDetails(email=given["email"], country=given["country"], address=address, tax_id=given["tax_id"]),
                actor_id=actor(request),
            )
            messages.success(request, "Your next bills are made out to this address.")
            return redirect("admin:plan")
    else:
        known = read_billing_details(shop_id)
        form = DetailsForm(
            initial={"country": known.country, **known.address, "email": known.email, "tax_id": known.tax_id}
        )
    context = {**site.each_context(request), "title": "Billing address and tax id", "form": form}
    return TemplateResponse(request, "admin/shop/plan_details.html", context, status=422 if form.errors else 200)
