"""The few settings without which a shop cannot trade: its name and address, where its money goes, returns, terms."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.core.validators import RegexValidator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.profile import set_profile
from tenant_shop.backoffice.fresh import when_fresh_to
from tenant_shop.backoffice.settings_page import keys_page
from tenant_shop.backoffice.told_settings import ToldSettings
from tenant_shop.configuration.rules import (
    LONGEST_ADDRESS,
    LONGEST_INSTRUCTIONS,
    LONGEST_NAME,
    LONGEST_PHONE,
    LONGEST_RETURN,
    LONGEST_SENTENCE,
    LONGEST_TERMS,
    PHONE,
    lines_of,
)
from tenant_shop.configuration.settings import shop_settings

# The page's parts, by the name that an address can lead to: a heading, and the fields below it.
PARTS = {
    "shop": ("Your shop", ("store_name", "store_email", "store_phone", "store_address")),
    "transfers": ("Bank transfers", ("payment_instructions",)),
    "checkout": ("Checkout", ("terms_text", "terms_need_tick")),
    "returns": ("Returns", ("return_days", "returns_text")),
    "companies": ("Quotes and companies", ("quote_requests", "company_accounts")),
}


class SettingsForm(ToldSettings):
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
    store_phone = forms.CharField(
        label="Telephone",
        required=False,
        max_length=LONGEST_PHONE,
        validators=[RegexValidator(rf"^{PHONE}$", "Write a telephone number, such as +49 30 123456.")],
        help_text="It stands at the foot of every page and mail.",
        widget=UnfoldAdminTextInputWidget,
    )
    store_address = forms.CharField(
        label="Address",
        required=False,
        max_length=LONGEST_ADDRESS,
        help_text="Where you are, a line each; at the foot of every page and mail.",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
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

    @property
    def parts(self) -> Iterator[tuple[str, str, list[forms.BoundField]]]:
        """For the page: (name, heading, fields)."""
        return ((name, title, [self[field] for field in fields]) for name, (title, fields) in PARTS.items())

    def clean_terms_text(self) -> str:
        return " ".join(str(self.cleaned_data["terms_text"]).split())

    def clean_store_address(self) -> str:
        return lines_of(str(self.cleaned_data["store_address"]))

    def clean_return_days(self) -> int:
        return self.cleaned_data["return_days"] or 0

    def clean_payment_instructions(self) -> str:
        return _account(str(self.cleaned_data["payment_instructions"]))


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    """Show the settings and change them; where money goes by who has proven in the last minutes who they are."""
    names_another = request.method == "POST" and (
        _account(request.POST.get("payment_instructions", "").strip()) != shop_settings().payment_instructions
    )
    page = when_fresh_to("change_setting")(_page) if names_another else _page
    return page(request, site)


def _page(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    return keys_page(request, site, SettingsForm, title="Shop", here="admin:settings", then=rename)


def _account(written: str) -> str:
    """With line ends of one kind."""
    return "\n".join(written.splitlines())


def rename(values: Mapping[str, Any]) -> None:
    """The platform knows the shop by the same name."""
    set_profile(current_tenant().id, name=values["store_name"])
