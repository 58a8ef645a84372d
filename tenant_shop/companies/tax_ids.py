"""Tax ids as they are kept, and whether one could be real. Pure: nobody is asked."""

import re
from dataclasses import dataclass
from typing import Any

from stdnum import get_cc_module
from stdnum.eu import vat
from stdnum.exceptions import ValidationError

from smartseller.eu_tax_ids import COUNTRY_OF_PREFIX, MEMBER_STATES
from tenant_shop.companies.errors import InvalidTaxId
from tenant_shop.companies.models import Company

LONGEST = 30
# What people write between the digits.
BETWEEN = re.compile(r"[\s.\-/]")
PREFIX_OF_COUNTRY = {country: prefix for prefix, country in COUNTRY_OF_PREFIX.items()}


@dataclass(frozen=True, slots=True)
class TaxId:
    """`text` as it is kept: an EU id with its country's letters. `state` is what its form says of it."""

    text: str
    state: Company.TaxIdState


def read_tax_id(written: str, country: str) -> TaxId:
    """What somebody typed as the tax id of a company in `country` (ISO 3166-1 alpha-2); an empty one is unchecked.

    The id of another EU country is recognised by its letters. Where python-stdnum knows no rule for the country, the id
    is kept as it is, unchecked.
    Errors: InvalidTaxId when it cannot be one.
    """
    text = BETWEEN.sub("", written).upper()
    if not text:
        return TaxId("", Company.TaxIdState.UNCHECKED)
    if len(text) > LONGEST or not text.isascii() or not text.isalnum():
        raise InvalidTaxId(written)
    if country in MEMBER_STATES:
        return TaxId(_of_the_eu(text, country), Company.TaxIdState.FORMAT_OK)
    rule: Any = get_cc_module(country.lower(), "vat") or get_cc_module(country.lower(), "tin")
    if rule is None:
        return TaxId(text, Company.TaxIdState.UNCHECKED)
    try:
        return TaxId(str(rule.validate(text))[:LONGEST], Company.TaxIdState.FORMAT_OK)
    except ValidationError as error:
        raise InvalidTaxId(written) from error


def _of_the_eu(text: str, country: str) -> str:
    own = PREFIX_OF_COUNTRY.get(country, country)
    for candidate in (text, own + text):
        prefix = candidate[:2]
        if prefix in PREFIX_OF_COUNTRY:
            candidate = PREFIX_OF_COUNTRY[prefix] + candidate[2:]
        if vat.is_valid(candidate):
            return str(vat.compact(candidate))
    raise InvalidTaxId(text)
