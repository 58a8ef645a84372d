"""The checkout's form: who, where to, and how."""

from copy import deepcopy
from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from tenant_shop.companies.errors import PurchaseNumberMissing
from tenant_shop.companies.found import PLACE
from tenant_shop.companies.models import Company
from tenant_shop.companies.purchase_number import LONGEST as LONGEST_PURCHASE_NUMBER
from tenant_shop.customers.address_book import Role, default_addresses
from tenant_shop.customers.models import Customer
from tenant_shop.loyalty.points import MOST
from tenant_shop.orders.address import FIELDS, MAX_NOTES, clean_address, countries
from tenant_shop.orders.errors import InvalidAddress, InvalidContact
from tenant_shop.storefront.address_fields import (
    ADDRESS_FIELDS,
    BILLING,
    PLACE_FIELDS,
    address_in,
    follow_country,
    hide,
    need_nothing,
)
from tenant_shop.storefront.locale import country_choices

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SELECTED = mark_safe(" selected")
WHOLE_POINTS = _("Please give a whole number of points.")
CHOOSE_COUNTRY = _("Please choose a country.")


class CountrySelect(forms.Select):
    """Django's select, its options written at once: a template for each of 250 countries takes longer than the page."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        options = format_html_join(
            "\n",
            '<option value="{}"{}>{}</option>',
            ((code, SELECTED if code == value else "", label) for code, label in self.choices),
        )
        given = self.build_attrs(self.attrs, {"name": name, **(attrs or {})})
        return format_html("<select{}>\n{}\n</select>", flatatt(given), options)


class CountryField(forms.ChoiceField):
    """A choice of country, which is one whatever the language its name is read in: to place an order nobody needs the
    names."""

    def valid_value(self, value: Any) -> bool:
        return value in countries()


class PointsField(forms.IntegerField):
    """A whole number, written into a line of text: a browser's field for numbers sends nothing of what is none."""

    def to_python(self, value: Any) -> int | None:
        return super().to_python(str(value or "").strip())


def _text(
    label: "_StrPromise", length: int, autocomplete: str, *, missing: "_StrPromise | None" = None, **attributes: str
) -> forms.CharField:
    """A line of text; `missing` is what is said when it is left empty, None when it may be."""
    return forms.CharField(
        label=label,
        max_length=length,
        required=missing is not None,
        error_messages={"required": missing} if missing else None,
        widget=forms.TextInput({"autocomplete": autocomplete, **attributes}),
    )


def what_is_known(customer: Customer, company: Company | None = None) -> dict[str, Any]:
    """What the form comes filled with for a customer: the addresses that they chose for deliveries and for bills, or
    else their name and the place of the company that they buy for. One statement.
    """
    known: dict[str, Any] = {"email": customer.email, "phone": customer.phone or ""}
    chosen = default_addresses(customer)
    shipping, billing = chosen.get(Role.SHIPPING), chosen.get(Role.BILLING)
    known |= _filled(shipping or customer)
    if company is not None:
        of_company = {ours: getattr(company, theirs) for ours, theirs in ADDRESS_FIELDS.items() if theirs in PLACE}
        place = {} if shipping else {ours: value for ours, value in of_company.items() if value}
        known = {"company": company.name} | place | known
    if billing is not None and billing != shipping:
        known |= _filled(billing, prefix=BILLING) | {"billing_same": False}
    return known


def _filled(source: Any, *, prefix: str = "") -> dict[str, str]:
    found = ((ours, getattr(source, theirs, None)) for ours, theirs in ADDRESS_FIELDS.items())
    return {f"{prefix}{ours}": value for ours, value in found if value}


