"""Where an order goes, and who is told: what the shopper typed, checked and tidied."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from babel import Locale
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smartseller.formats import number
from tenant_shop.orders.address_rules import address_rules, tidy_postal_code
from tenant_shop.orders.errors import InvalidAddress, InvalidContact

# The columns of `customer_addresses`, with their lengths.
FIELDS = {
    "first_name": 100,
    "last_name": 100,
    "company": 255,
    "address_line_1": 255,
    "address_line_2": 255,
    "postal_code": 20,
    "city": 100,
    "state_province": 100,
    "country": 2,
}
TOO_LONG = {
    "first_name": gettext_lazy("The first name is too long."),
    "last_name": gettext_lazy("The last name is too long."),
    "company": gettext_lazy("The company is too long."),
    "address_line_1": gettext_lazy("Street and house number are too long."),
    "address_line_2": gettext_lazy("The second line of the address is too long."),
    "postal_code": gettext_lazy("The postal code is too long."),
    "city": gettext_lazy("The city is too long."),
    "state_province": gettext_lazy("The state or region is too long."),
    "country": gettext_lazy("Please choose a country."),
}
REQUIRED = {
    "last_name": gettext_lazy("Please give a last name."),
    "address_line_1": gettext_lazy("Please give street and house number."),
    "country": gettext_lazy("Please choose a country."),
}
MISSING_CITY = gettext_lazy("Please give a city.")
MAX_NOTES = 2000
MAX_KEY = 255
CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# CLDR's groups and placeholders, and islands that ISO 3166-1 counts to a country and only reserves a code for.
NOT_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"}


@cache
def countries() -> frozenset[str]:
    """The ISO 3166-1 alpha-2 codes, and XK: parcels reach Kosovo.

    Source: Unicode CLDR territories (the package `babel`).
    """
    codes = {code for code in map(str, Locale("en").territories) if len(code) == 2 and code.isalpha()}
    return frozenset(codes - NOT_COUNTRIES)


def clean_address(raw: Mapping[str, Any], *, kind: str) -> dict[str, str]:
    """The address with every field of `FIELDS`, trimmed, on one line each, the country in capitals.

    A first and last name may come as one, in `last_name`. What else is needed follows from the country, as does the
    form of its postal code (`address_rules`). A state on the country's list is kept by its key: "california" is CA.
    Errors: InvalidAddress with a sentence for each bad field; `kind` ("shipping", "billing") tells which address.
    """
    address, problems = _tidied(raw)
    for field, sentence in REQUIRED.items():
        if not address[field]:
            problems.setdefault(field, str(sentence))
    if address["country"] not in countries():
        problems.setdefault("country", str(REQUIRED["country"]))
    else:
        _follow_rules(address, problems)
    if problems:
        raise InvalidAddress(kind, problems)
    return address


def _tidied(raw: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """Every field of `FIELDS` on one line, and a sentence for each that cannot be stored."""
    problems: dict[str, str] = {}
    address: dict[str, str] = {}
    for field, length in FIELDS.items():
        text = str(raw.get(field) or "")
        if CONTROL_CHARACTERS.search(text):
            problems[field] = _("Please check this field: it has characters that cannot be printed.")
        value = " ".join(text.split())
        if len(value) > length:
            problems[field] = str(TOO_LONG[field])
        address[field] = value
    address["country"] = address["country"].upper()
    return address, problems


def _follow_rules(address: dict[str, str], problems: dict[str, str]) -> None:
    """Tidy what the country has rules for, and add a sentence for each that is broken."""
    rules = address_rules(address["country"])
    code = tidy_postal_code(address["postal_code"])
    address["state_province"] = tidy_state(address["state_province"], country=address["country"])
    if rules.states and "state_province" in rules.required and rules.state(address["state_province"]) is None:
        problems.setdefault("state_province", choose(rules.state_label))
    if not code and "postal_code" in rules.required:
        problems.setdefault("postal_code", fill_in(rules.postal_label, rules.postal_example))
    if code and (problem := rules.postal_problem(code)):
        problems.setdefault("postal_code", problem)
    address["postal_code"] = code
    if not address["city"] and "city" in rules.required:
        problems.setdefault("city", str(MISSING_CITY))


def tidy_state(text: str, *, country: str | None) -> str:
    """The state as addresses, tax rates and zones name it: on one line, by its key where the country has a list.

    Who prices a cart and who places it both ask here: what was typed with a space too many is one place.
    """
    typed = " ".join(text.split())
    found = address_rules(country).state(typed) if country and country.upper() in countries() else None
    return found.key if found else typed


def choose(label: object) -> str:
    return _("Please choose from the list: %(label)s.") % {"label": label}


def fill_in(label: object, example: str) -> str:
    if not example:
        return _("Please fill in: %(label)s.") % {"label": label}
    return _("Please fill in: %(label)s, such as %(example)s.") % {"label": label, "example": example}


def clean_recipient(raw: Mapping[str, Any], *, country: str) -> dict[str, str]:
    """As `clean_address`, for what is picked up in `country`: a name and no place. Errors: InvalidAddress."""
    named = {field: raw.get(field) for field in ("first_name", "last_name", "company")}
    address, problems = _tidied({**named, "country": country})
    if not address["last_name"]:
        problems.setdefault("last_name", str(REQUIRED["last_name"]))
    if problems:
        raise InvalidAddress("shipping", problems)
    return address


def clean_contact(*, email: str, phone: str | None, notes: str) -> dict[str, str]:
    """`email`, `phone` and `notes`, trimmed. Errors: InvalidContact with a sentence for each bad field."""
    problems: dict[str, str] = {}
    email, phone, notes = email.strip(), " ".join((phone or "").split()), notes.strip()
    try:
        validate_email(email)
    except ValidationError:
        problems["email"] = _("Please give an e-mail address, such as name@example.com.")
    if len(email) > 255:
        problems["email"] = _("The e-mail address is too long.")
    if len(phone) > 20 or CONTROL_CHARACTERS.search(phone):
        problems["phone"] = _("Please give a telephone number of at most 20 characters.")
    if len(notes) > MAX_NOTES or CONTROL_CHARACTERS.search(notes):
        problems["notes"] = _("Please keep the note under %(limit)s characters.") % {"limit": number(MAX_NOTES)}
    if problems:
        raise InvalidContact(problems)
    return {"email": email, "phone": phone, "notes": notes}


def check_key(idempotency_key: str) -> None:
    """Refuse a submission's key that cannot be stored. Errors: InvalidContact (`idempotency_key`)."""
    if len(idempotency_key) > MAX_KEY or CONTROL_CHARACTERS.search(idempotency_key):
        raise InvalidContact({"idempotency_key": f"A submission's key has at most {MAX_KEY} printable characters."})
