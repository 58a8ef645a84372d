"""How the shop takes money: its ways to pay, test mode, and what its gateways know it by."""

from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from tenant_shop.backoffice.fresh import when_fresh_to
from tenant_shop.backoffice.settings_page import settings_page
from tenant_shop.backoffice.told_settings import ToldSettings
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.payments.change_account import LONGEST_KEY, SECRETS, change_account, known_secrets, problems_of
from tenant_shop.payments.methods import FOR_EVERYBODY, KNOWN

KEPT = "Kept, and never shown. Leave it empty to keep it."


class PaymentSettingsForm(ToldSettings):
    """Secrets are taken and never given out again: an empty field keeps what is there."""

    payment_methods = forms.MultipleChoiceField(
        label="Ways to pay",
        choices=[(code, KNOWN[code].label) for code in FOR_EVERYBODY],
        help_text="What cannot take money the way the shop sells is left out at the checkout: test cards outside test "
        "mode, Stripe without an account of the shop's mode.",
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    test_mode = forms.BooleanField(
        label="Test mode",
        required=False,
        help_text="No money moves: test cards are offered, and of Stripe the test keys only. What is ordered meanwhile "
        "is a test order: shoppers are told, no figure counts it, and you can delete it under Test orders.",
        widget=UnfoldBooleanWidget,
    )
    stripe_key = forms.CharField(
        label="Stripe: publishable key",
        required=False,
        max_length=LONGEST_KEY,
        help_text="pk_test_… in test mode, pk_live_… outside it. Empty: no Stripe.",
        widget=UnfoldAdminTextInputWidget,
    )
    secret_key = forms.CharField(
        label="Stripe: secret key",
        required=False,
        max_length=LONGEST_KEY,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "off"}),
    )
    webhook_secret = forms.CharField(
        label="Stripe: signing secret of the webhook",
        required=False,
        max_length=LONGEST_KEY,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, known: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        for name in SECRETS:
            self.fields[name].help_text = KEPT if known.get(name) else "Not there yet."

    def clean_stripe_key(self) -> str:
        return str(self.cleaned_data["stripe_key"]).strip()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors:
            for name, problem in list(problems_of(given["stripe_key"], given=self.secrets, known=self.known)):
                self.add_error(name, problem)
        return given

    @property
    def secrets(self) -> dict[str, str]:
        """What was given of them."""
        found = {name: str(self.cleaned_data[name]).strip() for name in SECRETS}
        return {name: value for name, value in found.items() if value}


@require_http_methods(["GET", "HEAD", "POST"])
@when_fresh_to("change_setting")
def payment_settings(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    """Show the settings, without the secrets, and change them; the audit log does not get them either."""
    return settings_page(
        request, site, title="Payments", here="admin:payment_settings", opened=lambda: _form(request), save=_save
    )


def _form(request: HttpRequest) -> PaymentSettingsForm:
    shop = shop_settings()
    initial = {
        "payment_methods": list(shop.payment_methods),
        "test_mode": shop.test_mode,
        "stripe_key": shop.stripe_key,
    }
    return PaymentSettingsForm(request.POST or None, initial=initial, known=known_secrets())


def _save(form: PaymentSettingsForm) -> list[str]:
    """Runs in the transaction in which the form was judged."""
    given = form.cleaned_data
    chosen = set(given["payment_methods"])
    methods = [code for code in form.initial["payment_methods"] if code in chosen]
    methods += [code for code in given["payment_methods"] if code not in methods]
    wanted = {"payment_methods": methods, "test_mode": given["test_mode"], "stripe_key": given["stripe_key"]}
    settings = {name: value for name, value in wanted.items() if name in form.changed_data}
    return change_account(settings, form.secrets)