class CheckoutForm(forms.Form):
    """Guest checkout. `shipping_method` and `payment_method` are checked against what the shop offers now."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=255,
        error_messages={
            "required": _("Please give your e-mail address."),
            "invalid": _("Please give an e-mail address, such as name@example.com."),
        },
        help_text=_("For the confirmation of your order."),
        widget=forms.EmailInput({"autocomplete": "email", "inputmode": "email"}),
    )
    first_name = _text(_("First name"), FIELDS["first_name"], "given-name", missing=_("Please give your first name."))
    last_name = _text(_("Last name"), FIELDS["last_name"], "family-name", missing=_("Please give your last name."))
    company = _text(_("Company"), FIELDS["company"], "organization")
    address1 = _text(
        _("Street and house number"),
        FIELDS["address_line_1"],
        "address-line1",
        missing=_("Please give street and house number."),
    )
    address2 = _text(_("Apartment, suite, floor"), FIELDS["address_line_2"], "address-line2")
    postal_code = _text(_("Postal code"), FIELDS["postal_code"], "postal-code")
    city = _text(_("City"), FIELDS["city"], "address-level2", missing=_("Please give your city."))
    region = _text(_("State or region"), FIELDS["state_province"], "address-level1")
    country = CountryField(
        label=_("Country"),
        error_messages={"required": CHOOSE_COUNTRY, "invalid_choice": CHOOSE_COUNTRY},
        widget=CountrySelect({"autocomplete": "country", "class": "select"}),
    )
    phone = _text(_("Telephone"), 20, "tel", inputmode="tel")
    billing_same = forms.BooleanField(
        label=_("The billing address is the same"), required=False, initial=True, widget=forms.CheckboxInput
    )
    purchase_number = _text(_("Purchase-order number"), LONGEST_PURCHASE_NUMBER, "off")
    notes = forms.CharField(
        label=_("Note to the shop"),
        max_length=MAX_NOTES,
        required=False,
        widget=forms.Textarea({"rows": 3, "autocomplete": "off"}),
    )
    points = PointsField(
        label=_("Points to spend"),
        required=False,
        min_value=0,
        max_value=MOST,
        error_messages={"invalid": WHOLE_POINTS, "min_value": WHOLE_POINTS, "max_value": WHOLE_POINTS},
    )
    shipping_method = forms.CharField(
        label=_("Delivery"), max_length=100, error_messages={"required": _("Please choose how to deliver.")}
    )
    payment_method = forms.CharField(
        label=_("Payment"), max_length=50, error_messages={"required": _("Please choose how to pay.")}
    )

    def __init__(
        self,
        *args: Any,
        language: str,
        pickup_codes: frozenset[str] = frozenset(),
        terms: str = "",
        takes_points: bool = False,
        company: Company | None = None,
        **kwargs: Any,
    ) -> None:
        """What is asked for follows from what was chosen: the countries, the delivery, and whether both addresses are
        one. For `pickup_codes` no address is needed; points are asked for from a customer who `takes_points`.
        `terms` is the sentence to tick, "" where none is to be ticked. A `company` may give a number of its own.
        """
        super().__init__(*args, **kwargs)
        self._ask_company(company)
        if not takes_points:
            del self.fields["points"]
        if terms:
            self.fields["terms"] = forms.BooleanField(
                label=terms, error_messages={"required": _("Please agree to the terms of this shop.")}
            )
        for name in ADDRESS_FIELDS:
            self.fields[f"{BILLING}{name}"] = _for_billing(self.fields[name])
        for name in ("country", f"{BILLING}country"):
            # Asked for by who looks: 250 names need not be copied and sorted into groups to place an order.
            self.fields[name].choices = partial(country_choices, language)  # type: ignore[attr-defined]
        if not self.initial.get(f"{BILLING}country"):
            self.initial[f"{BILLING}country"] = self["country"].value()
        follow_country(self, language=language)
        follow_country(self, language=language, prefix=BILLING)
        self.pickup_codes, self.is_pickup = pickup_codes, False
        self.deliver_by(self["shipping_method"].value())
        if self["billing_same"].value():
            need_nothing(self, tuple(f"{BILLING}{name}" for name in ADDRESS_FIELDS))

    def _ask_company(self, company: Company | None) -> None:
        if company is None:
            del self.fields["purchase_number"]
            return
        number = self.fields["purchase_number"]
        number.required = company.purchase_number_required
        number.error_messages["required"] = str(PurchaseNumberMissing())

    def deliver_by(self, code: str | None) -> None:
        """Ask for a name only when that is no delivery: the shopper comes."""
        self.is_pickup = code in self.pickup_codes
        if self.is_pickup:
            hide(self, PLACE_FIELDS)

    def untick_terms(self) -> None:
        """What was ticked was about other terms."""
        self.data = {name: value for name, value in self.data.items() if name != "terms"}

    @property
    def agreed_to(self) -> str:
        """The sentence that a valid form has ticked."""
        return str(self.fields["terms"].label) if self.cleaned_data.get("terms") else ""

    @property
    def address(self) -> dict[str, str]:
        """The delivery address of a valid form, in the words of the orders' room."""
        return address_in(self.cleaned_data)

    @property
    def billing_address(self) -> dict[str, str]:
        """The address to bill, in the same words."""
        return self.address if self.cleaned_data["billing_same"] else address_in(self.cleaned_data, BILLING)

    def blame(self, refusal: InvalidAddress | InvalidContact) -> None:
        """Show a refusal of the orders' room beside the fields that it is about."""
        is_billing = isinstance(refusal, InvalidAddress) and refusal.kind == "billing"
        prefix = BILLING if is_billing and not self.cleaned_data["billing_same"] else ""
        names = {theirs: f"{prefix}{ours}" for ours, theirs in ADDRESS_FIELDS.items()}
        for field, sentence in refusal.problems.items():
            name = names.get(field, field)
            if name not in self.errors:
                self.add_error(name if name in self.fields else None, sentence)

    def blame_addresses(self) -> None:
        """Say of a form that is refused what else is wrong with its addresses, so that all is said at once. What is
        picked up needs a name only, which the fields ask for.
        """
        asked = {} if self.is_pickup else {"shipping": address_in(self.cleaned_data)}
        billing = address_in(self.cleaned_data, BILLING)
        if not self.cleaned_data.get("billing_same") and not (self.is_pickup and not billing["address_line_1"]):
            asked["billing"] = billing
        for kind, typed in asked.items():
            try:
                clean_address(typed, kind=kind)
            except InvalidAddress as refusal:
                self.blame(refusal)


def _for_billing(field: forms.Field) -> forms.Field:
    """A copy of a field of the delivery address."""
    copied = deepcopy(field)
    copied.widget.attrs["autocomplete"] = f"billing {copied.widget.attrs['autocomplete']}"
    return copied
