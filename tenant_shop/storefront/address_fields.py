"""The fields of an address in a form: those that the chosen country has, called as people there call them."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from tenant_shop.orders.address import choose, countries, fill_in
from tenant_shop.orders.address_rules import address_rules

# Field of the form → field of an address.
ADDRESS_FIELDS = {
    "first_name": "first_name",
    "last_name": "last_name",
    "company": "company",
    "address1": "address_line_1",
    "address2": "address_line_2",
    "postal_code": "postal_code",
    "city": "city",
    "region": "state_province",
    "country": "country",
}
PLACE_FIELDS = ("address1", "address2", "postal_code", "city", "region")
BILLING = "billing_"


def follow_country(form: forms.Form, *, language: str, prefix: str = "") -> None:
    """Fit the fields to the country that the form holds. What that country's addresses lack is not asked for."""
    country = str(form[f"{prefix}country"].value() or "").upper()
    if country not in countries():
        return
    rules = address_rules(country)
    names = {"postal_code": "postal_code", "city": "city", "region": "state_province"}
    for ours, theirs in names.items():
        if theirs not in rules.parts:
            del form.fields[f"{prefix}{ours}"]
        else:
            form.fields[f"{prefix}{ours}"].required = theirs in rules.required
    if "postal_code" in rules.parts:
        code = form.fields[f"{prefix}postal_code"]
        code.label = str(rules.postal_label)
        code.error_messages["required"] = fill_in(rules.postal_label, rules.postal_example)
    if "state_province" in rules.parts:
        _offer_states(form, f"{prefix}region", country, language)


def need_nothing(form: forms.Form, names: tuple[str, ...]) -> None:
    """The fields are kept, so that what was typed is not lost, and none of them is needed."""
    for name in names:
        if name in form.fields:
            form.fields[name].required = False


def hide(form: forms.Form, names: tuple[str, ...]) -> None:
    """As `need_nothing`, out of sight."""
    need_nothing(form, names)
    for name in names:
        if name in form.fields:
            form.fields[name].widget = forms.HiddenInput()


def address_in(cleaned: dict[str, Any], prefix: str = "") -> dict[str, str]:
    """The address of a valid form, in the words of the orders' room."""
    return {theirs: cleaned.get(f"{prefix}{ours}", "") for ours, theirs in ADDRESS_FIELDS.items()}


def _offer_states(form: forms.Form, name: str, country: str, language: str) -> None:
    """A list where there is one; what was typed elsewhere is found on it by its name."""
    rules, field = address_rules(country), form.fields[name]
    field.label = str(rules.state_label)
    if not rules.states:
        return
    field.error_messages["required"] = choose(rules.state_label)
    field.widget = forms.Select({**field.widget.attrs, "class": "select"})
    field.widget.choices = [("", _("Please choose")), *rules.state_choices(language)]
    if state := rules.state(" ".join(str(form.initial.get(name) or "").split())):
        form.initial[name] = state.key
