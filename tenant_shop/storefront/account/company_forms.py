"""What people type about a company and its members."""

from copy import deepcopy
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from smartseller.money import minor_units
from tenant_shop.companies.errors import InvalidCompany
from tenant_shop.companies.found import LONGEST_NAME
from tenant_shop.companies.models import CompanyMember
from tenant_shop.companies.tax_ids import LONGEST
from tenant_shop.storefront.account.forms import LONGEST_PASSWORD, email_field, name_field, password_field
from tenant_shop.storefront.address_fields import ADDRESS_FIELDS, PLACE_FIELDS, address_in, follow_country
from tenant_shop.storefront.checkout_form import CheckoutForm
from tenant_shop.storefront.locale import country_choices

__all__ = ["LONGEST_PASSWORD", "CompanyForm", "InviteForm", "JoinForm", "MemberForm", "RejectForm"]

ROLES = (
    (CompanyMember.Role.BUYER, _("Buyer: orders")),
    (CompanyMember.Role.APPROVER, _("Approver: orders, and decides on what others want to order")),
    (CompanyMember.Role.ADMIN, _("Admin: everything, and decides who is a member")),
)
ROLE_NAMES = {
    CompanyMember.Role.BUYER: _("Buyer"),
    CompanyMember.Role.APPROVER: _("Approver"),
    CompanyMember.Role.ADMIN: _("Admin"),
}


class CompanyForm(forms.Form):
    """A company with the address where it is registered, in the fields that the address's country has."""

    prefix = "company"
    use_required_attribute = False
    name = forms.CharField(
        label=_("Company"),
        max_length=LONGEST_NAME,
        error_messages={"required": _("Please give the company's name.")},
        widget=forms.TextInput({"autocomplete": "organization"}),
    )
    tax_id = forms.CharField(
        label=_("Tax id"),
        max_length=LONGEST + 20,
        required=False,
        help_text=_("Such as DE 136 695 976. We have it confirmed where there is a register."),
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, language: str, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("country", *PLACE_FIELDS):
            self.fields[name] = deepcopy(CheckoutForm.base_fields[name])
        self.fields["country"].choices = country_choices(language)  # type: ignore[attr-defined]
        follow_country(self, language=language)

    @property
    def details(self) -> dict[str, str]:
        """What a valid form says, in the words of the companies' room; empty for one that was left empty."""
        given = self.cleaned_data
        if not given.get("name"):
            return {}
        return {**address_in(given), "name": given["name"], "tax_id": given.get("tax_id", "")}

    def blame(self, refusal: InvalidCompany) -> None:
        """Show a refusal beside the fields that it is about."""
        names = {theirs: ours for ours, theirs in ADDRESS_FIELDS.items()}
        for field, sentence in refusal.problems.items():
            name = names.get(field, field)
            self.add_error(name if name in self.fields else None, sentence)


class MemberForm(forms.Form):
    """`order_limit` is in the shop's currency."""

    role = forms.ChoiceField(label=_("Role"), choices=ROLES, widget=forms.Select({"class": "select"}))
    order_limit = forms.DecimalField()
    is_active = forms.BooleanField(label=_("May buy for the company"), required=False)

    def __init__(self, *args: Any, currency: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["order_limit"] = forms.DecimalField(
            label=_("Orders up to, in %(currency)s, without approval") % {"currency": currency},
            required=False,
            localize=True,
            min_value=Decimal(0),
            max_digits=12,
            decimal_places=minor_units(currency),
            help_text=_("Empty: as the company's rule says."),
            widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
        )


class InviteForm(MemberForm):
    email = email_field(autocomplete="off")
    is_active = None  # type: ignore[assignment]
    field_order = ("email", "role", "order_limit")


class JoinForm(forms.Form):
    """An account for who was invited and has none."""

    first_name = name_field(_("First name"), "given-name")
    last_name = name_field(_("Last name"), "family-name")
    password = password_field(_("Password"), new=True)


class RejectForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 2, "autocomplete": "off"}),
    )
